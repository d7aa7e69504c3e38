#include "backend/xds/delta_state.h"

#include <google/protobuf/struct.pb.h>

#include <QTest>

#include <random>

using namespace meshscope;
using namespace meshscope::xds;

namespace {

using Request = DeltaState::Request;
using Response = DeltaState::Response;
using Contents = std::map<std::string, std::string>;  // name → content

const TimePoint kNow(std::chrono::milliseconds(1'700'000'000'000));
constexpr std::array kSpoken{ResourceType::Cluster, ResourceType::Endpoint, ResourceType::Listener};

google::protobuf::Value valueOf(const std::string &content)
{
    google::protobuf::Value value;
    value.set_string_value(content);
    return value;
}

struct Mesh {
    Contents clusters, endpoints, listeners;
    ProxySnapshotPtr snapshot() const
    {
        auto result = std::make_shared<ProxySnapshot>();
        for (const auto &[name, content] : clusters)
            result->of(ResourceType::Cluster).push_back(makeEdsCluster(name, valueOf(content)));
        for (const auto &[name, content] : endpoints)
            result->of(ResourceType::Endpoint).push_back(makeResource(name, valueOf(content)));
        for (const auto &[name, content] : listeners)
            result->of(ResourceType::Listener).push_back(makeResource(name, valueOf(content)));
        return result;
    }
    const Contents &of(ResourceType type) const
    {
        return type == ResourceType::Cluster    ? clusters
               : type == ResourceType::Endpoint ? endpoints
                                                : listeners;
    }
};

// A proxy as Envoy behaves. It asks for the endpoints of each cluster that it has, forgets those of clusters
// that go, answers each response once, and looks at every message that comes. What it holds outlives a
// stream.
class FakeProxy
{
public:
    struct Held {
        std::string content, version;
    };
    std::map<ResourceType, std::map<std::string, Held>> held;
    std::map<ResourceType, int> sent;
    int acknowledged = 0, rejected = 0, resources = 0;

    void connect(DeltaState &state)
    {
        m_state = &state;
        m_pending.clear();
        m_lastNonce = 0;
        for (const auto type : kSpoken) {
            if (type == ResourceType::Endpoint && m_endpoints.empty())
                continue;
            auto request = requestOf(type);
            if (type == ResourceType::Endpoint)
                for (const auto &name : m_endpoints)
                    request.add_resource_names_subscribe(name);
            for (const auto &[name, resource] : held[type])
                (*request.mutable_initial_resource_versions())[name] = resource.version;
            receive(state.handle(request, kNow));
        }
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
            for (const auto &resource : response.resources()) {
                ++resources;
                const auto found = held[type].find(resource.name());
                if (type == ResourceType::Endpoint)
                    QVERIFY2(m_endpoints.contains(resource.name()), "endpoints that nobody asked for");
                if (type != ResourceType::Endpoint)
                    QVERIFY2(found == held[type].end() || found->second.version != resource.version(),
                             "the proxy has this version already");
            }
            for (const auto &name : response.removed_resources()) {
                if (type == ResourceType::Cluster)
                    QVERIFY2(!uses(name), "a cluster went while a listener uses it");
            }
            m_pending[type] = response;
            ++sent[type];
        }
    }

    std::vector<ResourceType> due() const
    {
        std::vector<ResourceType> result;
        for (const auto &[type, response] : m_pending)
            result.push_back(type);
        return result;
    }

    void acknowledge(ResourceType type)
    {
        const auto response = m_pending.extract(type).mapped();
        for (const auto &resource : response.resources()) {
            if (type == ResourceType::Endpoint && !m_endpoints.contains(resource.name()))
                continue;  // given up while the response was on its way
            google::protobuf::Value value;
            QVERIFY(value.ParseFromString(resource.resource().value()));
            held[type][resource.name()] = {value.string_value(), resource.version()};
        }
        for (const auto &name : response.removed_resources())
            held[type].erase(name);
        ++acknowledged;
        answer(type, response.nonce(), {});
        if (type == ResourceType::Cluster)
            followClusters();
    }

    // As Envoy does it: what is to go goes all the same.
    void reject(ResourceType type)
    {
        const auto response = m_pending.extract(type).mapped();
        for (const auto &name : response.removed_resources())
            held[type].erase(name);
        ++rejected;
        answer(type, response.nonce(), "no");
    }

    void settle()
    {
        for (int i = 0; i < 200 && !m_pending.empty(); ++i)
            acknowledge(due().front());
        QVERIFY(m_pending.empty());
    }

    bool uses(const std::string &cluster)
    {
        for (const auto &[name, listener] : held[ResourceType::Listener])
            if (listener.content.substr(0, listener.content.find(':')) == cluster)
                return true;
        return false;
    }

private:
    static Request requestOf(ResourceType type)
    {
        Request request;
        request.set_type_url(std::string(typeUrl(type)));
        return request;
    }

    void answer(ResourceType type, const std::string &nonce, const std::string &error)
    {
        auto request = requestOf(type);
        request.set_response_nonce(nonce);
        if (!error.empty())
            request.mutable_error_detail()->set_message(error);
        receive(m_state->handle(request, kNow));
    }

    void followClusters()
    {
        std::set<std::string> wanted;
        for (const auto &[name, cluster] : held[ResourceType::Cluster])
            wanted.insert(name);
        auto request = requestOf(ResourceType::Endpoint);
        for (const auto &name : wanted)
            if (!m_endpoints.contains(name))
                request.add_resource_names_subscribe(name);
        for (const auto &name : m_endpoints) {
            if (!wanted.contains(name)) {
                request.add_resource_names_unsubscribe(name);
                held[ResourceType::Endpoint].erase(name);
            }
        }
        m_endpoints = wanted;
        if (request.resource_names_subscribe().empty() && request.resource_names_unsubscribe().empty())
            return;
        receive(m_state->handle(request, kNow));
    }

    DeltaState *m_state = nullptr;
    std::map<ResourceType, Response> m_pending;
    std::set<std::string> m_endpoints;
    std::uint64_t m_lastNonce = 0;
};

Mesh sample()
{
    return {{{"a", "ca"}, {"b", "cb"}}, {{"a", "ea"}, {"b", "eb"}}, {{"la", "a:1"}, {"lb", "b:1"}}};
}

}  // namespace

class TestDeltaState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_state = std::make_unique<DeltaState>("cp");
        m_proxy = {};
        m_state->setSnapshot(sample().snapshot(), kNow);
        m_proxy.connect(*m_state);
        m_proxy.settle();
        m_before = m_proxy.resources;
    }

    void everythingComesInTheFirstPlace()
    {
        for (const auto type : kSpoken)
            QCOMPARE(m_proxy.held[type].size(), 2U);
        QVERIFY(m_state->isSettled());
    }

    void onlyTheChangedResourceIsSent()
    {
        auto mesh = sample();
        mesh.listeners["la"] = "a:2";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        m_proxy.settle();
        QCOMPARE(m_proxy.resources - m_before, 1);
        QCOMPARE(m_proxy.held[ResourceType::Listener]["la"].content, std::string("a:2"));
    }

    void equalContentIsNotSentAgain()
    {
        QVERIFY(m_state->setSnapshot(sample().snapshot(), kNow).empty());
        QVERIFY(m_state->isSettled());
    }

    void aChangedClusterHasItsEndpointsSentAgain()
    {
        auto mesh = sample();
        mesh.clusters["b"] = "cb2";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        const int before = m_proxy.sent[ResourceType::Endpoint];
        m_proxy.settle();
        QCOMPARE(m_proxy.resources - m_before, 2);  // the cluster and its endpoints, not those of the other
        QVERIFY(m_proxy.sent[ResourceType::Endpoint] >= before);
    }

    void aClusterGoesAfterTheListenerThatUsedIt()
    {
        auto mesh = sample();
        mesh.clusters.erase("b");
        mesh.endpoints.erase("b");
        mesh.listeners["lb"] = "a:9";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        QCOMPARE(m_proxy.due(), std::vector<ResourceType>{ResourceType::Listener});
        m_proxy.settle();
        QVERIFY(!m_proxy.held[ResourceType::Cluster].contains("b"));
        QVERIFY(m_state->isSettled());
    }

    void theClustersOfARefusedListenerStay()
    {
        auto mesh = sample();
        mesh.clusters.erase("b");
        mesh.endpoints.erase("b");
        mesh.listeners["lb"] = "a:9";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        m_proxy.reject(ResourceType::Listener);
        QVERIFY(m_proxy.due().empty());
        QVERIFY(m_state->isSettled());
        QCOMPARE(m_state->status().lds.rejected, 1U);
        QCOMPARE(m_state->status().lastRejection->message, std::string("no"));
        mesh.listeners["lb"] = "a:10";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        m_proxy.settle();
        QVERIFY(!m_proxy.held[ResourceType::Cluster].contains("b"));
    }

    void whatWasRefusedIsNotSentAgain()
    {
        auto mesh = sample();
        mesh.clusters["b"] = "broken";
        m_proxy.receive(m_state->setSnapshot(mesh.snapshot(), kNow));
        m_proxy.reject(ResourceType::Cluster);
        m_proxy.settle();
        QVERIFY(m_state->setSnapshot(mesh.snapshot(), kNow).empty());
    }

    void aProxyThatComesBackIsSentTheDifferenceOnly()
    {
        DeltaState other("another");
        auto mesh = sample();
        mesh.listeners["lb"] = "b:2";
        other.setSnapshot(mesh.snapshot(), kNow);
        m_proxy.connect(other);
        m_proxy.settle();
        QCOMPARE(m_proxy.resources - m_before, 1);
        QVERIFY(other.isSettled());
    }

    void whatWentMeanwhileIsRemovedWhenTheProxyComesBack()
    {
        DeltaState other("another");
        auto mesh = sample();
        mesh.listeners.erase("lb");
        other.setSnapshot(mesh.snapshot(), kNow);
        m_proxy.connect(other);
        m_proxy.settle();
        QVERIFY(!m_proxy.held[ResourceType::Listener].contains("lb"));
        QCOMPARE(m_proxy.resources - m_before, 0);
    }

    void anEmptyWildcardIsAnsweredOnce()
    {
        DeltaState state("cp");
        state.setSnapshot(Mesh{}.snapshot(), kNow);
        Request request;
        request.set_type_url(std::string(typeUrl(ResourceType::Listener)));
        const auto answer = state.handle(request, kNow);
        QCOMPARE(answer.size(), 1U);
        QVERIFY(answer[0].resources().empty());
        request.set_response_nonce(answer[0].nonce());
        QVERIFY(state.handle(request, kNow).empty());
    }

    void aNameThatDoesNotExistIsToldSoOnce()
    {
        Request request;
        request.set_type_url(std::string(typeUrl(ResourceType::Secret)));
        request.add_resource_names_subscribe("nothing");
        const auto answer = m_state->handle(request, kNow);
        QCOMPARE(answer.size(), 1U);
        QCOMPARE(answer[0].removed_resources_size(), 1);
        request.clear_resource_names_subscribe();
        request.set_response_nonce(answer[0].nonce());
        QVERIFY(m_state->handle(request, kNow).empty());
        QVERIFY(m_state->isSettled());
    }

    void theStarAsksForEverythingAndGivesItBack()
    {
        DeltaState state("cp");
        state.setSnapshot(sample().snapshot(), kNow);
        Request request;
        request.set_type_url(std::string(typeUrl(ResourceType::Endpoint)));
        request.add_resource_names_subscribe("*");
        const auto answer = state.handle(request, kNow);
        QCOMPARE(answer.size(), 1U);
        QCOMPARE(answer[0].resources_size(), 2);
        request.clear_resource_names_subscribe();
        request.add_resource_names_unsubscribe("*");
        request.set_response_nonce(answer[0].nonce());
        state.handle(request, kNow);
        auto mesh = sample();
        mesh.endpoints["a"] = "ea2";
        QVERIFY(state.setSnapshot(mesh.snapshot(), kNow).empty());
    }

    void whatIsAskedForAgainIsSentAgain()
    {
        Request request;
        request.set_type_url(std::string(typeUrl(ResourceType::Endpoint)));
        request.add_resource_names_subscribe("a");
        const auto answer = m_state->handle(request, kNow);
        QCOMPARE(answer.size(), 1U);
        QCOMPARE(answer[0].resources(0).name(), std::string("a"));
    }

    void aForeignTypeIsIgnored()
    {
        Request request;
        request.set_type_url("type.googleapis.com/google.protobuf.Empty");
        QVERIFY(m_state->handle(request, kNow).empty());
    }

    void randomConversationsEndWithTheWholeTruth();

private:
    std::unique_ptr<DeltaState> m_state;
    FakeProxy m_proxy;
    int m_before = 0;
};

void TestDeltaState::randomConversationsEndWithTheWholeTruth()
{
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&random](unsigned below) { return static_cast<int>(random() % below); };
        auto state = std::make_unique<DeltaState>("cp");
        FakeProxy proxy;
        Mesh mesh;
        const auto change = [&] {
            const auto name = std::string(1, static_cast<char>('a' + pick(4)));
            const auto content = std::to_string(pick(1000));
            switch (pick(4)) {
            case 0:
                mesh.clusters[name] = "c" + name + content;
                mesh.endpoints.try_emplace(name, "e" + name);
                break;
            case 1:
                if (mesh.clusters.contains(name))
                    mesh.endpoints[name] = "e" + name + content;
                break;
            case 2:
                mesh.clusters.erase(name);
                mesh.endpoints.erase(name);
                mesh.listeners.erase("l" + name);
                break;
            default:
                if (mesh.clusters.contains(name))
                    mesh.listeners["l" + name] = name + ":" + content;
            }
        };
        change();
        state->setSnapshot(mesh.snapshot(), kNow);
        proxy.connect(*state);
        for (int step = 0; step < 80; ++step) {
            const auto due = proxy.due();
            if (pick(20) == 0) {
                state = std::make_unique<DeltaState>("cp" + std::to_string(step));
                state->setSnapshot(mesh.snapshot(), kNow);
                proxy.connect(*state);
            } else if (due.empty() || pick(3) == 0) {
                change();
                proxy.receive(state->setSnapshot(mesh.snapshot(), kNow));
            } else {
                const auto type = due[static_cast<std::size_t>(pick(static_cast<unsigned>(due.size())))];
                if (type == ResourceType::Listener && pick(5) == 0)
                    proxy.reject(type);
                else
                    proxy.acknowledge(type);
            }
            if (QTest::currentTestFailed())
                qFatal("seed %u, step %d", seed, step);
        }
        // A last change of every listener, so that what was refused is offered anew.
        for (auto &[name, content] : mesh.listeners)
            content += "!";
        proxy.receive(state->setSnapshot(mesh.snapshot(), kNow));
        proxy.settle();
        QVERIFY2(state->isSettled(), qPrintable(QStringLiteral("seed %1").arg(seed)));
        for (const auto type : kSpoken) {
            Contents has;
            for (const auto &[name, resource] : proxy.held[type])
                has[name] = resource.content;
            QVERIFY2(has == mesh.of(type),
                     qPrintable(QStringLiteral("seed %1, type %2").arg(seed).arg(int(type))));
        }
    }
}

QTEST_GUILESS_MAIN(TestDeltaState)
#include "tst_delta_state.moc"
