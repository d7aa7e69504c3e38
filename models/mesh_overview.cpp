#include "models/mesh_overview.h"

#include "backend/query/query.h"
#include "models/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

constexpr std::size_t kMaxFigures = 6;

QString tr(const char *text) { return QCoreApplication::translate("MeshOverview", text); }

using Counts = std::map<std::string, std::size_t>;

FigureGroup groupOf(const QString &title, const Counts &counts, const QString &field, const QString &unnamed)
{
    FigureGroup group;
    group.title = title;
    for (const auto &[value, count] : counts) {
        Figure figure;
        figure.label = value.empty() ? unnamed : toQString(value);
        figure.count = count;
        figure.query = value.empty() ? u"not %1 exists"_s.arg(field) : equalTerm(field, toQString(value));
        group.figures.push_back(std::move(figure));
    }
    std::stable_sort(group.figures.begin(), group.figures.end(),
                     [](const Figure &a, const Figure &b) { return a.count > b.count; });
    if (group.figures.size() > kMaxFigures) {
        group.more = group.figures.size() - kMaxFigures;
        group.figures.resize(kMaxFigures);
    }
    return group;
}

Figure marked(const QString &label, std::size_t count, Health health, const QString &query)
{
    return {label, count, true, health, query};
}

}  // namespace

QString equalTerm(const QString &field, const QString &value)
{
    // The key of a tag may need quotes as much as its value.
    const bool isTag = field.startsWith(u"tag."_s);
    const QString name =
        isTag ? QString(u"tag."_s + toQString(query::quotedValue(field.mid(4).toStdString()))) : field;
    return name + u" == "_s + toQString(query::quotedValue(value.toStdString()));
}

QString unequalTerm(const QString &field, const QString &value)
{
    return u"not "_s + equalTerm(field, value);
}

MeshOverview overviewOf(const Snapshot &snapshot, const std::string &mesh, TimePoint now)
{
    MeshOverview overview;
    std::size_t online = 0, degraded = 0, offline = 0, unknown = 0, refusing = 0, accepted = 0;
    std::size_t ended = 0, hour = 0, day = 0, later = 0;
    Counts protocols, envoys, sidecars, zones;
    for (const DataplanePtr &row : snapshot.dataplanes) {
        if (!mesh.empty() && row->key().mesh != mesh)
            continue;
        ++overview.total;
        switch (row->status.overall) {
        case Health::Online:
            ++online;
            break;
        case Health::Degraded:
            ++degraded;
            break;
        case Health::Offline:
            ++offline;
            break;
        case Health::Unknown:
            ++unknown;
            break;
        }
        std::vector<std::string> own;
        std::string zone;
        for (const Inbound &inbound : row->dataplane->inbounds) {
            const std::string protocol = inbound.effectiveProtocol();
            if (std::find(own.begin(), own.end(), protocol) == own.end())
                own.push_back(protocol);
            if (const auto tag = inbound.tags.find(kZoneTag); zone.empty() && tag != inbound.tags.end())
                zone = tag->second;
        }
        if (const auto label = row->dataplane->labels.find(kZoneTag);
            zone.empty() && label != row->dataplane->labels.end())
            zone = label->second;
        for (const std::string &protocol : own)
            ++protocols[protocol];
        ++zones[zone];
        if (const Subscription *latest = row->insight.latest()) {
            ++envoys[latest->envoyVersion];
            ++sidecars[latest->kumaDpVersion];
            if (latest->isOnline() && latest->isRefusing())
                ++refusing;
            else if (latest->isOnline() && latest->total.acknowledged > 0)
                ++accepted;
        }
        if (const auto ends = row->insight.certificateExpiration) {
            const auto left = *ends - now;
            ++(left <= std::chrono::milliseconds(0) ? ended
               : left < std::chrono::hours(1)       ? hour
               : left < std::chrono::hours(24)      ? day
                                                    : later);
        }
    }
    overview.groups.push_back(
        {tr("Status"),
         {marked(healthText(Health::Online), online, Health::Online, u"status == online"_s),
          marked(healthText(Health::Degraded), degraded, Health::Degraded, u"status == degraded"_s),
          marked(healthText(Health::Offline), offline, Health::Offline, u"status == offline"_s),
          marked(healthText(Health::Unknown), unknown, Health::Unknown, u"status == unknown"_s)},
         0});
    overview.groups.push_back({tr("Configuration"),
                               {marked(tr("Accepted"), accepted, Health::Online, u"nacks == 0"_s),
                                marked(tr("Refused"), refusing, Health::Offline, u"nacks > 0"_s)},
                               0});
    FigureGroup certificates{tr("Certificates"), {}, 0};
    if (ended > 0)
        certificates.figures.push_back(marked(tr("Ended"), ended, Health::Offline, u"cert.expires < 0s"_s));
    if (hour > 0)
        certificates.figures.push_back(
            marked(tr("End within an hour"), hour, Health::Degraded, u"cert.expires < 1h"_s));
    if (day > 0)
        certificates.figures.push_back(
            marked(tr("End within a day"), day, Health::Online, u"cert.expires < 24h"_s));
    if (later > 0)
        certificates.figures.push_back(
            marked(tr("End later"), later, Health::Online, u"cert.expires >= 24h"_s));
    overview.groups.push_back(std::move(certificates));
    overview.groups.push_back(groupOf(tr("Protocols"), protocols, u"protocol"_s, tr("none named")));
    overview.groups.push_back(groupOf(tr("Zones"), zones, u"zone"_s, tr("none named")));
    overview.groups.push_back(groupOf(tr("Envoy"), envoys, u"envoy.version"_s, tr("not told")));
    overview.groups.push_back(groupOf(tr("kuma-dp"), sidecars, u"dp.version"_s, tr("not told")));
    return overview;
}

}  // namespace meshscope
