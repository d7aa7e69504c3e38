// Envoy's side of one ADS stream, for tests. It answers nothing by itself. (The types of gRPC and Envoy stay
// out of this header: moc cannot read them.)
#pragma once

#include "backend/control/sandbox.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace meshscope::testing {

class AdsClient
{
public:
    static constexpr char kClusters[] = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    static constexpr char kEndpoints[] = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    static constexpr char kListeners[] = "type.googleapis.com/envoy.config.listener.v3.Listener";

    struct Response {
        std::string typeUrl;
        std::string nonce;
        int resources = 0;
        std::vector<std::uint32_t> endpointPorts;  // of the first assignment
    };
    struct End {
        int code = 0;  // of gRPC
        std::string message;
    };

    // `metadata` is JSON; `ca` empty = the sandbox's own.
    AdsClient(const SandboxAddresses &addresses, const std::string &nodeId,
              const std::string &metadata = "{}", const std::string &ca = {});
    ~AdsClient();  // cancels the stream

    void ask(const std::string &type, const std::vector<std::string> &names = {},
             const std::string &nonce = {}, const std::string &refusal = {});
    std::optional<Response> next();
    std::optional<Response> waitForNext();  // nothing after 5 s
    std::optional<End> end();

private:
    struct Stream;
    std::unique_ptr<Stream> m_stream;
};

}  // namespace meshscope::testing
