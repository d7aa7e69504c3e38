#include "backend/xds/json_access.h"

#include "backend/codec/go_duration.h"

#include <charconv>
#include <cmath>

namespace meshscope::xds {

const Json &at(const Json &object, const char *name)
{
    static const Json kNothing;
    if (!object.is_object())
        return kNothing;
    const auto found = object.find(name);
    return found == object.end() ? kNothing : *found;
}

std::string textAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool flagAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    return value.is_boolean() && value.get<bool>();
}

std::optional<std::uint32_t> numberAt(const Json &object, const char *name)
{
    const auto value = decimalAt(object, name);
    if (!value || *value < 0 || *value > 4'294'967'295.0)
        return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

std::optional<nanoseconds> durationAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    if (value.is_number_integer())
        return nanoseconds(value.get<std::int64_t>());
    if (!value.is_string())
        return std::nullopt;
    const auto span = goDurationFrom(value.get_ref<const std::string &>());
    return span ? std::optional(nanoseconds(*span)) : std::nullopt;
}

std::optional<double> decimalAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return std::nullopt;
    const auto &text = value.get_ref<const std::string &>();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

std::map<std::string, std::string> textsAt(const Json &object, const char *name)
{
    std::map<std::string, std::string> result;
    const auto &texts = at(object, name);
    if (!texts.is_object())
        return result;
    for (const auto &[key, value] : texts.items())
        if (value.is_string())
            result.emplace(key, value.get<std::string>());
    return result;
}

const Json &listAt(const Json &object, const char *name)
{
    static const Json kEmpty = Json::array();
    const auto &value = at(object, name);
    return value.is_array() ? value : kEmpty;
}

}  // namespace meshscope::xds
