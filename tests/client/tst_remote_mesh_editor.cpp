#include "tests/support/qtest_std.h"

#include "backend/client/remote_control_plane.h"
#include "backend/support/when_done.h"
#include "tests/support/fake_control_plane.h"

#include <QEventLoop>
#include <QTest>
#include <QTimer>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestRemoteMeshEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fetchesTheTextUnchanged();
    void saysWhichDataplaneIsMissing();
    void createsThenReplaces();
    void reportsWhatTheControlPlaneFound();
    void reportsAParserErrorAsRefusal();
    void passesOnWarnings();
    void saysWhenItCouldNotReadBack();
    void failsWithKumasWords_data();
    void failsWithKumasWords();
    void deletes();
    void refusesNamesThatAreNoPath();
    void knowsWhatIsReadOnly();
    void cancelsWhatHasNotLeft();
    void finishesItsFuturesWhenItDies();
};

namespace {

const ResourceKey kWeb{"default", "web-1"};
const std::string kNetworking =
    R"({"address":"10.0.0.1","inbound":[{"port":8080,"servicePort":80,"tags":{"kuma.io/service":"web"}}]})";
const std::string kDocument =
    R"({"type":"Dataplane","mesh":"default","name":"web-1","networking":)" + kNetworking + "}";

ConnectionOptions manual(const FakeControlPlane &plane)
{
    ConnectionOptions options;
    options.baseUrl = plane.url();
    options.intervalMilliseconds = 0;
    options.timeoutMilliseconds = 5'000;
    return options;
}

template <class T>
Result<T> waited(const QFuture<Result<T>> &future)
{
    QEventLoop loop;
    Result<T> result = fail(Error::Code::Internal, "the future never finished");
    whenDone(future, &loop, [&](Result<T> answer) {
        result = std::move(answer);
        loop.quit();
    });
    QTimer::singleShot(10'000, &loop, &QEventLoop::quit);
    loop.exec();
    return result;
}

}  // namespace

void TestRemoteMeshEditor::fetchesTheTextUnchanged()
{
    FakeControlPlane plane;
    plane.setDataplane(kWeb, kNetworking);
    RemoteControlPlane remote(manual(plane));
    VALUE_OR_FAIL(document, waited(remote.editor()->fetchDataplane(kWeb)));
    QCOMPARE(document.json, plane.storedJson(kWeb));
}

void TestRemoteMeshEditor::saysWhichDataplaneIsMissing()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    const auto missing = waited(remote.editor()->fetchDataplane(kWeb));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, Error::Code::NotFound);
    QVERIFY2(missing.error().what.find("web-1") != std::string::npos, missing.error().what.c_str());
    const auto elsewhere = waited(remote.editor()->fetchDataplane({"nowhere", "web-1"}));
    QVERIFY(!elsewhere);
    QVERIFY(elsewhere.error().what.find("Failed to retrieve Mesh") != std::string::npos);
}

void TestRemoteMeshEditor::createsThenReplaces()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    VALUE_OR_FAIL(created, waited(remote.editor()->putDataplane(kWeb, kDocument)));
    QCOMPARE(created.kind, PushOutcome::Kind::Created);
    QCOMPARE(created.readBackJson, plane.storedJson(kWeb));
    QVERIFY(created.warnings.empty() && created.invalid.empty());
    VALUE_OR_FAIL(replaced, waited(remote.editor()->putDataplane(kWeb, kDocument)));
    QCOMPARE(replaced.kind, PushOutcome::Kind::Replaced);
    const auto &puts = plane.server().requests();
    QCOMPARE(puts.first().body, QByteArray::fromStdString(kDocument));
}

void TestRemoteMeshEditor::reportsWhatTheControlPlaneFound()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    const std::string bad =
        R"({"type":"Dataplane","mesh":"default","name":"web-1","networking":{"address":"10.0.0.1","inbound":[{"port":0,"tags":{"version":"a b"}}]}})";
    VALUE_OR_FAIL(outcome, waited(remote.editor()->putDataplane(kWeb, bad)));
    QCOMPARE(outcome.kind, PushOutcome::Kind::Rejected);
    QCOMPARE(outcome.message, std::string("Could not process a resource: Resource is not valid"));
    QCOMPARE(outcome.invalid.size(), std::size_t(3));
    QCOMPARE(outcome.invalid[0].field, std::string("networking.inbound[0].port"));
    QCOMPARE(outcome.invalid[0].reason, std::string("port must be in the range [1, 65535]"));
    QVERIFY(plane.storedJson(kWeb).empty());
    QCOMPARE(plane.server().countOf("GET", u"/meshes/default/dataplanes/web-1"_s), 0);
}

void TestRemoteMeshEditor::reportsAParserErrorAsRefusal()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    VALUE_OR_FAIL(outcome, waited(remote.editor()->putDataplane(kWeb, R"({"networking":{"inbound":"x"}})")));
    QCOMPARE(outcome.kind, PushOutcome::Kind::Rejected);
    QVERIFY(outcome.invalid.empty());
    QVERIFY2(outcome.message.find("cannot unmarshal string") != std::string::npos, outcome.message.c_str());
}

void TestRemoteMeshEditor::passesOnWarnings()
{
    FakeControlPlane plane(KumaEra::V2_14);
    plane.setWarnings({"this field is deprecated"});
    RemoteControlPlane remote(manual(plane));
    VALUE_OR_FAIL(outcome, waited(remote.editor()->putDataplane(kWeb, kDocument)));
    QCOMPARE(outcome.warnings, (std::vector<std::string>{"this field is deprecated"}));
}

void TestRemoteMeshEditor::saysWhenItCouldNotReadBack()
{
    FakeControlPlane plane;
    plane.fault(u"/meshes"_s, kumaError(500, "Could not retrieve a resource", "Internal Server Error"), 1,
                "GET");
    RemoteControlPlane remote(manual(plane));
    VALUE_OR_FAIL(outcome, waited(remote.editor()->putDataplane(kWeb, kDocument)));
    QCOMPARE(outcome.kind, PushOutcome::Kind::Created);
    QVERIFY(outcome.readBackJson.empty());
    QCOMPARE(outcome.warnings.size(), std::size_t(1));
    QVERIFY(outcome.warnings[0].starts_with("it was written, but could not be read back"));
}

void TestRemoteMeshEditor::failsWithKumasWords_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("html");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, int status, bool html, Error::Code code, const QString &words) {
        QTest::newRow(name) << status << html << static_cast<int>(code) << words;
    };
    row("not allowed", 403, false, Error::Code::Refused, u"\"Title: its detail\""_s);
    row("the mesh is gone", 404, false, Error::Code::NotFound, u"\"Title: its detail\""_s);
    row("read-only", 405, false, Error::Code::Refused, u"does not let it be written"_s);
    row("a conflict", 409, false, Error::Code::Conflict, u"somebody else changed it"_s);
    row("a server error", 500, false, Error::Code::Refused, u"\"Title: its detail\""_s);
    row("a proxy's page", 502, true, Error::Code::Unreachable, u"Bad Gateway"_s);
    row("a bad request that is not Kuma's", 400, true, Error::Code::Refused, u"is a web page"_s);
    row("a web page for an answer", 200, true, Error::Code::Invalid, u"is not a control plane's"_s);
}

void TestRemoteMeshEditor::failsWithKumasWords()
{
    QFETCH(int, status);
    QFETCH(bool, html);
    QFETCH(int, code);
    QFETCH(QString, words);
    FakeControlPlane plane;
    plane.setDataplane(kWeb, kNetworking);
    plane.fault(u"/meshes"_s,
                html ? htmlAnswer(status, "Bad Gateway") : kumaError(status, "Title", "its detail"), 2);
    RemoteControlPlane remote(manual(plane));
    const auto result = waited(remote.editor()->putDataplane(kWeb, kDocument));
    QVERIFY(!result);
    QCOMPARE(static_cast<int>(result.error().code), code);
    QVERIFY2(QString::fromStdString(result.error().what).contains(words), result.error().what.c_str());
    QVERIFY(result.error().where.find("/meshes/default/dataplanes/web-1") != std::string::npos);
}

void TestRemoteMeshEditor::deletes()
{
    for (const auto era : {KumaEra::V2_9, KumaEra::V2_14}) {
        FakeControlPlane plane(era);
        plane.setDataplane(kWeb, kNetworking);
        RemoteControlPlane remote(manual(plane));
        QVERIFY(waited(remote.editor()->deleteDataplane(kWeb)).has_value());
        QVERIFY(plane.storedJson(kWeb).empty());
        const auto again = waited(remote.editor()->deleteDataplane(kWeb));
        QVERIFY(!again);
        QCOMPARE(again.error().code, Error::Code::NotFound);
    }
}

void TestRemoteMeshEditor::refusesNamesThatAreNoPath()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    for (const auto &key : {ResourceKey{"default", ""}, ResourceKey{"", "web-1"},
                            ResourceKey{"default", "a/b"}, ResourceKey{"..", "web-1"}}) {
        const auto result = waited(remote.editor()->deleteDataplane(key));
        QVERIFY(!result);
        QCOMPARE(result.error().code, Error::Code::Invalid);
    }
    QCOMPARE(plane.server().requests().size(), 0);
}

void TestRemoteMeshEditor::knowsWhatIsReadOnly()
{
    FakeControlPlane plane;
    plane.setReadOnly(true);
    plane.setMode("zone", "kubernetes");
    RemoteControlPlane remote(manual(plane));
    QVERIFY(remote.editor()->readOnlyReason().contains(u"not answered yet"_s));
    remote.source()->refresh();
    QTRY_VERIFY(remote.editor()->readOnlyReason().contains(u"Kubernetes"_s));
    const auto result = waited(remote.editor()->putDataplane(kWeb, kDocument));
    QVERIFY(!result);
    QVERIFY(result.error().what.find("cannot modify dataplane resources here") != std::string::npos);
}

void TestRemoteMeshEditor::cancelsWhatHasNotLeft()
{
    FakeControlPlane plane;
    HttpAnswer silent;
    silent.fault = HttpAnswer::Fault::Silent;
    plane.fault(u"/meshes"_s, silent, 10);
    RemoteControlPlane remote(manual(plane));
    auto future = remote.editor()->fetchDataplane(kWeb);
    QTRY_COMPARE(plane.server().requests().size(), 1);
    future.cancel();
    QTRY_VERIFY(future.isFinished());
    QTRY_COMPARE(plane.server().openConnections(), 0);
    const auto result = waited(future);
    QVERIFY(!result);
    QCOMPARE(result.error().code, Error::Code::Cancelled);
}

void TestRemoteMeshEditor::finishesItsFuturesWhenItDies()
{
    FakeControlPlane plane;
    HttpAnswer silent;
    silent.fault = HttpAnswer::Fault::Silent;
    plane.fault(u"/meshes"_s, silent, 10);
    auto remote = std::make_unique<RemoteControlPlane>(manual(plane));
    const auto fetched = remote->editor()->fetchDataplane(kWeb);
    const auto put = remote->editor()->putDataplane(kWeb, kDocument);
    const auto deleted = remote->editor()->deleteDataplane(kWeb);
    QTRY_COMPARE(plane.server().requests().size(), 3);
    remote.reset();
    QVERIFY(fetched.isFinished() && put.isFinished() && deleted.isFinished());
    QCOMPARE(waited(fetched).error().code, Error::Code::Cancelled);
    QCOMPARE(waited(put).error().code, Error::Code::Cancelled);
    QCOMPARE(waited(deleted).error().code, Error::Code::Cancelled);
}

QTEST_GUILESS_MAIN(TestRemoteMeshEditor)
#include "tst_remote_mesh_editor.moc"
