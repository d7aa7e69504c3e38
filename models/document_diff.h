// Two JSON documents compared field by field, as a control plane sees them: times that it adds do not count.
// Pure.
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace meshscope {

struct FieldDifference {
    enum class Kind { Dropped, Added, Changed };
    Kind kind = Kind::Changed;
    QString path;    // networking.inbound[0].tags["kuma.io/service"]
    QString before;  // compact JSON; empty for Added
    QString after;   // compact JSON; empty for Dropped
    bool operator==(const FieldDifference &) const = default;
};

// From `before` to `after`, in the order of the paths. A text that is no JSON object counts as an empty one.
std::vector<FieldDifference> differences(const std::string &before, const std::string &after);
bool sameDocument(const std::string &a, const std::string &b);

}  // namespace meshscope
