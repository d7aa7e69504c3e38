// Small texts that several models show in the same words. Pure; any thread.
#pragma once

#include "backend/core/health_order.h"
#include "backend/core/insight.h"

#include <QDateTime>
#include <QString>

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

inline QString toQString(const std::string &text) { return QString::fromStdString(text); }

// "2 s", "4 min", "3 h", "12 d"; "now" under a second, also for a clock that is behind.
QString ageText(TimePoint then, TimePoint now);
QDateTime toDateTime(TimePoint time);  // invalid for the epoch, which means never
TimePoint currentTime();

QString healthText(Health health);  // "Online", "Degraded", "Offline", "Unknown"

// "version=v1 zone=east": without kuma.io/service unless it is all there is; reserved keys without their
// prefix.
QString tagSetText(const Tags &tags);
// The same for several, joined by " | ", each text once.
QString tagSetsText(const std::vector<Tags> &sets);

// -1, 0, 1; ASCII case-blind with numbers by value ("web-2" before "web-10"), then exact, so equal means
// equal.
int compareNatural(std::string_view a, std::string_view b);

template <class T>
int compareValues(const T &a, const T &b)
{
    return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace meshscope
