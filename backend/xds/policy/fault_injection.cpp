// MeshFaultInjection (facts on xDS §4.10): on http inbounds, for the clients whose tags in x-kuma-tags match.
#include "backend/xds/fraction.h"
#include "backend/xds/generation.h"
#include "backend/xds/http_filters.h"
#include "backend/xds/names.h"
#include "backend/xds/policy/appliers.h"

#include "envoy/extensions/filters/http/fault/v3/fault.pb.h"

#include <cctype>

namespace meshscope::xds {

namespace {

using envoy::extensions::filters::http::fault::v3::HTTPFault;

constexpr char kFilter[] = "envoy.filters.http.fault";

// "50Mbps", "1.5 Gbps" in kilobits a second.
std::uint64_t kilobits(const std::string &text)
{
    const auto unit = text.find_first_not_of("0123456789.");
    const auto amount = decimalAt(Json{{"n", text.substr(0, unit)}}, "n").value_or(0);
    const auto letter = unit == std::string::npos ? text.npos : text.find_first_not_of(' ', unit);
    const char scale = letter == std::string::npos
                           ? 'k'
                           : static_cast<char>(std::tolower(static_cast<unsigned char>(text[letter])));
    return static_cast<std::uint64_t>(amount * (scale == 'm' ? 1'000 : scale == 'g' ? 1'000'000 : 1));
}

void addTagsHeader(HTTPFault &fault, const Tags &tags, bool invert)
{
    if (tags.empty())
        return;
    auto &header = *fault.add_headers();
    header.set_name(kTagsHeader);
    header.mutable_string_match()->mutable_safe_regex()->set_regex(tagsHeaderRegex(tags));
    header.set_invert_match(invert);
}

HTTPFault faultFrom(const Json &conf, const Tags &wanted, const Tags &unwanted)
{
    HTTPFault fault;
    if (const auto &delay = at(conf, "delay"); delay.is_object()) {
        auto &target = *fault.mutable_delay();
        setDuration(target.mutable_fixed_delay(), durationAt(delay, "value").value_or(nanoseconds(0)));
        *target.mutable_percentage() = fraction(decimalAt(delay, "percentage").value_or(0));
    }
    if (const auto &abort = at(conf, "abort"); abort.is_object()) {
        auto &target = *fault.mutable_abort();
        target.set_http_status(numberAt(abort, "httpStatus").value_or(0));
        *target.mutable_percentage() = fraction(decimalAt(abort, "percentage").value_or(0));
    }
    if (const auto &bandwidth = at(conf, "responseBandwidth"); bandwidth.is_object()) {
        auto &target = *fault.mutable_response_rate_limit();
        target.mutable_fixed_limit()->set_limit_kbps(kilobits(textAt(bandwidth, "limit")));
        *target.mutable_percentage() = fraction(decimalAt(bandwidth, "percentage").value_or(0));
    }
    addTagsHeader(fault, wanted, false);
    addTagsHeader(fault, unwanted, true);
    return fault;
}

}  // namespace

void injectFault(HttpConnectionManager &manager, const Json &conf, const Tags &wanted, const Tags &unwanted)
{
    insertHttpFilter(manager, kFilter, faultFrom(conf, wanted, unwanted), FilterPlace::BeforeRouter);
}

void applyFaultInjections(Generation &run)
{
    const auto *rules = run.rules.of("MeshFaultInjection");
    if (!rules)
        return;
    for (auto &listener : run.draft.listeners) {
        const auto from =
            listener.origin == Origin::Inbound ? rules->from.find(listener.index) : rules->from.end();
        if (from == rules->from.end())
            continue;
        for (auto &chain : listener.chains) {
            if (!chain.http)
                continue;
            for (const auto &rule : from->second) {
                Tags wanted;
                Tags unwanted;
                for (const auto &tag : rule.subset)
                    (tag.isNegated ? unwanted : wanted)[tag.key] = tag.value;
                for (const auto &conf : listAt(rule.conf, "http"))
                    injectFault(*chain.http, conf, wanted, unwanted);
            }
        }
    }
}

}  // namespace meshscope::xds
