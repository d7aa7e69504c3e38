#include "models/edit_session.h"

#include "backend/codec/dataplane_codec.h"
#include "tests/support/fake_mesh_editor.h"
#include "tests/support/fake_mesh_source.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;
using State = EditSession::State;

namespace {

const ResourceKey kKey{"default", "backend-2"};

std::string json(const std::string &version, const std::string &more = {},
                 const std::string &time = "2026-01-02T03:04:05Z")
{
    return R"({"type":"Dataplane","mesh":"default","name":"backend-2","creationTime":")" + time
           + R"(","modificationTime":")" + time
           + R"(","networking":{"address":"127.0.0.3","inbound":[{"port":8080,)"
           + R"("serviceAddress":"127.0.0.1","servicePort":18082,"tags":{"kuma.io/protocol":"http",)"
           + R"("kuma.io/service":"backend","version":")" + version + R"("}}])" + more + "}}";
}

PushOutcome rejectedFor(const std::string &field, const std::string &reason)
{
    PushOutcome outcome;
    outcome.kind = PushOutcome::Kind::Rejected;
    if (!field.empty())
        outcome.invalid.push_back({field, reason});
    outcome.message = "Resource is not valid: " + reason;
    return outcome;
}

constexpr EditSession::Timing kFast{5, 5, 300, 20};

struct Fixture {
    FakeMeshEditor editor;
    FakeMeshSource source;
    EditSession session{&editor, &source, kKey, kFast};

    Fixture()
    {
        editor.hold(kKey, json("v2"));
        source.setSnapshot(helloMesh());
    }
    // Loaded and validated.
    [[nodiscard]] bool open()
    {
        session.load();
        return QTest::qWaitFor([this] { return session.state() == State::Ready && !session.isValidating(); });
    }
    void edit(const char *from, const char *to)
    {
        session.setText(QString(session.text()).replace(QLatin1String(from), QLatin1String(to)));
    }
    int puts() const
    {
        int count = 0;
        for (const auto &call : editor.calls())
            count += call.kind == FakeMeshEditor::Call::Kind::Put;
        return count;
    }
    // What the control plane says after the push: counts of the three proxies.
    void answers(DataplaneBuilder own, DataplaneBuilder web)
    {
        source.setSnapshot(snapshotOf({own, web,
                                       dp("backend-1")
                                           .address("127.0.0.2")
                                           .service("backend", {{"version", "v1"}})
                                           .online()
                                           .acks(6, 6)}));
    }
    static DataplaneBuilder own() { return dp("backend-2").service("backend", {{"version", "v2"}}).online(); }
    static DataplaneBuilder web() { return dp("web-1").service("web").calls("backend").online(); }
};

}  // namespace

class TestEditSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadsTheDocumentAsYaml()
    {
        Fixture f;
        QCOMPARE(f.session.state(), State::Loading);
        QSignalSpy replaced(&f.session, &EditSession::textReplaced);
        QVERIFY(f.open());
        QCOMPARE(replaced.count(), 1);
        QVERIFY(f.session.text().contains(u"version: v2"_s));
        QVERIFY(!f.session.text().contains(u"Time"_s));
        QVERIFY(!f.session.isModified());
        QVERIFY2(f.session.findings().empty(),
                 f.session.findings().empty() ? "" : f.session.findings().front().message.c_str());
        QVERIFY(!f.session.canPush());
    }

    void aFailedLoadSaysWhyAndCanBeTriedAgain()
    {
        Fixture f;
        f.editor.scriptFetch(fail(Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681"));
        f.session.load();
        QTRY_COMPARE(f.session.state(), State::LoadFailed);
        QCOMPARE(f.session.error()->what, std::string("connection refused"));
        QVERIFY(!f.session.canPush());
        QVERIFY(f.open());
        QVERIFY(!f.session.error());
    }

    void aDocumentThatIsNoJsonIsAFailedLoad()
    {
        Fixture f;
        f.editor.scriptFetch(ServerDocument{"<html>"});
        f.session.load();
        QTRY_COMPARE(f.session.state(), State::LoadFailed);
    }

    void typingIsValidatedAndTheLastTextWins()
    {
        Fixture f;
        QVERIFY(f.open());
        QSignalSpy validating(&f.session, &EditSession::validatingChanged);
        for (int port = 70'000; port < 70'020; ++port)
            f.session.setText(
                QString(f.session.baseText()).replace(u"port: 8080"_s, u"port: %1"_s.arg(port)));
        QVERIFY(f.session.isValidating());
        QTRY_VERIFY(!f.session.isValidating());
        QCOMPARE(validating.count(), 2);
        QVERIFY(hasErrors(f.session.findings()));
        QVERIFY(f.session.findings().front().line > 0);
        QVERIFY(!f.session.canPush());
        QVERIFY(f.session.whyNotPush().contains(u"error"_s));
        f.session.setText(f.session.baseText());
        QTRY_VERIFY(f.session.findings().empty());
    }

    void whyItCannotBePushed()
    {
        Fixture f;
        QVERIFY(!f.session.whyNotPush().isEmpty());  // not read yet
        QVERIFY(f.open());
        QCOMPARE(f.session.whyNotPush(), u"Nothing was changed."_s);
        f.edit("v2", "v3");
        QVERIFY(f.session.canPush());
        f.editor.setReadOnlyReason(u"This control plane is read-only."_s);
        QCOMPARE(f.session.whyNotPush(), u"This control plane is read-only."_s);
        f.session.push();
        QCOMPARE(f.session.state(), State::Ready);
    }

    void anInvalidTextIsNotSentEvenWhenPushedBeforeItsValidation()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("port: 8080", "port: 99999");
        QVERIFY(f.session.canPush());  // nobody knows yet
        f.session.push();
        QCOMPARE(f.session.state(), State::Pushing);
        QTRY_COMPARE(f.session.state(), State::Ready);
        QVERIFY(hasErrors(f.session.findings()));
        QCOMPARE(f.puts(), 0);
        QVERIFY(f.session.text().contains(u"99999"_s));
    }

    void aMalformedTextIsNotSent()
    {
        Fixture f;
        QVERIFY(f.open());
        f.session.setText(u"type: Dataplane\n  mesh: [default\n"_s);
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Ready);
        QVERIFY(hasErrors(f.session.findings()));
        QCOMPARE(f.puts(), 0);
    }

    void pushIsAcceptedByTheProxiesThatGotIt()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        QVERIFY(f.session.isModified());
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QCOMPARE(f.puts(), 1);
        QVERIFY(f.editor.heldJson(kKey).find("\"v3\"") != std::string::npos);
        QVERIFY(!f.session.isModified());
        QCOMPARE(f.session.watchReport().size(), 2U);
        QCOMPARE(f.session.watchReport().front().proxy, kKey);
        QVERIFY(f.session.watchReport().front().isOwn);
        QTRY_VERIFY(f.source.refreshCount() > 2);
        f.answers(Fixture::own().acks(6, 6), Fixture::web().acks(9, 8));
        QCOMPARE(f.session.watchNote(), u"waiting for 2 proxies"_s);
        f.answers(Fixture::own().acks(6, 6), Fixture::web().acks(9, 9));
        QTRY_COMPARE(f.session.state(), State::Accepted);
        QCOMPARE(f.session.watchNote(), u"accepted by 1 proxy"_s);
        QCOMPARE(f.session.watchReport().at(0).state, WatchRow::State::Unchanged);
        QCOMPARE(f.session.watchReport().at(1).state, WatchRow::State::Accepted);
        const int asked = f.source.refreshCount();
        QTest::qWait(4 * kFast.watchInterval);
        QCOMPARE(f.source.refreshCount(), asked);
    }

    void aNackIsShownWithEnvoysWords()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("8080", "18082");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        f.answers(Fixture::own().acks(7, 6).rejected("lds", "cannot bind '127.0.0.3:18082'"),
                  Fixture::web().acks(9, 9));
        QTRY_COMPARE(f.session.state(), State::Nacked);
        QCOMPARE(f.session.watchReport().front().message, std::string("cannot bind '127.0.0.3:18082'"));
        QCOMPARE(f.session.watchNote(), u"rejected by 1 proxy"_s);
        f.edit("18082\n", "8080\n");
        QVERIFY(f.session.canPush());
    }

    void withoutProxiesThePushIsDoneAndSaysSo()
    {
        Fixture f;
        f.source.setSnapshot(snapshotOf({dp("backend-2").service("backend")}));
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Accepted);
        QCOMPARE(f.session.watchNote(), u"no proxy is connected"_s);
    }

    void aChangeThatNoProxyNeedsEndsAtTheLimit()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Accepted);
        QCOMPARE(f.session.watchNote(), u"no proxy needed a new configuration"_s);
    }

    void anAnswerAfterTheLimitStillCounts()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        f.answers(Fixture::own().acks(7, 6), Fixture::web().acks(8, 8));
        QTest::qWait(kFast.watchLimit + 20 * kFast.watchInterval);
        QCOMPARE(f.session.state(), State::Watching);
        QCOMPARE(f.session.watchNote(), u"waiting for 1 proxy"_s);
        f.answers(Fixture::own().acks(7, 7), Fixture::web().acks(8, 8));
        QCOMPARE(f.session.state(), State::Accepted);
    }

    void theServersRejectionBecomesFindingsAtTheirLines()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.editor.scriptPut(rejectedFor("networking.inbound[0].tags[\"version\"]", "v3 is forbidden here"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Rejected);
        QCOMPARE(f.session.error()->code, Error::Code::Invalid);
        QCOMPARE(f.session.findings().size(), 1U);
        const Finding &finding = f.session.findings().front();
        QCOMPARE(finding.message, std::string("v3 is forbidden here"));
        QVERIFY(finding.fromControlPlane);
        const auto lines = f.session.text().split(u'\n');
        QVERIFY(lines.at(finding.line - 1).contains(u"version: v3"_s));
        QVERIFY(f.session.isModified());
        QVERIFY(f.session.canPush());  // the control plane may think otherwise next time
        f.edit("v3", "v4");
        QTRY_VERIFY(f.session.findings().empty());
    }

    void aRejectionWithoutFieldsIsAFindingForTheWhole()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.editor.scriptPut(rejectedFor({}, "webhook says no"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Rejected);
        QCOMPARE(f.session.findings().front().field, std::string());
        QVERIFY(f.session.findings().front().message.find("webhook says no") != std::string::npos);
    }

    void aFailedPushKeepsTheText_data()
    {
        QTest::addColumn<bool>("failsAtReading");
        QTest::newRow("the server cannot be read before the write") << true;
        QTest::newRow("the write fails") << false;
    }

    void aFailedPushKeepsTheText()
    {
        QFETCH(bool, failsAtReading);
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        const QString mine = f.session.text();
        if (failsAtReading)
            f.editor.scriptFetch(fail(Error::Code::Unreachable, "timed out", "http://127.0.0.1:5681"));
        else
            f.editor.scriptPut(fail(Error::Code::Refused, "403 Forbidden", "http://127.0.0.1:5681"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::PushFailed);
        QVERIFY(f.session.error());
        QCOMPARE(f.session.text(), mine);
        QVERIFY(f.session.isModified());
        f.editor.hold(kKey, json("v2"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
    }

    void newTimesAloneAreNoConflict()
    {
        Fixture f;
        QVERIFY(f.open());
        f.editor.hold(kKey, json("v2", {}, "2026-05-05T00:00:00Z"));
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
    }

    void aChangeThereIsAConflictAndMineCanBeKept()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "mine");
        f.editor.hold(kKey, json("theirs"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        QCOMPARE(f.puts(), 0);
        QVERIFY(f.session.theirsText().contains(u"version: theirs"_s));
        QVERIFY(f.session.text().contains(u"version: mine"_s));
        QVERIFY(f.session.baseText().contains(u"version: v2"_s));
        QVERIFY(!f.session.isDeletedThere());
        f.session.resolveKeepMine();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QVERIFY(f.editor.heldJson(kKey).find("mine") != std::string::npos);
    }

    void aConflictCanBeAConflictAgain()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "mine");
        f.editor.hold(kKey, json("theirs"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        f.editor.hold(kKey, json("theirs-again"));
        f.session.resolveKeepMine();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        QVERIFY(f.session.theirsText().contains(u"theirs-again"_s));
        QCOMPARE(f.puts(), 0);
    }

    void theirsCanBeTaken()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "mine");
        f.editor.hold(kKey, json("theirs"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        QSignalSpy replaced(&f.session, &EditSession::textReplaced);
        f.session.resolveTakeTheirs();
        QCOMPARE(f.session.state(), State::Ready);
        QCOMPARE(replaced.count(), 1);
        QVERIFY(f.session.text().contains(u"version: theirs"_s));
        QVERIFY(!f.session.isModified());
    }

    void deletedThereIsAConflictToo()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.editor.scriptFetch(fail(Error::Code::NotFound, "there is no such Dataplane", {}));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        QVERIFY(f.session.isDeletedThere());
        f.editor.scriptFetch(fail(Error::Code::NotFound, "there is no such Dataplane", {}));
        f.session.resolveKeepMine();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QCOMPARE(f.puts(), 1);
        QVERIFY(!f.session.canUndoPush());  // before it there was nothing
    }

    void theSameChangeThereIsNoConflict()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.editor.hold(kKey, json("v3"));
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
    }

    void whatTheServerDroppedIsListed()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("networking:", "fancy: 1\nnetworking:");
        PushOutcome outcome;
        outcome.kind = PushOutcome::Kind::Replaced;
        outcome.readBackJson = json("v2", R"(,"admin":{"port":9901})");
        outcome.warnings = {"it is deprecated"};
        f.editor.scriptPut(outcome);
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QCOMPARE(f.session.readBackDifferences().size(), 2U);
        QCOMPARE(f.session.readBackDifferences().at(0).path, u"fancy"_s);
        QCOMPARE(f.session.readBackDifferences().at(0).kind, FieldDifference::Kind::Dropped);
        QCOMPARE(f.session.readBackDifferences().at(1).path, u"networking.admin"_s);
        QCOMPARE(f.session.readBackDifferences().at(1).kind, FieldDifference::Kind::Added);
        QCOMPARE(f.session.warnings().front(), std::string("it is deprecated"));
        QVERIFY(f.session.text().contains(u"fancy"_s));  // still there, and seen to differ
        QVERIFY(f.session.isModified());
        f.session.revert();
        QVERIFY(!f.session.text().contains(u"fancy"_s));
        QVERIFY(f.session.text().contains(u"9901"_s));
    }

    void commentsSurviveAPush()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("networking:", "# mine\nnetworking:");
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QVERIFY(f.session.text().contains(u"# mine"_s));
        QVERIFY(!f.session.isModified());
    }

    void aPushCanBeUndoneAndDoneAgain()
    {
        Fixture f;
        QVERIFY(f.open());
        QVERIFY(!f.session.canUndoPush());
        f.edit("v2", "v3");
        QVERIFY(!f.session.canUndoPush());
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QVERIFY(f.session.canUndoPush());
        f.session.undoPush();
        QTRY_COMPARE(f.puts(), 2);
        QTRY_COMPARE(f.session.state(), State::Watching);
        QVERIFY(f.editor.heldJson(kKey).find("\"v2\"") != std::string::npos);
        QVERIFY(f.session.text().contains(u"version: v2"_s));
        f.session.undoPush();
        QTRY_COMPARE(f.puts(), 3);
        QVERIFY(f.editor.heldJson(kKey).find("\"v3\"") != std::string::npos);
    }

    void undoIsGuardedLikeAnyPush()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        f.session.push();
        QTRY_COMPARE(f.session.state(), State::Watching);
        f.editor.hold(kKey, json("theirs"));
        f.session.undoPush();
        QTRY_COMPARE(f.session.state(), State::Conflict);
        QCOMPARE(f.puts(), 1);
    }

    void typingGoesOnDuringAPush()
    {
        Fixture f;
        QVERIFY(f.open());
        f.edit("v2", "v3");
        QTRY_VERIFY(!f.session.isValidating());
        f.editor.holdBack(true);
        f.session.push();
        f.session.setText(u"broken: ["_s);
        f.editor.answer();  // the present document
        QTRY_COMPARE(f.puts(), 1);
        f.editor.answer();
        QTRY_COMPARE(f.session.state(), State::Watching);
        QVERIFY(f.editor.heldJson(kKey).find("\"v3\"") != std::string::npos);
        QCOMPARE(f.session.text(), u"broken: ["_s);
        QVERIFY(f.session.baseText().contains(u"version: v3"_s));
        QVERIFY(f.session.isModified());
    }

    void aSessionMayDieAtAnyMoment()
    {
        for (int step = 0; step < 4; ++step) {
            FakeMeshEditor editor;
            FakeMeshSource source;
            editor.hold(kKey, json("v2"));
            source.setSnapshot(helloMesh());
            editor.holdBack(step != 3);
            auto session = std::make_unique<EditSession>(&editor, &source, kKey, kFast);
            session->load();
            if (step > 0) {
                editor.answer();
                QTRY_COMPARE(session->state(), State::Ready);
                session->setText(session->text().replace(u"v2"_s, u"v3"_s));
            }
            if (step > 1)
                session->push();
            session.reset();
            QCoreApplication::processEvents();
        }
    }

    void theConnectionMayDieFirst()
    {
        auto editor = std::make_unique<FakeMeshEditor>();
        auto source = std::make_unique<FakeMeshSource>();
        editor->hold(kKey, json("v2"));
        source->setSnapshot(helloMesh());
        EditSession session(editor.get(), source.get(), kKey, kFast);
        session.load();
        QTRY_COMPARE(session.state(), State::Ready);
        session.setText(session.text().replace(u"v2"_s, u"v3"_s));
        QSignalSpy canPush(&session, &EditSession::canPushChanged);
        editor.reset();
        source.reset();
        QVERIFY(!canPush.isEmpty());
        QVERIFY(!session.canPush());
        QVERIFY(session.text().contains(u"version: v3"_s));
        session.load();
        QCOMPARE(session.state(), State::LoadFailed);
        QVERIFY(session.text().contains(u"version: v3"_s));
    }
};

QTEST_GUILESS_MAIN(TestEditSession)
#include "tst_edit_session.moc"
