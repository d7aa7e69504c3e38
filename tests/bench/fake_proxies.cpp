#include "tests/bench/fake_proxies.h"

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/service/discovery/v3/ads.grpc.pb.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

namespace meshscope::bench {

namespace {

using envoy::service::discovery::v3::AggregatedDiscoveryService;
using envoy::service::discovery::v3::DiscoveryRequest;
using envoy::service::discovery::v3::DiscoveryResponse;

constexpr char kClusters[] = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
constexpr char kEndpoints[] = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
constexpr char kListeners[] = "type.googleapis.com/envoy.config.listener.v3.Listener";

struct Counts {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, long> byType;

    void add(const std::string &url)
    {
        const std::lock_guard lock(mutex);
        ++byType[url.substr(url.rfind('.') + 1)];
        changed.notify_all();
    }
};

std::shared_ptr<grpc::ChannelCredentials> trusting()
{
    grpc::experimental::TlsChannelCredentialsOptions options;
    options.set_verify_server_certs(false);
    options.set_check_call_host(false);
    options.set_certificate_verifier(std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
    return grpc::experimental::TlsCredentials(options);
}

class Proxy final : public grpc::ClientBidiReactor<DiscoveryRequest, DiscoveryResponse>
{
public:
    Proxy(const std::string &address, const std::string &name, Counts &counts)
        : m_counts(counts)
    {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else they would share one connection
        m_stub =
            AggregatedDiscoveryService::NewStub(grpc::CreateCustomChannel(address, trusting(), arguments));
        m_stub->async()->StreamAggregatedResources(&m_context, this);
        DiscoveryRequest hello;
        hello.set_type_url(kClusters);
        hello.mutable_node()->set_id("default." + name);
        StartCall();
        send(std::move(hello));
        StartRead(&m_response);
    }

    void cancel() { m_context.TryCancel(); }

    void wait()
    {
        std::unique_lock lock(m_mutex);
        m_ended.wait(lock, [this] { return m_done; });
    }

    void OnReadDone(bool ok) override
    {
        if (!ok)
            return;
        const bool isFirst = ++m_answers[m_response.type_url()] == 1;
        if (m_response.type_url() == kClusters)
            noteClusters();
        DiscoveryRequest acknowledgement;
        acknowledgement.set_type_url(m_response.type_url());
        acknowledgement.set_version_info(m_response.version_info());
        acknowledgement.set_response_nonce(m_response.nonce());
        if (m_response.type_url() == kEndpoints)
            addNames(acknowledgement);
        send(std::move(acknowledgement));
        if (m_response.type_url() == kClusters && isFirst) {
            DiscoveryRequest endpoints;
            endpoints.set_type_url(kEndpoints);
            addNames(endpoints);
            send(std::move(endpoints));
            DiscoveryRequest listeners;
            listeners.set_type_url(kListeners);
            send(std::move(listeners));
        }
        m_counts.add(m_response.type_url());
        StartRead(&m_response);
    }

    void OnWriteDone(bool ok) override
    {
        const std::lock_guard lock(m_mutex);
        m_outbox.pop_front();
        if (ok && !m_outbox.empty())
            StartWrite(&m_outbox.front());
    }

    void OnDone(const grpc::Status &) override
    {
        const std::lock_guard lock(m_mutex);
        m_done = true;
        m_ended.notify_all();
    }

private:
    void send(DiscoveryRequest request)
    {
        const std::lock_guard lock(m_mutex);
        m_outbox.push_back(std::move(request));
        if (m_outbox.size() == 1)
            StartWrite(&m_outbox.front());
    }

    void noteClusters()
    {
        m_clusters.clear();
        for (const auto &resource : m_response.resources()) {
            envoy::config::cluster::v3::Cluster cluster;
            if (resource.UnpackTo(&cluster) && cluster.type() == envoy::config::cluster::v3::Cluster::EDS)
                m_clusters.push_back(cluster.name());
        }
    }

    void addNames(DiscoveryRequest &request) const
    {
        for (const auto &name : m_clusters)
            request.add_resource_names(name);
    }

    Counts &m_counts;
    std::unique_ptr<AggregatedDiscoveryService::Stub> m_stub;
    grpc::ClientContext m_context;
    DiscoveryResponse m_response;
    std::map<std::string, int> m_answers;
    std::vector<std::string> m_clusters;

    std::mutex m_mutex;
    std::condition_variable m_ended;
    std::deque<DiscoveryRequest> m_outbox;
    bool m_done = false;
};

}  // namespace

struct FakeProxies::Impl {
    Counts counts;
    std::vector<std::unique_ptr<Proxy>> proxies;
};

FakeProxies::FakeProxies(const std::string &address, int count)
    : m_impl(std::make_unique<Impl>())
{
    for (int i = 0; i < count; ++i)
        m_impl->proxies.push_back(
            std::make_unique<Proxy>(address, "proxy-" + std::to_string(i), m_impl->counts));
}

FakeProxies::~FakeProxies()
{
    for (const auto &proxy : m_impl->proxies)
        proxy->cancel();
    for (const auto &proxy : m_impl->proxies)
        proxy->wait();
}

long FakeProxies::received(const std::string &type) const
{
    const std::lock_guard lock(m_impl->counts.mutex);
    const auto found = m_impl->counts.byType.find(type);
    return found == m_impl->counts.byType.end() ? 0 : found->second;
}

bool FakeProxies::waitForTotal(const std::string &type, long total, std::chrono::seconds patience)
{
    std::unique_lock lock(m_impl->counts.mutex);
    return m_impl->counts.changed.wait_for(lock, patience,
                                           [&] { return m_impl->counts.byType[type] >= total; });
}

bool FakeProxies::waitUntilAllHave(const std::string &type, long each, std::chrono::seconds patience)
{
    return waitForTotal(type, each * static_cast<long>(m_impl->proxies.size()), patience);
}

}  // namespace meshscope::bench
