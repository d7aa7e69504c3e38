#include "backend/sidecar/sidecar.h"

#include "backend/sidecar/ports.h"
#include "backend/support/log.h"

#include <QCoreApplication>
#include <QFile>
#include <QHostAddress>
#include <QSslCertificate>

namespace meshscope {

using namespace Qt::StringLiterals;
using Level = SidecarLogLine::Level;
using Origin = SidecarLogLine::Origin;

namespace {

bool isLoopback(const QString &host) { return host == "localhost"_L1 || QHostAddress(host).isLoopback(); }

}  // namespace

Sidecar::Sidecar(SidecarSpec spec, EnvoyTool &tool, HttpExchange &http, QString baseFolder,
                 SidecarTimings timings)
    : m_spec(std::move(spec))
    , m_tool(tool)
    , m_baseFolder(std::move(baseFolder))
    , m_timings(timings)
    , m_http(http)
    , m_readyProbe(http)
    , m_watch(http)
{
    m_status.key = m_spec.dataplane;
    m_timer.setSingleShot(true);
    connect(&m_envoy, &Child::started, this, [this] {
        m_status.envoyPid = m_envoy.pid();
        Q_EMIT changed();
    });
    connect(&m_workload, &Child::started, this, [this] {
        m_status.workloadPid = m_workload.pid();
        Q_EMIT changed();
    });
    connect(&m_envoy, &Child::lineWritten, this, &Sidecar::readEnvoyLine);
    connect(&m_workload, &Child::lineWritten, this, [this](const QByteArray &line) {
        logFrom(Origin::Workload, Level::Info, QString::fromUtf8(line));
    });
    const auto leftOut = [](qint64 count) -> QString {
        return u"… "_s + QString::number(count)
               + u" lines left out: they come faster than they can be read"_s;
    };
    connect(&m_envoy, &Child::linesLeftOut, this,
            [this, leftOut](qint64 count) { logFrom(Origin::Envoy, Level::Warning, leftOut(count)); });
    connect(&m_workload, &Child::linesLeftOut, this,
            [this, leftOut](qint64 count) { logFrom(Origin::Workload, Level::Warning, leftOut(count)); });
    connect(&m_readyProbe, &ReadyProbe::ready, this, &Sidecar::becomeReady);
    connect(&m_readyProbe, &ReadyProbe::notReady, this, &Sidecar::notReady);
    connect(&m_watch, &EnvoyWatch::changed, this, &Sidecar::showTrouble);
    connect(&m_envoy, &Child::ended, this, &Sidecar::envoyEnded);
    connect(&m_workload, &Child::ended, this, &Sidecar::workloadEnded);
}

Sidecar::~Sidecar()
{
    m_envoy.disconnect(this);
    m_workload.disconnect(this);
}

void Sidecar::start()
{
    enter(SidecarPhase::Resolving);
    m_tool.resolve(this, [this](const ToolStatus &tool) { useTool(tool); });
}

bool Sidecar::hasEnded() const
{
    return m_status.phase == SidecarPhase::Stopped || m_status.phase == SidecarPhase::Failed;
}

void Sidecar::enter(SidecarPhase phase, const QString &detail)
{
    m_timer.stop();
    m_timer.disconnect();
    m_readyProbe.stop();
    m_watch.stop();
    m_status.phase = phase;
    m_status.detail = detail;
    m_status.since = QDateTime::currentDateTimeUtc();
    m_sincePhase.start();
    Q_EMIT changed();
}

void Sidecar::setDetail(const QString &detail)
{
    if (m_status.detail == detail)
        return;
    m_status.detail = detail;
    Q_EMIT changed();
}

void Sidecar::log(Level level, const QString &text) { logFrom(Origin::Launcher, level, text); }

void Sidecar::logFrom(Origin origin, Level level, const QString &text)
{
    Q_EMIT logged({m_status.key, QDateTime::currentDateTimeUtc(), origin, level, text});
}

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
    if (!makeDirectory())
        return;
    enter(SidecarPhase::Bootstrapping);
    m_sinceFirstTry.start();
    askBootstrap();
}

// Mode 0700, by mkdtemp. Its name holds our process id, so that a later start can clear up after a crash, and
// is short, since Unix sockets in it have at most 107 bytes of path.
bool Sidecar::makeDirectory()
{
    m_directory = std::make_unique<QTemporaryDir>(
        m_baseFolder + u"/ms-"_s + QString::number(QCoreApplication::applicationPid()) + u"-XXXXXX"_s);
    if (m_directory->isValid()) {
        m_status.directory = m_directory->path();
        return true;
    }
    failWith(Error::Code::Refused,
             u"no directory can be made in "_s + m_baseFolder + u": "_s + m_directory->errorString(),
             m_baseFolder, u"Check its rights and the space on its disk"_s);
    return false;
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
        if (!m_sinceFirstTry.hasExpired(m_timings.retryPause))
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
    question.body = bootstrapRequest(m_spec, m_envoyTool.version, m_status.directory);
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
    launch(ready.yaml);
}

void Sidecar::waitAndRetry(const BootstrapRetry &retry)
{
    if (m_sinceFirstTry.hasExpired(m_timings.retryTotal)) {
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
    m_timer.start(m_timings.retryPause);
}

bool Sidecar::writeBootstrap(const QByteArray &yaml)
{
    QFile file(m_status.directory + u"/bootstrap.yaml"_s);
    // Not readable by others at any moment: the rights are set before the first byte, which may hold a token.
    const bool done =
        file.open(QIODevice::WriteOnly | QIODevice::NewOnly, QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && file.write(yaml) == yaml.size() && file.flush();
    if (!done)
        failWith(Error::Code::Refused, u"the bootstrap cannot be written: "_s + file.errorString(),
                 file.fileName(), u"Check the space on its disk"_s);
    return done;
}

bool Sidecar::portsAreFree()
{
    auto wanted = portsOf(m_spec.dataplaneResource);
    wanted.push_back(
        {u"Envoy's admin interface"_s, m_status.admin.host(), static_cast<quint16>(m_status.admin.port())});
    for (const auto &[purpose, address, port] : wanted) {
        if (!isTaken(QHostAddress(address), port))
            continue;
        failWith(portInUse(purpose, address, port, whoHoldsPort));
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
    if (m_spec.concurrency > 0)
        arguments << u"--concurrency"_s << QString::number(m_spec.concurrency);
    else
        arguments << u"--cpuset-threads"_s;
    return arguments;
}

void Sidecar::launch(const QByteArray &yaml)
{
    if (!portsAreFree() || !writeBootstrap(yaml))
        return;
    enter(SidecarPhase::Starting);
    launchWorkload();
    m_envoy.start(m_envoyTool.path, envoyArguments());
    m_readyProbe.start(m_status.admin, m_timings.readyPause, m_timings.adminTimeout);
}

void Sidecar::launchWorkload()
{
    if (!m_spec.workload)
        return;
    log(Level::Info,
        u"workload: "_s + m_spec.workload->program + u' ' + m_spec.workload->arguments.join(u' '));
    m_workload.start(m_spec.workload->program, m_spec.workload->arguments);
}

void Sidecar::becomeReady()
{
    if (m_cause || m_isStopping)
        return;
    log(Level::Info, u"ready"_s);
    enter(SidecarPhase::Ready);
    showTrouble();
    m_watch.start(m_status.admin, m_timings.adminTimeout);
}

void Sidecar::notReady(const QString &reason)
{
    if (m_sincePhase.hasExpired(m_timings.slowReady) && m_status.detail.isEmpty())
        setDetail(u"Envoy is not ready yet: "_s + reason);
}

void Sidecar::readEnvoyLine(const QByteArray &line)
{
    if (const auto parsed = parseEnvoyLine(line)) {
        m_lastEnvoyLevel = parsed->level;
        logFrom(Origin::Envoy, parsed->level, parsed->text);
    } else if (!line.isEmpty()) {
        logFrom(Origin::Envoy, m_lastEnvoyLevel, QString::fromUtf8(line));
    }
    if (m_cause || m_isStopping)
        return;
    const auto news = newsIn(line, whoHoldsPort);
    if (!news)
        return;
    const QString where = m_spec.controlPlane.toString(QUrl::RemoveUserInfo);
    const bool isStarting = m_status.phase == SidecarPhase::Starting;
    using Kind = EnvoyNews::Kind;
    // Before it ever worked, these two do not get better by waiting; later Envoy keeps what it has and tries
    // again.
    if (isStarting && news->kind == Kind::TokenRejected)
        return failWith(Error::Code::Refused, news->what, where,
                        u"Give the sidecar a token for its name and mesh that is still valid"_s);
    if (isStarting && news->kind == Kind::CertificateMismatch)
        return failWith(Error::Code::Refused, news->what, where,
                        u"Give the sidecar the CA that signed the control plane's certificate"_s);
    m_watch.note(*news);
}

void Sidecar::envoyEnded(const ChildEnd &end)
{
    m_status.envoyPid = 0;
    log(Level::Info, u"Envoy "_s + end.text);
    if (!m_cause && !m_isStopping)
        m_cause = explainEnd(end, m_envoy.lastLines(), m_envoyTool.path, whoHoldsPort);
    endChildren();
    settle();
}

void Sidecar::workloadEnded(const ChildEnd &end)
{
    m_status.workloadPid = 0;
    const bool expected = m_cause || m_isStopping;
    log(expected ? Level::Info : Level::Error, u"the workload "_s + end.text);
    if (expected)
        return settle();
    // The proxy goes on, as it would beside any application.
    m_workloadTrouble = u"the workload "_s + end.text;
    showTrouble();
    Q_EMIT changed();
}

void Sidecar::showTrouble()
{
    if (m_cause || m_isStopping
        || (m_status.phase != SidecarPhase::Starting && m_status.phase != SidecarPhase::Ready))
        return;
    QStringList troubles{m_workloadTrouble, m_watch.trouble()};
    troubles.removeAll(QString());
    setDetail(troubles.join(u"; "_s));
}

void Sidecar::stop()
{
    if (hasEnded())
        return;
    if (m_isStopping && m_status.phase == SidecarPhase::Draining && m_timer.isActive()) {
        log(Level::Info, u"asked again: ending at once"_s);
        return endChildren();
    }
    if (m_isStopping) {
        m_envoy.stop(0);
        m_workload.stop(0);
        return;
    }
    m_isStopping = true;
    if (m_status.phase == SidecarPhase::Ready)
        return drain();
    enter(SidecarPhase::Draining);
    endChildren();
    settle();
}

// "/healthcheck/fail" turns Envoy's /ready into 503 and makes it close kept-alive connections; as in kuma-dp
// there is no wait when it cannot be told.
void Sidecar::drain()
{
    enter(SidecarPhase::Draining, u"letting requests finish"_s);
    log(Level::Info, u"draining"_s);
    connect(&m_timer, &QTimer::timeout, this, &Sidecar::endChildren);
    m_timer.start(m_spec.drainMilliseconds);
    HttpQuestion question;
    question.url = m_status.admin;
    question.url.setPath(u"/healthcheck/fail"_s);
    question.post = true;
    question.timeoutMilliseconds = m_timings.adminTimeout;
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        if (answer.status == 200 || !m_timer.isActive())
            return;
        log(Level::Warning, u"Envoy could not be told to drain"_s);
        endChildren();
    });
}

// Envoy first: its workload answers until the last request is through.
void Sidecar::endChildren()
{
    m_timer.stop();
    m_readyProbe.stop();
    if (m_envoy.isAlive())
        m_envoy.stop(m_timings.grace);
    else if (m_workload.isAlive() && m_workload.state() != Child::State::Stopping)
        m_workload.stop(m_timings.grace);
}

void Sidecar::failWith(Error::Code code, const QString &what, const QString &where, const QString &advice)
{
    failWith({Error{code, what.toStdString(), where.toStdString()}, advice});
}

void Sidecar::failWith(const Explained &cause)
{
    if (m_cause || m_isStopping)
        return;
    m_cause = cause;
    endChildren();
    settle();
}

void Sidecar::settle()
{
    if (hasEnded())
        return;
    if (m_envoy.isAlive() || m_workload.isAlive()) {
        if (m_cause)
            setDetail(QString::fromStdString(m_cause->error.what));
        return;
    }
    m_directory.reset();
    m_status.directory.clear();
    m_status.admin.clear();
    m_status.envoyPid = m_status.workloadPid = 0;
    if (!m_cause || m_isStopping) {
        log(Level::Info, u"stopped"_s);
        return enter(SidecarPhase::Stopped);
    }
    m_status.failure = m_cause->error;
    m_status.advice = m_cause->advice;
    log(Level::Error, QString::fromStdString(m_cause->error.what) + u". "_s + m_cause->advice);
    qCWarning(lcSidecar).noquote() << QString::fromStdString(m_status.key.mesh + "/" + m_status.key.name)
                                   << u"failed:"_s << QString::fromStdString(m_cause->error.what);
    enter(SidecarPhase::Failed);
}

void Sidecar::terminateNow()
{
    m_envoy.disconnect(this);
    m_workload.disconnect(this);
    m_envoy.terminateNow();
    m_workload.terminateNow();
}

void Sidecar::endWithin(int milliseconds)
{
    QElapsedTimer clock;
    clock.start();
    m_envoy.endWithin(milliseconds);
    m_workload.endWithin(std::max(0, milliseconds - static_cast<int>(clock.elapsed())));
    m_directory.reset();
}

}  // namespace meshscope
