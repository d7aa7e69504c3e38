#include "backend/query/value_test.h"

#include <re2/re2.h>

#include <algorithm>

namespace meshscope::query {

namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string listOf(const std::vector<std::string_view> &names)
{
    std::string text;
    for (const auto name : names)
        text += (text.empty() ? "" : name == names.back() ? " or " : ", ") + std::string(name);
    return text;
}

// Place in the order of badness; -1 for a text that is no status.
int rankOf(std::string_view status)
{
    const auto names = namesOf(Field::Status);
    const auto at = std::find_if(names.begin(), names.end(),
                                 [status](std::string_view name) { return equalFolded(name, status); });
    return at == names.end() ? -1 : static_cast<int>(at - names.begin());
}

std::shared_ptr<const re2::RE2> compiled(const std::string &pattern, ValueProblem &problem)
{
    re2::RE2::Options options(re2::RE2::Quiet);
    auto regex = std::make_shared<const re2::RE2>(pattern, options);
    if (regex->ok())
        return regex;
    const auto code = regex->error_code();
    problem.couldGoOn = code == re2::RE2::ErrorMissingBracket || code == re2::RE2::ErrorMissingParen
                        || code == re2::RE2::ErrorTrailingBackslash || code == re2::RE2::ErrorBadNamedCapture;
    problem.what = "this is no regular expression: " + regex->error();
    return nullptr;
}

}  // namespace

std::shared_ptr<const ValueTest> ValueTest::make(Field field, Op op, const std::vector<std::string> &values,
                                                 ValueProblem &problem, std::size_t &wrongValue)
{
    auto test = std::make_shared<ValueTest>();
    test->m_kind = infoOf(field).kind;
    test->m_op = op == Op::NotEqual ? Op::Equal : op;
    for (wrongValue = 0; wrongValue < values.size(); ++wrongValue) {
        const std::string &value = values[wrongValue];
        const char last = value.empty() ? ' ' : value.back();
        if (op == Op::Contains) {
            test->m_texts.push_back(folded(value));
            continue;
        }
        if (op == Op::Regex) {
            test->m_regex = compiled(value, problem);
            if (!test->m_regex)
                return nullptr;
            continue;
        }
        switch (test->m_kind) {
        case FieldKind::Text:
            test->m_texts.push_back(value);
            break;
        case FieldKind::Word:
            test->m_texts.push_back(folded(value));
            break;
        case FieldKind::Tag:
            if (!test->comparesOrder()) {
                test->m_texts.push_back(value);
            } else if (auto version = parseVersion(value)) {
                test->m_versions.push_back(std::move(*version));
            } else {
                problem = {"a number or version like 2, v2 or 1.10 was expected, not " + quoted(value),
                           last == '.' || value == "v"};
                return nullptr;
            }
            break;
        case FieldKind::Number:
            if (const auto number = parseNumber(value)) {
                test->m_numbers.push_back(*number);
            } else {
                problem = {"a number was expected, not " + quoted(value), value == "-"};
                return nullptr;
            }
            break;
        case FieldKind::Version:
            if (auto version = parseVersion(value)) {
                test->m_versions.push_back(std::move(*version));
            } else {
                problem = {"a version like 2.9.13 was expected, not " + quoted(value),
                           last == '.' || last == '-' || value == "v"};
                return nullptr;
            }
            break;
        case FieldKind::Status: {
            const auto names = namesOf(Field::Status);
            if (const int rank = rankOf(value); rank >= 0) {
                test->m_numbers.push_back(rank);
            } else {
                problem = {listOf(names) + " was expected, not " + quoted(value),
                           std::any_of(names.begin(), names.end(), [&value](std::string_view name) {
                               return startsWithFolded(name, value);
                           })};
                return nullptr;
            }
            break;
        }
        case FieldKind::Duration:
            if (const auto duration = parseDuration(value)) {
                test->m_numbers.push_back(duration->count());
            } else {
                const bool digits = value.find_first_not_of("0123456789") == std::string::npos;
                problem = {digits ? "a unit was expected after " + quoted(value) + ": ms, s, m, h, d or w"
                                  : "a time like 30s, 5m, 24h or 7d was expected, not " + quoted(value),
                           last >= '0' && last <= '9'};
                return nullptr;
            }
            break;
        }
    }
    return test;
}

std::shared_ptr<const ValueTest> ValueTest::word(std::string_view text)
{
    auto test = std::make_shared<ValueTest>();
    test->m_texts.push_back(folded(text));
    return test;
}

bool ValueTest::comparesOrder() const
{
    return m_op == Op::Less || m_op == Op::LessEqual || m_op == Op::Greater || m_op == Op::GreaterEqual;
}

template <class T>
bool ValueTest::holds(const T &value, const T &limit) const
{
    int order = 0;
    if constexpr (std::is_same_v<T, Version>)
        order = compareVersions(value, limit);
    else
        order = value < limit ? -1 : limit < value ? 1 : 0;
    switch (m_op) {
    case Op::Less:
        return order < 0;
    case Op::LessEqual:
        return order <= 0;
    case Op::Greater:
        return order > 0;
    case Op::GreaterEqual:
        return order >= 0;
    default:
        return order == 0;
    }
}

bool ValueTest::accepts(std::string_view value) const
{
    const auto anyOf = [this](const auto &limits, const auto &subject) {
        return std::any_of(limits.begin(), limits.end(),
                           [&](const auto &limit) { return holds(subject, limit); });
    };
    switch (m_op) {
    case Op::Exists:
        return true;
    case Op::Contains:
        return containsFolded(value, m_texts.front());
    case Op::Regex:
        return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *m_regex);
    default:
        break;
    }
    switch (m_kind) {
    case FieldKind::Number:
        if (const auto number = parseNumber(value))
            return anyOf(m_numbers, *number);
        return false;
    case FieldKind::Status:
        return anyOf(m_numbers, static_cast<std::int64_t>(rankOf(value)));
    case FieldKind::Version:
        if (const auto version = parseVersion(value))
            return anyOf(m_versions, *version);
        return false;
    case FieldKind::Tag:
        if (comparesOrder()) {
            const auto version = parseVersion(value);
            return version && anyOf(m_versions, *version);
        }
        break;
    case FieldKind::Text:
    case FieldKind::Word:
    case FieldKind::Duration:
        break;
    }
    return std::any_of(m_texts.begin(), m_texts.end(), [value](const auto &text) { return text == value; });
}

bool ValueTest::accepts(std::int64_t milliseconds) const
{
    return m_op == Op::Exists || holds(milliseconds, m_numbers.front());
}

const std::string *ValueTest::exactText() const
{
    const bool asText = m_kind == FieldKind::Text || m_kind == FieldKind::Word || m_kind == FieldKind::Tag;
    return m_op == Op::Equal && asText ? &m_texts.front() : nullptr;
}

const std::string *ValueTest::substring() const { return m_op == Op::Contains ? &m_texts.front() : nullptr; }

}  // namespace meshscope::query
