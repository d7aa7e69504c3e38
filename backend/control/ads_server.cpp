#include "backend/control/ads_server.h"

#include "backend/xds/ads_state.h"
#include "backend/xds/delta_state.h"

#include "envoy/service/discovery/v3/ads.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <deque>
#include <set>

namespace meshscope::control {

namespace {

using envoy::service::discovery::v3::AggregatedDiscoveryService;

constexpr int kMaxMessageBytes = 16 << 20;
constexpr int kKeepAliveMilliseconds = 15'000;
constexpr std::chrono::seconds kShutdownGrace{2};

grpc::Status statusOf(const Error &error)
{
    const auto text = error.what + (error.where.empty() ? "" : ": " + error.where);
    switch (error.code) {
    case Error::Code::Invalid:
        return {grpc::StatusCode::INVALID_ARGUMENT, text};
    case Error::Code::NotFound:
        return {grpc::StatusCode::NOT_FOUND, text};
    case Error::Code::Conflict:
        return {grpc::StatusCode::ALREADY_EXISTS, text};
    case Error::Code::Refused:
        return {grpc::StatusCode::PERMISSION_DENIED, text};
    case Error::Code::Unreachable:
        return {grpc::StatusCode::UNAVAILABLE, text};
    case Error::Code::Cancelled:
    case Error::Code::Internal:
        break;
    }
    return {grpc::StatusCode::INTERNAL, text};
}

// A stream of either variant, as the server sees it.
class OpenStream
{
public:
    virtual ~OpenStream() = default;
    virtual void end(const grpc::Status &status) = 0;
};

// What the streams share; outlives them all.
struct Shared {
    Reconciler &reconciler;
    InsightTracker &insights;
    std::string instanceId;
    Clock clock;
    LogSink log;

    std::mutex mutex;
    std::set<std::shared_ptr<OpenStream>> streams;
    bool stopping = false;
};

// State is one of the two variants of the protocol. gRPC calls On… one at a time; setSnapshot comes from the
// reconciler. Lives until gRPC is done with it and nobody else holds it.
template <class State>
class AdsStream final : public grpc::ServerBidiReactor<typename State::Request, typename State::Response>,
                        public ProxyStream,
                        public OpenStream,
                        public std::enable_shared_from_this<AdsStream<State>>
{
public:
    explicit AdsStream(Shared &shared)
        : m_shared(shared)
        , m_state(shared.instanceId)
    {}

    void begin() { this->StartRead(&m_request); }

    void OnReadDone(bool ok) override
    {
        if (!ok)
            return end(grpc::Status::OK);
        const std::lock_guard lock(m_mutex);
        if (m_finished)
            return;
        if (m_subscription.empty()) {
            if (const auto opened = open(); !opened)
                return finish(statusOf(opened.error()));
        }
        const auto rejected = m_state.status().total.rejected;
        send(m_state.handle(m_request, m_shared.clock()));
        if (m_state.status().total.rejected != rejected)
            m_shared.log(2, "dataplane " + nameText() + " refused " + m_request.type_url() + ": "
                                + m_request.error_detail().message());
        report();
        this->StartRead(&m_request);
    }

    void OnWriteDone(bool ok) override
    {
        const std::lock_guard lock(m_mutex);
        m_writing = false;
        m_outbox.pop_front();
        if (ok)
            writeNext();
    }

    void OnDone() override
    {
        if (!m_subscription.empty()) {
            m_shared.reconciler.disconnect(m_metadata.key, m_subscription);
            m_shared.log(1, "dataplane " + nameText() + " disconnected");
        }
        const auto self = this->shared_from_this();  // until the end of this function
        const std::lock_guard lock(m_shared.mutex);
        m_shared.streams.erase(self);
    }

    void setSnapshot(xds::ProxySnapshotPtr snapshot) override
    {
        const std::lock_guard lock(m_mutex);
        if (m_finished)
            return;
        send(m_state.setSnapshot(std::move(snapshot), m_shared.clock()));
        report();
    }

    void end(const grpc::Status &status) override
    {
        const std::lock_guard lock(m_mutex);
        finish(status);
    }

private:
    // With m_mutex held, as all below. The reconciler takes no lock of ours while it holds its own.
    Result<void> open()
    {
        auto metadata = xds::proxyMetadataFrom(m_request.node());
        if (!metadata)
            return fail(metadata.error());
        m_metadata = std::move(*metadata);
        auto subscription = m_shared.reconciler.connect(this->shared_from_this(), m_metadata);
        if (!subscription) {
            m_shared.log(2, "dataplane " + nameText() + " is turned away: " + subscription.error().what);
            return fail(subscription.error());
        }
        m_subscription = std::move(*subscription);
        m_shared.log(1, "dataplane " + nameText() + " connected");
        return {};
    }

    std::string nameText() const { return m_metadata.key.mesh + "." + m_metadata.key.name; }

    void finish(const grpc::Status &status)
    {
        if (!std::exchange(m_finished, true))
            this->Finish(status);
    }

    void send(std::vector<typename State::Response> responses)
    {
        for (auto &response : responses)
            m_outbox.push_back(std::move(response));
        writeNext();
    }

    void writeNext()  // gRPC allows one write in flight
    {
        if (m_writing || m_finished || m_outbox.empty())
            return;
        m_writing = true;
        this->StartWrite(&m_outbox.front());
    }

    void report() { m_shared.insights.update(m_metadata.key, m_subscription, m_state.status()); }

    Shared &m_shared;
    typename State::Request m_request;
    xds::ProxyMetadata m_metadata;  // of the first request
    std::string m_subscription;     // empty before that

    std::mutex m_mutex;
    State m_state;
    std::deque<typename State::Response> m_outbox;
    bool m_writing = false;
    bool m_finished = false;
};

class AdsService final : public AggregatedDiscoveryService::CallbackService
{
public:
    explicit AdsService(Shared &shared)
        : m_shared(shared)
    {}

    grpc::ServerBidiReactor<xds::AdsState::Request, xds::AdsState::Response> *
    StreamAggregatedResources(grpc::CallbackServerContext *) override
    {
        return open<xds::AdsState>();
    }

    grpc::ServerBidiReactor<xds::DeltaState::Request, xds::DeltaState::Response> *
    DeltaAggregatedResources(grpc::CallbackServerContext *) override
    {
        return open<xds::DeltaState>();
    }

private:
    template <class State>
    AdsStream<State> *open()
    {
        auto stream = std::make_shared<AdsStream<State>>(m_shared);
        bool stopping = false;
        {
            const std::lock_guard lock(m_shared.mutex);
            m_shared.streams.insert(stream);
            stopping = m_shared.stopping;
        }
        if (stopping)
            stream->end({grpc::StatusCode::UNAVAILABLE, "the control plane is stopping"});
        else
            stream->begin();
        return stream.get();
    }

    Shared &m_shared;
};

}  // namespace

class AdsServer::Impl
{
public:
    Impl(const AdsServerOptions &options, Reconciler &reconciler, InsightTracker &insights)
        : m_shared{reconciler, insights, options.instanceId, options.clock, options.log, {}, {}, false}
        , m_service(m_shared)
    {}

    Result<void> start(const AdsServerOptions &options, const ServerIdentity &identity)
    {
        const auto where =
            (options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]")
            + ":" + std::to_string(options.port);
        grpc::SslServerCredentialsOptions tls(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
        tls.pem_key_cert_pairs.push_back({identity.key, identity.certificate});
        grpc::ServerBuilder builder;
        builder.AddListeningPort(where, grpc::SslServerCredentials(tls), &m_port);
        // Else two control planes would share the port and each get half of the proxies.
        builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
        builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepAliveMilliseconds);
        builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepAliveMilliseconds);
        builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                                   kKeepAliveMilliseconds);
        builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
        builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
        builder.SetMaxSendMessageSize(-1);
        builder.RegisterService(&m_service);
        m_server = builder.BuildAndStart();
        if (!m_server || m_port == 0) {
            return fail(Error::Code::Conflict,
                        "port " + std::to_string(options.port) + " for xDS is taken or cannot be used",
                        where);
        }
        return {};
    }

    ~Impl()
    {
        if (!m_server)
            return;
        std::set<std::shared_ptr<OpenStream>> streams;
        {
            const std::lock_guard lock(m_shared.mutex);
            m_shared.stopping = true;
            streams = m_shared.streams;
        }
        for (const auto &stream : streams)
            stream->end({grpc::StatusCode::UNAVAILABLE, "the control plane is stopping"});
        streams.clear();
        m_server->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
        m_server->Wait();
    }

    std::uint16_t port() const { return static_cast<std::uint16_t>(m_port); }

private:
    Shared m_shared;
    AdsService m_service;
    int m_port = 0;
    std::unique_ptr<grpc::Server> m_server;
};

AdsServer::AdsServer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{}

AdsServer::~AdsServer() = default;

std::uint16_t AdsServer::port() const { return m_impl->port(); }

Result<std::unique_ptr<AdsServer>> AdsServer::listen(const AdsServerOptions &options,
                                                     const ServerIdentity &identity, Reconciler &reconciler,
                                                     InsightTracker &insights)
{
    auto impl = std::make_unique<Impl>(options, reconciler, insights);
    if (auto started = impl->start(options, identity); !started)
        return fail(started.error());
    return std::unique_ptr<AdsServer>(new AdsServer(std::move(impl)));
}

}  // namespace meshscope::control
