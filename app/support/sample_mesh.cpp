#include "app/support/sample_mesh.h"

#include "app/support/free_ports.h"
#include "app/support/tools.h"
#include "backend/codec/dataplane_codec.h"
#include "backend/codec/yaml_document.h"
#include "backend/sidecar/ports.h"

#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <functional>

// A static library's resources are only linked in when they are asked for, by a function outside of any
// namespace.
static void useSamples() { Q_INIT_RESOURCE(samples); }

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

QString folder()
{
    useSamples();
    return u":/samples"_s;
}

// Calls visit(address, port) for each port of a Dataplane and puts what it returns in its place.
using PortVisitor = std::function<int(const QString &address, int port)>;

void visitPort(QJsonObject &entry, const QString &key, const QString &address, const PortVisitor &visit)
{
    if (entry.contains(key))
        entry[key] = visit(address, entry[key].toInt());
}

QJsonObject withPorts(QJsonObject dataplane, const PortVisitor &visit)
{
    auto networking = dataplane[u"networking"_s].toObject();
    const QString own = networking[u"address"_s].toString();
    const QString loopback = u"127.0.0.1"_s;

    auto inbounds = networking[u"inbound"_s].toArray();
    for (auto &&value : inbounds) {
        auto entry = value.toObject();
        const QString address = entry[u"address"_s].toString(own);
        visitPort(entry, u"port"_s, address, visit);
        visitPort(entry, u"servicePort"_s, entry[u"serviceAddress"_s].toString(address), visit);
        value = entry;
    }
    auto outbounds = networking[u"outbound"_s].toArray();
    for (auto &&value : outbounds) {
        auto entry = value.toObject();
        visitPort(entry, u"port"_s, entry[u"address"_s].toString(loopback), visit);
        value = entry;
    }
    auto admin = networking[u"admin"_s].toObject();
    visitPort(admin, u"port"_s, loopback, visit);

    if (!inbounds.isEmpty())
        networking[u"inbound"_s] = inbounds;
    if (!outbounds.isEmpty())
        networking[u"outbound"_s] = outbounds;
    if (!admin.isEmpty())
        networking[u"admin"_s] = admin;
    dataplane[u"networking"_s] = networking;
    return dataplane;
}

// Which ports have to give way, and to what.
Result<std::map<quint16, quint16>> chooseMoves(const std::vector<QJsonObject> &resources, SamplePorts ports)
{
    std::set<quint16> all;
    std::set<quint16> moving;
    for (const auto &resource : resources) {
        withPorts(resource, [&](const QString &address, int port) {
            const auto number = static_cast<quint16>(port);
            const QHostAddress host(address);
            all.insert(number);
            if (host.isLoopback() && (ports == SamplePorts::AnyFree || isTaken(host, number)))
                moving.insert(number);
            return port;
        });
    }
    FreePorts free;
    std::map<quint16, quint16> moves;
    for (const quint16 port : moving) {
        const quint16 replacement = free.take(all);
        if (replacement == 0)
            return fail(Error::Code::Conflict, "no free port is left on loopback", "127.0.0.1");
        moves[port] = replacement;
    }
    return moves;
}

}  // namespace

QStringList sampleNames()
{
    QStringList names;
    const auto files = QDir(folder()).entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
    for (const auto &file : files)
        names << file.chopped(5);
    return names;
}

Result<std::string> sampleText(const QString &name)
{
    QFile file(folder() + u'/' + name + u".yaml"_s);
    if (!sampleNames().contains(name) || !file.open(QIODevice::ReadOnly))
        return fail(Error::Code::NotFound,
                    "there is no sample mesh of this name; there are: "
                        + sampleNames().join(u", "_s).toStdString(),
                    name.toStdString());
    return file.readAll().toStdString();
}

Result<SampleMesh> loadSample(const QString &name, SamplePorts ports)
{
    const auto text = sampleText(name);
    if (!text)
        return fail(text.error());
    const auto documents = YamlDocument::parseStream(*text);
    if (!documents)
        return fail(Error::Code::Invalid, documents.error().message,
                    name.toStdString() + ".yaml:" + std::to_string(documents.error().position.line));
    std::vector<QJsonObject> resources;
    for (const auto &document : *documents)
        resources.push_back(QJsonDocument::fromJson(QByteArray::fromStdString(document.json())).object());

    SampleMesh mesh;
    auto moves = chooseMoves(resources, ports);
    if (!moves)
        return fail(moves.error());
    mesh.movedPorts = std::move(*moves);
    for (auto &resource : resources) {
        const bool isDataplane = resource[u"type"_s].toString() == "Dataplane"_L1;
        if (isDataplane)
            resource = withPorts(resource, [&mesh](const QString &, int port) {
                const auto moved = mesh.movedPorts.find(static_cast<quint16>(port));
                return moved == mesh.movedPorts.end() ? port : moved->second;
            });
        mesh.resources.push_back(QJsonDocument(resource).toJson(QJsonDocument::Compact).toStdString());
        if (!isDataplane)
            continue;
        auto dataplane = dataplaneFromJson(mesh.resources.back());
        if (!dataplane)
            return fail(dataplane.error());
        mesh.dataplanes.push_back(std::move(*dataplane));
    }
    return mesh;
}

Result<WorkloadSpec> workloadFor(const Dataplane &dataplane)
{
    const std::string name = dataplane.key.mesh + "/" + dataplane.key.name;
    if (dataplane.inbounds.empty())
        return fail(Error::Code::Invalid, "a Dataplane without an inbound has no application", name);
    const QString program = findMeshscopectl();
    if (program.isEmpty())
        return fail(Error::Code::NotFound, "meshscopectl is neither beside this program nor on PATH", name);
    const auto &inbound = dataplane.inbounds.front();
    QString host = QString::fromStdString(dataplane.workloadAddress(inbound));
    if (host.contains(u':'))
        host = u'[' + host + u']';
    const QString address = host + u':' + QString::number(dataplane.workloadPort(inbound));
    return WorkloadSpec{
        program,
        {u"workload"_s, u"--listen"_s, address, u"--name"_s, QString::fromStdString(dataplane.key.name)}};
}

SidecarSpec specFor(const Dataplane &dataplane, const SandboxAddresses &addresses)
{
    SidecarSpec spec;
    spec.dataplane = dataplane.key;
    spec.controlPlane = QUrl(QString::fromStdString(addresses.dp));
    spec.caCertificate = addresses.caCertificate;
    return spec;
}

}  // namespace meshscope
