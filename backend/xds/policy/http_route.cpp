#include "backend/xds/policy/http_route.h"

#include "backend/xds/fraction.h"
#include "backend/xds/header_match.h"
#include "backend/xds/policy/target_ref.h"
#include "backend/xds/route_hash.h"

#include <algorithm>
#include <tuple>

namespace meshscope::xds {

namespace {

using envoy::config::core::v3::HeaderValueOption;
using envoy::config::route::v3::RedirectAction;
using envoy::config::route::v3::Route;
using envoy::config::route::v3::RouteAction;
using envoy::config::route::v3::RouteMatch;
using Headers = google::protobuf::RepeatedPtrField<HeaderValueOption>;

enum class PathKind { Exact, Prefix, Regex, None };

PathKind pathKind(const Json &match)
{
    const auto type = textAt(at(match, "path"), "type");
    return type == "Exact"               ? PathKind::Exact
           : type == "PathPrefix"        ? PathKind::Prefix
           : type == "RegularExpression" ? PathKind::Regex
                                         : PathKind::None;
}

// One match of one rule: Envoy has no "or" within a route.
struct Entry {
    const Json *match;
    const Json *rule;
    std::string hash;  // of all matches of the rule: they share a name

    auto rank() const
    {
        const auto kind = pathKind(*match);
        const auto length = kind == PathKind::Prefix || kind == PathKind::Regex
                                ? textAt(at(*match, "path"), "value").size()
                                : std::size_t(0);
        return std::tuple(kind, -static_cast<long>(length), at(*match, "method").is_null(),
                          -static_cast<long>(listAt(*match, "headers").size()),
                          -static_cast<long>(listAt(*match, "queryParams").size()));
    }
};

const Json kCatchAll = {{"path", {{"type", "PathPrefix"}, {"value", "/"}}}};

std::vector<Entry> sortedEntries(const Json &rules)
{
    static const Json kOwnRule = {{"matches", Json::array({kCatchAll})}};
    std::vector<Entry> entries;
    bool covered = false;
    const auto add = [&](const Json &rule) {
        const auto &matches = listAt(rule, "matches");
        const auto hash = routeHash(matches);
        for (const auto &match : matches) {
            covered = covered || match == kCatchAll;
            entries.push_back({&match, &rule, hash});
        }
    };
    for (const auto &rule : rules)
        add(rule);
    if (!covered)
        add(kOwnRule);
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry &a, const Entry &b) { return a.rank() < b.rank(); });
    return entries;
}

void addConditions(RouteMatch &envoyMatch, const Json &match)
{
    if (const auto method = textAt(match, "method"); !method.empty()) {
        auto &header = *envoyMatch.add_headers();
        header.set_name(":method");
        header.mutable_string_match()->set_exact(method);
    }
    for (const auto &header : listAt(match, "headers"))
        *envoyMatch.add_headers() = headerMatcher(header);
    for (const auto &parameter : listAt(match, "queryParams")) {
        auto &query = *envoyMatch.add_query_parameters();
        query.set_name(textAt(parameter, "name"));
        const auto value = textAt(parameter, "value");
        if (textAt(parameter, "type") == "RegularExpression")
            query.mutable_string_match()->mutable_safe_regex()->set_regex(value);
        else
            query.mutable_string_match()->set_exact(value);
    }
}

// A prefix other than "/" ends at a slash or at the end of the path: that takes two routes.
std::vector<RouteMatch> routeMatches(const Json &match)
{
    const auto value = textAt(at(match, "path"), "value");
    std::vector<RouteMatch> result(1);
    switch (pathKind(match)) {
    case PathKind::Exact:
        result[0].set_path(value);
        break;
    case PathKind::Prefix:
        if (value == "/") {
            result[0].set_prefix(value);
            break;
        }
        result.emplace_back();
        result[0].set_path(value);
        result[1].set_prefix(value + "/");
        break;
    case PathKind::Regex:
        result[0].mutable_safe_regex()->set_regex(value);
        break;
    case PathKind::None:
        result[0].set_prefix("/");
        break;
    }
    for (auto &one : result)
        addConditions(one, match);
    return result;
}

void changeHeaders(const Json &modifier, Headers &added,
                   google::protobuf::RepeatedPtrField<std::string> &removed)
{
    const auto put = [&added](const Json &list, bool replace) {
        for (const auto &header : list) {
            auto &option = *added.Add();
            option.mutable_header()->set_key(textAt(header, "name"));
            option.mutable_header()->set_value(textAt(header, "value"));
            if (replace)
                option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
        }
    };
    put(listAt(modifier, "set"), true);
    put(listAt(modifier, "add"), false);
    for (const auto &name : listAt(modifier, "remove"))
        if (name.is_string())
            *removed.Add() = name.get<std::string>();
}

// `Action` rewrites the path of a request or of the place to go to.
template <class Action>
void rewritePath(Action &action, const Json &path, const RouteMatch &match)
{
    const bool isFull = textAt(path, "type") == "ReplaceFullPath";
    auto replacement = textAt(path, isFull ? "replaceFullPath" : "replacePrefixMatch");
    if (isFull || match.path_specifier_case() != RouteMatch::kPrefix) {
        auto &rewrite = *action.mutable_regex_rewrite();
        rewrite.mutable_pattern()->set_regex(".*");
        rewrite.set_substitution(replacement.empty() ? "/" : replacement);
        return;
    }
    if (!replacement.ends_with('/'))
        replacement += '/';
    action.set_prefix_rewrite(replacement);
}

void redirect(RedirectAction &action, const Json &filter, const RouteMatch &match)
{
    if (const auto scheme = textAt(filter, "scheme"); !scheme.empty())
        action.set_scheme_redirect(scheme);
    if (const auto host = textAt(filter, "hostname"); !host.empty())
        action.set_host_redirect(host);
    if (const auto port = numberAt(filter, "port"))
        action.set_port_redirect(*port);
    if (const auto &path = at(filter, "path"); path.is_object())
        rewritePath(action, path, match);
    switch (numberAt(filter, "statusCode").value_or(302)) {
    case 301:
        action.set_response_code(RedirectAction::MOVED_PERMANENTLY);
        break;
    case 303:
        action.set_response_code(RedirectAction::SEE_OTHER);
        break;
    case 307:
        action.set_response_code(RedirectAction::TEMPORARY_REDIRECT);
        break;
    case 308:
        action.set_response_code(RedirectAction::PERMANENT_REDIRECT);
        break;
    default:
        action.set_response_code(RedirectAction::FOUND);
        break;
    }
}

void applyFilter(Route &route, const Json &filter, const UseCluster &useCluster)
{
    const auto type = textAt(filter, "type");
    if (type == "RequestHeaderModifier") {
        changeHeaders(at(filter, "requestHeaderModifier"), *route.mutable_request_headers_to_add(),
                      *route.mutable_request_headers_to_remove());
    } else if (type == "ResponseHeaderModifier") {
        changeHeaders(at(filter, "responseHeaderModifier"), *route.mutable_response_headers_to_add(),
                      *route.mutable_response_headers_to_remove());
    } else if (type == "RequestRedirect") {
        redirect(*route.mutable_redirect(), at(filter, "requestRedirect"), route.match());
    } else if (type == "URLRewrite" && route.has_route()) {
        const auto &rewrite = at(filter, "urlRewrite");
        if (const auto host = textAt(rewrite, "hostname"); !host.empty())
            route.mutable_route()->set_host_rewrite_literal(host);
        else if (flagAt(rewrite, "hostToBackendHostname"))
            route.mutable_route()->mutable_auto_host_rewrite()->set_value(true);
        if (const auto &path = at(rewrite, "path"); path.is_object())
            rewritePath(*route.mutable_route(), path, route.match());
    } else if (type == "RequestMirror" && route.has_route()) {
        const auto &mirror = at(filter, "requestMirror");
        for (const auto &share : sharesOf(Json::array({at(mirror, "backendRef")}))) {
            auto &policy = *route.mutable_route()->add_request_mirror_policies();
            policy.set_cluster(useCluster(share.tags));
            if (const auto percentage = decimalAt(mirror, "percentage"))
                *policy.mutable_runtime_fraction()->mutable_default_value() = fraction(*percentage);
        }
    }
}

void setDestination(RouteAction &action, const std::vector<Share> &shares, const UseCluster &useCluster)
{
    action.mutable_timeout();  // none, unless a policy says so
    if (shares.size() == 1) {
        action.set_cluster(useCluster(shares.front().tags));
        return;
    }
    for (const auto &share : shares) {
        auto &cluster = *action.mutable_weighted_clusters()->add_clusters();
        cluster.set_name(useCluster(share.tags));
        cluster.mutable_weight()->set_value(share.weight);
    }
}

}  // namespace

std::vector<Share> sharesOf(const Json &backendRefs)
{
    std::vector<Share> shares;
    for (const auto &entry : backendRefs) {
        const auto ref = targetRefFrom(entry);
        const auto weight = numberAt(entry, "weight").value_or(1);
        if (weight == 0 || (ref.kind != RefKind::MeshService && ref.kind != RefKind::MeshServiceSubset))
            continue;
        auto tags = ref.tags;
        tags[kServiceTag] = ref.name;
        shares.push_back({std::move(tags), weight});
    }
    return shares;
}

std::vector<Route> httpRoutes(const Json &rules, const Tags &own, const UseCluster &useCluster)
{
    std::vector<Route> routes;
    for (const auto &entry : sortedEntries(rules)) {
        const auto &conf = at(*entry.rule, "default");
        auto shares = sharesOf(listAt(conf, "backendRefs"));
        if (shares.empty())
            shares.push_back({own, 1});
        for (auto &match : routeMatches(*entry.match)) {
            auto &route = routes.emplace_back();
            route.set_name(entry.hash);
            *route.mutable_match() = std::move(match);
            setDestination(*route.mutable_route(), shares, useCluster);
            for (const auto &filter : listAt(conf, "filters"))
                applyFilter(route, filter, useCluster);
        }
    }
    return routes;
}

}  // namespace meshscope::xds
