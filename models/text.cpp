#include "models/text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(meshscope::Words)
};

char lowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The digits from `at` on, without leading zeros; moves `at` behind them.
std::string_view numberAt(std::string_view text, std::size_t &at)
{
    while (at < text.size() && text[at] == '0')
        ++at;
    const std::size_t begin = at;
    while (at < text.size() && isDigit(text[at]))
        ++at;
    return text.substr(begin, at - begin);
}

}  // namespace

QString ageText(TimePoint then, TimePoint now)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
    if (seconds < 1)
        return Words::tr("now");
    //: Ages; seconds, minutes, hours, days
    if (seconds < 60)
        return Words::tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return Words::tr("%1 min").arg(seconds / 60);
    constexpr long kDay = 86'400;
    if (seconds < 2 * kDay)
        return Words::tr("%1 h").arg(seconds / 3600);
    return Words::tr("%1 d").arg(seconds / kDay);
}

QDateTime toDateTime(TimePoint time)
{
    return time == TimePoint{} ? QDateTime()
                               : QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count());
}

TimePoint currentTime()
{
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

QString healthText(Health health)
{
    switch (health) {
    case Health::Online:
        return Words::tr("Online");
    case Health::Degraded:
        return Words::tr("Degraded");
    case Health::Offline:
        return Words::tr("Offline");
    case Health::Unknown:
        return Words::tr("Unknown");
    }
    return {};
}

QString tagSetText(const Tags &tags)
{
    static constexpr std::string_view kReserved = "kuma.io/";
    QString text;
    for (const auto &[key, value] : tags) {
        if (key == kServiceTag && tags.size() > 1)
            continue;
        if (!text.isEmpty())
            text += u' ';
        const std::string_view name = key;
        const auto shown = name.substr(name.starts_with(kReserved) ? kReserved.size() : 0);
        text += QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size()));
        text += u'=';
        text += toQString(value);
    }
    return text;
}

QString tagSetsText(const std::vector<Tags> &sets)
{
    QString text;
    for (auto set = sets.begin(); set != sets.end(); ++set) {
        if (std::find(sets.begin(), set, *set) != set)
            continue;
        if (set != sets.begin())
            text += u" | "_s;
        text += tagSetText(*set);
    }
    return text;
}

int compareNatural(std::string_view a, std::string_view b)
{
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            const auto left = numberAt(a, i);
            const auto right = numberAt(b, j);
            if (left.size() != right.size())
                return left.size() < right.size() ? -1 : 1;
            if (const int order = left.compare(right))
                return order < 0 ? -1 : 1;
            continue;
        }
        const auto left = static_cast<unsigned char>(lowerOf(a[i++]));
        const auto right = static_cast<unsigned char>(lowerOf(b[j++]));
        if (left != right)
            return left < right ? -1 : 1;
    }
    if ((i < a.size()) != (j < b.size()))
        return i < a.size() ? 1 : -1;
    const int exact = a.compare(b);
    return exact < 0 ? -1 : exact > 0 ? 1 : 0;
}

}  // namespace meshscope
