// How bad a Health is, for sorting and for the worst of several. Any thread.
#pragma once

#include "backend/core/insight.h"

namespace meshscope {

constexpr int badness(Health health)  // Online 0, Unknown 1, Degraded 2, Offline 3
{
    switch (health) {
    case Health::Online:
        return 0;
    case Health::Unknown:
        return 1;
    case Health::Degraded:
        return 2;
    case Health::Offline:
        return 3;
    }
    return 0;
}

}  // namespace meshscope
