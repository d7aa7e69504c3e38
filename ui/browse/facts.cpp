#include "ui/browse/facts.h"

#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/style/error_text.h"
#include "ui/style/status_mark.h"

#include <QCoreApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kMaxListed = 50;  // of a service's dataplanes; the table shows them all

QString tr(const char *text, int n = -1) { return QCoreApplication::translate("Facts", text, nullptr, n); }

Fact plain(const QString &label, const QString &text, const QString &more = {})
{
    Fact fact;
    fact.label = label;
    fact.text = text;
    fact.more = more;
    return fact;
}

QString exactTime(TimePoint time) { return QLocale().toString(toDateTime(time), QLocale::LongFormat); }

Fact linkFact(const DataplaneOverview &dataplane, const FactSource &from)
{
    Fact fact;
    fact.label = tr("Control plane");
    const Subscription *latest = dataplane.insight.latest();
    if (!latest) {
        fact.mark = Mark::Unknown;
        fact.text = tr("never connected");
    } else if (dataplane.insight.isOnline()) {
        fact.mark = Mark::Good;
        fact.text = tr("connected");
        fact.more = latest->connectTime ? ageText(*latest->connectTime, from.now) : QString();
        fact.tip = latest->connectTime ? exactTime(*latest->connectTime) : QString();
    } else {
        fact.mark = Mark::Bad;
        fact.text = tr("disconnected");
        if (latest->disconnectTime) {
            fact.more = tr("%1 ago").arg(ageText(*latest->disconnectTime, from.now));
            fact.tip = exactTime(*latest->disconnectTime);
        }
    }
    return fact;
}

// The second lamp: whether its inbounds are fit, whatever the link says.
Fact healthFact(const DataplaneOverview &row)
{
    Fact fact = plain(tr("Inbounds"), {});
    const auto &inbounds = row.dataplane->inbounds;
    std::size_t counted = 0, ready = 0;
    for (const Inbound &inbound : inbounds) {
        if (inbound.state == InboundState::Ignored)
            continue;
        ++counted;
        ready += inbound.isReady() ? 1 : 0;
    }
    if (inbounds.empty()) {
        fact.text = row.dataplane->gateway ? tr("none, it is a gateway") : tr("none");
        fact.mark = row.dataplane->gateway ? Mark::Good : Mark::Unknown;
        return fact;
    }
    fact.mark = markFor(row.status.inbounds);
    fact.text = tr("%1 of %2 ready").arg(ready).arg(counted);
    // A proxy that is gone leaves the last word of its inbounds behind.
    if (row.status.link != Health::Online)
        fact.more = tr("· when it was last heard");
    return fact;
}

Fact configurationFact(const Subscription &subscription)
{
    const ResponseCounts &counts = subscription.total;
    Fact fact;
    fact.label = tr("Configuration");
    fact.text = tr("%1 accepted, %2 rejected").arg(counts.acknowledged).arg(counts.rejected);
    if (subscription.isRefusing())
        fact.tone = Mark::Bad;
    else if (counts.acknowledged > 0)
        fact.tone = Mark::Good;
    fact.tip = tr("%1 sent").arg(counts.sent);
    return fact;
}

Fact inboundFact(const Dataplane &dataplane, std::size_t at)
{
    const Inbound &inbound = dataplane.inbounds[at];
    Fact fact;
    fact.fixedLabel = true;
    fact.label = u':' + QString::number(inbound.port);
    if (dataplane.workloadPort(inbound) != inbound.port)
        fact.label += u" → "_s + QString::number(dataplane.workloadPort(inbound));
    if (inbound.state == InboundState::Ignored) {
        fact.mark = Mark::Unknown;
        fact.text = tr("ignored");
    } else {
        fact.mark = inbound.isReady() ? Mark::Good : Mark::Bad;
        fact.text = inbound.isReady() ? tr("ready") : tr("not ready");
    }
    if (!inbound.effectiveProtocol().empty())
        fact.more = u"· "_s + toQString(inbound.effectiveProtocol());
    fact.tags = inbound.tags;
    return fact;
}

Fact outboundFact(const DataplaneOverview &dataplane, const Outbound &outbound, const FactSource &from)
{
    Fact fact;
    fact.fixedLabel = true;
    fact.label = u':' + QString::number(outbound.port);
    const ResourceKey service{dataplane.key().mesh, outbound.service()};
    fact.text = service.name.empty() ? tr("no service named") : toQString(service.name);
    const ServicePtr entry = from.findService ? from.findService(service) : nullptr;
    if (!entry || entry->summary.total() == 0) {
        fact.tone = Mark::Partly;
        fact.more = tr("· nobody offers it");
    } else {
        fact.link = {FocusKind::Service, from.source, service, -1};
        const auto online = entry->summary.online + entry->summary.degraded;
        fact.more = tr("· %1 of %2 online").arg(online).arg(entry->summary.total());
    }
    if (from.findSidecar) {
        if (const auto sidecar = from.findSidecar(dataplane.key());
            sidecar && sidecar->phase == SidecarPhase::Ready)
            fact.call = outboundUrl(outbound);
    }
    return fact;
}

Mark markOfPhase(SidecarPhase phase)
{
    if (isWorking(phase))
        return Mark::Working;
    return phase == SidecarPhase::Stopped ? Mark::Unknown : markFor(healthOf(phase));
}

QString listOf(const std::vector<std::string> &names)
{
    QStringList list;
    for (const auto &name : names)
        list << toQString(name);
    return list.join(u", "_s);
}

Fact countFact(const QString &label, std::size_t count, Mark mark)
{
    Fact fact = plain(label, QLocale().toString(static_cast<qulonglong>(count)));
    fact.mark = mark;
    return fact;
}

}  // namespace

QUrl outboundUrl(const Outbound &outbound)
{
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(outbound.address.empty() ? u"127.0.0.1"_s : toQString(outbound.address));
    url.setPort(static_cast<int>(outbound.port));
    url.setPath(u"/"_s);
    return url;
}

Facts overviewFacts(const DataplaneOverview &row, const FactSource &from)
{
    const Dataplane &dataplane = *row.dataplane;
    FactSection link{tr("Link and health"), {linkFact(row, from), healthFact(row)}};
    if (const Subscription *latest = row.insight.latest()) {
        link.facts.push_back(configurationFact(*latest));
        if (latest->lastRejection) {
            Fact words = plain(tr("Rejected"), toQString(latest->lastRejection->message));
            words.tone = Mark::Bad;
            words.tip = toQString(latest->lastRejection->typeUrl);
            link.facts.push_back(words);
        }
        QStringList versions;
        if (!latest->kumaDpVersion.empty())
            versions << tr("dp %1").arg(toQString(latest->kumaDpVersion));
        if (!latest->envoyVersion.empty())
            versions << tr("Envoy %1").arg(toQString(latest->envoyVersion));
        if (!versions.isEmpty())
            link.facts.push_back(plain(tr("Versions"), versions.join(u" · "_s)));
    }
    if (row.insight.certificateExpiration) {
        const bool over = *row.insight.certificateExpiration <= from.now;
        Fact certificate =
            plain(tr("Certificate"),
                  over ? tr("ended %1 ago").arg(ageText(*row.insight.certificateExpiration, from.now))
                       : tr("ends in %1").arg(ageText(from.now, *row.insight.certificateExpiration)));
        certificate.tone = over ? Mark::Bad : Mark::None;
        certificate.tip = exactTime(*row.insight.certificateExpiration);
        if (!row.insight.issuedBackend.empty())
            certificate.more = tr("· issued by %1").arg(toQString(row.insight.issuedBackend));
        link.facts.push_back(certificate);
    }
    if (from.source) {
        for (const MeshInfo &mesh : from.source->snapshot()->meshes) {
            if (mesh.name != row.key().mesh || (!mesh.mtlsEnabled && !row.insight.certificateExpiration))
                continue;
            link.facts.push_back(plain(tr("mTLS"), !mesh.mtlsEnabled ? tr("off in the mesh")
                                                   : mesh.mtlsMode.empty()
                                                       ? tr("on")
                                                       : toQString(mesh.mtlsMode).toLower()));
        }
    }
    if (!row.status.reason.empty()) {
        Fact why = plain(tr("Why"), toQString(row.status.reason));
        link.facts.push_back(why);
    }
    Fact address = plain(tr("Address"), toQString(dataplane.address));
    address.fixedText = true;
    link.facts.push_back(address);
    if (from.findSidecar) {
        if (const auto sidecar = from.findSidecar(row.key()); sidecar && !hasEnded(sidecar->phase)) {
            Fact here = plain(tr("Sidecar here"), phaseText(sidecar->phase),
                              sidecar->envoyPid ? tr("· process %1").arg(sidecar->envoyPid) : QString());
            here.mark = markOfPhase(sidecar->phase);
            here.link = {FocusKind::Sidecar, nullptr, row.key(), -1};
            link.facts.push_back(here);
        }
    }

    FactSection inbounds{tr("Inbounds"), {}};
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i)
        inbounds.facts.push_back(inboundFact(dataplane, i));
    if (dataplane.gateway) {
        Fact gateway =
            plain(tr("Gateway"),
                  dataplane.gateway->type == Gateway::Type::Builtin ? tr("builtin") : tr("delegated"));
        gateway.tags = dataplane.gateway->tags;
        inbounds.facts.push_back(gateway);
    }
    FactSection outbounds{tr("Outbounds"), {}};
    for (const Outbound &outbound : dataplane.outbounds)
        outbounds.facts.push_back(outboundFact(row, outbound, from));

    Facts facts{link};
    for (FactSection *section : {&inbounds, &outbounds}) {
        if (!section->facts.empty())
            facts.push_back(std::move(*section));
    }
    return facts;
}

Facts inboundFacts(const DataplaneOverview &row, const FactSource &)
{
    const Dataplane &dataplane = *row.dataplane;
    Facts facts;
    for (std::size_t i = 0; i < dataplane.inbounds.size(); ++i) {
        const Inbound &inbound = dataplane.inbounds[i];
        FactSection section;
        section.title = inbound.name.empty()
                            ? tr("Inbound %1").arg(inbound.port)
                            : tr("Inbound %1 · %2").arg(inbound.port).arg(toQString(inbound.name));
        Fact state = inboundFact(dataplane, i);
        state.label = tr("State");
        state.fixedLabel = false;
        state.more.clear();
        state.tags.clear();
        section.facts.push_back(state);
        const auto address = [](const QString &label, const std::string &host, std::uint32_t port) {
            Fact fact = plain(label, toQString(host) + u':' + QString::number(port));
            fact.fixedText = true;
            return fact;
        };
        section.facts.push_back(address(tr("Listens on"), dataplane.listenerAddress(inbound), inbound.port));
        section.facts.push_back(
            address(tr("Workload"), dataplane.workloadAddress(inbound), dataplane.workloadPort(inbound)));
        section.facts.push_back(plain(tr("Protocol"), inbound.effectiveProtocol().empty()
                                                          ? tr("tcp, none is named")
                                                          : toQString(inbound.effectiveProtocol())));
        if (inbound.hasServiceProbe)
            section.facts.push_back(plain(tr("Probe"), tr("Envoy asks the workload")));
        Fact tags = plain(tr("Tag set"), inbound.tags.empty() ? tr("none") : QString());
        tags.tags = inbound.tags;
        section.facts.push_back(tags);
        facts.push_back(std::move(section));
    }
    if (facts.empty())
        facts.push_back({tr("Inbounds"),
                         {plain({}, dataplane.gateway ? tr("A gateway has none of its own.")
                                                      : tr("It has none, so nobody can call it."))}});
    return facts;
}

Facts outboundFacts(const DataplaneOverview &row, const FactSource &from)
{
    Facts facts;
    for (const Outbound &outbound : row.dataplane->outbounds) {
        FactSection section{tr("Outbound %1").arg(outbound.port), {}};
        Fact service = outboundFact(row, outbound, from);
        service.label = tr("Service");
        service.fixedLabel = false;
        section.facts.push_back(service);
        Fact address = plain(tr("Listens on"), outboundUrl(outbound).authority());
        address.fixedText = true;
        section.facts.push_back(address);
        if (outbound.tags.size() > 1) {
            Fact tags = plain(tr("Selects"), {});
            tags.tags = outbound.tags;
            section.facts.push_back(tags);
        }
        facts.push_back(std::move(section));
    }
    if (facts.empty())
        facts.push_back({tr("Outbounds"), {plain({}, tr("It declares none."))}});
    return facts;
}

Facts eventFacts(const DataplaneOverview &row, const std::vector<MeshChange> &seen, const FactSource &from)
{
    Facts facts;
    const auto &subscriptions = row.insight.subscriptions;
    for (auto at = subscriptions.rbegin(); at != subscriptions.rend(); ++at) {
        FactSection section;
        section.title = at->isOnline() ? tr("Connection, open") : tr("Connection, closed");
        const auto when = [&](const QString &label, const std::optional<TimePoint> &time) {
            if (!time)
                return;
            Fact fact = plain(label, tr("%1 ago").arg(ageText(*time, from.now)),
                              u"· "_s + toDateTime(*time).toLocalTime().toString(u"HH:mm:ss"_s));
            fact.tip = exactTime(*time);
            section.facts.push_back(fact);
        };
        when(tr("Connected"), at->connectTime);
        when(tr("Disconnected"), at->disconnectTime);
        if (at->lastUpdateTime != TimePoint{})
            when(tr("Last update"), at->lastUpdateTime);
        const auto counts = [&](const QString &label, const ResponseCounts &c) {
            if (c == ResponseCounts{})
                return;
            Fact fact = plain(label, tr("%1 accepted, %2 rejected").arg(c.acknowledged).arg(c.rejected),
                              tr("· %1 sent").arg(c.sent));
            fact.tone = c.rejected > 0 && at->isRefusing() ? Mark::Bad : Mark::None;
            section.facts.push_back(fact);
        };
        counts(tr("Clusters"), at->cds);
        counts(tr("Endpoints"), at->eds);
        counts(tr("Listeners"), at->lds);
        counts(tr("Routes"), at->rds);
        counts(tr("All"), at->total);
        if (at->lastRejection) {
            Fact words = plain(tr("Rejected"), toQString(at->lastRejection->message));
            if (at->lastRejection->resolved)
                words.more = tr("· mended %1 ago").arg(ageText(*at->lastRejection->resolved, from.now));
            else
                words.tone = Mark::Bad;
            section.facts.push_back(words);
        }
        if (!at->controlPlaneInstanceId.empty())
            section.facts.push_back(plain(tr("Served by"), toQString(at->controlPlaneInstanceId)));
        facts.push_back(std::move(section));
    }
    if (facts.empty())
        facts.push_back({tr("Events"), {plain({}, tr("No proxy has connected for it yet."))}});
    if (!seen.empty()) {
        FactSection section{tr("Changes seen from here"), {}};
        for (std::size_t i = 0; i < seen.size() && i < kMaxListed; ++i) {
            Fact fact = plain(tr("%1 ago").arg(ageText(seen[i].time, from.now)), seen[i].what);
            fact.tip = exactTime(seen[i].time);
            section.facts.push_back(fact);
        }
        facts.push_back(std::move(section));
    }
    return facts;
}

Facts serviceFacts(const ServiceEntry &service, const Snapshot &snapshot, const FactSource &from)
{
    const ServiceSummary &summary = service.summary;
    FactSection about{tr("Service"), {}};
    about.facts.push_back(
        plain(tr("Dataplanes"), tr("%1 of %2 online").arg(summary.online).arg(summary.total())));
    if (summary.degraded > 0)
        about.facts.push_back(countFact(tr("Degraded"), summary.degraded, Mark::Partly));
    if (summary.offline > 0)
        about.facts.push_back(countFact(tr("Offline"), summary.offline, Mark::Bad));
    if (summary.unknown > 0)
        about.facts.push_back(countFact(tr("Unknown"), summary.unknown, Mark::Unknown));
    if (!summary.protocols.empty())
        about.facts.push_back(plain(tr("Protocols"), listOf(summary.protocols)));

    FactSection sets{tr("Tag sets"), {}};
    for (const Tags &tags : service.tagSets) {
        Fact fact;
        fact.tags = tags;
        sets.facts.push_back(fact);
    }
    FactSection members{tr("Dataplanes"), {}};
    for (const ResourceKey &key : summary.dataplanes) {
        if (members.facts.size() == kMaxListed) {
            members.facts.push_back(plain({}, tr("and %1 more").arg(summary.dataplanes.size() - kMaxListed)));
            break;
        }
        Fact fact;
        fact.text = toQString(key.name);
        fact.link = {FocusKind::Dataplane, from.source, key, -1};
        if (const auto row = snapshot.find(key)) {
            fact.mark = markFor(row->status.overall);
            fact.more = healthText(row->status.overall);
            fact.tip = toQString(row->status.reason);
        }
        members.facts.push_back(fact);
    }
    FactSection calls{tr("Calls"), {}};
    for (const auto &name : summary.callsServices) {
        Fact fact;
        fact.text = toQString(name);
        fact.link = {FocusKind::Service, from.source, {summary.key.mesh, name}, -1};
        calls.facts.push_back(fact);
    }
    Facts facts{about};
    for (FactSection *section : {&sets, &members, &calls}) {
        if (!section->facts.empty())
            facts.push_back(std::move(*section));
    }
    return facts;
}

Facts meshFacts(const std::string &mesh, const Snapshot &snapshot, const FactSource &)
{
    std::size_t counts[4] = {};
    for (const auto &row : snapshot.dataplanes) {
        if (row->key().mesh == mesh)
            ++counts[static_cast<int>(row->status.overall)];
    }
    FactSection about{tr("Dataplanes"), {}};
    about.facts.push_back(countFact(tr("Online"), counts[static_cast<int>(Health::Online)], Mark::Good));
    about.facts.push_back(
        countFact(tr("Degraded"), counts[static_cast<int>(Health::Degraded)], Mark::Partly));
    about.facts.push_back(countFact(tr("Offline"), counts[static_cast<int>(Health::Offline)], Mark::Bad));
    about.facts.push_back(countFact(tr("Unknown"), counts[static_cast<int>(Health::Unknown)], Mark::Unknown));
    Facts facts{about};
    for (const MeshInfo &info : snapshot.meshes) {
        if (info.name == mesh)
            facts.push_back({tr("Mesh"), {plain(tr("mTLS"), info.mtlsEnabled ? tr("on") : tr("off"))}});
    }
    return facts;
}

Facts controlPlaneFacts(const Snapshot &snapshot, const FactSource &from)
{
    const ControlPlaneInfo &info = snapshot.controlPlane;
    FactSection about{tr("Control plane"), {}};
    Fact address = plain(tr("Address"), from.source ? from.source->address().toString() : QString());
    address.fixedText = true;
    about.facts.push_back(address);
    about.facts.push_back(plain(tr("Product"), toQString(info.product) + u' ' + toQString(info.version)));
    const auto add = [&about](const QString &label, const std::string &text) {
        if (!text.empty())
            about.facts.push_back(plain(label, toQString(text)));
    };
    add(tr("Mode"), info.mode);
    add(tr("Environment"), info.environment);
    add(tr("Host"), info.hostname);
    add(tr("Instance"), info.instanceId);
    FactSection holds{tr("It holds"), {}};
    holds.facts.push_back(
        plain(tr("Meshes"), QLocale().toString(static_cast<qulonglong>(snapshot.meshes.size()))));
    holds.facts.push_back(
        plain(tr("Dataplanes"), QLocale().toString(static_cast<qulonglong>(snapshot.dataplanes.size()))));
    return {about, holds};
}

Facts sidecarFacts(const SidecarStatus &sidecar, const FactSource &from)
{
    FactSection about{tr("Sidecar on this machine"), {}};
    Fact phase = plain(tr("State"), phaseText(sidecar.phase));
    phase.mark = markOfPhase(sidecar.phase);
    if (sidecar.since.isValid())
        phase.more =
            u"· "_s
            + ageText(TimePoint(std::chrono::milliseconds(sidecar.since.toMSecsSinceEpoch())), from.now);
    about.facts.push_back(phase);
    if (!sidecar.detail.isEmpty())
        about.facts.push_back(plain(tr("Detail"), sidecar.detail));
    if (sidecar.failure) {
        Fact cause = plain(tr("Cause"), errorLine(*sidecar.failure));
        cause.tone = Mark::Bad;
        about.facts.push_back(cause);
    }
    if (!sidecar.advice.isEmpty())
        about.facts.push_back(plain(tr("Advice"), sidecar.advice));
    if (!sidecar.envoyVersion.isEmpty())
        about.facts.push_back(plain(tr("Envoy"), sidecar.envoyVersion));
    const auto fixed = [&about](const QString &label, const QString &text) {
        if (text.isEmpty())
            return;
        Fact fact = plain(label, text);
        fact.fixedText = true;
        about.facts.push_back(fact);
    };
    fixed(tr("Process"), sidecar.envoyPid ? QString::number(sidecar.envoyPid) : QString());
    fixed(tr("Workload"), sidecar.workloadPid ? QString::number(sidecar.workloadPid) : QString());
    fixed(tr("Admin"), sidecar.admin.toString());
    fixed(tr("Directory"), sidecar.directory);
    return {about};
}

}  // namespace meshscope::ui
