// Rules over what control planes know of connections: lost, refusing, stalled, expiring, too old.
#include "backend/findings/rules.h"

#include <charconv>

namespace meshscope::findings {

namespace {

constexpr std::uint64_t kLoop = 3;   // refusals of one connection from which on it is a loop
constexpr int kMaxMinorsBehind = 2;  // kuma-dp beside its control plane, as Kuma supports it

struct Version {
    int major = 0, minor = 0;
};

std::optional<Version> versionOf(std::string_view text)
{
    Version version;
    const char *end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.')
        return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc() || (version.major == 0 && version.minor == 0))
        return std::nullopt;
    return version;
}

void addRefusals(const Index &index, const DataplaneOverview &row, const Subscription &latest, Out &out)
{
    if (!latest.isRefusing())
        return;
    const bool resends = index.snapshot.capabilities->era != KumaEra::V3_0;
    const bool loop = resends && latest.total.rejected >= kLoop;
    MeshFinding finding = ofDataplane(loop ? Kind::NackLoop : Kind::Nack, Severity::Problem, row);
    const std::string &name = row.key().name;
    if (loop) {
        finding.what = name + " refuses the same configuration again and again: "
                       + std::to_string(latest.total.rejected) + " times since it connected";
        finding.versions = "Kuma 2.x, which sends a refused set again every 5 s";
        finding.wayOut =
            "Find the policy or tag that makes the refused resource and change it; until then the "
            "proxy keeps its last good configuration";
    } else {
        finding.what = name + " refused its configuration";
        finding.wayOut =
            "Change what makes the refused resource; the proxy keeps its last good configuration";
    }
    finding.evidence = latest.lastRejection
                           ? latest.lastRejection->message
                           : "The control plane does not say why: Envoy's words are in its log. The overview "
                             "goes on saying online";
    if (latest.lastRejection)
        finding.since = latest.lastRejection->time;
    out.push_back(std::move(finding));
}

void addStalled(const Index &index, const DataplaneOverview &row, const Subscription &latest, Out &out)
{
    if (!latest.connectTime || index.now - *latest.connectTime < index.options.stalledAfter)
        return;
    const bool nothing = latest.total == ResponseCounts{};
    const bool unanswered = latest.total.sent > 0 && latest.total.acknowledged + latest.total.rejected == 0;
    if (!nothing && !unanswered)
        return;
    MeshFinding finding = ofDataplane(Kind::Stalled, Severity::Problem, row);
    finding.since = *latest.connectTime;
    const std::string age = durationText(index.now - *latest.connectTime);
    if (nothing) {
        finding.what = row.key().name + " has been connected for " + age + " and was sent nothing";
        finding.evidence =
            "0 sent, 0 accepted, 0 rejected; the control plane cannot make a configuration for it "
            "and says so in its log only";
        finding.wayOut = "Look for a policy it accepted but cannot turn into Envoy's configuration, such as "
                         "leastRequest.activeRequestBias or a gateway's MeshTCPRoute without weight";
        finding.versions = "Kuma 2.9";
    } else {
        finding.what = row.key().name + " was sent its configuration " + age + " ago and never answered";
        finding.evidence = std::to_string(latest.total.sent) + " sent, none accepted or rejected";
        finding.wayOut = "Look at the proxy's own log: it may be out of memory, or blocked while it warms a "
                         "cluster or a secret";
    }
    out.push_back(std::move(finding));
}

void addCertificate(const Index &index, const DataplaneOverview &row, Out &out)
{
    const auto ends = row.insight.certificateExpiration;
    if (!ends || *ends >= index.now + index.options.certificateSoon)
        return;
    const bool over = *ends <= index.now;
    MeshFinding finding = ofDataplane(Kind::Certificate, over ? Severity::Problem : Severity::Warning, row);
    finding.what =
        over ? row.key().name + ": its certificate ended " + durationText(index.now - *ends) + " ago"
             : row.key().name + ": its certificate ends in " + durationText(*ends - index.now);
    finding.evidence = row.insight.issuedBackend.empty() ? "" : "issued by " + row.insight.issuedBackend;
    finding.wayOut =
        row.insight.isOnline()
            ? "A control plane renews at four fifths of the lifetime: look in its log why it did not"
            : "It is renewed when the proxy connects again";
    finding.since = over ? *ends : TimePoint{};
    out.push_back(std::move(finding));
}

// By version, not by proxy: an upgrade that was forgotten is one finding.
void addVersionSkew(const Index &index, Out &out)
{
    const auto plane = versionOf(index.snapshot.controlPlane.version);
    if (!plane)
        return;
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> odd;  // mesh, version
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        const Subscription *latest = row->insight.latest();
        const auto proxy = latest && latest->isOnline() ? versionOf(latest->kumaDpVersion) : std::nullopt;
        // No kuma-dp that the rule is about was ever 0.x: it is another launcher's own version, Meshscope's
        // too.
        if (!proxy || proxy->major == 0)
            continue;
        const bool newer =
            proxy->major > plane->major || (proxy->major == plane->major && proxy->minor > plane->minor);
        const bool older = proxy->major < plane->major || plane->minor - proxy->minor > kMaxMinorsBehind;
        if (newer || older)
            odd[{row->key().mesh, latest->kumaDpVersion}].push_back(row->key().name);
    }
    for (const auto &[group, names] : odd) {
        const auto proxy = versionOf(group.second);
        const bool newer =
            proxy->major > plane->major || (proxy->major == plane->major && proxy->minor > plane->minor);
        MeshFinding finding;
        finding.kind = Kind::VersionSkew;
        finding.severity = Severity::Warning;
        finding.subject = names.size() == 1 ? Subject::Dataplane : Subject::Mesh;
        finding.key =
            names.size() == 1 ? ResourceKey{group.first, names.front()} : ResourceKey{"", group.first};
        finding.what = someOf(names) + (names.size() == 1 ? " runs" : " run") + " kuma-dp " + group.second
                       + " beside a control plane " + index.snapshot.controlPlane.version;
        finding.evidence = newer ? "a proxy newer than its control plane is not supported"
                                 : "more than two minor versions behind is not supported";
        finding.wayOut = newer ? "Upgrade the control plane first" : "Upgrade these sidecars";
        out.push_back(std::move(finding));
    }
}

}  // namespace

void addProxyFindings(const Index &index, Out &out)
{
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        const Subscription *latest = row->insight.latest();
        if (latest && latest->isOnline()) {
            addRefusals(index, *row, *latest, out);
            addStalled(index, *row, *latest, out);
        }
        if (row->status.link == Health::Offline) {
            MeshFinding finding = ofDataplane(Kind::Offline, Severity::Problem, *row);
            finding.what = row->key().name + " is not connected";
            finding.evidence = row->status.reason;
            finding.wayOut = "Start its sidecar again, or delete the dataplane if it is gone for good";
            if (latest && latest->disconnectTime)
                finding.since = *latest->disconnectTime;
            out.push_back(std::move(finding));
        } else if (row->status.link == Health::Online && row->status.inbounds != Health::Online
                   && !row->dataplane->inbounds.empty()) {
            MeshFinding finding = ofDataplane(Kind::NotReady, Severity::Warning, *row);
            finding.what = row->key().name + " is connected, but not all of its inbounds are ready";
            finding.evidence = row->status.reason;
            finding.wayOut = "Look at the application behind the inbound, or at its probe";
            out.push_back(std::move(finding));
        }
        addCertificate(index, *row, out);
    }
    addVersionSkew(index, out);
}

}  // namespace meshscope::findings
