// What the inspector says of a thing, as values: sections of rows. Made by pure functions, shown by FactList,
// which changes only what differs.
#pragma once

#include "models/change_feed.h"
#include "models/effective_rules.h"
#include "models/focus.h"
#include "models/mesh_digest.h"
#include "ui/style/palette.h"

#include "backend/api/mesh_source.h"
#include "backend/api/sidecar_host.h"

#include <QString>
#include <QUrl>

#include <functional>
#include <optional>
#include <vector>

namespace meshscope::ui {

struct Fact {
    QString label;
    bool fixedLabel = false;  // ":8080 → 80"
    Mark mark = Mark::None;
    QString text;
    Mark tone = Mark::None;  // the text's colour, in the mark's meaning
    bool fixedText = false;
    QString more;      // muted, behind the text
    Tags tags;         // chips under it
    FocusTarget link;  // the text leads there
    QUrl call;         // a button "Call" stands behind it
    QString tip;
    bool operator==(const Fact &) const = default;
};

struct FactSection {
    QString title;
    std::vector<Fact> facts;
    bool operator==(const FactSection &) const = default;
};

using Facts = std::vector<FactSection>;

// What the functions look things up in. Nothing is kept.
struct FactSource {
    MeshSource *source = nullptr;
    TimePoint now{};
    std::function<ServicePtr(const ResourceKey &)> findService;  // null when there is none
    std::function<std::optional<SidecarStatus>(const ResourceKey &)> findSidecar;
};

Facts overviewFacts(const DataplaneOverview &dataplane, const FactSource &from);
Facts inboundFacts(const DataplaneOverview &dataplane, const FactSource &from);
Facts outboundFacts(const DataplaneOverview &dataplane, const FactSource &from);
// seen: what the change feed has of it, newest first.
Facts eventFacts(const DataplaneOverview &dataplane, const std::vector<MeshChange> &seen,
                 const FactSource &from);
// Effective values, each type and scope a section, with links to the policies they came from.
Facts ruleFacts(const std::vector<EffectiveRule> &rules, const FactSource &from);
Facts serviceFacts(const ServiceEntry &service, const Snapshot &snapshot, const FactSource &from);
Facts meshFacts(const std::string &mesh, const Snapshot &snapshot, const FactSource &from);
Facts controlPlaneFacts(const Snapshot &snapshot, const FactSource &from);
// touched: the dataplanes it reaches, as the control plane says; known: it has answered; why: or why it did
// not.
Facts policyFacts(const ResourceRecord &policy, const std::vector<ResourceKey> &touched, bool known,
                  const std::optional<Error> &why, const FactSource &from);
Facts zoneFacts(const ZoneInfo &zone, const FactSource &from);
Facts zoneProxyFacts(const ZoneProxyInfo &proxy, const FactSource &from);
// The items of a `_resources/dataplanes` answer; empty when it is none.
std::vector<ResourceKey> dataplanesIn(const std::string &json);
Facts sidecarFacts(const SidecarStatus &sidecar, const FactSource &from);

// Where the workload of a sidecar on this machine calls an outbound.
QUrl outboundUrl(const Outbound &outbound);

}  // namespace meshscope::ui
