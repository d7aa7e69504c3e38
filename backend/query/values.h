// The values that a field has, as texts. Where predicate and index agree on what a field means.
#pragma once

#include "backend/core/snapshot.h"
#include "backend/query/field.h"
#include "backend/query/tag_set_view.h"
#include "backend/query/text.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace meshscope::query {

std::string_view statusName(Health health);  // "online"
// What a duration field stands for at a moment, in milliseconds; nothing when the dataplane has no such time.
std::optional<std::int64_t> durationOf(const DataplaneOverview &row, Field field, TimePoint now);
// The moment itself: of creation, of the last write, of the certificate's end.
std::optional<TimePoint> momentOf(const DataplaneOverview &row, Field field);
// A moment as what the duration field says of it: age since then, or time left until then.
std::int64_t durationTo(Field field, TimePoint moment, TimePoint now);

template <class Visit>
bool withNumber(std::uint64_t number, Visit &&visit)
{
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return visit(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

template <class Visit>
bool withTag(const Tags &tags, const std::string &key, Visit &&visit)
{
    const auto found = tags.find(key);
    return found != tags.end() && visit(std::string_view(found->second));
}

// Of one tag set. Calls visit(std::string_view) until it answers true; says whether one did.
template <class Visit>
bool anyValueOfTagSet(const Dataplane &dataplane, const TagSetView &set, Field field, const std::string &key,
                      Visit &&visit)
{
    switch (field) {
    case Field::Tag:
        return withTag(*set.tags, key, visit);
    case Field::Service:
        return withTag(*set.tags, kServiceTag, visit);
    case Field::Zone:
        return set.tags->contains(kZoneTag) ? withTag(*set.tags, kZoneTag, visit)
                                            : withTag(dataplane.labels, kZoneTag, visit);
    case Field::Protocol: {
        std::string protocol;
        if (set.inbound)
            protocol = set.inbound->effectiveProtocol();
        if (protocol.empty())
            return withTag(*set.tags, kProtocolTag,
                           [&visit](std::string_view text) { return visit(std::string_view(folded(text))); });
        return visit(std::string_view(protocol));
    }
    case Field::Address:
        if (set.inbound && !set.inbound->address.empty())
            return visit(std::string_view(set.inbound->address));
        return !dataplane.address.empty() && visit(std::string_view(dataplane.address));
    case Field::Port:
        return set.inbound && set.inbound->port != 0 && withNumber(set.inbound->port, visit);
    default:
        return false;
    }
}

// Of the dataplane itself: the fields that are not of an inbound, and its own addresses.
template <class Visit>
bool anyValueOfRow(const DataplaneOverview &row, Field field, const std::string &key, Visit &&visit)
{
    const Dataplane &dataplane = *row.dataplane;
    switch (field) {
    case Field::Name:
        return visit(std::string_view(dataplane.key.name));
    case Field::Mesh:
        return visit(std::string_view(dataplane.key.mesh));
    case Field::Address:
        return (!dataplane.address.empty() && visit(std::string_view(dataplane.address)))
               || (!dataplane.advertisedAddress.empty()
                   && visit(std::string_view(dataplane.advertisedAddress)));
    case Field::Status:
        return visit(statusName(row.status.overall));
    case Field::Gateway:
        return dataplane.gateway
               && visit(std::string_view(dataplane.gateway->type == Gateway::Type::Builtin ? "builtin"
                                                                                           : "delegated"));
    case Field::EnvoyVersion:
    case Field::DpVersion: {
        const Subscription *latest = row.insight.latest();
        if (!latest)
            return false;
        const std::string &version =
            field == Field::EnvoyVersion ? latest->envoyVersion : latest->kumaDpVersion;
        return !version.empty() && visit(std::string_view(version));
    }
    case Field::Nacks: {
        const Subscription *latest = row.insight.latest();
        return withNumber(latest ? latest->total.rejected : 0, visit);
    }
    case Field::Label:
        return withTag(dataplane.labels, key, visit);
    default:
        return false;
    }
}

}  // namespace meshscope::query
