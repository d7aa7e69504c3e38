// One value of a YAML text changed in place: comments, order, unknown fields and all other lines stay as they
// are. Pure.
#pragma once

#include <QString>

#include <optional>

namespace meshscope::ui {

// Sets `key` in the mapping at `path` ("networking", "networking.inbound[0]", "networking.inbound[0].tags")
// to a plain value. A key that is missing is put on a line of its own after `after`, a key of the same
// mapping with a plain value. An empty value takes the key's line away. nullopt where that cannot be done
// safely: the text is no YAML, the value spans lines, or it stands in flow style.
std::optional<QString> withValue(const QString &yaml, const QString &path, const QString &key,
                                 const QString &value, const QString &after = {});

}  // namespace meshscope::ui
