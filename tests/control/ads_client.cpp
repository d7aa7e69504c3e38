#include "tests/control/ads_client.h"

#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/service/discovery/v3/ads.grpc.pb.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace meshscope::testing {

using envoy::service::discovery::v3::AggregatedDiscoveryService;
using envoy::service::discovery::v3::DiscoveryRequest;
using envoy::service::discovery::v3::DiscoveryResponse;

namespace {

AdsClient::Response summary(const DiscoveryResponse &response)
{
    AdsClient::Response result{response.type_url(), response.nonce(), response.resources_size(), {}};
    envoy::config::endpoint::v3::ClusterLoadAssignment assignment;
    if (response.resources_size() > 0 && response.resources(0).UnpackTo(&assignment))
        for (const auto &locality : assignment.endpoints())
            for (const auto &endpoint : locality.lb_endpoints())
                result.endpointPorts.push_back(endpoint.endpoint().address().socket_address().port_value());
    return result;
}

}  // namespace

struct AdsClient::Stream {
    std::unique_ptr<AggregatedDiscoveryService::Stub> stub;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<DiscoveryRequest, DiscoveryResponse>> call;
    envoy::config::core::v3::Node node;
    bool introduced = false;
    std::thread reader;
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Response> received;
    std::optional<End> end;
};

AdsClient::AdsClient(const SandboxAddresses &addresses, const std::string &nodeId,
                     const std::string &metadata, const std::string &ca)
    : m_stream(std::make_unique<Stream>())
{
    auto &stream = *m_stream;
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = ca.empty() ? addresses.caCertificate : ca;
    stream.stub =
        AggregatedDiscoveryService::NewStub(grpc::CreateChannel(addresses.xds, grpc::SslCredentials(tls)));
    stream.call = stream.stub->StreamAggregatedResources(&stream.context);
    stream.node.set_id(nodeId);
    if (!google::protobuf::util::JsonStringToMessage(metadata, stream.node.mutable_metadata()).ok())
        std::abort();
    stream.reader = std::thread([&stream] {
        DiscoveryResponse response;
        while (stream.call->Read(&response)) {
            const std::lock_guard lock(stream.mutex);
            stream.received.push_back(summary(response));
            stream.arrived.notify_all();
        }
        const auto status = stream.call->Finish();
        const std::lock_guard lock(stream.mutex);
        stream.end = End{static_cast<int>(status.error_code()), status.error_message()};
    });
}

AdsClient::~AdsClient()
{
    m_stream->context.TryCancel();
    m_stream->reader.join();
}

void AdsClient::ask(const std::string &type, const std::vector<std::string> &names, const std::string &nonce,
                    const std::string &refusal)
{
    DiscoveryRequest request;
    request.set_type_url(type);
    request.set_response_nonce(nonce);
    for (const auto &name : names)
        request.add_resource_names(name);
    if (!std::exchange(m_stream->introduced, true))
        *request.mutable_node() = m_stream->node;
    if (!refusal.empty())
        request.mutable_error_detail()->set_message(refusal);
    m_stream->call->Write(request);
}

std::optional<AdsClient::Response> AdsClient::next()
{
    const std::lock_guard lock(m_stream->mutex);
    if (m_stream->received.empty())
        return std::nullopt;
    auto response = std::move(m_stream->received.front());
    m_stream->received.pop_front();
    return response;
}

std::optional<AdsClient::Response> AdsClient::waitForNext()
{
    {
        std::unique_lock lock(m_stream->mutex);
        m_stream->arrived.wait_for(lock, std::chrono::seconds(5),
                                   [this] { return !m_stream->received.empty(); });
    }
    return next();
}

std::optional<AdsClient::End> AdsClient::end()
{
    const std::lock_guard lock(m_stream->mutex);
    return m_stream->end;
}

}  // namespace meshscope::testing
