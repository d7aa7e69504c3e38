// Roles that all models share. A role carries a fact; delegates in ui/style turn it into marks, chips and
// colours.
#pragma once

#include "backend/core/insight.h"
#include "backend/core/resource_key.h"

#include <QMetaType>
#include <Qt>

#include <vector>

namespace meshscope {

// One tag set for each inbound (or of the gateway), as Dataplane::tagSets has them.
using TagSets = std::vector<Tags>;

enum SharedRole {
    KeyRole = Qt::UserRole + 1,  // ResourceKey: what the row is; views restore selection and current by it
    HealthRole,                  // Health of this cell (a column may have its own), invalid where it has none
    BusyRole,        // bool: starting, draining, pushing; the turning arc instead of the Health mark
    SortRole,        // a value that orders as the column does; proxies here compare rows themselves
    SearchTextRole,  // QString: everything a text filter looks at, one value a line
    KindRole,        // FocusKind as int
    TargetRole,      // FocusTarget: what Focus is set to when the row is chosen
    TagsRole,        // TagSets
    CountRole,       // int: how many things the node stands for
    ReasonRole,      // QString: why the Health is what it is, one sentence without a period; may be empty
    TimeRole,        // QDateTime behind an age, for the exact time on hover; invalid = never
    TextRole,        // QString: the whole cell as text for copying, where DisplayRole is shortened
    MatchedRole,     // bool: the query found something in this cell
    TintRole,        // int: which tint a colouring rule gives the row; invalid = none
    FieldRole,       // QString: the cell's field in the query language ("service"); invalid = it has none
    ValueRole,       // QString: the cell's value for that field, where DisplayRole says it otherwise
    ExportRole,      // the cell as data for JSON and YAML: string, number, bool, list or map of such
    FirstFreeRole    // a model's own roles start here
};

}  // namespace meshscope

Q_DECLARE_METATYPE(meshscope::ResourceKey)
Q_DECLARE_METATYPE(meshscope::Health)
Q_DECLARE_METATYPE(meshscope::TagSets)
