// What looks wrong in the tags of a mesh as a whole. Pure; any thread.
#pragma once

#include "backend/core/snapshot.h"
#include "backend/query/selector.h"

#include <optional>
#include <string>
#include <vector>

namespace meshscope::query {

struct TagFinding {
    enum class Kind {
        KeyVariant,       // two keys that are likely one: "version" and "Version"
        ValueVariant,     // two values of a key that are likely one: "prod" and "Prod"
        MissingKey,       // most inbounds of a service have it, the rest does not
        UnusedValue,      // selectors use the key, but none this value
        UnknownReserved,  // a kuma.io/ key that Kuma does not know
        UnknownProtocol,  // kuma.io/protocol with a value that Kuma treats as tcp
        EmptyValue,
    };
    enum class Severity { Warning, Hint };
    Kind kind = Kind::ValueVariant;
    Severity severity = Severity::Warning;
    std::string mesh;
    std::string key;
    std::string value;                    // may be empty
    std::string message;                  // a sentence without a period
    std::size_t inbounds = 0;             // that it concerns
    std::vector<ResourceKey> dataplanes;  // of them, the first kMostExamples
    std::string query;                    // shows them all in the query bar
    bool operator==(const TagFinding &) const = default;

    static constexpr std::size_t kMostExamples = 20;
};

// The worst first, then by mesh, key and value. `selectors`: those of all policies, where they are known.
std::vector<TagFinding> lintTags(const std::vector<DataplanePtr> &rows,
                                 const std::optional<std::vector<Selector>> &selectors = {});

}  // namespace meshscope::query
