// A launcher with the fake Envoy and the fake control plane, quick enough for tests.
#pragma once

#include "backend/sidecar/child_process.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "tests/sidecar/fake_dp_server.h"
#include "tests/support/free_port.h"

#include <QDir>
#include <QTemporaryDir>

#include <memory>

namespace meshscope::testing {

inline QString fakeEnvoy() { return QStringLiteral(MESHSCOPE_BIN_DIR "/fake_envoy"); }

inline QByteArray tcpBootstrap(quint16 adminPort)
{
    return "admin:\n  address:\n    socketAddress:\n      address: 127.0.0.1\n      portValue: "
           + QByteArray::number(adminPort) + '\n';
}

struct HostFixture {
    QTemporaryDir folder;
    std::unique_ptr<LocalSidecarHost> host;

    explicit HostFixture(const QString &envoy = fakeEnvoy(), ToolSearch coreDns = {},
                         const QString &resolvConf = {})
    {
        SidecarHostOptions options;
        options.envoy = {};
        options.envoy.named = envoy;
        options.coreDns = std::move(coreDns);
        options.baseFolder = folder.path();
        options.resolvConf = resolvConf;
        options.timings.readyPause = 20;
        options.timings.grace = 300;
        options.timings.restartPause = 100;
        options.timings.restartLongest = 400;
        host = std::make_unique<LocalSidecarHost>(options);
    }
    static SidecarSpec spec(const QUrl &controlPlane, const std::string &name = "web-1")
    {
        SidecarSpec result;
        result.dataplane = {"default", name};
        result.controlPlane = controlPlane;
        result.drainMilliseconds = 100;
        result.retryPause = 50;
        return result;
    }
    SidecarStatus status(int at = 0) const { return host->sidecars().value(at); }
    QString failure() const
    {
        const auto now = status();
        return now.failure ? QString::fromStdString(now.failure->what) : QString();
    }
    bool hasLogged(const QString &text, const std::string &name = "web-1") const
    {
        const auto lines = host->logLines({"default", name});
        return std::any_of(lines.begin(), lines.end(),
                           [&](const auto &line) { return line.text.contains(text); });
    }
    QByteArray logText(const std::string &name = "web-1") const
    {
        QByteArray text;
        const auto lines = host->logLines({"default", name});
        for (const auto &line : lines)
            text += line.text.toUtf8() + '\n';
        return text;
    }
    bool folderIsEmpty() const
    {
        return QDir(folder.path())
            .isEmpty(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System);
    }
};

}  // namespace meshscope::testing
