#include "backend/trace/trace.h"

#include "backend/trace/permission.h"

#include <algorithm>
#include <charconv>

namespace meshscope {

using Json = nlohmann::json;
using Kind = TraceStep::Kind;

namespace {

std::string placeText(const std::string &address, std::uint64_t port)
{
    return (address.find(':') == std::string::npos ? address : '[' + address + ']') + ':'
           + std::to_string(port);
}

std::string placeOf(const Json &address)
{
    const Json &socket = at(address, "socket_address");
    if (socket.is_object())
        return placeText(textAt(socket, "address"), numberAt(socket, "port_value"));
    return textAt(at(address, "pipe"), "path");
}

bool isAny(const std::string &address) { return address == "0.0.0.0" || address == "::"; }

void addFact(TraceStep &step, const std::string &name, const std::string &value,
             const std::string &policy = {})
{
    if (!value.empty())
        step.facts.push_back({name, value, policy});
}

// Which policy of Kuma sets what a filter does.
std::string policyOfFilter(const std::string &name)
{
    static const std::pair<const char *, const char *> kPolicies[] = {
        {"fault", "MeshFaultInjection"}, {"local_ratelimit", "MeshRateLimit"},
        {"ratelimit", "MeshRateLimit"},  {"rbac", "MeshTrafficPermission"},
        {"lua", "MeshProxyPatch"},       {"golang", "MeshProxyPatch"},
    };
    for (const auto &[part, policy] : kPolicies) {
        if (name.find(part) != std::string::npos)
            return policy;
    }
    return {};
}

// One walk; each stage says why it stops, or hands on.
struct Walk {
    const ConfigDump &dump;
    const TraceQuestion &question;
    CallSight call;
    ConnectionSight connection;
    std::vector<std::string> identities;
    bool isInbound = false;
    Trace trace;
    std::size_t chain = 0;  // the step of the filter chain, which its filters add facts to

    void stop(const std::string &why) { trace.stop = why; }
    TraceStep &step(Kind kind, const std::string &what)
    {
        trace.steps.push_back({kind, what, {}});
        return trace.steps.back();
    }

    // Names first, then the listener that takes the address.
    void begin()
    {
        call.path = question.path;
        call.method = question.method;
        call.headers = question.headers;
        call.authority = question.host;
        if (question.port != 80 && question.port != 443)
            call.authority += ':' + std::to_string(question.port);
        connection.port = question.port;
        connection.address = question.host == "localhost" ? "127.0.0.1" : question.host;
        if (!isIpAddress(connection.address)) {
            const auto found = dump.names().find(question.host);
            if (found == dump.names().end() || found->second.empty())
                return stop(
                    dump.names().empty()
                        ? "this proxy serves no names: write the address of an outbound, or start it with "
                          "DNS behind a transparent proxy"
                        : "the mesh does not know the name " + question.host
                              + ": the system's resolvers answer it, and the call does not take a way of "
                                "the mesh");
            auto &names = step(Kind::Name, question.host);
            connection.address = found->second.front();
            for (const auto &address : found->second)
                addFact(names, "address", address);
        }
        enterListener();
    }

    const ConfigDump::Listener *listenerFor(const std::string &direction) const
    {
        const ConfigDump::Listener *wild = nullptr;
        for (const auto &listener : dump.listeners()) {
            const Json &socket = at(at(listener.value, "address"), "socket_address");
            if (textAt(socket, "protocol") == "UDP" || numberAt(socket, "port_value") != connection.port)
                continue;
            const std::string given = textAt(listener.value, "traffic_direction");
            if (!given.empty() && given != direction)
                continue;
            if (textAt(socket, "address") == connection.address)
                return &listener;
            if (isAny(textAt(socket, "address")))
                wild = &listener;
        }
        return wild;
    }

    // What a transparent proxy redirects goes to the listener with use_original_dst when none is its own.
    const ConfigDump::Listener *passthrough() const
    {
        const bool six = connection.address.find(':') != std::string::npos;
        for (const auto &listener : dump.listeners()) {
            const Json &socket = at(at(listener.value, "address"), "socket_address");
            if (at(listener.value, "use_original_dst") == true
                && textAt(listener.value, "traffic_direction") == (isInbound ? "INBOUND" : "OUTBOUND")
                && (textAt(socket, "address").find(':') != std::string::npos) == six)
                return &listener;
        }
        return nullptr;
    }

    void enterListener()
    {
        const std::string place = placeText(connection.address, connection.port);
        const auto *listener = listenerFor(isInbound ? "INBOUND" : "OUTBOUND");
        const bool passes = listener == nullptr;
        if (passes) {
            for (const auto &other : dump.listeners()) {
                if (other.name.find(place) == std::string::npos || !other.value.is_null())
                    continue;
                return stop(
                    other.isWarming
                        ? "the listener " + other.name
                              + " is warming: Envoy waits for what it needs, endpoints or certificates"
                        : "Envoy refused the listener " + other.name + ": " + other.refused);
            }
            // Calls to loopback are never redirected.
            listener = connection.address.rfind("127.", 0) == 0 || connection.address == "::1"
                           ? nullptr
                           : passthrough();
        }
        if (listener == nullptr)
            return stop((isInbound ? "no inbound of this proxy takes " : "no outbound of this proxy takes ")
                        + place + (isInbound ? "" : ": name the service in the Dataplane's outbounds"));
        auto &entered = step(Kind::Listener, listener->name);
        addFact(entered, "address", placeOf(at(listener->value, "address")));
        if (at(listener->value, "bind_to_port") == false)
            addFact(entered, "reached", "only through the transparent proxy's redirection");
        if (passes)
            addFact(entered, "reason", "no listener is for " + place + " alone", "MeshPassthrough");
        if (!listener->refused.empty())
            addFact(entered, "newest refused", listener->refused);
        const Json &tags = at(at(at(listener->value, "metadata"), "filter_metadata"), "io.kuma.tags");
        if (tags.is_object()) {
            for (const auto &[key, value] : tags.items())
                addFact(entered, key, value.is_string() ? value.get<std::string>() : value.dump());
        }
        enterChain(listener->value);
    }

    void enterChain(const Json &listener)
    {
        const Json *best = nullptr;
        int fit = -1;
        const Json &chains = listAt(listener, "filter_chains");
        for (const auto &candidate : chains) {
            const int one = filterChainFit(at(candidate, "filter_chain_match"), connection);
            if (one > fit) {
                fit = one;
                best = &candidate;
            }
        }
        if (best == nullptr && at(listener, "default_filter_chain").is_object())
            best = &at(listener, "default_filter_chain");
        if (best == nullptr)
            return stop(
                chains.empty()     ? "the listener has no filter chain: it takes connections and closes them"
                : connection.isTls ? "no filter chain takes a connection with the mesh's TLS"
                                   : "no filter chain takes plain text: the other side insists on mTLS");
        auto &entered = step(Kind::FilterChain, textAt(*best, "name"));
        if (chains.size() > 1)
            addFact(entered, "one of", std::to_string(chains.size()));
        const Json &match = at(*best, "filter_chain_match");
        addFact(entered, "transport", textAt(match, "transport_protocol"));
        if (at(*best, "transport_socket").is_object())
            addFact(entered, "TLS", textAt(at(*best, "transport_socket"), "name"), "mTLS of the mesh");
        chain = trace.steps.size() - 1;
        if (entered.what.empty())
            entered.what = chains.size() > 1 ? "the one that fits" : "the only one";
        const bool insists =
            isInbound && at(*best, "transport_socket").is_object()
            && textAt(at(*best, "transport_socket"), "name").find("tls") != std::string::npos;
        if (insists && !connection.isTls)
            return stop("the other side insists on mTLS, and this call comes as plain text");
        for (const auto &filter : listAt(*best, "filters")) {
            const std::string name = textAt(filter, "name");
            const Json &config = at(filter, "typed_config");
            if (name.find("network.rbac") != std::string::npos && !permit(config))
                return;
            if (name.find("http_connection_manager") != std::string::npos)
                return enterHttp(config);
            if (name.find("tcp_proxy") != std::string::npos)
                return enterTcp(config);
        }
        stop("the filter chain has neither an HTTP nor a TCP proxy");
    }

    bool permit(const Json &rbac)
    {
        const Permission permission = permissionFor(rbac, identities, call);
        auto &judged = step(Kind::Permission, permission.verdict == Verdict::Allowed  ? "allowed"
                                              : permission.verdict == Verdict::Denied ? "denied"
                                                                                      : "cannot be told");
        addFact(judged, "by", permission.by, "MeshTrafficPermission");
        for (const auto &identity : identities)
            addFact(judged, "caller", identity);
        if (permission.verdict == Verdict::Denied)
            stop("denied by permission: " + permission.by);
        return permission.verdict != Verdict::Denied;
    }

    void enterTcp(const Json &config)
    {
        addFact(trace.steps[chain], "protocol", "TCP");
        addFact(trace.steps[chain], "idle timeout", textAt(config, "idle_timeout"), "MeshTimeout");
        if (const std::string cluster = textAt(config, "cluster"); !cluster.empty())
            return enterCluster(cluster, {});
        enterWeighted(at(config, "weighted_clusters"));
    }

    void enterHttp(const Json &config)
    {
        addFact(trace.steps[chain], "protocol", "HTTP");
        addFact(trace.steps[chain], "stream idle timeout", textAt(config, "stream_idle_timeout"),
                "MeshTimeout");
        addFact(trace.steps[chain], "request headers timeout", textAt(config, "request_headers_timeout"),
                "MeshTimeout");
        for (const auto &filter : listAt(config, "http_filters")) {
            const std::string name = textAt(filter, "name");
            if (name.find("http.rbac") != std::string::npos) {
                if (!permit(at(filter, "typed_config")))
                    return;
                continue;
            }
            if (const std::string policy = policyOfFilter(name); !policy.empty())
                addFact(trace.steps[chain], "filter", name, policy);
        }
        const Json &own = at(config, "route_config");
        const std::string rds = textAt(at(config, "rds"), "route_config_name");
        const Json &routes = own.is_object() ? own : dump.routes(rds);
        if (!routes.is_object())
            return stop("the routes " + rds + " have not come from the control plane yet");
        enterRoutes(routes);
    }

    void enterRoutes(const Json &routes)
    {
        const Json *best = nullptr;
        std::size_t fit = 0;
        for (const auto &host : listAt(routes, "virtual_hosts")) {
            for (const auto &domain : listAt(host, "domains")) {
                const std::string pattern = domain.is_string() ? domain.get<std::string>() : std::string();
                const auto one =
                    std::max(domainMatch(pattern, call.authority), domainMatch(pattern, question.host));
                if (one > fit) {
                    fit = one;
                    best = &host;
                }
            }
        }
        if (best == nullptr)
            return stop("no route: " + textAt(routes, "name") + " has no virtual host for " + call.authority);
        std::vector<std::string> passed;
        for (const auto &route : listAt(*best, "routes")) {
            const Json &match = at(route, "match");
            const std::string missing = whatDoesNotMatch(match, call);
            if (missing.empty())
                return take(route, textAt(routes, "name"), passed);
            passed.push_back(matchText(match) + " (" + missing + " does not fit)");
        }
        auto &none = step(Kind::Route, textAt(routes, "name"));
        for (const auto &one : passed)
            addFact(none, "passed over", one, "MeshHTTPRoute");
        stop("no route: none of " + textAt(routes, "name") + " fits " + call.method + ' ' + call.path
             + "; Envoy answers 404");
    }

    void take(const Json &route, const std::string &name, const std::vector<std::string> &passed)
    {
        auto &taken = step(Kind::Route, name);
        const std::string policy = isInbound ? std::string() : "MeshHTTPRoute";
        addFact(taken, "match", matchText(at(route, "match")), textAt(route, "name").empty() ? "" : policy);
        for (const auto &one : passed)
            addFact(taken, "passed over", one, policy);
        if (at(route, "redirect").is_object())
            return stop("answered by the proxy itself: a redirect to "
                        + textAt(at(route, "redirect"), "host_redirect"));
        if (at(route, "direct_response").is_object())
            return stop("answered by the proxy itself with status "
                        + std::to_string(numberAt(at(route, "direct_response"), "status")));
        const Json &action = at(route, "route");
        addFact(taken, "timeout", textAt(action, "timeout"), "MeshTimeout");
        addFact(taken, "idle timeout", textAt(action, "idle_timeout"), "MeshTimeout");
        const Json &retry = at(action, "retry_policy");
        if (retry.is_object()) {
            addFact(taken, "retries",
                    std::to_string(numberAt(retry, "num_retries")) + " on " + textAt(retry, "retry_on"),
                    "MeshRetry");
            addFact(taken, "timeout per try", textAt(retry, "per_try_timeout"), "MeshRetry");
        }
        addFact(taken, "prefix becomes", textAt(action, "prefix_rewrite"), policy);
        addFact(taken, "host becomes", textAt(action, "host_rewrite_literal"), policy);
        for (const auto &mirror : listAt(action, "request_mirror_policies"))
            addFact(taken, "mirrored to", textAt(mirror, "cluster"), policy);
        if (!listAt(action, "hash_policy").empty())
            addFact(taken, "hashed by", listAt(action, "hash_policy")[0].dump(), "MeshLoadBalancingStrategy");
        if (const std::string cluster = textAt(action, "cluster"); !cluster.empty())
            return enterCluster(cluster, {});
        enterWeighted(at(action, "weighted_clusters"));
    }

    void enterWeighted(const Json &weighted)
    {
        const Json &clusters = listAt(weighted, "clusters");
        if (clusters.empty())
            return stop("the route leads to no cluster");
        std::uint64_t total = 0;
        for (const auto &one : clusters)
            total += numberAt(one, "weight");
        std::string firstStop;
        for (const auto &one : clusters) {
            const auto weight = numberAt(one, "weight");
            const auto percent = total == 0 ? 0 : (weight * 100 + total / 2) / total;
            trace.stop.clear();
            enterCluster(textAt(one, "name"), std::to_string(percent) + " %");
            if (firstStop.empty() && weight > 0)
                firstStop = trace.stop;
        }
        // It stops only if no share of it arrives.
        trace.stop = trace.endpoints.empty() ? firstStop : std::string();
    }

    void enterCluster(const std::string &name, const std::string &share)
    {
        const Json &cluster = dump.cluster(name);
        auto &entered = step(Kind::Cluster, name);
        addFact(entered, "share", share, "MeshHTTPRoute");
        if (!cluster.is_object())
            return stop("the cluster " + name
                        + " is not there: the route names what the control plane did not send");
        if (dump.isWarming(name))
            return stop("the cluster " + name + " is warming: its endpoints have not come yet");
        addFact(entered, "type", textAt(cluster, "type"));
        addFact(entered, "connect timeout", textAt(cluster, "connect_timeout"), "MeshTimeout");
        addFact(entered, "balanced by", textAt(cluster, "lb_policy"), "MeshLoadBalancingStrategy");
        const Json &breakers = listAt(at(cluster, "circuit_breakers"), "thresholds");
        for (const char *limit : {"max_connections", "max_pending_requests", "max_requests", "max_retries"}) {
            if (!breakers.empty() && numberAt(breakers[0], limit) > 0)
                addFact(entered, limit, std::to_string(numberAt(breakers[0], limit)), "MeshCircuitBreaker");
        }
        if (at(cluster, "outlier_detection").is_object())
            addFact(entered, "outlier detection", "on", "MeshCircuitBreaker");
        for (const auto &check : listAt(cluster, "health_checks"))
            addFact(entered, "health check", "each " + textAt(check, "interval"), "MeshHealthCheck");
        const bool usesTls = at(cluster, "transport_socket").is_object()
                             || !listAt(cluster, "transport_socket_matches").empty();
        addFact(entered, "transport", usesTls ? "TLS" : "plain text", usesTls ? "mTLS of the mesh" : "");
        if (textAt(cluster, "type") == "ORIGINAL_DST") {
            const std::string place = placeText(connection.address, connection.port);
            addFact(step(Kind::Endpoint, place), "reason", "where the application wanted to go",
                    "MeshPassthrough");
            trace.endpoints.push_back(place);
            return;
        }
        enterEndpoints(cluster, name);
    }

    void enterEndpoints(const Json &cluster, const std::string &name)
    {
        std::size_t healthy = 0;
        std::size_t all = 0;
        const Json &localities = dump.endpoints(cluster);
        if (localities.is_array()) {
            for (const auto &locality : localities) {
                for (const auto &endpoint : listAt(locality, "lb_endpoints")) {
                    ++all;
                    const std::string place = placeOf(at(at(endpoint, "endpoint"), "address"));
                    const std::string status = textAt(endpoint, "health_status");
                    const bool isGood =
                        status.empty() || status == "HEALTHY" || status == "UNKNOWN" || status == "DEGRADED";
                    auto &one = step(Kind::Endpoint, place);
                    addFact(one, "health", status.empty() ? "UNKNOWN" : status);
                    addFact(one, "zone", textAt(at(locality, "locality"), "zone"));
                    if (const auto priority = numberAt(locality, "priority"); priority > 0)
                        addFact(one, "priority", std::to_string(priority), "MeshLoadBalancingStrategy");
                    const Json &tags = at(at(at(endpoint, "metadata"), "filter_metadata"), "envoy.lb");
                    if (tags.is_object()) {
                        for (const auto &[key, value] : tags.items()) {
                            if (value.is_string() && key.rfind("kuma.io/", 0) != 0)
                                addFact(one, key, value.get<std::string>());
                        }
                    }
                    if (!isGood)
                        continue;
                    ++healthy;
                    trace.endpoints.push_back(place);
                }
            }
        }
        if (all == 0)
            stop("no endpoint: nobody offers " + name + ", or no proxy of it is online");
        else if (healthy == 0)
            stop("no healthy endpoint of " + name + ": all " + std::to_string(all) + " are down");
    }
};

}  // namespace

std::string traceKindName(Kind kind)
{
    switch (kind) {
    case Kind::Name:
        return "name";
    case Kind::Listener:
        return "listener";
    case Kind::FilterChain:
        return "filter chain";
    case Kind::Permission:
        return "permission";
    case Kind::Route:
        return "route";
    case Kind::Cluster:
        return "cluster";
    case Kind::Endpoint:
        return "endpoint";
    }
    return {};
}

Result<TraceQuestion> traceQuestion(std::string_view text)
{
    const auto wrong = [text] {
        return fail(Error::Code::Invalid,
                    "\"" + std::string(text) + "\" is not a host, port and path like backend.mesh:80/api");
    };
    TraceQuestion question;
    std::string rest(text);
    for (const auto &[scheme, port] : {std::pair{"http://", 80}, std::pair{"https://", 443}}) {
        if (rest.rfind(scheme, 0) != 0)
            continue;
        rest.erase(0, std::string_view(scheme).size());
        question.port = static_cast<std::uint16_t>(port);
    }
    if (const auto slash = rest.find('/'); slash != std::string::npos) {
        question.path = rest.substr(slash);
        rest.erase(slash);
    }
    const bool isBracketed = !rest.empty() && rest.front() == '[';
    const auto close = rest.find(']');
    if (isBracketed && close == std::string::npos)
        return wrong();
    const auto colon = isBracketed ? rest.find(':', close) : rest.rfind(':');
    if (colon != std::string::npos) {
        const char *from = rest.data() + colon + 1;
        const char *end = rest.data() + rest.size();
        const auto [stop, error] = std::from_chars(from, end, question.port);
        if (from == end || stop != end || error != std::errc() || question.port == 0)
            return wrong();
        rest.erase(colon);
    }
    question.host = isBracketed ? rest.substr(1, rest.size() - 2) : rest;
    std::transform(question.host.begin(), question.host.end(), question.host.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (question.host.empty() || question.host.find_first_of(" \t") != std::string::npos)
        return wrong();
    return question;
}

Trace traceOutbound(const ConfigDump &dump, const TraceQuestion &question)
{
    Walk walk{dump, question, {}, {}, {}, false, {}, 0};
    walk.begin();
    return std::move(walk.trace);
}

TraceCaller callerOf(const ConfigDump &dump, bool usesTls)
{
    TraceCaller caller;
    if (usesTls)
        caller.identities = {"spiffe://" + dump.mesh() + '/' + dump.service()};
    return caller;
}

Trace traceInbound(const ConfigDump &dump, const std::string &address, std::uint16_t port,
                   const TraceCaller &caller, const TraceQuestion &question)
{
    TraceQuestion there = question;
    there.host = address;
    there.port = port;
    Walk walk{dump, there, {}, {}, caller.identities, true, {}, 0};
    walk.connection.isTls = !caller.identities.empty();
    walk.connection.protocol = walk.connection.isTls ? "kuma" : "";
    walk.begin();
    return std::move(walk.trace);
}

}  // namespace meshscope
