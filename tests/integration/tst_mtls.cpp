// mTLS, permissions, rotation and a control plane that goes away, on real Envoys.
#include "app/support/sample_mesh.h"
#include "app/support/tools.h"
#include "backend/control/sandbox.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/support/when_done.h"
#include "tests/support/qtest_std.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace meshscope;
using Json = nlohmann::json;

namespace {

const ResourceKey kWeb{"default", "web-1"};

Json mesh(const char *mode, const char *expiration = "1d")
{
    return {{"type", "Mesh"},
            {"name", "default"},
            {"mtls",
             {{"enabledBackend", "ca-1"},
              {"backends",
               {{{"name", "ca-1"},
                 {"type", "builtin"},
                 {"mode", mode},
                 {"dpCert", {{"rotation", {{"expiration", expiration}}}}}}}}}}};
}

Json permission(const char *action)
{
    return {{"type", "MeshTrafficPermission"},
            {"mesh", "default"},
            {"name", "web-to-backend"},
            {"spec",
             {{"targetRef", {{"kind", "MeshService"}, {"name", "backend"}}},
              {"from",
               {{{"targetRef", {{"kind", "MeshService"}, {"name", "web"}}},
                 {"default", {{"action", action}}}}}}}}};
}

class TestMtls : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    SandboxOptions m_options;
    std::unique_ptr<Sandbox> m_sandbox;
    std::unique_ptr<LocalSidecarHost> m_sidecars;
    std::vector<Dataplane> m_dataplanes;
    quint16 m_outbound = 0;
    quint16 m_inbound = 0;  // of backend-1

    bool areReady() const
    {
        const auto all = m_sidecars->sidecars();
        return all.size() == 3 && std::all_of(all.begin(), all.end(), [](const auto &s) {
                   return s.phase == SidecarPhase::Ready;
               });
    }

    // What `times` calls one after the other brought: "200 backend-1" → how often.
    std::map<std::string, int> calls(quint16 port, int times)
    {
        std::map<std::string, int> answers;
        bool answered = false;
        QObject receiver;
        const QUrl url(u"http://127.0.0.1:%1/"_s.arg(port));
        whenDone(m_sidecars->call(url, times), &receiver, [&](const Result<CallReport> &report) {
            answered = true;
            if (report)
                answers = report->answers;
        });
        if (!QTest::qWaitFor([&] { return answered; }, 60'000))
            answers["no answer in time"] = 1;
        return answers;
    }

    // The status alone, of all answers; several statuses are joined.
    QString statusOf(quint16 port, int times = 4)
    {
        QStringList statuses;
        for (const auto &[answer, count] : calls(port, times)) {
            const auto status = QString::fromStdString(answer).section(u' ', 0, 0);
            if (!statuses.contains(status))
                statuses << status;
        }
        return statuses.join(u'+');
    }

    void apply(const Json &resource)
    {
        const auto applied = m_sandbox->apply(resource.dump());
        QVERIFY2(applied, applied ? "" : applied.error().what.c_str());
    }

    Json get(const std::string &path) const
    {
        httplib::Client client(m_sandbox->addresses().api);
        const auto answer = client.Get(path);
        return answer ? Json::parse(answer->body, nullptr, false) : Json();
    }

    Json mtlsOf(const std::string &name) const
    {
        const auto overview = get("/meshes/default/dataplanes/" + name + "/_overview");
        return overview.value("dataplaneInsight", Json::object()).value("mTLS", Json());
    }

    bool isOnline(const std::string &name) const
    {
        const auto overview = get("/meshes/default/dataplanes/" + name + "/_overview");
        const auto insight = overview.value("dataplaneInsight", Json::object());
        const auto subscriptions = insight.value("subscriptions", Json::array());
        return !subscriptions.empty() && !subscriptions.back().contains("disconnectTime");
    }

    static QString sumOf(const std::map<std::string, int> &answers)
    {
        QStringList parts;
        for (const auto &[answer, count] : answers)
            parts << u"%1× %2"_s.arg(count).arg(QString::fromStdString(answer));
        return parts.join(u", "_s);
    }

    // Calls without a pause until `done`; every answer must be 200.
    template <class Done>
    void callUntil(Done done, int milliseconds)
    {
        QElapsedTimer clock;
        clock.start();
        int asked = 0;
        while (!done()) {
            QVERIFY2(clock.elapsed() < milliseconds, "what the calls were to accompany did not happen");
            const auto answers = calls(m_outbound, 50);
            for (const auto &[answer, count] : answers)
                QVERIFY2(answer.starts_with("200 "), qPrintable(sumOf(answers)));
            asked += 50;
        }
        QVERIFY(asked > 0);
    }

private Q_SLOTS:
    void initTestCase()
    {
        SidecarHostOptions host;
        host.envoy = envoySearch();
        host.baseFolder = m_folder.filePath(u"sidecars"_s);
        QVERIFY(QDir().mkpath(host.baseFolder));
        m_sidecars = std::make_unique<LocalSidecarHost>(host);
        if (!m_sidecars->envoy().isFound()) {
            QVERIFY2(qgetenv("CI") != "true", "envoy not found, and CI must have it");
            QSKIP("envoy not found");
        }
        m_options.apiPort = m_options.dpPort = m_options.xdsPort = 0;
        m_options.storeFile = m_folder.filePath(u"store.sqlite"_s).toStdString();
        auto started = Sandbox::start(m_options);
        QVERIFY2(started, started ? "" : started.error().what.c_str());
        m_sandbox = std::move(*started);
        const auto sample = loadSample(u"hello"_s, SamplePorts::AnyFree);
        QVERIFY2(sample, sample ? "" : sample.error().what.c_str());
        for (const auto &resource : sample->resources)
            QVERIFY(m_sandbox->apply(resource));
        m_dataplanes = sample->dataplanes;
        for (const auto &dataplane : m_dataplanes) {
            auto spec = specFor(dataplane, m_sandbox->addresses());
            spec.concurrency = 1;
            spec.drainMilliseconds = 0;
            const auto workload = workloadFor(dataplane);
            QVERIFY2(workload, workload ? "" : workload.error().what.c_str());
            spec.workload = *workload;
            QVERIFY(m_sidecars->start(spec));
            if (dataplane.key == kWeb)
                m_outbound = static_cast<quint16>(dataplane.outbounds.front().port);
            if (dataplane.key.name == "backend-1")
                m_inbound = static_cast<quint16>(dataplane.inbounds.front().port);
        }
        QTRY_VERIFY_WITH_TIMEOUT(areReady(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_outbound), u"200"_s, 10'000);
    }

    void withoutMtlsNobodyIsAsked()
    {
        apply(permission("Deny"));
        QVERIFY(mtlsOf("web-1").is_null());
        QCOMPARE(statusOf(m_outbound), u"200"_s);
        QCOMPARE(statusOf(m_inbound), u"200"_s);
    }

    void whatIsDeniedIsDenied()
    {
        apply(mesh("STRICT"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_outbound), u"403"_s, 15'000);
        QTRY_COMPARE(mtlsOf("web-1").value("issuedBackend", ""), std::string("ca-1"));
    }

    void whatIsAllowedPasses()
    {
        apply(permission("Allow"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_outbound), u"200"_s, 10'000);
    }

    void strictTakesNoPlainText() { QCOMPARE(statusOf(m_inbound), u"error:"_s); }

    void permissiveTakesPlainText()
    {
        apply(mesh("PERMISSIVE"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_inbound), u"200"_s, 10'000);
        QCOMPARE(statusOf(m_outbound), u"200"_s);
    }

    void rotationLosesNoRequest()
    {
        apply(mesh("STRICT", "5s"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_inbound), u"error:"_s, 10'000);
        const auto made = [this](const char *name) {
            return mtlsOf(name).value("certificateRegenerations", 0);
        };
        const int web = made("web-1");
        const int backend = made("backend-1");
        callUntil([&] { return made("web-1") >= web + 3 && made("backend-1") >= backend + 3; }, 40'000);
        apply(mesh("STRICT"));
        callUntil([&] { return made("web-1") >= web + 4; }, 20'000);
    }

    void aControlPlaneThatComesBackLosesNoRequest()
    {
        const auto addresses = m_sandbox->addresses();
        const auto portOf = [](const std::string &address) {
            return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
        };
        m_sandbox.reset();
        for (int i = 0; i < 4; ++i) {
            const auto answers = calls(m_outbound, 50);
            QVERIFY2(std::all_of(answers.begin(), answers.end(),
                                 [](const auto &answer) { return answer.first.starts_with("200 "); }),
                     qPrintable(sumOf(answers)));
        }
        m_options.apiPort = portOf(addresses.api);
        m_options.dpPort = portOf(addresses.dp);
        m_options.xdsPort = portOf(addresses.xds);
        auto started = Sandbox::start(m_options);
        QVERIFY2(started, started ? "" : started.error().what.c_str());
        m_sandbox = std::move(*started);
        QCOMPARE(m_sandbox->addresses().caCertificate, addresses.caCertificate);
        callUntil([this] { return isOnline("web-1") && isOnline("backend-1") && isOnline("backend-2"); },
                  60'000);
        // It is the same control plane to them: what it says counts.
        apply(permission("Deny"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_outbound), u"403"_s, 15'000);
        apply(permission("Allow"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(m_outbound), u"200"_s, 15'000);
    }

    void anEnvoyOfTheIncrementalVariantGetsTheSame()
    {
        Json dataplane{
            {"type", "Dataplane"},
            {"mesh", "default"},
            {"name", "delta-1"},
            {"networking",
             {{"address", "127.0.0.1"},
              {"admin", {{"port", freePort()}}},
              {"inbound",
               {{{"port", freePort()}, {"servicePort", m_inbound}, {"tags", {{"kuma.io/service", "web"}}}}}},
              {"outbound", {{{"port", freePort()}, {"tags", {{"kuma.io/service", "backend"}}}}}}}}};
        apply(dataplane);
        httplib::Client client(m_sandbox->addresses().dp);
        client.enable_server_certificate_verification(false);
        const Json ask{{"mesh", "default"}, {"name", "delta-1"}, {"features", {"feature-delta-grpc"}}};
        const auto answer = client.Post("/bootstrap", ask.dump(), "application/json");
        QVERIFY(answer && answer->status == 200);
        QVERIFY(answer->body.find("DELTA_GRPC") != std::string::npos);
        QFile file(m_folder.filePath(u"delta.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(answer->body));
        file.close();
        QProcess envoy;
        envoy.setProcessChannelMode(QProcess::MergedChannels);
        envoy.setStandardOutputFile(m_folder.filePath(u"delta.log"_s));
        envoy.start(m_sidecars->envoy().path, {u"--config-path"_s, file.fileName(),
                                               u"--disable-hot-restart"_s, u"--concurrency"_s, u"1"_s});
        const auto end = qScopeGuard([&envoy] {
            envoy.kill();
            envoy.waitForFinished(10'000);
        });
        const auto port = static_cast<quint16>(dataplane["networking"]["outbound"][0]["port"].get<int>());
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(port), u"200"_s, 20'000);
        apply(permission("Deny"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(port), u"403"_s, 10'000);
        apply(permission("Allow"));
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(port), u"200"_s, 10'000);
        // Another outbound, then none: what changes comes and what goes goes.
        auto more = dataplane;
        const auto second = freePort();
        more["networking"]["outbound"].push_back(
            {{"port", second}, {"tags", {{"kuma.io/service", "backend"}}}});
        apply(more);
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(static_cast<quint16>(second)), u"200"_s, 10'000);
        apply(dataplane);
        QTRY_COMPARE_WITH_TIMEOUT(statusOf(static_cast<quint16>(second)), u"error:"_s, 10'000);
        QCOMPARE(statusOf(port), u"200"_s);
    }

    void noEnvoyWarnsOfItsConfiguration()
    {
        for (const auto &sidecar : m_sidecars->sidecars()) {
            for (const auto &line : m_sidecars->logLines(sidecar.key)) {
                if (line.origin == SidecarLogLine::Origin::Envoy)
                    QVERIFY2(!line.text.contains(u"deprecated"_s, Qt::CaseInsensitive)
                                 || line.text.contains(u"use_original_dst"_s),
                             qPrintable(line.text));
            }
        }
    }

    void cleanupTestCase()
    {
        if (!m_sandbox)
            return;
        m_sidecars->stopAll();
        QTRY_VERIFY_WITH_TIMEOUT(!m_sidecars->isBusy(), 20'000);
    }

private:
    static int freePort()
    {
        QTcpServer server;  // gives its port back at once
        return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestMtls)
#include "tst_mtls.moc"
