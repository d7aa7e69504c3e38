#include "backend/sidecar/sidecar.h"

#include "backend/sidecar/ports.h"
#include "backend/support/log.h"

#include <QFile>

namespace meshscope {

using namespace Qt::StringLiterals;
using Level = SidecarLogLine::Level;
using Origin = SidecarLogLine::Origin;

namespace {

ToolSearch searchFor(const QString &named, const char *variable)
{
    auto search = ToolSearch::fromEnvironment({}, variable);
    search.named = named;
    return search;
}

}  // namespace

Sidecar::Sidecar(SidecarSpec spec, SidecarSurroundings &surroundings)
    : m_spec(std::move(spec))
    , m_surroundings(surroundings)
    , m_timings(surroundings.timings)
    , m_http(surroundings.http)
    , m_ownEnvoy(m_spec.envoyPath.isEmpty()
                     ? nullptr
                     : std::make_unique<EnvoyTool>(searchFor(m_spec.envoyPath, "MESHSCOPE_ENVOY")))
    , m_ownCoreDns(m_spec.dns.coreDnsPath.isEmpty() ? nullptr
                                                    : std::make_unique<CoreDnsTool>(searchFor(
                                                        m_spec.dns.coreDnsPath, "MESHSCOPE_COREDNS")))
    , m_companions(surroundings.ports, m_ownCoreDns ? *m_ownCoreDns : surroundings.coreDns, m_http)
    , m_readyProbe(m_http)
    , m_watch(m_http)
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
    connect(&m_companions, &Companions::logged, this, &Sidecar::log);
    auto &names = m_companions.names();
    connect(&names, &NameService::logged, this,
            [this](Level level, const QString &text) { logFrom(Origin::Dns, level, text); });
    connect(&names, &NameService::changed, this, [this, &names] {
        m_status.dnsServer = names.server();
        m_status.dnsPid = names.pid();
        Q_EMIT changed();
    });
    connect(&names, &NameService::failed, this, [this](const Explained &cause) { failWith(cause); });
    connect(&names, &NameService::ended, this, [this] {
        m_status.dnsPid = 0;
        settle();
    });
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
    m_companions.names().disconnect(this);
}

void Sidecar::start()
{
    enter(SidecarPhase::Resolving);
    auto &tool = m_ownEnvoy ? *m_ownEnvoy : m_surroundings.envoy;
    tool.resolve(this, [this](const ToolStatus &found) { useTool(found); });
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

void Sidecar::removeFiles()
{
    for (const auto &path : std::as_const(m_written))
        QFile::remove(path);
    m_written.clear();
    m_directory.reset();
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
    QStringList troubles{m_isDrained ? u"its inbounds take no new requests"_s : QString(), m_workloadTrouble,
                         m_watch.trouble()};
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
        m_companions.stop(0);
        return;
    }
    m_isStopping = true;
    m_companions.setTerminating();
    if (m_status.phase == SidecarPhase::Ready && !m_isDrained)
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
    HttpQuestion question = adminQuestion(m_status.admin, u"/healthcheck/fail"_s);
    question.post = true;
    question.timeoutMilliseconds = m_timings.adminTimeout;
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        if (answer.status == 200 || !m_timer.isActive())
            return;
        log(Level::Warning, u"Envoy could not be told to drain"_s);
        endChildren();
    });
}

void Sidecar::drainInbounds()
{
    if (m_status.phase != SidecarPhase::Ready || m_isDrained || m_isStopping)
        return;
    m_isDrained = true;
    log(Level::Info, u"the inbounds take no new requests from now on"_s);
    HttpQuestion question =
        adminQuestion(m_status.admin, u"/drain_listeners?inboundonly&graceful&skip_exit"_s);
    question.post = true;
    question.timeoutMilliseconds = m_timings.adminTimeout;
    m_http.ask(question, this, [this](const HttpAnswer &answer) {
        if (answer.status != 200)
            log(Level::Warning, u"Envoy could not be told to drain its inbounds"_s);
    });
    showTrouble();
}

QFuture<Result<DnsReport>> Sidecar::resolve(const QString &name, const QString &type)
{
    return m_companions.names().resolve(name, type);
}

// Envoy first: its workload answers, and names are found, until the last request is through.
void Sidecar::endChildren()
{
    m_timer.stop();
    m_readyProbe.stop();
    if (m_envoy.isAlive())
        return m_envoy.stop(m_timings.grace);
    if (m_workload.isAlive() && m_workload.state() != Child::State::Stopping)
        m_workload.stop(m_timings.grace);
    m_companions.stop(m_timings.grace);
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
    if (m_envoy.isAlive() || m_workload.isAlive() || m_companions.names().isAlive()) {
        if (m_cause)
            setDetail(QString::fromStdString(m_cause->error.what));
        return;
    }
    m_companions.end();
    removeFiles();
    m_status.directory.clear();
    m_status.admin.clear();
    m_status.dnsServer.clear();
    m_status.envoyPid = m_status.workloadPid = m_status.dnsPid = 0;
    m_status.readinessPort = m_status.dnsPort = m_status.envoyDnsPort = 0;
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
    m_companions.names().terminateNow();
}

void Sidecar::endWithin(int milliseconds)
{
    QElapsedTimer clock;
    clock.start();
    m_envoy.endWithin(milliseconds);
    m_workload.endWithin(std::max(0, milliseconds - static_cast<int>(clock.elapsed())));
    m_companions.names().endWithin(std::max(0, milliseconds - static_cast<int>(clock.elapsed())));
    m_companions.end();
    removeFiles();
}

}  // namespace meshscope
