// What one term asks of one value: `== v2`, `~ ^web-`, `< 5m`. Made once for a query, asked of every value;
// the predicate and the index ask the same object, so that they cannot differ.
#pragma once

#include "backend/query/field.h"
#include "backend/query/text.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace meshscope::query {

// Why a value cannot stand where it stands.
struct ValueProblem {
    std::string what;
    bool couldGoOn = false;  // more letters may make it right
};

// Immutable once made; any thread.
class ValueTest
{
public:
    // For Exists, `values` is empty; for In, any number; else one. The problem of the first wrong value, and
    // which it is, come back through the last two.
    static std::shared_ptr<const ValueTest> make(Field field, Op op, const std::vector<std::string> &values,
                                                 ValueProblem &problem, std::size_t &wrongValue);
    // A word: a substring, without case.
    static std::shared_ptr<const ValueTest> word(std::string_view text);

    // NotEqual is asked as Equal here; whoever asks turns the answer for all values around.
    bool accepts(std::string_view value) const;
    // For durations: milliseconds.
    bool accepts(std::int64_t milliseconds) const;

    // Asks for one exact text, so that a dictionary can look it up instead of trying all; nullptr otherwise.
    const std::string *exactText() const;
    // The folded text of a substring search; nullptr for others.
    const std::string *substring() const;
    bool acceptsEverything() const { return m_op == Op::Exists; }

private:
    template <class T>
    bool holds(const T &value, const T &limit) const;
    bool comparesOrder() const;

    FieldKind m_kind = FieldKind::Text;
    Op m_op = Op::Contains;
    std::vector<std::string> m_texts;
    std::vector<std::int64_t> m_numbers;
    std::vector<Version> m_versions;
    std::shared_ptr<const re2::RE2> m_regex;
};

}  // namespace meshscope::query
