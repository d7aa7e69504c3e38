#include "tests/support/qtest_std.h"

#include "backend/client/remote_control_plane.h"
#include "tests/support/fake_control_plane.h"
#include "tests/support/refreshed.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestRemoteMeshSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAControlPlane();
    void asksByItself();
    void asksNothingWithoutAnInterval();
    void publishesOnlyWhatChanged();
    void keepsEqualRowsAsTheyAre();
    void followsPages();
    void followsPagesBehindAProxy();
    void readsAgainWhenTheListChangesBetweenPages();
    void losesNoRowWhileAListShrinks_data();
    void losesNoRowWhileAListShrinks();
    void takesWhateverSizeOfPageItGets();
    void isUsableFromTheFirstPage();
    void canBeCancelled();
    void asksNothingWhilePaused();
    void keepsItsBudgetOfRequests();
    void saysWhenTheClocksDiffer();
    void saysWhenTheTokenExpired();
    void survivesAListThatNeverHoldsStill();
    void takesTheOldPathWhereTheNewIsUnknown();
    void saysWhenNeitherPathIsKnown();
    void toleratesAForbiddenConfiguration();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void goesStaleAndRecovers();
    void backsOffWhileItFails();
    void asksAgainWhenToldWhileBusy();
    void looksAgainWhenAnotherInstanceAnswers();
    void diesInTheMiddleOfARefresh();
};

namespace {

using Phase = SourceState::Phase;

ConnectionOptions manual(const FakeControlPlane &plane)
{
    ConnectionOptions options;
    options.baseUrl = plane.url();
    options.displayName = u"prod"_s;
    options.intervalMilliseconds = 0;
    options.timeoutMilliseconds = 5'000;
    return options;
}

std::string networkingOf(const std::string &service, int lastByte = 1)
{
    return R"({"address":"10.0.0.)" + std::to_string(lastByte)
           + R"(","inbound":[{"port":8080,"servicePort":80,"tags":{"kuma.io/service":")" + service
           + R"("}}]})";
}

const std::string kOnline = R"({"subscriptions":[{"id":"1","connectTime":"2026-01-02T03:04:05Z",
    "status":{"lastUpdateTime":"2026-01-02T03:04:06.5Z","total":{"responsesSent":"8","responsesAcknowledged":"7","responsesRejected":"1"},
              "cds":{"responsesSent":"2"}},
    "version":{"kumaDp":{"version":"2.9.13"},"envoy":{"version":"1.34.13"}}}],"mTLS":{"issuedBackend":"ca-1"}})";

}  // namespace

void TestRemoteMeshSource::readsAControlPlane()
{
    FakeControlPlane plane;
    plane.addMesh("secure", true);
    plane.setDataplane({"default", "web-1"}, networkingOf("web"), kOnline);
    plane.setDataplane({"default", "backend-1"}, networkingOf("backend", 2));
    plane.setDataplane({"secure", "db-1"}, networkingOf("db", 3));
    RemoteControlPlane remote(manual(plane));
    MeshSource &source = *remote.source();
    QCOMPARE(source.displayName(), u"prod"_s);
    QCOMPARE(source.address(), plane.url());
    QVERIFY(source.snapshot() != nullptr);
    QCOMPARE(source.state().phase, Phase::Connecting);

    QVERIFY(refreshed(source));
    QCOMPARE(source.state().phase, Phase::Live);
    QVERIFY(!source.state().error);
    QVERIFY(source.state().lastSuccess != TimePoint{});
    const auto snapshot = source.snapshot();
    QCOMPARE(snapshot->controlPlane.product, std::string("Kuma"));
    QCOMPARE(snapshot->controlPlane.version, std::string("2.9.13"));
    QCOMPARE(snapshot->controlPlane.mode, std::string("zone"));
    QCOMPARE(snapshot->controlPlane.environment, std::string("universal"));
    QCOMPARE(snapshot->meshes.size(), std::size_t(2));
    QCOMPARE(snapshot->meshes[0].name, std::string("default"));
    QVERIFY(!snapshot->meshes[0].mtlsEnabled && snapshot->meshes[1].mtlsEnabled);
    QCOMPARE(snapshot->meshes[1].mtlsBackend, std::string("ca-1"));
    QCOMPARE(snapshot->dataplanes.size(), std::size_t(3));
    QCOMPARE(snapshot->dataplanes[0]->key(), (ResourceKey{"default", "backend-1"}));
    QCOMPARE(snapshot->dataplanes[0]->status.overall, Health::Unknown);
    const auto web = snapshot->find({"default", "web-1"});
    QVERIFY(web != nullptr);
    QCOMPARE(web->status.overall, Health::Online);
    QCOMPARE(web->insight.latest()->total, (ResponseCounts{8, 7, 1}));
    QCOMPARE(web->insight.latest()->envoyVersion, std::string("1.34.13"));
    QCOMPARE(web->insight.issuedBackend, std::string("ca-1"));
    QVERIFY(snapshot->fetchedAt != TimePoint{});
}

void TestRemoteMeshSource::asksByItself()
{
    FakeControlPlane plane;
    auto options = manual(plane);
    options.intervalMilliseconds = 120;
    RemoteControlPlane remote(options);
    QTRY_VERIFY(plane.server().countOf("GET", u"/dataplanes/_overview"_s) >= 3);
    QCOMPARE(plane.server().countOf("GET", u"/config"_s), 1);
    QCOMPARE(plane.server().countOf("GET", u"/_resources"_s), 1);
    remote.source()->setInterval(0);
    QTRY_VERIFY(!remote.source()->state().refreshing);
    const auto asked = plane.server().requests().size();
    QTest::qWait(300);
    QCOMPARE(plane.server().requests().size(), asked);
}

void TestRemoteMeshSource::asksNothingWithoutAnInterval()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    QTest::qWait(150);
    QCOMPARE(plane.server().requests().size(), 0);
    QCOMPARE(remote.source()->state().phase, Phase::Connecting);
}

void TestRemoteMeshSource::publishesOnlyWhatChanged()
{
    FakeControlPlane plane;
    plane.setDataplane({"default", "web-1"}, networkingOf("web"));
    RemoteControlPlane remote(manual(plane));
    MeshSource &source = *remote.source();
    QSignalSpy published(&source, &MeshSource::snapshotChanged);
    QVERIFY(refreshed(source));
    QCOMPARE(published.size(), 1);
    const auto first = source.snapshot();
    const auto firstSuccess = source.state().lastSuccess;
    QTRY_VERIFY(std::chrono::system_clock::now() > firstSuccess + std::chrono::milliseconds(2));
    QVERIFY(refreshed(source));
    QCOMPARE(published.size(), 1);
    QCOMPARE(source.snapshot(), first);
    QVERIFY(source.state().lastSuccess > firstSuccess);
    plane.removeDataplane({"default", "web-1"});
    QVERIFY(refreshed(source));
    QCOMPARE(published.size(), 2);
    QVERIFY(source.snapshot()->dataplanes.empty());
    QCOMPARE(first->dataplanes.size(), std::size_t(1));  // who held it keeps it
}

void TestRemoteMeshSource::keepsEqualRowsAsTheyAre()
{
    FakeControlPlane plane;
    for (int i = 0; i < 10; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", i + 1));
    RemoteControlPlane remote(manual(plane));
    MeshSource &source = *remote.source();
    QVERIFY(refreshed(source));
    const auto before = source.snapshot();
    plane.setDataplane({"default", "web-4"}, networkingOf("other", 5));
    plane.setDataplane({"default", "web-40"}, networkingOf("new", 6));
    QVERIFY(refreshed(source));
    const auto after = source.snapshot();
    QVERIFY(after != before);
    QCOMPARE(after->dataplanes.size(), std::size_t(11));
    for (const auto &row : before->dataplanes) {
        if (row->key().name != "web-4")
            QCOMPARE(after->find(row->key()), row);
    }
    QVERIFY(after->find({"default", "web-4"}) != before->find({"default", "web-4"}));
}

void TestRemoteMeshSource::followsPages()
{
    FakeControlPlane plane;
    for (int i = 0; i < 25; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", i + 1));
    auto options = manual(plane);
    options.pageSize = 10;
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->dataplanes.size(), std::size_t(25));
    QCOMPARE(plane.server().countOf("GET", u"/dataplanes/_overview"_s), 3);
    const auto &rows = remote.source()->snapshot()->dataplanes;
    QVERIFY(std::is_sorted(rows.begin(), rows.end(),
                           [](const auto &a, const auto &b) { return a->key() < b->key(); }));
}

void TestRemoteMeshSource::followsPagesBehindAProxy()
{
    FakeControlPlane plane;
    plane.setNextHost("http://inside.example:5681");
    for (int i = 0; i < 7; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", i + 1));
    auto options = manual(plane);
    options.pageSize = 3;
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->dataplanes.size(), std::size_t(7));
}

void TestRemoteMeshSource::readsAgainWhenTheListChangesBetweenPages()
{
    FakeControlPlane plane;
    for (int i = 0; i < 6; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", i + 1));
    bool changed = false;
    plane.afterEachPage([&] {
        if (!changed)
            plane.removeDataplane({"default", "web-0"});  // web-3 would slip through to the page already read
        changed = true;
    });
    auto options = manual(plane);
    options.pageSize = 3;
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    QVERIFY(remote.source()->snapshot()->find({"default", "web-3"}) != nullptr);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->dataplanes.size(), std::size_t(5));
}

void TestRemoteMeshSource::losesNoRowWhileAListShrinks_data()
{
    QTest::addColumn<int>("gone");  // rows that go at the front after each page
    QTest::addColumn<int>("parallel");
    QTest::newRow("one a page, one page at a time") << 1 << 1;
    QTest::newRow("three a page, one page at a time") << 3 << 1;
    QTest::newRow("one a page, four pages at a time") << 1 << 4;
    QTest::newRow("six a page, four pages at a time") << 6 << 4;
}

void TestRemoteMeshSource::losesNoRowWhileAListShrinks()
{
    QFETCH(int, gone);
    QFETCH(int, parallel);
    FakeControlPlane plane;
    const auto name = [](int i) { return "web-" + std::to_string(1'000 + i); };
    for (int i = 0; i < 200; ++i)
        plane.setDataplane({"default", name(i)}, networkingOf("web"));
    int next = 0;
    plane.afterEachPage([&] {
        for (int i = 0; i < gone && next < 60; ++i)
            plane.removeDataplane({"default", name(next++)});
    });
    auto options = manual(plane);
    options.pageSize = 20;
    options.parallelPages = parallel;
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    for (int i = 60; i < 200; ++i)
        QVERIFY2(remote.source()->snapshot()->find({"default", name(i)}) != nullptr, name(i).c_str());
}

void TestRemoteMeshSource::takesWhateverSizeOfPageItGets()
{
    FakeControlPlane plane;
    plane.setLeastPage(7);
    for (int i = 0; i < 50; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", i + 1));
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->dataplanes.size(), std::size_t(50));
}

void TestRemoteMeshSource::isUsableFromTheFirstPage()
{
    FakeControlPlane plane;
    for (int i = 0; i < 90; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(100 + i)}, networkingOf("web", 1));
    auto options = manual(plane);
    options.pageSize = 10;
    RemoteControlPlane remote(options);
    MeshSource &source = *remote.source();
    std::vector<std::pair<std::size_t, bool>> published;  // rows, partial
    connect(&source, &MeshSource::snapshotChanged, this, [&](const SnapshotPtr &snapshot) {
        published.emplace_back(snapshot->dataplanes.size(), snapshot->isPartial);
    });
    std::vector<LoadProgress> progress;
    connect(&source, &MeshSource::stateChanged, this, [&] {
        if (const auto state = source.state(); state.progress)
            progress.push_back(*state.progress);
    });
    QVERIFY(refreshed(source));
    QVERIFY(published.size() >= 2);
    QCOMPARE(published.front(), (std::pair<std::size_t, bool>(10, true)));
    QCOMPARE(published.back(), (std::pair<std::size_t, bool>(90, false)));
    QVERIFY(!progress.empty());
    QCOMPARE(progress.front(), (LoadProgress{10, 90}));
    QVERIFY(!source.state().progress);
    published.clear();
    plane.removeDataplane({"default", "web-100"});
    QVERIFY(refreshed(source));  // a refresh keeps the whole snapshot until the next one is whole
    QCOMPARE(published, (std::vector<std::pair<std::size_t, bool>>{{89, false}}));
}

void TestRemoteMeshSource::canBeCancelled()
{
    FakeControlPlane plane;
    for (int i = 0; i < 90; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(100 + i)}, networkingOf("web", 1));
    auto options = manual(plane);
    options.pageSize = 10;
    options.parallelPages = 1;
    RemoteControlPlane remote(options);
    MeshSource &source = *remote.source();
    connect(&source, &MeshSource::stateChanged, &source, [&] {
        if (const auto state = source.state(); state.progress && state.progress->rows >= 20)
            source.cancelRefresh();
    });
    QVERIFY(refreshed(source));
    QTRY_COMPARE(source.state().phase, Phase::Stale);
    QCOMPARE(source.state().error->code, Error::Code::Cancelled);
    QTRY_VERIFY(source.snapshot()->dataplanes.size() >= 19);
    QVERIFY(source.snapshot()->isPartial);
    QVERIFY(source.snapshot()->dataplanes.size() < 90);
    source.disconnect(&source);
    QVERIFY(refreshed(source));
    QCOMPARE(source.state().phase, Phase::Live);
    QCOMPARE(source.snapshot()->dataplanes.size(), std::size_t(90));
    QVERIFY(!source.snapshot()->isPartial);
}

void TestRemoteMeshSource::asksNothingWhilePaused()
{
    FakeControlPlane plane;
    auto options = manual(plane);
    options.intervalMilliseconds = 20;
    options.requestBudget = 10'000;
    RemoteControlPlane remote(options);
    MeshSource &source = *remote.source();
    QTRY_COMPARE(source.state().phase, Phase::Live);
    source.setPaused(true);
    QVERIFY(source.state().isPaused);
    QTRY_VERIFY(!source.state().refreshing);
    const auto asked = plane.server().requests().size();
    QTest::qWait(150);
    QCOMPARE(plane.server().requests().size(), asked);
    QVERIFY(refreshed(source));  // told to, it asks all the same
    source.setPaused(false);
    const auto before = plane.server().requests().size();
    QTRY_VERIFY(plane.server().requests().size() > before);
}

void TestRemoteMeshSource::keepsItsBudgetOfRequests()
{
    FakeControlPlane plane;
    auto options = manual(plane);
    options.intervalMilliseconds = 10;
    options.requestBudget = 50;
    RemoteControlPlane remote(options);
    QTRY_COMPARE(remote.source()->state().phase, Phase::Live);
    const int asked = static_cast<int>(plane.server().requests().size());
    QVERIFY2(asked >= 15, qPrintable(QString::number(asked)));
    QVERIFY(remote.source()->state().intervalMilliseconds >= asked * 1'000 / 50);
    QVERIFY(remote.source()->state().requestsPerSecond > 1.0);
}

void TestRemoteMeshSource::saysWhenTheClocksDiffer()
{
    FakeControlPlane plane;
    plane.setClock(-120);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QVERIFY(remote.source()->state().clockSkew);
    QVERIFY(std::abs(remote.source()->state().clockSkew->count() + 120) <= 2);
    plane.setClock(1);
    QVERIFY(refreshed(*remote.source()));
    QVERIFY(!remote.source()->state().clockSkew);
}

void TestRemoteMeshSource::saysWhenTheTokenExpired()
{
    FakeControlPlane plane;
    // {"alg":"RS256","kid":"1"}.{"Name":"me","exp":1600000000}
    const QByteArray token =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJOYW1lIjoibWUiLCJleHAiOjE2MDAwMDAwMDB9.c2ln";
    plane.setToken(token);
    auto options = manual(plane);
    options.bearerToken = token.toStdString();
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Live);
    plane.setToken("another");
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Stale);
    const auto error = *remote.source()->state().error;
    QCOMPARE(error.code, Error::Code::Refused);
    QVERIFY2(error.what.find("the token expired at 2020-09-13T12:26:40Z") != std::string::npos,
             error.what.c_str());
    QVERIFY(error.what.find("eyJ") == std::string::npos);
}

void TestRemoteMeshSource::survivesAListThatNeverHoldsStill()
{
    FakeControlPlane plane;
    int next = 0;
    const auto add = [&] {
        plane.setDataplane({"default", "web-" + std::to_string(next++)}, networkingOf("web"));
    };
    for (int i = 0; i < 6; ++i)
        add();
    plane.afterEachPage(add);
    auto options = manual(plane);
    options.pageSize = 3;
    RemoteControlPlane remote(options);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Live);
    QVERIFY(remote.source()->snapshot()->dataplanes.size() >= 6);
}

void TestRemoteMeshSource::takesTheOldPathWhereTheNewIsUnknown()
{
    FakeControlPlane plane;
    plane.usesOldOverviewPath(true);
    plane.setDataplane({"default", "web-1"}, networkingOf("web"));
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->dataplanes.size(), std::size_t(1));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(plane.server().countOf("GET", u"/dataplanes/_overview"_s), 1);
    QCOMPARE(plane.server().countOf("GET", u"/dataplanes+insights"_s), 2);
}

void TestRemoteMeshSource::saysWhenNeitherPathIsKnown()
{
    FakeControlPlane plane;
    HttpAnswer unknown;
    unknown.status = 404;
    unknown.contentType = "text/plain";
    unknown.body = "404: Page Not Found";
    plane.fault(u"/dataplanes"_s, unknown, 2);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Failed);
    QCOMPARE(remote.source()->state().error->code, Error::Code::NotFound);
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Live);
}

void TestRemoteMeshSource::toleratesAForbiddenConfiguration()
{
    FakeControlPlane plane;
    plane.hideConfig(true);
    plane.fault(u"/_resources"_s, htmlAnswer(404, "Not found"));
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Live);
    QCOMPARE(remote.source()->snapshot()->controlPlane.mode, std::string());
    QVERIFY(remote.editor()->readOnlyReason().isEmpty());
}

void TestRemoteMeshSource::saysWhatIsWrong_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("contentType");
    QTest::addColumn<QString>("words");
    const QByteArray json = "application/json";
    QTest::newRow("a web page instead of the index")
        << u"/"_s << 200 << QByteArray("<!DOCTYPE html><html></html>") << QByteArray("text/html")
        << u"is a web page"_s;
    QTest::newRow("another product's index")
        << u"/"_s << 200 << QByteArray(R"({"name":"elasticsearch","version":{"number":"8"}})") << json
        << u"no Kuma control plane"_s;
    QTest::newRow("text instead of the index")
        << u"/"_s << 200 << QByteArray("It works!") << QByteArray("text/plain") << u"not JSON"_s;
    QTest::newRow("a missing token") << u"/meshes"_s << 401
                                     << QByteArray(R"({"title":"Invalid authentication data"})") << json
                                     << u"it wants a token, and this connection has none"_s;
    QTest::newRow("a server error with its words")
        << u"/dataplanes"_s << 500
        << QByteArray(R"({"title":"Could not retrieve resources","detail":"Internal Server Error"})") << json
        << u"Could not retrieve resources: Internal Server Error"_s;
    QTest::newRow("half a list") << u"/dataplanes"_s << 200 << QByteArray(R"({"total":1,"items":[{"mesh":)")
                                 << json << u"unexpected end of JSON input"_s;
    QTest::newRow("a list that is none")
        << u"/dataplanes"_s << 200 << QByteArray(R"({"message":"hello"})") << json << u"it has no items"_s;
    QTest::newRow("a row of the wrong type")
        << u"/dataplanes"_s << 200
        << QByteArray(
               R"({"total":1,"items":[{"mesh":"m","name":"n","dataplane":{"networking":{"inbound":[{"port":"x"}]}}}],"next":null})")
        << json << u"must be a whole number"_s;
}

void TestRemoteMeshSource::saysWhatIsWrong()
{
    QFETCH(QString, path);
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, contentType);
    QFETCH(QString, words);
    FakeControlPlane plane;
    HttpAnswer answer;
    answer.status = status;
    answer.body = body;
    answer.contentType = contentType;
    plane.fault(path, answer);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    const auto state = remote.source()->state();
    QCOMPARE(state.phase, Phase::Failed);
    QVERIFY(state.error.has_value());
    QVERIFY2(QString::fromStdString(state.error->what).contains(words), state.error->what.c_str());
    QVERIFY2(!state.error->where.empty(), "where it happened");
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->state().phase, Phase::Live);
    QVERIFY(!remote.source()->state().error);
}

void TestRemoteMeshSource::goesStaleAndRecovers()
{
    FakeControlPlane plane;
    plane.setDataplane({"default", "web-1"}, networkingOf("web"));
    RemoteControlPlane remote(manual(plane));
    MeshSource &source = *remote.source();
    QVERIFY(refreshed(source));
    const auto snapshot = source.snapshot();
    const auto success = source.state().lastSuccess;
    plane.fault(u"/"_s, kumaError(503, "unavailable", "starting"));
    QVERIFY(refreshed(source));
    QCOMPARE(source.state().phase, Phase::Stale);
    QCOMPARE(source.state().error->code, Error::Code::Unreachable);
    QCOMPARE(source.state().lastSuccess, success);
    QCOMPARE(source.snapshot(), snapshot);
    QVERIFY(refreshed(source));
    QCOMPARE(source.state().phase, Phase::Live);
}

void TestRemoteMeshSource::backsOffWhileItFails()
{
    FakeControlPlane plane;
    plane.fault(u"/"_s, kumaError(503, "unavailable", "starting"), 5);
    auto options = manual(plane);
    options.intervalMilliseconds = 50;
    options.backOffMilliseconds = 20;
    RemoteControlPlane remote(options);
    QElapsedTimer clock;
    clock.start();
    QTRY_COMPARE(remote.source()->state().phase, Phase::Live);
    // 20 + 40 + 80 + 160 + 320 ms, a fifth less at most
    QVERIFY2(clock.elapsed() >= 496, qPrintable(QString::number(clock.elapsed())));
}

void TestRemoteMeshSource::asksAgainWhenToldWhileBusy()
{
    FakeControlPlane plane;
    HttpAnswer slow;
    slow.body = R"({"product":"Kuma","version":"2.9.13","instanceId":"cp-1-abcd"})";
    slow.delayMilliseconds = 150;
    plane.fault(u"/"_s, slow);
    RemoteControlPlane remote(manual(plane));
    remote.source()->refresh();
    QTRY_VERIFY(!plane.server().requests().isEmpty());
    remote.source()->refresh();
    remote.source()->refresh();
    QTRY_COMPARE(plane.server().countOf("GET", u"/dataplanes/_overview"_s), 2);
    QTest::qWait(250);
    QCOMPARE(plane.server().countOf("GET", u"/dataplanes/_overview"_s), 2);
}

void TestRemoteMeshSource::looksAgainWhenAnotherInstanceAnswers()
{
    FakeControlPlane plane;
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    QVERIFY(remote.editor()->readOnlyReason().isEmpty());
    plane.setInstanceId("cp-2-efgh");
    plane.setMode("global", "universal");
    QVERIFY(refreshed(*remote.source()));
    QCOMPARE(remote.source()->snapshot()->controlPlane.mode, std::string("global"));
    QVERIFY(remote.editor()->readOnlyReason().contains(u"global"_s));
}

void TestRemoteMeshSource::diesInTheMiddleOfARefresh()
{
    FakeControlPlane plane;
    for (int i = 0; i < 500; ++i)
        plane.setDataplane({"default", "web-" + std::to_string(i)}, networkingOf("web", 1));
    for (int requests = 1; requests <= 6; ++requests) {
        auto remote = std::make_unique<RemoteControlPlane>(manual(plane));
        const auto before = plane.server().requests().size();
        remote->source()->refresh();
        QTRY_VERIFY(plane.server().requests().size() >= before + std::min(requests, 5));
        remote.reset();
    }
    QTRY_COMPARE(plane.server().openConnections(), 0);
}

QTEST_GUILESS_MAIN(TestRemoteMeshSource)
#include "tst_remote_mesh_source.moc"
