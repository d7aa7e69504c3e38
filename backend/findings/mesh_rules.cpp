// Rules over services, meshes, zones, and over what could not be read.
#include "backend/findings/rules.h"

#include <algorithm>

namespace meshscope::findings {

namespace {

// One probed inbound without its application makes the proxy partly degraded, and the control plane then
// counts all services of that proxy as offline, also those whose inbounds are fit.
void addProbes(const Index &index, Out &out)
{
    struct Fate {
        std::size_t connected = 0;
        std::size_t dragged = 0;  // own inbound fit, another one not
        std::string example;
    };
    std::map<ResourceKey, Fate> services;
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        if (row->status.link != Health::Online)
            continue;
        const Inbound *unfit = nullptr;
        for (const Inbound &inbound : row->dataplane->inbounds) {
            if (!inbound.isReady())
                unfit = &inbound;
        }
        std::set<std::string> counted;
        for (const Inbound &inbound : row->dataplane->inbounds) {
            const std::string service = inbound.service();
            if (service.empty() || !inbound.isReady() || !counted.insert(service).second)
                continue;
            Fate &fate = services[{row->key().mesh, service}];
            ++fate.connected;
            if (unfit && unfit->service() != service) {
                ++fate.dragged;
                fate.example = row->key().name + ": inbound " + std::to_string(unfit->port) + " ("
                               + unfit->service() + ") is not ready";
            }
        }
    }
    for (const auto &[key, fate] : services) {
        if (fate.connected == 0 || fate.dragged < fate.connected)
            continue;
        MeshFinding finding;
        finding.kind = Kind::ProbeTakesServiceDown;
        finding.severity = Severity::Warning;
        finding.subject = Subject::Service;
        finding.key = key;
        finding.what = "the service " + key.name + " counts as offline though all of its inbounds are fit";
        finding.evidence = fate.example;
        finding.versions = "Kuma 2.x";
        finding.wayOut = "Mend or drop the probe of the other inbound; callers are not affected";
        out.push_back(std::move(finding));
    }
}

// Without a permission nothing may call: mTLS on means deny by default.
void addDenied(const Index &index, Out &out)
{
    const ResourceListPtr modern = index.snapshot.list("MeshTrafficPermission");
    const ResourceListPtr legacy = index.snapshot.list("TrafficPermission");
    if ((!modern && !legacy) || (modern && modern->problem) || (legacy && legacy->problem))
        return;
    const auto hasOne = [](const ResourceListPtr &list, const std::string &mesh) {
        return list && std::any_of(list->rows.begin(), list->rows.end(), [&mesh](const ResourcePtr &row) {
                   return row->key.mesh == mesh;
               });
    };
    for (const MeshInfo &mesh : index.snapshot.meshes) {
        if (!mesh.mtlsEnabled || hasOne(modern, mesh.name) || hasOne(legacy, mesh.name)
            || !index.byMesh.count(mesh.name))
            continue;
        MeshFinding finding;
        finding.kind = Kind::DeniedByDefault;
        finding.severity = Severity::Problem;
        finding.subject = Subject::Mesh;
        finding.key = {"", mesh.name};
        finding.what = "the mesh " + mesh.name + " denies every call: mTLS is on and no policy permits any";
        finding.evidence = "no MeshTrafficPermission" + std::string(legacy ? " and no TrafficPermission" : "")
                           + " in the mesh; callers get "
                           + "403 RBAC: access denied, or a reset connection on tcp";
        finding.versions = "all; 2.6 and newer make no permission by themselves";
        finding.wayOut = "Add a MeshTrafficPermission with action Allow for what should be allowed";
        out.push_back(std::move(finding));
    }
}

void addZones(const Index &index, Out &out)
{
    for (const ZoneInfo &zone : *index.snapshot.zones) {
        if (zone.isEnabled && zone.link != Health::Offline)
            continue;
        MeshFinding finding;
        finding.kind = Kind::ZoneOffline;
        finding.subject = Subject::Zone;
        finding.key = {"", zone.name};
        if (!zone.isEnabled) {
            finding.severity = Severity::Note;
            finding.what = "the zone " + zone.name + " is switched off";
            finding.evidence = "its services are taken out of the other zones' endpoints";
            finding.wayOut = "Set enabled: true on the Zone when it is to serve again";
        } else {
            finding.severity = Severity::Problem;
            finding.what = "the zone " + zone.name + " is not connected to its global control plane";
            finding.evidence = zone.version.empty() ? "" : "its control plane is " + zone.version;
            finding.wayOut =
                "Its proxies go on with what they have; look at the zone control plane and its KDS "
                "connection";
            if (zone.disconnectTime)
                finding.since = *zone.disconnectTime;
        }
        out.push_back(std::move(finding));
    }
}

void addUnreadable(const Index &index, Out &out)
{
    std::map<std::string, std::vector<std::string>> reasons;
    for (const ResourceListPtr &list : index.snapshot.resources) {
        if (list->problem)
            reasons[list->problem->what].push_back(list->type);
    }
    for (const auto &[reason, types] : reasons) {
        MeshFinding finding;
        finding.kind = Kind::Unreadable;
        finding.severity = Severity::Note;
        finding.subject = Subject::ControlPlane;
        finding.what = someOf(types) + " could not be read, so rules about "
                       + (types.size() == 1 ? "it" : "them") + " say nothing";
        finding.evidence = reason;
        finding.wayOut =
            "Connect with a token that may read " + std::string(types.size() == 1 ? "it" : "them");
        out.push_back(std::move(finding));
    }
    if (index.options.clockSkew) {
        MeshFinding finding;
        finding.kind = Kind::ClockSkew;
        finding.severity = Severity::Note;
        finding.subject = Subject::ControlPlane;
        const auto skew = *index.options.clockSkew;
        finding.what = "the control plane's clock is "
                       + durationText(skew < std::chrono::seconds(0) ? -skew : skew)
                       + (skew < std::chrono::seconds(0) ? " behind" : " ahead of") + " this machine's";
        finding.evidence = "ages here are wrong by that much; tokens and certificates may be refused";
        finding.wayOut = "Set both clocks by NTP";
        out.push_back(std::move(finding));
    }
}

}  // namespace

void addMeshFindings(const Index &index, Out &out)
{
    addProbes(index, out);
    addDenied(index, out);
    addZones(index, out);
    addUnreadable(index, out);
}

}  // namespace meshscope::findings
