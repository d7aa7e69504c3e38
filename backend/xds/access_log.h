// Access logs in Kuma's formats.
#pragma once

#include "backend/xds/json_access.h"
#include "backend/xds/proxy_metadata.h"

#include "envoy/config/accesslog/v3/accesslog.pb.h"

#include <optional>
#include <string>

namespace meshscope::xds {

// What Kuma's own variables in a format stand for.
struct LogNames {
    std::string mesh;
    std::string source;       // service that calls
    std::string destination;  // service that is called
    std::string address;      // of the Dataplane
    std::string direction;    // "INBOUND", "OUTBOUND"
    std::string socket;       // the launcher's pipe for TCP backends
};

std::string defaultLogFormat(bool isHttp);
// The pipe that the launcher reads: its whole path is cut so that it stays a possible one (facts on xDS
// §1.7).
std::string accessLogSocket(const ProxyMetadata &metadata);
// Of a backend of type File or Tcp, as MeshAccessLog has it; nothing for others.
std::optional<envoy::config::accesslog::v3::AccessLog> accessLog(const Json &backend, bool isHttp,
                                                                 const LogNames &names);

}  // namespace meshscope::xds
