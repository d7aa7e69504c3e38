// Every object that can be opened by name: control planes, meshes, services, dataplanes, policies, zones,
// sidecars; of all connections. It keeps what it was made of alive and holds no copy of a name, so that
// 100,000 dataplanes cost a few megabytes while it lives. GUI thread.
#pragma once

#include "models/choice_list.h"
#include "models/mesh_digest.h"

#include "backend/api/sidecar_host.h"

#include <optional>

namespace meshscope {

class MeshSource;

class ObjectChoices : public ChoiceSource
{
public:
    // In this order they are listed while nothing is typed, and equal fits stand.
    void addConnection(MeshSource *source, const QString &name);
    void addDigest(MeshSource *source, const QString &connection, const DigestPtr &digest);
    void addSidecars(const QList<SidecarStatus> &sidecars);

    std::vector<std::size_t> find(const FuzzyPattern &pattern, std::size_t limit) override;
    Choice at(std::size_t number) const override;
    std::size_t size() const override { return m_entries.size(); }
    FocusTarget targetOf(std::size_t number) const;

private:
    struct Entry {
        FocusKind kind = FocusKind::None;
        std::uint16_t connection = 0;
        std::string_view name;
        std::string_view mesh;
        Health health = Health::Unknown;
        MeshSource *source = nullptr;
        std::string_view type{};  // of a policy or zone, as FocusTarget has it
    };
    std::uint16_t connectionNumber(const QString &name);
    std::string_view keep(std::string text);

    std::vector<Entry> m_entries;
    QStringList m_connections;
    std::vector<std::shared_ptr<const void>> m_alive;
    FuzzyPattern m_last;
    std::vector<std::size_t> m_lastFits;  // of m_last: what a longer pattern need only look at
    bool m_hasLast = false;
};

QString focusKindText(FocusKind kind);      // "dataplane", "service", …
QString focusKindIconName(FocusKind kind);  // a name of ui::icon

}  // namespace meshscope
