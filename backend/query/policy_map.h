// The policies of a snapshot and whom each chooses, for the field `policy`. Immutable once made; any thread.
#pragma once

#include "backend/core/snapshot.h"
#include "backend/query/selector.h"

#include <memory>
#include <string>
#include <vector>

namespace meshscope::query {

class PolicyMap
{
public:
    struct Policy {
        ResourceKey key;
        std::vector<Selector> selectors;  // of the proxies that it is applied to; each with its mesh
    };

    explicit PolicyMap(const Snapshot &snapshot);
    // The same object where the lists of the snapshot are those that `before` was made of.
    static std::shared_ptr<const PolicyMap> of(const Snapshot &snapshot,
                                               const std::shared_ptr<const PolicyMap> &before = nullptr);

    const std::vector<Policy> &policies() const { return m_policies; }
    static bool chooses(const Policy &policy, const Dataplane &dataplane);

    // Calls visit(std::string_view name) for the policies that choose the dataplane until it answers true;
    // says whether one did.
    template <class Visit>
    bool anyPolicyOf(const Dataplane &dataplane, Visit &&visit) const
    {
        for (const Policy &policy : m_policies) {
            if (chooses(policy, dataplane) && visit(std::string_view(policy.key.name)))
                return true;
        }
        return false;
    }

private:
    std::vector<ResourceListPtr> m_lists;  // that it was made of
    std::vector<Policy> m_policies;        // in the order of the snapshot: by type, then key
};
using PolicyMapPtr = std::shared_ptr<const PolicyMap>;

}  // namespace meshscope::query
