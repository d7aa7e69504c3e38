// What can stand at the cursor of the query bar: fields, operators, values with their counts, keywords.
#pragma once

#include "backend/query/query.h"
#include "backend/query/value_source.h"

#include <string>
#include <vector>

namespace meshscope::query {

struct Suggestion {
    enum class Kind { Field, Operator, Value, Keyword };
    Kind kind = Kind::Field;
    std::string text;       // what is put into the query: "tag.version", "==", "\"a b\"", "inbound("
    std::string shown;      // what is read: the value without its quotes
    std::string about;      // a few words; empty for a value
    std::size_t count = 0;  // of a value or a key: dataplanes that have it; 0 = not counted
    bool operator==(const Suggestion &) const = default;
};

struct Completion {
    Span replaced;  // the part of the text that a suggestion takes the place of; may be empty
    std::vector<Suggestion> suggestions;
};

// `cursor` in bytes. At most about fifty suggestions.
Completion complete(std::string_view text, std::size_t cursor, const ValueSource &source);

}  // namespace meshscope::query
