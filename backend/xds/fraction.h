// Percentages as Envoy counts them.
#pragma once

#include "envoy/type/v3/percent.pb.h"

#include <algorithm>
#include <cmath>

namespace meshscope::xds {

// Whole percents in hundredths, finer ones in millionths; out of range is clamped.
inline envoy::type::v3::FractionalPercent fraction(double percent)
{
    const double clamped = std::clamp(percent, 0.0, 100.0);
    envoy::type::v3::FractionalPercent result;
    if (clamped == std::floor(clamped)) {
        result.set_numerator(static_cast<std::uint32_t>(clamped));
        return result;
    }
    result.set_denominator(envoy::type::v3::FractionalPercent::MILLION);
    result.set_numerator(static_cast<std::uint32_t>(std::lround(clamped * 10'000)));
    return result;
}

}  // namespace meshscope::xds
