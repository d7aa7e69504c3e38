#include "app/support/sample_mesh.h"

#include "backend/codec/yaml_document.h"
#include "backend/validation/validate.h"
#include "tests/support/qtest_std.h"

#include <QTcpServer>
#include <QTest>

#include <set>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

std::vector<quint16> portsOf(const SampleMesh &mesh)
{
    std::vector<quint16> ports;
    const auto add = [&ports](std::uint32_t port) { ports.push_back(static_cast<quint16>(port)); };
    for (const auto &dataplane : mesh.dataplanes) {
        for (const auto &inbound : dataplane.inbounds) {
            add(inbound.port);
            add(inbound.servicePort);
        }
        for (const auto &outbound : dataplane.outbounds)
            add(outbound.port);
        add(dataplane.adminPort);
    }
    return ports;
}

const Dataplane &named(const SampleMesh &mesh, const std::string &name)
{
    for (const auto &dataplane : mesh.dataplanes) {
        if (dataplane.key.name == name)
            return dataplane;
    }
    qFatal("no %s in the sample", name.c_str());
}

class TestSampleMesh : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helloIsAsDescribed()
    {
        QVERIFY(sampleNames().contains(u"hello"_s));
        const auto mesh = loadSample(u"hello"_s);
        QVERIFY(mesh);
        QCOMPARE(mesh->resources.size(), 4U);
        QCOMPARE(mesh->dataplanes.size(), 3U);
        const auto &web = named(*mesh, "web-1");
        QCOMPARE(web.services(), std::vector<std::string>{"web"});
        QCOMPARE(web.outbounds.size(), 1U);
        QCOMPARE(web.outbounds[0].service(), std::string("backend"));
        for (const auto &[name, version] : {std::pair("backend-1", "v1"), std::pair("backend-2", "v2")}) {
            const auto &backend = named(*mesh, name);
            QCOMPARE(backend.services(), std::vector<std::string>{"backend"});
            QCOMPARE(backend.inbounds[0].tags.at("version"), std::string(version));
            QCOMPARE(backend.inbounds[0].effectiveProtocol(), std::string("http"));
        }
        const auto ports = portsOf(*mesh);
        QCOMPARE(std::set(ports.begin(), ports.end()).size(), ports.size());
    }

    void everySampleIsValid()
    {
        for (const auto &name : sampleNames()) {
            const auto mesh = loadSample(name);
            QVERIFY(mesh);
            for (const auto &resource : mesh->resources) {
                if (QByteArray::fromStdString(resource).contains(R"("type":"Dataplane")"))
                    QVERIFY2(!hasErrors(validateDataplaneYaml(resource, KumaEra::V2_9)), resource.c_str());
            }
        }
    }

    void aPortThatIsTakenMovesEverywhere()
    {
        const auto wished = named(*loadSample(u"hello"_s, SamplePorts::AsWritten), "web-1").outbounds[0].port;
        QTcpServer holder;
        if (!holder.listen(QHostAddress::LocalHost, static_cast<quint16>(wished)))
            QSKIP("something else holds the port of the sample");
        const auto mesh = loadSample(u"hello"_s);
        QVERIFY(mesh);
        QCOMPARE(mesh->movedPorts.size(), 1U);
        QCOMPARE(mesh->movedPorts.begin()->first, wished);
        const auto used = mesh->movedPorts.begin()->second;
        QVERIFY(used != wished && used >= 1024);
        QCOMPARE(named(*mesh, "web-1").outbounds[0].port, std::uint32_t(used));
        QVERIFY(mesh->resources[1].find(std::to_string(used)) != std::string::npos);
        QVERIFY(mesh->resources[1].find(std::to_string(wished)) == std::string::npos);
    }

    void allPortsCanBeAnyFreeOnes()
    {
        const auto first = loadSample(u"hello"_s, SamplePorts::AnyFree);
        QVERIFY(first);
        const auto ports = portsOf(*first);
        const std::set<quint16> distinct(ports.begin(), ports.end());
        QCOMPARE(distinct.size(), ports.size());
        QCOMPARE(first->movedPorts.size(), ports.size());
        for (const quint16 port : distinct) {
            QTcpServer server;
            QVERIFY2(server.listen(QHostAddress::LocalHost, port), qPrintable(QString::number(port)));
        }
        QCOMPARE(named(*first, "web-1").address, std::string("127.0.0.1"));  // nothing else is touched
        QCOMPARE(named(*first, "backend-1").inbounds[0].tags.at("version"), std::string("v1"));
    }

    void anUnknownSampleNamesTheKnown()
    {
        const auto mesh = loadSample(u"../hello"_s);
        QVERIFY(!mesh);
        QCOMPARE(mesh.error().code, Error::Code::NotFound);
        QVERIFY2(mesh.error().what.find("hello") != std::string::npos, mesh.error().what.c_str());
    }

    void theWorkloadStandsWhereTheInboundPoints()
    {
        Dataplane dataplane;
        dataplane.key = {"default", "backend-1"};
        dataplane.address = "127.0.0.1";
        QCOMPARE(workloadFor(dataplane).error().code, Error::Code::Invalid);
        Inbound inbound;
        inbound.port = 12000;
        inbound.servicePort = 12001;
        dataplane.inbounds = {inbound};
        const auto workload = workloadFor(dataplane);
        QVERIFY(workload);
        QVERIFY2(workload->program.endsWith("/meshscopectl"_L1), qPrintable(workload->program));
        QCOMPARE(workload->arguments, (QStringList{u"workload"_s, u"--listen"_s, u"127.0.0.1:12001"_s,
                                                   u"--name"_s, u"backend-1"_s}));
        dataplane.inbounds[0].serviceAddress = "::1";
        QCOMPARE(workloadFor(dataplane)->arguments.value(2), u"[::1]:12001"_s);
    }

    void theSpecPointsAtTheSandbox()
    {
        Dataplane dataplane;
        dataplane.key = {"default", "web-1"};
        SandboxAddresses addresses;
        addresses.dp = "https://127.0.0.1:5678";
        addresses.caCertificate = "PEM";
        const auto spec = specFor(dataplane, addresses);
        QCOMPARE(spec.dataplane, dataplane.key);
        QCOMPARE(spec.controlPlane, QUrl(u"https://127.0.0.1:5678"_s));
        QCOMPARE(spec.caCertificate, std::string("PEM"));
        QVERIFY(spec.dataplaneResource.empty());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestSampleMesh)
#include "tst_sample_mesh.moc"
