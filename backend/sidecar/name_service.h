// The names of one sidecar: CoreDNS as a child, or the embedded resolver, and the control plane's records as
// Kuma 2.11 and later give them through Envoy. Lives on the GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/sidecar/bootstrap.h"
#include "backend/sidecar/child.h"
#include "backend/sidecar/dns_resolver.h"
#include "backend/sidecar/dns_server.h"
#include "backend/sidecar/envoy_tool.h"
#include "backend/sidecar/envoy_words.h"
#include "backend/sidecar/http_exchange.h"

#include <QProcess>
#include <QTimer>

#include <memory>

namespace meshscope {

class NameService : public QObject
{
    Q_OBJECT

public:
    struct Place {
        quint16 port = 0;       // where it serves
        quint16 envoyPort = 0;  // Envoy's DNS filter
        quint16 metricsPort = 0;
        QString workdir;    // with Envoy's dynamic configuration socket
        QString configDir;  // where the Corefile goes
        QString directory;  // marks the child
        QString resolvConf;
        int refreshPause = 1000;
    };

    // All of them outlive this.
    NameService(CoreDnsTool &tool, HttpExchange &http, QObject *parent = nullptr);

    // Decides which server it is, and starts it. What goes wrong comes as failed(), later.
    void start(const SidecarDnsSpec &spec, const Place &place, const BootstrapReady &bootstrap);
    void stop(int graceMilliseconds);
    bool isAlive() const { return m_coreDns.isAlive(); }
    qint64 pid() const { return m_coreDns.pid(); }
    QString server() const { return m_server; }

    // As an application would ask. Invalid for a name that cannot be one.
    QFuture<Result<DnsReport>> resolve(const QString &name, const QString &type);

    void removeFiles();  // once isAlive() is false

    // The blocking way out, as Child's.
    void terminateNow();
    void endWithin(int milliseconds);

Q_SIGNALS:
    void changed();  // server() or pid()
    void failed(const meshscope::Explained &cause);
    void ended();  // the child did
    void logged(meshscope::SidecarLogLine::Level level, const QString &text);

private:
    void useCoreDns(const ToolStatus &tool);
    void writeCorefileAndRun(const QByteArray &plugins);
    void runEmbedded(const QString &why);
    void coreDnsEnded(const ChildEnd &end);
    void pollRecords();

    CoreDnsTool &m_tool;
    HttpExchange &m_http;
    SidecarDnsSpec m_spec;
    Place m_place;
    BootstrapReady m_bootstrap;
    ToolStatus m_coreDnsTool;
    std::unique_ptr<QProcess> m_plugins;  // `coredns -plugins`
    Child m_coreDns;
    std::unique_ptr<DnsResolver> m_resolver;       // also beside CoreDNS: it says who answered
    std::unique_ptr<DnsResolver> m_asApplication;  // asks whatever serves the port
    std::unique_ptr<DnsServer> m_embedded;
    QTimer m_pollTimer;
    QByteArray m_recordsTag;
    QString m_server;
    QString m_corefile;
    bool m_isStopping = false;
};

}  // namespace meshscope
