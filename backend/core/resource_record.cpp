#include "backend/core/resource_record.h"

#include <algorithm>

namespace meshscope {

ResourcePtr ResourceList::find(const ResourceKey &key) const
{
    const auto at =
        std::lower_bound(rows.begin(), rows.end(), key,
                         [](const ResourcePtr &row, const ResourceKey &k) { return row->key < k; });
    return at != rows.end() && (*at)->key == key ? *at : nullptr;
}

bool ResourceList::operator==(const ResourceList &other) const
{
    return type == other.type && problem == other.problem
           && std::equal(rows.begin(), rows.end(), other.rows.begin(), other.rows.end(),
                         [](const ResourcePtr &a, const ResourcePtr &b) { return a == b || *a == *b; });
}

}  // namespace meshscope
