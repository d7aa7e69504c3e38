// The figures of one mesh, or of all: how many are online, of which protocol, version and zone, whose
// certificates end, who refuses. Each figure carries the query that lists what it counts. Pure; any thread.
#pragma once

#include "backend/core/snapshot.h"

#include <QString>

#include <vector>

namespace meshscope {

struct Figure {
    QString label;
    std::size_t count = 0;
    bool hasHealth = false;
    Health health = Health::Unknown;  // the mark before it
    QString query;                    // in the query language
    bool operator==(const Figure &) const = default;
};

struct FigureGroup {
    QString title;
    std::vector<Figure> figures;  // those with many first, statuses in their own order
    std::size_t more = 0;         // figures left out
    bool operator==(const FigureGroup &) const = default;
};

struct MeshOverview {
    std::size_t total = 0;
    std::vector<FigureGroup> groups;
    bool operator==(const MeshOverview &) const = default;
};

// mesh empty = all.
MeshOverview overviewOf(const Snapshot &snapshot, const std::string &mesh, TimePoint now);

// "field == value" and its opposite, with the value quoted where it must be.
QString equalTerm(const QString &field, const QString &value);
QString unequalTerm(const QString &field, const QString &value);

}  // namespace meshscope
