// The tag sets of a dataplane without copying them, as Dataplane::tagSets() has them, but with one for each
// inbound also where the labels stand for the tags (Kuma 3).
#pragma once

#include "backend/core/dataplane.h"

#include <algorithm>

namespace meshscope::query {

struct TagSetView {
    const Tags *tags = nullptr;        // never null; lives as long as the dataplane
    const Inbound *inbound = nullptr;  // nullptr for a gateway, and for a dataplane without inbounds
    int index = -1;                    // of the inbound in Dataplane::inbounds
};

// Calls visit(const TagSetView &) for each until it answers true; says whether one did. There is always at
// least one: that of the gateway, of the inbounds, or the labels of a dataplane that has neither.
template <class Visit>
bool anyTagSet(const Dataplane &dataplane, Visit &&visit)
{
    const auto &inbounds = dataplane.inbounds;
    if (dataplane.gateway) {
        const Tags &own = dataplane.gateway->tags;
        if (visit(TagSetView{own.empty() ? &dataplane.labels : &own, nullptr, -1}))
            return true;
    } else if (inbounds.empty()) {
        return visit(TagSetView{&dataplane.labels, nullptr, -1});
    }
    const bool isTagless = !dataplane.gateway
                           && std::all_of(inbounds.begin(), inbounds.end(),
                                          [](const Inbound &inbound) { return inbound.tags.empty(); });
    for (std::size_t i = 0; i < inbounds.size(); ++i) {
        const Inbound &inbound = inbounds[i];
        if (visit(TagSetView{isTagless ? &dataplane.labels : &inbound.tags, &inbound, static_cast<int>(i)}))
            return true;
    }
    return false;
}

template <class Visit>
void forEachTagSet(const Dataplane &dataplane, Visit &&visit)
{
    anyTagSet(dataplane, [&visit](const TagSetView &set) {
        visit(set);
        return false;
    });
}

}  // namespace meshscope::query
