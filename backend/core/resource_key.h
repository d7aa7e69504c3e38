// Names one resource of a control plane within its type.
#pragma once

#include <string>  // and with it <compare>, which moc 6.4 cannot read when it comes first

namespace meshscope {

struct ResourceKey {
    std::string mesh;  // empty for global types (Mesh, Zone, …)
    std::string name;

    auto operator<=>(const ResourceKey &) const = default;  // the order of Kuma's lists: mesh, then name
};

}  // namespace meshscope
