// The path of one call through the configuration that an Envoy really has: name → listener → filter chain →
// permission → route → cluster → endpoint, with the policy behind each value, and the reason where it stops
// (product.md §7). A pure walk over a configuration dump.
#pragma once

#include "backend/trace/config_dump.h"
#include "backend/trace/matching.h"

#include <string>
#include <vector>

namespace meshscope {

struct TraceQuestion {
    std::string host;  // a name or an address, as the application writes it
    std::uint16_t port = 80;
    std::string path = "/";  // with the query
    std::string method = "GET";
    std::map<std::string, std::string> headers;
};
// "backend.mesh", "http://backend.mesh:8080/api?x=1", "[::1]:80/x".
Result<TraceQuestion> traceQuestion(std::string_view text);

// One value on the way. `policy` is the kind of policy that sets it ("MeshTimeout"), or empty.
struct TraceFact {
    std::string name;
    std::string value;
    std::string policy;
    bool operator==(const TraceFact &) const = default;
};

struct TraceStep {
    enum class Kind { Name, Listener, FilterChain, Permission, Route, Cluster, Endpoint };
    Kind kind;
    std::string what;  // "outbound:127.0.0.1:10001"
    std::vector<TraceFact> facts;
};
std::string traceKindName(TraceStep::Kind kind);  // "filter chain"

struct Trace {
    std::vector<TraceStep> steps;
    std::string stop;                    // why it ends before an endpoint; empty = it does not
    std::vector<std::string> endpoints;  // "192.168.10.2:8080", those that get traffic
    bool isReached() const { return stop.empty(); }
};

// From the application beside this proxy outwards.
Trace traceOutbound(const ConfigDump &dump, const TraceQuestion &question);

// Who knocks at the other end: as this proxy's certificate will say, with or without one.
struct TraceCaller {
    std::vector<std::string> identities;  // SPIFFE ids; empty = plain text
};
TraceCaller callerOf(const ConfigDump &dump, bool usesTls);
// From an address of the proxy that has this configuration to its application.
Trace traceInbound(const ConfigDump &dump, const std::string &address, std::uint16_t port,
                   const TraceCaller &caller, const TraceQuestion &question);

}  // namespace meshscope
