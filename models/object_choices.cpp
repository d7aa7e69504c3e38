#include "models/object_choices.h"

#include "models/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("ObjectChoices", text); }

// Whoever fits the longer pattern fitted the shorter one: its letters are among the longer one's.
bool narrows(const FuzzyPattern &longer, const FuzzyPattern &shorter)
{
    const auto &now = longer.words();
    const auto &before = shorter.words();
    if (before.empty() || now.size() < before.size())
        return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (now[i].compare(0, before[i].size(), before[i]) != 0)
            return false;
    }
    return true;
}

}  // namespace

QString focusKindText(FocusKind kind)
{
    switch (kind) {
    case FocusKind::None:
        return {};
    case FocusKind::ControlPlane:
        return tr("control plane");
    case FocusKind::Mesh:
        return tr("mesh");
    case FocusKind::Service:
        return tr("service");
    case FocusKind::Dataplane:
        return tr("dataplane");
    case FocusKind::Inbound:
        return tr("inbound");
    case FocusKind::Sidecar:
        return tr("sidecar");
    case FocusKind::Policy:
        return tr("policy");
    case FocusKind::Zone:
        return tr("zone");
    }
    return {};
}

QString focusKindIconName(FocusKind kind)
{
    switch (kind) {
    case FocusKind::None:
        return {};
    case FocusKind::ControlPlane:
        return u"control-plane"_s;
    case FocusKind::Mesh:
        return u"mesh"_s;
    case FocusKind::Service:
        return u"service"_s;
    case FocusKind::Dataplane:
        return u"dataplane"_s;
    case FocusKind::Inbound:
        return u"inbound"_s;
    case FocusKind::Sidecar:
        return u"sidecar"_s;
    case FocusKind::Policy:
        return u"policy"_s;
    case FocusKind::Zone:
        return u"zone"_s;
    }
    return {};
}

std::uint16_t ObjectChoices::connectionNumber(const QString &name)
{
    if (!m_connections.contains(name))
        m_connections << name;
    return static_cast<std::uint16_t>(m_connections.indexOf(name));
}

std::string_view ObjectChoices::keep(std::string text)
{
    auto kept = std::make_shared<const std::string>(std::move(text));
    m_alive.push_back(kept);
    return *kept;
}

void ObjectChoices::addConnection(MeshSource *source, const QString &name)
{
    m_entries.push_back({FocusKind::ControlPlane,
                         connectionNumber(name),
                         keep(name.toStdString()),
                         {},
                         Health::Unknown,
                         source});
}

void ObjectChoices::addDigest(MeshSource *source, const QString &connection, const DigestPtr &digest)
{
    if (!digest)
        return;
    m_alive.push_back(digest);
    const std::uint16_t number = connectionNumber(connection);
    m_entries.reserve(m_entries.size() + digest->meshes.size() + digest->services.size()
                      + digest->snapshot->dataplanes.size());
    for (const MeshCounts &mesh : digest->meshes)
        m_entries.push_back({FocusKind::Mesh, number, mesh.name, {}, healthOf(mesh), source});
    for (const ServicePtr &service : digest->services) {
        const ResourceKey &key = service->summary.key;
        if (!key.name.empty())
            m_entries.push_back(
                {FocusKind::Service, number, key.name, key.mesh, service->summary.health(), source});
    }
    for (const DataplanePtr &row : digest->snapshot->dataplanes)
        m_entries.push_back(
            {FocusKind::Dataplane, number, row->key().name, row->key().mesh, row->status.overall, source});
    for (const ResourceListPtr &list : digest->snapshot->resources) {
        for (const ResourcePtr &row : list->rows)
            m_entries.push_back(
                {FocusKind::Policy, number, row->key.name, row->key.mesh, Health::Online, source, row->type});
    }
    for (const ZoneInfo &zone : *digest->snapshot->zones)
        m_entries.push_back({FocusKind::Zone, number, zone.name, {}, zone.link, source, "Zone"});
}

void ObjectChoices::addSidecars(const QList<SidecarStatus> &sidecars)
{
    const std::uint16_t number = connectionNumber({});
    for (const SidecarStatus &sidecar : sidecars)
        m_entries.push_back({FocusKind::Sidecar, number, keep(sidecar.key.name), keep(sidecar.key.mesh),
                             Health::Unknown, nullptr});
}

std::vector<std::size_t> ObjectChoices::find(const FuzzyPattern &pattern, std::size_t limit)
{
    BestChoices best(limit);
    std::vector<std::size_t> fits;
    const auto look = [&](std::size_t number) {
        if (const int score = pattern.score(m_entries[number].name); score > 0) {
            best.offer(score, number);
            fits.push_back(number);
        }
    };
    if (m_hasLast && narrows(pattern, m_last)) {
        for (const std::size_t number : m_lastFits)
            look(number);
    } else {
        for (std::size_t number = 0; number < m_entries.size(); ++number)
            look(number);
    }
    m_last = pattern;
    m_lastFits = std::move(fits);
    m_hasLast = true;
    return best.take();
}

FocusTarget ObjectChoices::targetOf(std::size_t number) const
{
    const Entry &entry = m_entries[number];
    FocusTarget target{entry.kind,
                       entry.source,
                       {std::string(entry.mesh), std::string(entry.name)},
                       -1,
                       std::string(entry.type)};
    if (entry.kind == FocusKind::ControlPlane)
        target.key = {};
    return target;
}

Choice ObjectChoices::at(std::size_t number) const
{
    const Entry &entry = m_entries[number];
    Choice choice;
    choice.matchText = std::string(entry.name);
    choice.title = toQString(choice.matchText);
    choice.icon = focusKindIconName(entry.kind);
    const QString kind =
        entry.kind == FocusKind::Policy ? toQString(std::string(entry.type)) : focusKindText(entry.kind);
    choice.detail = entry.mesh.empty() ? kind : tr("%1 in %2").arg(kind, toQString(std::string(entry.mesh)));
    if (m_connections.size() > 1 && !m_connections.at(entry.connection).isEmpty()
        && entry.kind != FocusKind::ControlPlane)
        choice.detail += u" · "_s + m_connections.at(entry.connection);
    const bool hasHealth = entry.kind != FocusKind::ControlPlane && entry.kind != FocusKind::Sidecar;
    if (hasHealth && entry.health != Health::Online)
        choice.keys = healthText(entry.health);
    return choice;
}

}  // namespace meshscope
