// What completion and facets need to know of the data: which values there are, and how many dataplanes have
// each.
#pragma once

#include "backend/query/field.h"

#include <string>
#include <string_view>
#include <vector>

namespace meshscope::query {

struct ValueCount {
    std::string value;
    std::size_t count = 0;  // dataplanes that have it
    bool operator==(const ValueCount &) const = default;
};

class ValueSource
{
public:
    virtual ~ValueSource() = default;
    // Values of a field that contain `part`, without case: those that begin with it first, then the most
    // frequent, then by name; at most `most`.
    virtual std::vector<ValueCount> values(Field field, const std::string &key, std::string_view part,
                                           std::size_t most) const = 0;
    // The keys of tags, or of labels, in the same order.
    virtual std::vector<ValueCount> keys(Field tagOrLabel, std::string_view part, std::size_t most) const = 0;
};

}  // namespace meshscope::query
