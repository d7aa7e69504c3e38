#include "backend/query/values.h"

namespace meshscope::query {

std::string_view statusName(Health health)
{
    switch (health) {
    case Health::Online:
        return "online";
    case Health::Degraded:
        return "degraded";
    case Health::Offline:
        return "offline";
    case Health::Unknown:
        return "unknown";
    }
    return {};
}

std::optional<TimePoint> momentOf(const DataplaneOverview &row, Field field)
{
    const auto given = [](TimePoint time) {
        return time == TimePoint{} ? std::optional<TimePoint>() : std::optional(time);
    };
    switch (field) {
    case Field::Age:
        return given(row.dataplane->creationTime);
    case Field::Changed:
        return given(row.dataplane->modificationTime);
    case Field::CertExpires:
        return row.insight.certificateExpiration;
    default:
        return {};
    }
}

std::int64_t durationTo(Field field, TimePoint moment, TimePoint now)
{
    return field == Field::CertExpires ? (moment - now).count() : (now - moment).count();
}

std::optional<std::int64_t> durationOf(const DataplaneOverview &row, Field field, TimePoint now)
{
    const auto moment = momentOf(row, field);
    return moment ? std::optional(durationTo(field, *moment, now)) : std::nullopt;
}

}  // namespace meshscope::query
