#include "backend/control/list_page.h"

#include "backend/control/url.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace meshscope::control {

namespace {

constexpr char kCouldNotList[] = "Could not retrieve resources";
constexpr long long kMaxPageSize = 1000;

std::optional<long long> number(const std::string &text)
{
    long long value = 0;
    const char *begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const char *end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(begin, end, value);
    return error == std::errc() && rest == end && rest != begin ? std::optional(value) : std::nullopt;
}

// Tags as `key:value`; what has no colon is ignored.
Query tagFilters(const Query &query)
{
    Query result;
    for (const auto &[name, value] : query)
        if (const auto colon = value.find(':'); name == "tag" && colon != std::string::npos)
            result.emplace_back(value.substr(0, colon), value.substr(colon + 1));
    return result;
}

bool hasTags(const Tags &tags, const Query &wanted)
{
    return std::all_of(wanted.begin(), wanted.end(), [&tags](const auto &tag) {
        const auto found = tags.find(tag.first);
        return found != tags.end()
               && (tag.second == "*" || found->second.find(tag.second) != std::string::npos);
    });
}

enum class GatewayFilter { Any, Gateway, Sidecar, Delegated, Builtin };

std::optional<GatewayFilter> gatewayFilter(const std::string &text)
{
    if (text.empty())
        return GatewayFilter::Any;
    if (text == "true")
        return GatewayFilter::Gateway;
    if (text == "false")
        return GatewayFilter::Sidecar;
    if (text == "delegated")
        return GatewayFilter::Delegated;
    if (text == "builtin")
        return GatewayFilter::Builtin;
    return std::nullopt;
}

bool passes(const Dataplane &dataplane, GatewayFilter filter)
{
    const auto isOf = [&dataplane](Gateway::Type type) {
        return dataplane.gateway && dataplane.gateway->type == type;
    };
    switch (filter) {
    case GatewayFilter::Any:
        return true;
    case GatewayFilter::Gateway:
        return dataplane.gateway.has_value();
    case GatewayFilter::Sidecar:
        return !dataplane.gateway;
    case GatewayFilter::Delegated:
        return isOf(Gateway::Type::Delegated);
    case GatewayFilter::Builtin:
        return isOf(Gateway::Type::Builtin);
    }
    return true;
}

std::vector<Tags> tagSetsOf(const ResourceType &type, const StoredPtr &stored, DataplaneCache &cache)
{
    if (type.name == kDataplaneType) {
        const auto dataplane = cache.parsed(stored);
        if (dataplane->gateway)
            return {dataplane->gateway->tags};
        std::vector<Tags> sets;
        for (const auto &inbound : dataplane->inbounds)
            sets.push_back(inbound.tags);
        return sets;
    }
    const auto spec = nlohmann::json::parse(stored->spec, nullptr, false);
    const auto tags = spec.find("tags");
    Tags result;
    if (tags != spec.end() && tags->is_object())
        for (const auto &[key, value] : tags->items())
            if (value.is_string())
                result.emplace(key, value.get<std::string>());
    return {result};
}

std::string nextUrl(const ApiCall &call, const PageRequest &page)
{
    Query query = call.query;
    std::erase_if(query, [](const auto &p) { return p.first == "offset"; });
    query.emplace_back("offset", std::to_string(page.offset + page.size));
    if (const auto *size = find(query, "size"); !size || size->empty()) {
        std::erase_if(query, [](const auto &p) { return p.first == "size"; });
        query.emplace_back("size", std::to_string(page.size));
    }
    return "http://" + call.request.header("host") + call.path + "?" + encode(query);
}

}  // namespace

ApiResult<PageRequest> pageRequest(const ApiCall &call)
{
    PageRequest page;
    const auto bad = [](const char *what, const char *field, std::string reason) {
        return refuse(ApiError{400, kCouldNotList, what, {{field, std::move(reason)}}});
    };
    if (const auto *text = find(call.query, "size"); text && !text->empty()) {
        const auto size = number(*text);
        if (!size)
            return bad("Invalid page size", "size", "invalid format");
        if (*size > kMaxPageSize) {
            return bad("Invalid page size", "size",
                       "invalid page size of " + *text + ". Maximum page size is "
                           + std::to_string(kMaxPageSize));
        }
        page.size = *size;
    }
    if (const auto *text = find(call.query, "offset"); text && !text->empty()) {
        const auto offset = number(*text);
        if (!offset || *offset < 0)  // 2.9 drops the connection on a negative one
            return bad("Invalid offset", "offset", offset ? "must be non-negative" : "Invalid format");
        page.offset = *offset;
    }
    return page;
}

HttpResponse pageResponse(const ApiCall &call, const PageRequest &page, std::size_t total,
                          const std::function<std::string(std::size_t)> &item)
{
    const auto count = static_cast<long long>(total);
    const long long begin = page.size == 0 ? 0 : std::min(page.offset, count);
    const long long end = page.size == 0 ? count : std::min(begin + std::max(page.size, 0LL), count);
    std::string body = "{\"total\":" + std::to_string(total) + ",\"items\":[";
    for (long long i = begin; i < end; ++i) {
        if (i > begin)
            body += ',';
        body += item(static_cast<std::size_t>(i));
    }
    const bool more = page.size != 0 && end < count;
    body += "],\"next\":";
    body += more ? nlohmann::json(nextUrl(call, page))
                       .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                 : "null";
    return jsonResponse(body + "}");
}

ApiResult<std::vector<StoredPtr>> filtered(const ApiCall &call, const ResourceType &type,
                                           const std::string *mesh, const StoreSnapshot &store,
                                           DataplaneCache &cache)
{
    const auto rows = mesh ? store.list(type.name, *mesh) : store.list(type.name);
    const auto *name = find(call.query, "name");
    const bool isDataplane = type.name == kDataplaneType;
    auto gateway = GatewayFilter::Any;
    if (const auto *text = find(call.query, "gateway"); text && isDataplane) {
        const auto filter = gatewayFilter(*text);
        if (!filter) {
            return refuse(
                notValid(kCouldNotList,
                         {{std::string(call.pattern) + ".gateway",
                           "shoud use `true`, `false`, 'builtin' or 'delegated' instead of " + *text}}));
        }
        gateway = *filter;
    }
    const auto tags = isDataplane || type.name == "ExternalService" ? tagFilters(call.query) : Query();
    std::vector<StoredPtr> result;
    for (const auto &row : rows) {
        if (name && row->key.name.find(*name) == std::string::npos)
            continue;
        if (gateway != GatewayFilter::Any && !passes(*cache.parsed(row), gateway))
            continue;
        if (!tags.empty()) {
            const auto sets = tagSetsOf(type, row, cache);
            if (std::none_of(sets.begin(), sets.end(),
                             [&tags](const Tags &set) { return hasTags(set, tags); }))
                continue;
        }
        result.push_back(row);
    }
    return result;
}

}  // namespace meshscope::control
