#include "backend/xds/ads_state.h"

#include <google/protobuf/struct.pb.h>

#include <QTest>

#include <deque>
#include <map>
#include <random>

using namespace meshscope;
using namespace meshscope::xds;

namespace {

using Request = AdsState::Request;
using Response = AdsState::Response;

const TimePoint kNow(std::chrono::milliseconds(1'700'000'000'000));

ResourcePtr resource(const std::string &name, const std::string &content)
{
    google::protobuf::Value value;
    value.set_string_value(content);
    return makeResource(name, value);
}

ResourcePtr edsCluster(const std::string &name, const std::string &content)
{
    google::protobuf::Value value;
    value.set_string_value(content);
    return makeEdsCluster(name, value);
}

// Clusters, endpoints and listeners by name → content.
using Contents = std::map<std::string, std::string>;

ProxySnapshotPtr snapshot(const Contents &clusters, const Contents &endpoints, const Contents &listeners)
{
    auto result = std::make_shared<ProxySnapshot>();
    for (const auto &[name, content] : clusters)
        result->of(ResourceType::Cluster).push_back(edsCluster(name, content));
    for (const auto &[name, content] : endpoints)
        result->of(ResourceType::Endpoint).push_back(resource(name, content));
    for (const auto &[name, content] : listeners)
        result->of(ResourceType::Listener).push_back(resource(name, content));
    return result;
}

// A proxy as Envoy behaves: it subscribes to endpoints once it has the clusters, answers each response once,
// and checks every message on its way.
class FakeProxy
{
public:
    explicit FakeProxy(AdsState &state)
        : m_state(state)
    {}

    void subscribe(ResourceType type, std::vector<std::string> names = {})
    {
        m_names[type] = names;
        receive(m_state.handle(request(type, names, m_nonce[type]), kNow));
    }

    void receive(const std::vector<Response> &responses)
    {
        for (const auto &response : responses) {
            ResourceType type{};
            QVERIFY(typeFromUrl(response.type_url(), type));
            QVERIFY2(!m_pending.contains(type), "two responses of a type under way");
            const auto nonce = std::stoull(response.nonce());
            QVERIFY2(nonce > m_lastNonce, "nonces must grow");
            m_lastNonce = nonce;
            QVERIFY2(response.version_info() != m_version[type], "equal content was sent again");
            m_version[type] = response.version_info();
            QVERIFY(m_names.contains(type));
            for (const auto &any : response.resources())
                QCOMPARE(any.type_url(), std::string(typeUrl(type)));
            if (type == ResourceType::Listener)
                QVERIFY2(hasAllEndpoints(), "a listener came before the endpoints that it needs");
            m_pending[type] = response;
            ++sent;
        }
    }

    bool isAnswerDue(ResourceType type) const { return m_pending.contains(type); }
    bool isAnswerDue() const { return !m_pending.empty(); }
    std::vector<ResourceType> due() const
    {
        std::vector<ResourceType> result;
        for (const auto &[type, response] : m_pending)
            result.push_back(type);
        return result;
    }

    void acknowledge(ResourceType type)
    {
        const auto response = take(type);
        Contents contents;
        for (const auto &any : response.resources()) {
            google::protobuf::Value value;
            QVERIFY(value.ParseFromString(any.value()));
            contents[value.string_value()] = any.value();
        }
        accepted[type] = contents;
        m_refused.erase(type);
        receive(m_state.handle(request(type, m_names[type], response.nonce()), kNow));
        ++acknowledged;
    }

    void reject(ResourceType type, const std::string &words)
    {
        const auto response = take(type);
        auto message = request(type, m_names[type], response.nonce());
        message.mutable_error_detail()->set_message(words);
        m_refused.insert(type);
        receive(m_state.handle(message, kNow));
        ++rejected;
    }

    // As long as there is something to acknowledge. Endpoints are asked for as clusters come.
    void settle(const Contents &clusters)
    {
        for (int i = 0; i < 100 && isAnswerDue(); ++i) {
            const auto type = due().front();
            acknowledge(type);
            if (type == ResourceType::Cluster)
                askForEndpoints(clusters);
        }
        QVERIFY(!isAnswerDue());
    }

    void askForEndpoints(const Contents &clusters)
    {
        std::vector<std::string> names;
        for (const auto &[name, content] : clusters)
            names.push_back(name);
        m_clusters = names;
        subscribe(ResourceType::Endpoint, names);
    }

    Request request(ResourceType type, const std::vector<std::string> &names, const std::string &nonce) const
    {
        Request message;
        message.set_type_url(std::string(typeUrl(type)));
        message.set_response_nonce(nonce);
        for (const auto &name : names)
            message.add_resource_names(name);
        return message;
    }

    std::map<ResourceType, Contents> accepted;
    int sent = 0, acknowledged = 0, rejected = 0;

private:
    Response take(ResourceType type)
    {
        const auto response = m_pending.at(type);
        m_pending.erase(type);
        m_nonce[type] = response.nonce();
        return response;
    }

    bool hasAllEndpoints() const
    {
        if (m_refused.contains(ResourceType::Cluster))
            return true;
        return !m_pending.contains(ResourceType::Cluster) && !m_pending.contains(ResourceType::Endpoint);
    }

    AdsState &m_state;
    std::map<ResourceType, std::vector<std::string>> m_names;
    std::vector<std::string> m_clusters;
    std::map<ResourceType, Response> m_pending;
    std::map<ResourceType, std::string> m_nonce;
    std::map<ResourceType, std::string> m_version;
    std::set<ResourceType> m_refused;
    unsigned long long m_lastNonce = 0;
};

}  // namespace

class TestAdsState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstConnectionInEnvoysOrder();
    void nothingIsSentBeforeItIsAskedFor();
    void equalContentIsNotSentAgain();
    void anEndpointChangeSendsEndpointsOnly();
    void aChangedClusterGetsItsEndpointsAgain();
    void newerStateWaitsForTheAnswer();
    void staleNoncesAreIgnored();
    void aRefusalIsKeptAndNotAnsweredWithTheSame();
    void oneMendedTypeOfTwoResolvesNothing();
    void listenersComeAlthoughClustersWereRefused();
    void unknownTypesAreIgnored();
    void namesAddedLaterAreAnswered();
    void countsAddUp();
    void randomConversations();
};

void TestAdsState::firstConnectionInEnvoysOrder()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.receive(state.setSnapshot(snapshot({{"a", "c1"}}, {{"a", "e1"}}, {{"l", "l1"}}), kNow));
    proxy.subscribe(ResourceType::Cluster);
    QVERIFY(proxy.isAnswerDue(ResourceType::Cluster));
    proxy.acknowledge(ResourceType::Cluster);
    proxy.subscribe(ResourceType::Endpoint, {"a"});
    QVERIFY(proxy.isAnswerDue(ResourceType::Endpoint));
    proxy.acknowledge(ResourceType::Endpoint);
    proxy.subscribe(ResourceType::Listener);
    QVERIFY(proxy.isAnswerDue(ResourceType::Listener));
    QVERIFY(!state.isSettled());
    proxy.acknowledge(ResourceType::Listener);
    QVERIFY(state.isSettled());
    QCOMPARE(state.status().lastUpdate, kNow);
}

void TestAdsState::nothingIsSentBeforeItIsAskedFor()
{
    AdsState state("cp");
    QVERIFY(state.setSnapshot(snapshot({{"a", "c"}}, {{"a", "e"}}, {}), kNow).empty());
    AdsState early("cp");  // asked before there is anything
    FakeProxy proxy(early);
    proxy.subscribe(ResourceType::Cluster);
    QVERIFY(!proxy.isAnswerDue());
    proxy.receive(early.setSnapshot(snapshot({}, {}, {}), kNow));
    QVERIFY(proxy.isAnswerDue(ResourceType::Cluster));  // an empty answer is an answer
}

void TestAdsState::equalContentIsNotSentAgain()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.receive(state.setSnapshot(snapshot({{"a", "c"}}, {{"a", "e"}}, {}), kNow));
    proxy.settle({{"a", "c"}});
    QVERIFY(state.setSnapshot(snapshot({{"a", "c"}}, {{"a", "e"}}, {}), kNow).empty());
}

void TestAdsState::anEndpointChangeSendsEndpointsOnly()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    const Contents clusters{{"a", "c"}, {"b", "c"}};
    proxy.subscribe(ResourceType::Cluster);
    proxy.receive(state.setSnapshot(snapshot(clusters, {{"a", "e1"}, {"b", "e1"}}, {{"l", "l"}}), kNow));
    proxy.settle(clusters);
    proxy.subscribe(ResourceType::Listener);
    proxy.settle(clusters);
    proxy.receive(state.setSnapshot(snapshot(clusters, {{"a", "e2"}, {"b", "e1"}}, {{"l", "l"}}), kNow));
    QCOMPARE(proxy.due(), std::vector{ResourceType::Endpoint});
}

void TestAdsState::aChangedClusterGetsItsEndpointsAgain()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.receive(state.setSnapshot(snapshot({{"a", "c1"}}, {{"a", "e"}}, {}), kNow));
    proxy.settle({{"a", "c1"}});
    const auto responses = state.setSnapshot(snapshot({{"a", "c2"}}, {{"a", "e"}}, {}), kNow);
    QCOMPARE(responses.size(), 2U);  // else the changed cluster would warm for ever
    QCOMPARE(responses[0].type_url(), std::string(typeUrl(ResourceType::Cluster)));
    QCOMPARE(responses[1].type_url(), std::string(typeUrl(ResourceType::Endpoint)));
}

void TestAdsState::newerStateWaitsForTheAnswer()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.receive(state.setSnapshot(snapshot({{"a", "1"}}, {{"a", "e"}}, {}), kNow));
    QVERIFY(state.setSnapshot(snapshot({{"a", "2"}}, {{"a", "e"}}, {}), kNow).empty());
    QVERIFY(state.setSnapshot(snapshot({{"a", "3"}}, {{"a", "e"}}, {}), kNow).empty());
    proxy.acknowledge(ResourceType::Cluster);
    QVERIFY(proxy.isAnswerDue(ResourceType::Cluster));  // the third; the second was never seen
    proxy.acknowledge(ResourceType::Cluster);
    QVERIFY(!proxy.isAnswerDue());
    QCOMPARE(proxy.accepted[ResourceType::Cluster].begin()->first, std::string("3"));
}

void TestAdsState::staleNoncesAreIgnored()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.receive(state.setSnapshot(snapshot({{"a", "1"}}, {{"a", "e"}}, {}), kNow));
    const auto before = state.status();
    QVERIFY(state.handle(proxy.request(ResourceType::Cluster, {}, "999"), kNow).empty());
    QVERIFY(state.handle(proxy.request(ResourceType::Cluster, {}, ""), kNow).empty());
    QVERIFY(state.status() == before);
    proxy.acknowledge(ResourceType::Cluster);
    QCOMPARE(state.status().cds.acknowledged, 1U);
}

void TestAdsState::aRefusalIsKeptAndNotAnsweredWithTheSame()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Listener);
    proxy.receive(state.setSnapshot(snapshot({}, {}, {{"l", "bad"}}), kNow));
    proxy.reject(ResourceType::Listener, "cannot bind");
    QVERIFY(!proxy.isAnswerDue());
    QVERIFY(state.isSettled());
    QCOMPARE(state.status().lds.rejected, 1U);
    QCOMPARE(state.status().lastRejection->message, std::string("cannot bind"));
    QCOMPARE(state.status().lastRejection->typeUrl, std::string(typeUrl(ResourceType::Listener)));
    QCOMPARE(state.status().lastRejection->time, kNow);
    QVERIFY(state.setSnapshot(snapshot({}, {}, {{"l", "bad"}}), kNow).empty());
    proxy.receive(state.setSnapshot(snapshot({}, {}, {{"l", "good"}}), kNow));
    QVERIFY(proxy.isAnswerDue(ResourceType::Listener));
    QVERIFY(!state.status().lastRejection->resolved);
    proxy.acknowledge(ResourceType::Listener);
    // The words stay, for whoever looks later; that it is over is said too.
    QCOMPARE(state.status().lastRejection->message, std::string("cannot bind"));
    QVERIFY(state.status().lastRejection->resolved == kNow);
}

void TestAdsState::oneMendedTypeOfTwoResolvesNothing()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.subscribe(ResourceType::Listener);
    proxy.receive(state.setSnapshot(snapshot({{"c", "bad"}}, {}, {{"l", "bad"}}), kNow));
    proxy.reject(ResourceType::Cluster, "no such extension");
    proxy.reject(ResourceType::Listener, "cannot bind");
    proxy.receive(state.setSnapshot(snapshot({{"c", "bad"}}, {}, {{"l", "good"}}), kNow));
    proxy.acknowledge(ResourceType::Listener);
    QVERIFY(!state.status().lastRejection->resolved);
    proxy.receive(state.setSnapshot(snapshot({{"c", "good"}}, {}, {{"l", "good"}}), kNow));
    proxy.acknowledge(ResourceType::Cluster);
    QVERIFY(state.status().lastRejection->resolved == kNow);
}

void TestAdsState::listenersComeAlthoughClustersWereRefused()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    proxy.subscribe(ResourceType::Cluster);
    proxy.subscribe(ResourceType::Listener);
    proxy.receive(state.setSnapshot(snapshot({{"a", "bad"}}, {{"a", "e"}}, {{"l", "l"}}), kNow));
    QVERIFY(!proxy.isAnswerDue(ResourceType::Listener));
    proxy.reject(ResourceType::Cluster, "no such extension");
    QVERIFY(proxy.isAnswerDue(ResourceType::Listener));
}

void TestAdsState::unknownTypesAreIgnored()
{
    AdsState state("cp");
    state.setSnapshot(snapshot({}, {}, {}), kNow);
    Request request;
    request.set_type_url("type.googleapis.com/envoy.service.runtime.v3.Runtime");
    QVERIFY(state.handle(request, kNow).empty());
    QVERIFY(state.handle(Request(), kNow).empty());
}

void TestAdsState::namesAddedLaterAreAnswered()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    state.setSnapshot(snapshot({}, {{"a", "e"}, {"b", "e"}}, {}), kNow);
    proxy.subscribe(ResourceType::Endpoint, {"a"});
    proxy.acknowledge(ResourceType::Endpoint);
    QVERIFY(!proxy.isAnswerDue());
    proxy.subscribe(ResourceType::Endpoint, {"a", "b"});
    QVERIFY(proxy.isAnswerDue(ResourceType::Endpoint));
    proxy.acknowledge(ResourceType::Endpoint);
    QCOMPARE(state.status().eds.acknowledged, 2U);
}

void TestAdsState::countsAddUp()
{
    AdsState state("cp");
    FakeProxy proxy(state);
    state.setSnapshot(snapshot({{"a", "c"}}, {{"a", "e"}}, {{"l", "l"}}), kNow);
    proxy.subscribe(ResourceType::Cluster);
    proxy.settle({{"a", "c"}});
    proxy.subscribe(ResourceType::Listener);
    proxy.reject(ResourceType::Listener, "no");
    const auto &status = state.status();
    QCOMPARE(status.total.sent, 3U);
    QCOMPARE(status.total.acknowledged, 2U);
    QCOMPARE(status.total.rejected, 1U);
    QVERIFY((status.cds == ResponseCounts{1, 1, 0}));
    QVERIFY((status.eds == ResponseCounts{1, 1, 0}));
    QVERIFY((status.lds == ResponseCounts{1, 0, 1}));
    QVERIFY((status.rds == ResponseCounts{}));
}

// Any order of snapshots, answers, refusals and nonsense ends with the proxy holding the last snapshot.
void TestAdsState::randomConversations()
{
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&random](unsigned below) { return static_cast<int>(random() % below); };
        AdsState state("cp");
        FakeProxy proxy(state);
        Contents clusters;
        Contents endpoints;
        Contents listeners;
        const auto change = [&] {
            const auto name = std::string(1, static_cast<char>('a' + pick(4)));
            const auto content = std::to_string(pick(1000));
            switch (pick(4)) {
            case 0:
                clusters[name] = "c" + name + content;
                endpoints.try_emplace(name, "e" + name);
                break;
            case 1:
                if (clusters.contains(name))
                    endpoints[name] = "e" + name + content;
                break;
            case 2:
                clusters.erase(name);
                endpoints.erase(name);
                break;
            default:
                listeners[name] = "l" + name + content;
            }
            proxy.receive(state.setSnapshot(snapshot(clusters, endpoints, listeners), kNow));
        };
        change();
        proxy.subscribe(ResourceType::Cluster);
        proxy.askForEndpoints(clusters);
        proxy.subscribe(ResourceType::Listener);
        for (int step = 0; step < 60; ++step) {
            const auto due = proxy.due();
            if (due.empty() || pick(3) == 0) {
                change();
            } else if (pick(6) == 0) {
                QVERIFY(state.handle(proxy.request(due.front(), {}, "stale"), kNow).empty());
            } else {
                const auto type = due[static_cast<std::size_t>(pick(static_cast<unsigned>(due.size())))];
                if (pick(5) == 0)
                    proxy.reject(type, "refused");
                else
                    proxy.acknowledge(type);
                if (type == ResourceType::Cluster)
                    proxy.askForEndpoints(clusters);
            }
            if (QTest::currentTestFailed())
                return;
        }
        // A last change of everything, so that what was refused is offered anew.
        clusters["z"] = "cz";
        endpoints["z"] = "ez" + std::to_string(seed);
        listeners["z"] = "lz";
        proxy.receive(state.setSnapshot(snapshot(clusters, endpoints, listeners), kNow));
        proxy.settle(clusters);
        proxy.askForEndpoints(clusters);
        proxy.settle(clusters);
        if (QTest::currentTestFailed())
            return;
        QVERIFY2(state.isSettled(), qPrintable(QStringLiteral("seed %1").arg(seed)));
        for (const auto &[type, wanted] : {std::pair{ResourceType::Cluster, clusters},
                                           {ResourceType::Endpoint, endpoints},
                                           {ResourceType::Listener, listeners}}) {
            std::set<std::string> contents;
            for (const auto &[name, content] : wanted)
                contents.insert(content);
            std::set<std::string> held;
            for (const auto &[content, bytes] : proxy.accepted[type])
                held.insert(content);
            QVERIFY2(held == contents, qPrintable(QStringLiteral("seed %1").arg(seed)));
        }
        const auto &total = state.status().total;
        QCOMPARE(static_cast<int>(total.sent), proxy.sent);
        QCOMPARE(static_cast<int>(total.acknowledged), proxy.acknowledged);
        QCOMPARE(static_cast<int>(total.rejected), proxy.rejected);
    }
}

QTEST_GUILESS_MAIN(TestAdsState)
#include "tst_ads_state.moc"
