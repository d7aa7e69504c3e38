// Rules over what dataplanes say: calls that lead nowhere or back to themselves, ports that two want.
#include "backend/findings/rules.h"

#include <algorithm>
#include <tuple>

namespace meshscope::findings {

namespace {

std::string port(std::uint32_t number) { return std::to_string(number); }

bool isLoopback(const std::string &address)
{
    return address.rfind("127.", 0) == 0 || address == "::1" || address == "localhost";
}

void addLoops(const DataplaneOverview &row, Out &out)
{
    const Dataplane &dataplane = *row.dataplane;
    for (const Inbound &inbound : dataplane.inbounds) {
        if (inbound.port == 0)
            continue;
        const std::string listener = dataplane.listenerAddress(inbound);
        // With transparent proxying the redirection parts the two; without it Envoy would call itself.
        const bool isRedirected = dataplane.transparentProxying && dataplane.transparentProxying->isOn();
        if (!isRedirected && dataplane.workloadAddress(inbound) == listener
            && dataplane.workloadPort(inbound) == inbound.port) {
            MeshFinding finding = ofDataplane(Kind::Loop, Severity::Problem, row);
            finding.what =
                row.key().name + ": inbound " + port(inbound.port) + " hands its requests to itself";
            finding.evidence = "it listens on " + listener + ":" + port(inbound.port)
                               + " and its application is given as the same address and port";
            finding.wayOut = "Set serviceAddress or servicePort to where the application listens";
            out.push_back(std::move(finding));
        }
        for (const Outbound &outbound : dataplane.outbounds) {
            const std::string address = outbound.address.empty() ? "127.0.0.1" : outbound.address;
            if (outbound.port != inbound.port
                || (address != listener && address != "0.0.0.0" && listener != "0.0.0.0"))
                continue;
            MeshFinding finding = ofDataplane(Kind::Loop, Severity::Problem, row);
            finding.what = row.key().name + ": outbound and inbound want the same listener, " + address + ":"
                           + port(outbound.port);
            finding.evidence = "calls to " + outbound.service() + " would end in the proxy's own inbound "
                               + inbound.service();
            finding.wayOut = "Give the outbound another port";
            out.push_back(std::move(finding));
        }
    }
}

bool isThere(const Index &index, const std::string &mesh, const BackendRef &ref)
{
    const ResourceListPtr list = index.snapshot.list(ref.kind);
    // Labels select, and a list that could not be read says nothing.
    if (!list || list->problem || ref.name.empty())
        return true;
    return list->find({mesh, ref.name}) != nullptr;
}

void addOrphans(const Index &index, const DataplaneOverview &row, Out &out)
{
    for (const Outbound &outbound : row.dataplane->outbounds) {
        const std::string &mesh = row.key().mesh;
        const std::string service = outbound.service();
        MeshFinding finding = ofDataplane(Kind::OrphanOutbound, Severity::Warning, row);
        if (outbound.backendRef) {
            if (isThere(index, mesh, *outbound.backendRef))
                continue;
            finding.what = row.key().name + ": outbound " + port(outbound.port) + " goes to the "
                           + outbound.backendRef->kind + " " + service + ", which does not exist";
            finding.evidence = "3.0 makes no listener for it, older ones a cluster without endpoints";
        } else {
            if (service.empty() || index.offered.count({mesh, service}))
                continue;
            finding.what = row.key().name + ": outbound " + port(outbound.port) + " goes to " + service
                           + ", which nobody offers";
            finding.evidence = "no dataplane and no external service of the mesh " + mesh
                               + " has this service; calls are reset";
        }
        finding.wayOut = "Correct the name, or start a dataplane that offers it";
        out.push_back(std::move(finding));
    }
}

struct Socket {
    std::string address;
    std::uint32_t port;
    auto operator<=>(const Socket &) const = default;
};

// Only dataplanes that run at the same time on what looks like one machine.
void addSharedSockets(const Index &index, Out &out)
{
    std::map<Socket, std::vector<const DataplaneOverview *>> listeners;
    std::map<std::string, std::vector<const DataplaneOverview *>> transparent;  // by address
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        const Dataplane &dataplane = *row->dataplane;
        if (row->status.link != Health::Online)
            continue;
        for (const Inbound &inbound : dataplane.inbounds) {
            if (inbound.port != 0)
                listeners[{dataplane.listenerAddress(inbound), inbound.port}].push_back(row.get());
        }
        if (dataplane.transparentProxying && dataplane.transparentProxying->isOn())
            transparent[dataplane.address].push_back(row.get());
    }
    for (const auto &[socket, rows] : listeners) {
        std::vector<std::string> names;
        for (const DataplaneOverview *row : rows) {
            if (names.empty() || names.back() != row->key().name)
                names.push_back(row->key().name);
        }
        // Loopback addresses of several machines are not one address.
        if (names.size() < 2 || isLoopback(socket.address))
            continue;
        MeshFinding finding = ofDataplane(Kind::PortClash, Severity::Warning, *rows.front());
        finding.what = someOf(names) + " all listen on " + socket.address + ":" + port(socket.port);
        finding.evidence = "they are connected at the same time with the same inbound address and port";
        finding.wayOut =
            "Give each its own port or address; with reuse_port connections go to either of them";
        out.push_back(std::move(finding));
    }
    for (const auto &[address, rows] : transparent) {
        if (rows.size() < 2)
            continue;
        std::vector<std::string> names;
        for (const DataplaneOverview *row : rows)
            names.push_back(row->key().name);
        MeshFinding finding = ofDataplane(Kind::SharedDnsPort, Severity::Warning, *rows.front());
        finding.what = someOf(names) + " are transparent proxies on one address, " + address
                       + ", and share the UDP port of their DNS listeners";
        finding.evidence = "kuma-dp gives each the port 15053 (2.9: 15054) with reuse_port, so that a query "
                           "reaches either proxy and names are answered wrongly";
        finding.versions = "all";
        finding.wayOut = "Give each its own KUMA_DNS_ENVOY_DNS_PORT and readiness port";
        out.push_back(std::move(finding));
    }
}

// 3.0 makes one MeshService of a workload, with the ports of one of its proxies.
void addWorkloadPorts(const Index &index, Out &out)
{
    if (index.snapshot.capabilities->era != KumaEra::V3_0)
        return;
    std::map<ResourceKey, std::map<std::vector<std::uint32_t>, std::vector<std::string>>> workloads;
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        const auto label = row->dataplane->labels.find("kuma.io/workload");
        if (label == row->dataplane->labels.end())
            continue;
        std::vector<std::uint32_t> ports;
        for (const Inbound &inbound : row->dataplane->inbounds)
            ports.push_back(inbound.port);
        std::sort(ports.begin(), ports.end());
        workloads[{row->key().mesh, label->second}][ports].push_back(row->key().name);
    }
    for (const auto &[workload, groups] : workloads) {
        if (groups.size() < 2)
            continue;
        MeshFinding finding;
        finding.kind = Kind::WorkloadPorts;
        finding.severity = Severity::Warning;
        finding.subject = Subject::Service;
        finding.key = workload;
        finding.what = "the proxies of the workload " + workload.name + " have different ports";
        std::vector<std::string> seen;
        for (const auto &[ports, names] : groups) {
            std::string list;
            for (const std::uint32_t number : ports)
                list += (list.empty() ? "" : "+") + port(number);
            seen.push_back(names.front() + " " + (list.empty() ? "none" : list));
        }
        finding.evidence = someOf(seen, 4);
        finding.versions = "Kuma 3.0";
        finding.wayOut =
            "Give all of them the same ports: the generated MeshService keeps those of one proxy";
        out.push_back(std::move(finding));
    }
}

}  // namespace

void addDataplaneFindings(const Index &index, Out &out)
{
    for (const DataplanePtr &row : index.snapshot.dataplanes) {
        addLoops(*row, out);
        addOrphans(index, *row, out);
    }
    addSharedSockets(index, out);
    addWorkloadPorts(index, out);
}

}  // namespace meshscope::findings
