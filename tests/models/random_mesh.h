// A mesh that changes at random, the same way for the same seed: dataplanes come, go, and change in every
// respect that a model shows.
#pragma once

#include "tests/support/mesh_builders.h"

#include <map>
#include <random>
#include <string>
#include <vector>

namespace meshscope::testing {

class RandomMesh
{
public:
    explicit RandomMesh(unsigned seed)
        : m_random(seed)
    {}

    // A few changes, now and then many.
    SnapshotPtr next()
    {
        const int changes = below(12) == 0 ? 400 : 1 + below(8);
        for (int i = 0; i < changes; ++i)
            change();
        std::vector<DataplanePtr> rows;
        rows.reserve(m_rows.size());
        for (const auto &[key, row] : m_rows)
            rows.push_back(row);
        return snapshotOf(std::move(rows));
    }

private:
    int below(int bound) { return static_cast<int>(m_random() % static_cast<unsigned>(bound)); }

    void change()
    {
        const std::string mesh = below(4) == 0 ? "other" : "default";
        const std::string name = "dp-" + std::to_string(below(700));
        if (below(3) == 0) {
            m_rows.erase({mesh, name});
            return;
        }
        auto builder = dp(name).mesh(mesh);
        const int inbounds = below(4);
        for (int i = 0; i < inbounds; ++i) {
            builder.service("svc-" + std::to_string(below(9)), {{"version", "v" + std::to_string(below(3))}});
            if (below(4) == 0)
                builder.notReady();
        }
        if (below(6) == 0)
            builder.gateway("edge");
        if (below(2) == 0)
            builder.calls("svc-" + std::to_string(below(12)));
        switch (below(4)) {
        case 0:
            break;
        case 1:
            builder.offline();
            break;
        default:
            builder.online().acks(static_cast<unsigned>(below(20)), static_cast<unsigned>(below(20)));
            break;
        }
        m_rows[{mesh, name}] = builder.row();
    }

    std::mt19937 m_random;
    std::map<ResourceKey, DataplanePtr> m_rows;
};

}  // namespace meshscope::testing
