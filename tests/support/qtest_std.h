// Teaches QCOMPARE to print std::string and our own values. Include it before the first QCOMPARE of such a
// type.
#pragma once

#include "backend/codec/yaml_document.h"
#include "backend/core/resource_key.h"
#include "backend/core/result.h"
#include "backend/core/snapshot.h"
#include "backend/validation/validate.h"

#include <QTest>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::testing {

inline char *asPrinted(const std::string &text) { return qstrdup(text.c_str()); }

inline std::string describe(const std::string &text) { return '"' + text + '"'; }

inline std::string describe(const ResourceKey &key) { return key.mesh + "/" + key.name; }

inline std::string describe(const Error &error)
{
    static const char *const kCodes[] = {"Invalid", "NotFound",  "Conflict", "Unreachable",
                                         "Refused", "Cancelled", "Internal"};
    return std::string(kCodes[static_cast<int>(error.code)]) + " \"" + error.what + "\" at \"" + error.where
           + '"';
}

inline std::string describe(const Finding &finding)
{
    static const char *const kSeverities[] = {"Error", "Warning", "Hint"};
    return std::to_string(finding.line) + ":" + std::to_string(finding.column) + " "
           + kSeverities[static_cast<int>(finding.severity)] + (finding.fromControlPlane ? " (Kuma) " : " ")
           + finding.field + ": " + finding.message
           + (finding.advice.empty() ? "" : " [" + finding.advice + "]");
}

inline std::string describe(const DataplanePtr &row)
{
    return row ? describe(row->key()) : std::string("null");
}

template <class T>
std::string describe(const std::vector<T> &items)
{
    std::string out = "[";
    for (const auto &item : items)
        out += (out.size() > 1 ? ", " : "") + describe(item);
    return out + "]";
}

}  // namespace meshscope::testing

namespace QTest {

template <>
inline char *toString(const std::string &text)
{
    return meshscope::testing::asPrinted('"' + text + '"');
}

template <>
inline char *toString(const std::string_view &text)
{
    return meshscope::testing::asPrinted('"' + std::string(text) + '"');
}

template <>
inline char *toString(const std::vector<std::string> &items)
{
    return meshscope::testing::asPrinted(meshscope::testing::describe(items));
}

template <>
inline char *toString(const std::vector<meshscope::ResourceKey> &items)
{
    return meshscope::testing::asPrinted(meshscope::testing::describe(items));
}

template <>
inline char *toString(const std::vector<meshscope::Finding> &items)
{
    return meshscope::testing::asPrinted(meshscope::testing::describe(items));
}

}  // namespace QTest

namespace meshscope {

inline char *toString(const ResourceKey &key) { return testing::asPrinted(testing::describe(key)); }

inline char *toString(const Error &error) { return testing::asPrinted(testing::describe(error)); }

inline char *toString(const Finding &finding) { return testing::asPrinted(testing::describe(finding)); }

inline char *toString(const Position &position)
{
    return testing::asPrinted(std::to_string(position.line) + ":" + std::to_string(position.column));
}

inline char *toString(Health health)
{
    static const char *const kNames[] = {"Online", "Degraded", "Offline", "Unknown"};
    return testing::asPrinted(kNames[static_cast<int>(health)]);
}

}  // namespace meshscope

// The value of a Result, or a failed test that says why there is none. A copy, so that it outlives a
// temporary.
#define VALUE_OR_FAIL(variable, expression)                                                                  \
    const auto variable##Result = (expression);                                                              \
    QVERIFY2(variable##Result.has_value(), variable##Result ? "" : variable##Result.error().what.c_str());   \
    const auto variable = *variable##Result
