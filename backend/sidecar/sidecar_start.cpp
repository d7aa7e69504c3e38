// The way up of a sidecar: the tool, its directory, the bootstrap, the start. What happens afterwards is in
// sidecar.cpp.
#include "backend/sidecar/ports.h"
#include "backend/sidecar/sidecar.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QHostAddress>
#include <QSslCertificate>

namespace meshscope {

using namespace Qt::StringLiterals;
using Level = SidecarLogLine::Level;

namespace {

bool isLoopback(const QString &host) { return host == "localhost"_L1 || QHostAddress(host).isLoopback(); }

}  // namespace

void Sidecar::useTool(const ToolStatus &tool)
{
    if (m_status.phase != SidecarPhase::Resolving)
        return;  // stopped meanwhile
    if (!tool.isFound())
        return failWith(Error::Code::NotFound,
                        u"Envoy was not found (tried "_s + tool.tried.join(u", "_s) + u')', u"envoy"_s,
                        tool.advice);
    m_envoyTool = tool;
    m_status.envoyVersion = tool.version;
    log(Level::Info, u"Envoy "_s + tool.version + u" at "_s + tool.path);
    if (!makeDirectory() || !writeToken())
        return;
    if (const auto cause = m_companions.prepare(m_spec))
        return failWith(*cause);
    m_facts.envoyVersion = tool.version;
    m_facts.readinessPort = m_status.readinessPort = m_companions.readinessPort();
    m_facts.dnsPort = m_status.envoyDnsPort = m_companions.envoyDnsPort();
    m_status.dnsPort = m_companions.dnsPort();
    if (const quint16 port = m_companions.adminPort())
        m_spec.dataplaneResource = withAdminPort(m_spec.dataplaneResource, port);
    enter(SidecarPhase::Bootstrapping);
    m_sinceFirstTry.start();
    askBootstrap();
}

// Mode 0700, by mkdtemp. Its name holds our process id, so that a later start can clear up after a crash, and
// is short, since Unix sockets in it have at most 107 bytes of path.
bool Sidecar::makeDirectory()
{
    const QString base = m_surroundings.baseFolder;
    m_directory = std::make_unique<QTemporaryDir>(
        base + u"/ms-"_s + QString::number(QCoreApplication::applicationPid()) + u"-XXXXXX"_s);
    if (!m_directory->isValid()) {
        failWith(Error::Code::Refused,
                 u"no directory can be made in "_s + base + u": "_s + m_directory->errorString(), base,
                 u"Check its rights and the space on its disk"_s);
        return false;
    }
    const auto given = [this](const QString &wished) {
        return wished.isEmpty() ? m_directory->path() : QDir(wished).absolutePath();
    };
    m_status.directory = given(m_spec.configDir);
    m_facts.workdir = given(m_spec.socketDir);
    return true;
}

bool Sidecar::writePrivately(const QString &path, const QByteArray &content, const QString &what)
{
    QFile::remove(path);  // of an earlier run in the same folder
    QFile file(path);
    // Not readable by others at any moment: the rights are set before the first byte, which may be secret.
    const bool done =
        file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && file.write(content) == content.size() && file.flush();
    if (done)
        m_written << path;
    else
        failWith(Error::Code::Refused, what + u" cannot be written: "_s + file.errorString(), path,
                 u"Check the folder, its rights and the space on its disk"_s);
    return done;
}

// Envoy may read the token again while it runs, when the control plane lets it (googleGrpc): there has to be
// a file that stays.
bool Sidecar::writeToken()
{
    if (m_spec.token.empty())
        return true;
    m_facts.tokenPath = m_spec.tokenFile;
    if (!m_facts.tokenPath.isEmpty())
        return true;
    const QString name = QString::fromStdString(m_status.key.name);
    m_facts.tokenPath =
        m_status.directory + u'/' + (name.contains(u'/') || name.startsWith(u'.') ? u"token"_s : name);
    return writePrivately(m_facts.tokenPath, QByteArray::fromStdString(m_spec.token), u"the token"_s);
}

bool Sidecar::prepareTls(HttpQuestion &question)
{
    if (question.url.scheme() != "https"_L1)
        return true;
    auto tls = QSslConfiguration::defaultConfiguration();
    if (!m_spec.caCertificate.empty()) {
        const auto certificates = QSslCertificate::fromData(QByteArray::fromStdString(m_spec.caCertificate));
        if (certificates.isEmpty()) {
            failWith(Error::Code::Invalid, u"the CA certificate given is no PEM certificate"_s,
                     question.url.toString(), u"Give the file that the control plane's operator gives out"_s);
            return false;
        }
        tls.setCaCertificates(certificates);
    } else if (m_spec.skipVerify || isLoopback(question.url.host())) {
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
        if (!m_sinceFirstTry.hasExpired(m_spec.retryPause))
            log(Level::Warning,
                u"no CA certificate was given: the control plane's identity is not verified"_s);
    }
    question.tls = tls;
    return true;
}

void Sidecar::askBootstrap()
{
    HttpQuestion question;
    question.url = bootstrapUrl(m_spec.controlPlane);
    question.post = true;
    question.body = bootstrapRequest(m_spec, m_facts);
    question.timeoutMilliseconds = m_timings.bootstrapTimeout;
    if (prepareTls(question))
        m_http.ask(question, this, [this](const HttpAnswer &answer) { takeBootstrap(answer); });
}

void Sidecar::takeBootstrap(const HttpAnswer &answer)
{
    if (m_status.phase != SidecarPhase::Bootstrapping)
        return;  // stopped meanwhile
    const auto outcome = judgeBootstrap(answer, m_spec);
    if (const auto *retry = std::get_if<BootstrapRetry>(&outcome))
        return waitAndRetry(*retry);
    if (const auto *refused = std::get_if<BootstrapRefused>(&outcome))
        return failWith({refused->error, refused->advice});
    const auto &ready = std::get<BootstrapReady>(outcome);
    m_status.admin = ready.admin;
    launch(ready);
}

void Sidecar::waitAndRetry(const BootstrapRetry &retry)
{
    if (m_sinceFirstTry.hasExpired(m_spec.retryTotal)) {
        const bool isMissing = retry.code == Error::Code::NotFound;
        const QString what = isMissing
                                 ? u"dataplane not found: the control plane does not know "_s
                                       + QString::fromStdString(m_status.key.mesh + "/" + m_status.key.name)
                                 : retry.reason;
        return failWith(retry.code, what, bootstrapUrl(m_spec.controlPlane).toString(QUrl::RemoveUserInfo),
                        isMissing
                            ? u"Create the Dataplane (push it in the editor), then start the sidecar again"_s
                            : u"Check that the control plane runs and that the address is right"_s);
    }
    if (m_status.detail != retry.reason)
        log(Level::Warning, retry.reason);
    setDetail(retry.reason);
    m_timer.disconnect();
    connect(&m_timer, &QTimer::timeout, this, &Sidecar::askBootstrap);
    m_timer.start(m_spec.retryPause);
}

bool Sidecar::writeBootstrap(const QByteArray &yaml)
{
    return writePrivately(m_status.directory + u"/bootstrap.yaml"_s, yaml, u"the bootstrap"_s);
}

bool Sidecar::portsAreFree()
{
    auto wanted = portsOf(m_spec.dataplaneResource);
    const auto own = m_companions.wantedPorts();
    wanted.insert(wanted.end(), own.begin(), own.end());
    if (m_status.admin.scheme() != "unix"_L1)
        wanted.push_back({u"Envoy's admin interface"_s, m_status.admin.host(),
                          static_cast<quint16>(m_status.admin.port())});
    for (const auto &[purpose, address, port, transport] : wanted) {
        if (!isTaken(QHostAddress(address), port, transport))
            continue;
        failWith(
            portInUse(purpose, address, port, transport == Transport::Udp ? whoHoldsUdpPort : whoHoldsPort));
        return false;
    }
    return true;
}

QStringList Sidecar::envoyArguments() const
{
    QStringList arguments{u"--config-path"_s,         m_status.directory + u"/bootstrap.yaml"_s,
                          u"--drain-time-s"_s,        QString::number(m_spec.drainMilliseconds / 1000),
                          u"--drain-strategy"_s,      u"immediate"_s,
                          u"--disable-hot-restart"_s, u"--log-level"_s,
                          m_spec.envoyLogLevel};
    if (!m_spec.envoyComponentLogLevel.isEmpty())
        arguments << u"--component-log-level"_s << m_spec.envoyComponentLogLevel;
    if (m_spec.concurrency > 0)
        arguments << u"--concurrency"_s << QString::number(m_spec.concurrency);
    else
        arguments << u"--cpuset-threads"_s;
    return arguments;
}

void Sidecar::launch(const BootstrapReady &bootstrap)
{
    if (!portsAreFree() || !writeBootstrap(bootstrap.yaml))
        return;
    enter(SidecarPhase::Starting);
    if (const auto cause = m_companions.begin(
            m_spec, bootstrap,
            {m_facts.workdir, m_status.directory, m_directory->path(), m_surroundings.resolvConf}))
        return failWith(*cause);
    if (m_cause)
        return;  // a companion could not start
    launchWorkload();
    m_envoy.start(m_envoyTool.path, envoyArguments(), m_directory->path());
    m_readyProbe.start(m_status.admin, m_timings.readyPause, m_timings.adminTimeout);
}

void Sidecar::launchWorkload()
{
    if (!m_spec.workload)
        return;
    log(Level::Info,
        u"workload: "_s + m_spec.workload->program + u' ' + m_spec.workload->arguments.join(u' '));
    m_workload.start(m_spec.workload->program, m_spec.workload->arguments, m_directory->path());
}

}  // namespace meshscope
