#include "backend/sidecar/name_service.h"

#include "backend/sidecar/child_process.h"
#include "backend/sidecar/corefile.h"
#include "backend/sidecar/ports.h"
#include "backend/sidecar/sidecar_sockets.h"
#include "backend/support/when_done.h"

#include <QElapsedTimer>
#include <QFile>
#include <QPromise>
#include <QRandomGenerator>

namespace meshscope {

using namespace Qt::StringLiterals;
using Level = SidecarLogLine::Level;

namespace {

Explained explained(Error::Code code, const QString &what, const QString &where, const QString &advice)
{
    return {Error{code, what.toStdString(), where.toStdString()}, advice};
}

// One line of CoreDNS's own log: "[ERROR] plugin/errors: …".
Level levelOf(const QByteArray &line)
{
    return line.contains("[ERROR]") || line.contains("[FATAL]") ? Level::Error
           : line.contains("[WARNING]")                         ? Level::Warning
                                                                : Level::Info;
}

}  // namespace

NameService::NameService(CoreDnsTool &tool, HttpExchange &http, QObject *parent)
    : QObject(parent)
    , m_tool(tool)
    , m_http(http)
{
    m_pollTimer.setSingleShot(true);
    connect(&m_pollTimer, &QTimer::timeout, this, &NameService::pollRecords);
    connect(&m_coreDns, &Child::started, this, &NameService::changed);
    connect(&m_coreDns, &Child::lineWritten, this, [this](const QByteArray &line) {
        if (!line.isEmpty())
            Q_EMIT logged(levelOf(line), QString::fromUtf8(line));
    });
    connect(&m_coreDns, &Child::ended, this, &NameService::coreDnsEnded);
}

void NameService::start(const SidecarDnsSpec &spec, const Place &place, const BootstrapReady &bootstrap)
{
    m_spec = spec;
    m_place = place;
    m_bootstrap = bootstrap;
    DnsResolver::Options options;
    // With the embedded protocol there is no filter in Envoy: names come from /dns only.
    options.envoyPort = spec.isEmbeddedProtocol || !bootstrap.knowsCoreDns ? quint16(0) : place.envoyPort;
    if (!place.resolvConf.isEmpty())
        options.resolvConf = place.resolvConf;
    m_resolver = std::make_unique<DnsResolver>(options);
    DnsResolver::Options own;
    own.upstreams = {{QHostAddress(QHostAddress::LocalHost), place.port}};
    own.systemTimeout = 6000;  // it asks others itself
    m_asApplication = std::make_unique<DnsResolver>(own);
    pollRecords();
    if (spec.server == SidecarDns::Embedded)
        return runEmbedded({});
    if (spec.server == SidecarDns::Auto && (spec.isEmbeddedProtocol || !bootstrap.knowsCoreDns))
        return runEmbedded(u"the control plane gives names as records"_s);
    m_tool.resolve(this, [this](const ToolStatus &tool) { useCoreDns(tool); });
}

void NameService::useCoreDns(const ToolStatus &tool)
{
    if (m_isStopping)
        return;
    if (!tool.isFound() && m_spec.server == SidecarDns::Auto)
        return runEmbedded(u"CoreDNS was not found"_s);
    if (!tool.isFound()) {
        Q_EMIT failed(explained(Error::Code::NotFound,
                                u"CoreDNS was not found (tried "_s + tool.tried.join(u", "_s) + u')',
                                u"coredns"_s, tool.advice));
        return;
    }
    m_coreDnsTool = tool;
    const QString text =
        m_spec.corefileTemplate.isEmpty() ? m_bootstrap.corefileTemplate : m_spec.corefileTemplate;
    if (!usesAlternate(text))
        return writeCorefileAndRun({});
    m_plugins = std::make_unique<QProcess>();
    tieToUs(*m_plugins);
    const auto done = [this] {
        const QByteArray plugins = m_plugins->readAllStandardOutput();
        m_plugins->disconnect(this);
        m_plugins.release()->deleteLater();
        writeCorefileAndRun(plugins);
    };
    connect(m_plugins.get(), &QProcess::finished, this, done);
    m_plugins->start(tool.path, {u"-plugins"_s}, QIODevice::ReadOnly);
}

void NameService::writeCorefileAndRun(const QByteArray &plugins)
{
    if (m_isStopping)
        return;
    CorefileFields fields{m_place.port, m_place.envoyPort, m_place.metricsPort, m_spec.logsQueries};
    if (!m_place.resolvConf.isEmpty())
        fields.resolvConf = m_place.resolvConf;
    QString text = m_spec.corefileTemplate.isEmpty() ? m_bootstrap.corefileTemplate : m_spec.corefileTemplate;
    if (usesAlternate(text) && !plugins.contains("dns.alternate")) {
        Q_EMIT logged(Level::Info, u"this CoreDNS has no plugin \"alternate\": with a Corefile of our own"_s);
        text.clear();
    }
    const auto corefile =
        text.isEmpty() ? Result<QString>(stockCorefile(fields)) : renderCorefile(text, fields);
    if (!corefile) {
        Q_EMIT failed({corefile.error(), u"Correct the template, or leave it out"_s});
        return;
    }
    m_corefile = m_place.configDir + u"/Corefile"_s;
    QFile file(m_corefile);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(corefile->toUtf8()) < 0
        || !file.flush()) {
        Q_EMIT failed(explained(Error::Code::Refused,
                                u"the Corefile cannot be written: "_s + file.errorString(), file.fileName(),
                                u"Check the space on its disk"_s));
        return;
    }
    m_server = u"CoreDNS "_s + m_coreDnsTool.version;
    Q_EMIT logged(Level::Info, u"served by "_s + m_server + u" at "_s + m_coreDnsTool.path + u", port "_s
                                   + QString::number(m_place.port));
    m_coreDns.start(m_coreDnsTool.path, {u"-conf"_s, file.fileName(), u"-quiet"_s}, m_place.directory);
    Q_EMIT changed();
}

void NameService::runEmbedded(const QString &why)
{
    m_embedded = std::make_unique<DnsServer>(*m_resolver);
    if (const auto listens = m_embedded->listen(QHostAddress(QHostAddress::LocalHost), m_place.port);
        !listens) {
        m_embedded.reset();
        Q_EMIT failed({listens.error(), u"End the process that holds the port, or give another one"_s});
        return;
    }
    if (m_spec.logsQueries)
        connect(m_embedded.get(), &DnsServer::asked, this,
                [this](const QString &line) { Q_EMIT logged(Level::Info, line); });
    m_server = u"embedded resolver"_s + (why.isEmpty() ? QString() : u" ("_s + why + u')');
    Q_EMIT logged(Level::Info, u"served by the "_s + m_server + u", port "_s + QString::number(m_place.port));
    Q_EMIT changed();
}

void NameService::coreDnsEnded(const ChildEnd &end)
{
    if (!m_isStopping) {
        QString last;
        for (const auto &line : m_coreDns.lastLines()) {
            if (!line.trimmed().isEmpty())
                last = QString::fromUtf8(line).simplified();
        }
        Q_EMIT logged(Level::Error, u"CoreDNS "_s + end.text);
        if (last.contains("address already in use"_L1))
            Q_EMIT failed(portInUse(u"CoreDNS"_s, u"127.0.0.1"_s, m_place.port, whoHoldsPort));
        else
            Q_EMIT failed(explained(Error::Code::Internal,
                                    u"CoreDNS "_s + end.text + (last.isEmpty() ? QString() : u": "_s + last),
                                    m_coreDnsTool.path,
                                    u"Start the sidecar again, with the embedded resolver if it stays so"_s));
    }
    Q_EMIT ended();
}

// Envoy answers from what the control plane sent it. No socket, or 404: nothing is configured, and that is
// usual.
void NameService::pollRecords()
{
    if (m_isStopping)
        return;
    const QString socket = configurationSocket(m_place.workdir);
    if (!QFile::exists(socket))
        return m_pollTimer.start(m_place.refreshPause);
    HttpQuestion question;
    question.url = QUrl(u"http://localhost/dns"_s);
    question.socketPath = socket;
    if (!m_recordsTag.isEmpty())
        question.headers << qMakePair(QByteArray("If-None-Match"), m_recordsTag);
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        if (answer.status == 200) {
            if (auto records = dnsRecords(answer.body)) {
                Q_EMIT logged(Level::Debug, QString::number(records->addresses.size())
                                                + u" records from the control plane"_s);
                m_resolver->setRecords(std::move(*records));
                m_recordsTag = answer.etag;
            }
        } else if (answer.status == 404) {
            m_resolver->setRecords({});
            m_recordsTag.clear();
        }
        if (!m_isStopping)
            m_pollTimer.start(m_place.refreshPause);
    });
}

QFuture<Result<DnsReport>> NameService::resolve(const QString &name, const QString &type)
{
    const bool isAaaa = type.compare(u"AAAA"_s, Qt::CaseInsensitive) == 0;
    if (!isAaaa && type.compare(u"A"_s, Qt::CaseInsensitive) != 0)
        return answered<DnsReport>(
            fail(Error::Code::Invalid, "only addresses can be asked for: A or AAAA", type.toStdString()));
    const auto id = static_cast<quint16>(QRandomGenerator::global()->bounded(0x10000));
    const QByteArray query = dnsQuery(id, name.trimmed(), isAaaa ? DnsType::Aaaa : DnsType::A);
    if (query.isEmpty())
        return answered<DnsReport>(
            fail(Error::Code::Invalid, "this cannot be a DNS name", name.toStdString()));
    if (m_server.isEmpty())
        return answered<DnsReport>(
            fail(Error::Code::Unreachable, "this sidecar serves no names (yet)", name.toStdString()));
    const auto promise = std::make_shared<QPromise<Result<DnsReport>>>();
    promise->start();
    QElapsedTimer clock;
    clock.start();
    // First the server itself, as any application; then the same way step by step, to say who answered.
    m_asApplication->resolve(query, false, this, [this, promise, clock, query](const DnsOutcome &outcome) {
        DnsReport report;
        report.milliseconds = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        if (const auto summary = dnsSummary(outcome.answer)) {
            report.name = summary->name;
            report.type = dnsTypeName(summary->type);
            report.rcode = dnsRcodeName(summary->rcode);
            report.addresses = summary->addresses;
            report.ttl = summary->ttl;
        }
        report.steps << u"asked "_s + m_server + u" on 127.0.0.1:"_s + QString::number(m_place.port);
        m_resolver->resolve(query, false, this, [promise, report](const DnsOutcome &own) mutable {
            report.answerer = own.answerer;
            report.steps << own.steps;
            promise->addResult(Result<DnsReport>(report));
            promise->finish();
        });
    });
    return promise->future();
}

void NameService::stop(int graceMilliseconds)
{
    m_isStopping = true;
    m_pollTimer.stop();
    m_embedded.reset();
    if (m_plugins)
        signalGroup(m_plugins->processId(), GroupSignal::Kill);
    m_coreDns.stop(graceMilliseconds);
}

void NameService::removeFiles()
{
    if (!m_corefile.isEmpty())
        QFile::remove(m_corefile);
    m_corefile.clear();
}

void NameService::terminateNow()
{
    m_isStopping = true;
    m_coreDns.disconnect(this);
    m_coreDns.terminateNow();
}

void NameService::endWithin(int milliseconds) { m_coreDns.endWithin(milliseconds); }

}  // namespace meshscope
