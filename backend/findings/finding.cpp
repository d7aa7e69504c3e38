#include "backend/findings/finding.h"

#include "backend/findings/rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace meshscope::findings {

std::string_view titleOf(Kind kind)
{
    switch (kind) {
    case Kind::Offline:
        return "Offline";
    case Kind::Nack:
        return "NACK";
    case Kind::NackLoop:
        return "NACK loop";
    case Kind::Certificate:
        return "Certificate";
    case Kind::NotReady:
        return "Not ready";
    case Kind::Stalled:
        return "Stalled";
    case Kind::VersionSkew:
        return "Version skew";
    case Kind::Loop:
        return "Loop";
    case Kind::OrphanOutbound:
        return "Orphan";
    case Kind::PortClash:
        return "Port clash";
    case Kind::SharedDnsPort:
        return "Shared DNS port";
    case Kind::WorkloadPorts:
        return "Workload ports";
    case Kind::ProbeTakesServiceDown:
        return "Probe";
    case Kind::DeniedByDefault:
        return "Denied";
    case Kind::ZoneOffline:
        return "Zone offline";
    case Kind::NoMatch:
        return "No match";
    case Kind::OverwrittenZone:
        return "Zone tag";
    case Kind::ShadowedRoute:
        return "Shadowed route";
    case Kind::ShadowLabel:
        return "Shadow label";
    case Kind::Unsendable:
        return "Unsendable";
    case Kind::UndecodedBytes:
        return "Undecoded bytes";
    case Kind::UnknownStatus:
        return "Unknown status";
    case Kind::Unreadable:
        return "Not readable";
    case Kind::ClockSkew:
        return "Clock";
    }
    return "";
}

MeshFinding ofDataplane(Kind kind, Severity severity, const DataplaneOverview &row)
{
    MeshFinding finding;
    finding.kind = kind;
    finding.severity = severity;
    finding.subject = Subject::Dataplane;
    finding.key = row.key();
    return finding;
}

std::string quoted(const std::string &name) { return "“" + name + "”"; }

std::string countOf(std::size_t count, const char *one, const char *many)
{
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

std::string durationText(std::chrono::milliseconds duration)
{
    using namespace std::chrono;
    const auto seconds = duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < 60)
        return std::to_string(seconds) + " s";
    if (seconds < 3600)
        return std::to_string(seconds / 60) + " min";
    if (seconds < 48 * 3600)
        return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86400) + " d";
}

std::string someOf(const std::vector<std::string> &names, std::size_t shown)
{
    std::string text;
    const std::size_t count = std::min(shown, names.size());
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    if (names.size() > count)
        text += " and " + std::to_string(names.size() - count) + " more";
    return text;
}

Index indexOf(const Snapshot &snapshot, TimePoint now, const Options &options)
{
    Index index{snapshot, now, options, {}, {}};
    for (const DataplanePtr &row : snapshot.dataplanes) {
        index.byMesh[row->key().mesh].push_back(row);
        for (const std::string &service : row->dataplane->services())
            index.offered.insert({row->key().mesh, service});
    }
    for (const ServiceInsightInfo &service : *snapshot.serviceInsights) {
        if (service.total > 0 || service.type == "external")
            index.offered.insert(service.key);
    }
    if (const ResourceListPtr externals = snapshot.list("ExternalService")) {
        for (const ResourcePtr &external : externals->rows) {
            const auto json = nlohmann::json::parse(external->json, nullptr, false);
            if (!json.is_object() || !json.contains("tags") || !json["tags"].is_object())
                continue;
            const auto service = json["tags"].find(kServiceTag);
            if (service != json["tags"].end() && service->is_string())
                index.offered.insert({external->key.mesh, service->get<std::string>()});
        }
    }
    return index;
}

Findings findingsOf(const Snapshot &snapshot, TimePoint now, const Options &options)
{
    const Index index = indexOf(snapshot, now, options);
    Out out;
    addProxyFindings(index, out);
    addDataplaneFindings(index, out);
    addMeshFindings(index, out);
    addPolicyFindings(index, out);
    std::stable_sort(out.begin(), out.end(), [](const MeshFinding &a, const MeshFinding &b) {
        return std::tie(a.severity, a.kind, a.key) < std::tie(b.severity, b.kind, b.key);
    });
    Findings findings;
    findings.total = out.size();
    if (out.size() > options.limit)
        out.resize(options.limit);
    findings.list = std::move(out);
    return findings;
}

}  // namespace meshscope::findings
