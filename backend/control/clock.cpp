#include "backend/control/clock.h"

#include <array>
#include <cstdio>
#include <random>

namespace meshscope::control {

Clock systemClock()
{
    return [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
}

std::string rfc3339(TimePoint time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    std::string result = text.data();
    if (const auto part = clock.subseconds().count(); part != 0) {
        std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(part));
        result += text.data();
    }
    return result + "Z";
}

std::string newUuid()
{
    static thread_local std::mt19937_64 generator{std::random_device{}()};
    auto high = generator();
    auto low = generator();
    high = (high & ~0xf000ULL) | 0x4000ULL;
    low = (low & ~(0xc0ULL << 56)) | (0x80ULL << 56);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xffff),
                  static_cast<unsigned>(low >> 48), static_cast<unsigned long long>(low & 0xffffffffffffULL));
    return text.data();
}

}  // namespace meshscope::control
