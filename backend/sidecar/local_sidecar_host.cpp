#include "backend/sidecar/local_sidecar_host.h"

#include "backend/sidecar/child_process.h"
#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

QString usableBaseFolder(const QString &wished)
{
    if (!wished.isEmpty())
        return wished;
    // Asked for directly: QStandardPaths would make a folder and warn where the variable is not set.
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    const QFileInfo info(runtime);
    return !runtime.isEmpty() && info.isDir() && info.isWritable() ? runtime : QDir::tempPath();
}

// The folders of launchers that were killed.
QStringList deadFolders(const QString &folder)
{
    QStringList result;
    const auto entries =
        QDir(folder).entryInfoList({u"ms-*-*"_s}, QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const auto &entry : entries) {
        bool isNumber = false;
        const qint64 pid = entry.fileName().section(u'-', 1, 1).toLongLong(&isNumber);
        if (isNumber && entry.isWritable() && !isProcessAlive(pid))
            result << entry.filePath();
    }
    return result;
}

// A bootstrap in it may hold a token, so it goes as soon as nothing needs it.
void removeFolder(const QString &folder)
{
    if (QDir(folder).removeRecursively())
        qCInfo(lcSidecar).noquote() << u"removed what an earlier run left:"_s << folder;
}

QList<SidecarLeftover> leftoversIn(const QStringList &folders)
{
    QList<SidecarLeftover> result;
    if (folders.isEmpty())
        return result;
    for (const auto &folder : folders)
        result << SidecarLeftover{folder, {}, {}};
    for (const auto &process : markedProcesses()) {
        const auto at = folders.indexOf(process.directory);
        if (at < 0)
            continue;
        result[at].pids << process.pid;
        result[at].programs << process.program;
    }
    result.removeIf([](const SidecarLeftover &one) { return one.pids.isEmpty(); });
    return result;
}

}  // namespace

LocalSidecarHost::LocalSidecarHost(SidecarHostOptions options, QObject *parent)
    : SidecarHost(parent)
    , m_envoy(std::move(options.envoy))
    , m_coreDns(std::move(options.coreDns))
    , m_surroundings{m_envoy,
                     m_coreDns,
                     m_http,
                     m_ports,
                     usableBaseFolder(options.baseFolder),
                     options.resolvConf,
                     options.timings}
    , m_deadFolders(deadFolders(m_surroundings.baseFolder))
{
    const auto alive = leftoversIn(m_deadFolders);
    m_deadFolders.removeIf([&alive](const QString &folder) {
        const bool isUsed =
            std::any_of(alive.begin(), alive.end(), [&](const auto &one) { return one.directory == folder; });
        if (!isUsed)
            removeFolder(folder);
        return !isUsed;
    });
}

LocalSidecarHost::~LocalSidecarHost()
{
    for (const auto &slot : m_slots)
        slot->sidecar->disconnect(this);
    for (const auto &slot : m_slots)
        slot->sidecar->terminateNow();
    QElapsedTimer clock;
    clock.start();
    for (const auto &slot : m_slots)
        slot->sidecar->endWithin(std::max(0, kLastGrace - static_cast<int>(clock.elapsed())));
}

QList<SidecarStatus> LocalSidecarHost::sidecars() const
{
    QList<SidecarStatus> result;
    for (const auto &slot : m_slots)
        result << slot->status();
    return result;
}

QList<SidecarLogLine> LocalSidecarHost::logLines(const ResourceKey &key) const
{
    const Slot *slot = find(key);
    return slot ? slot->log.lines() : QList<SidecarLogLine>();
}

ToolStatus LocalSidecarHost::envoy() const { return m_envoy.status(); }

void LocalSidecarHost::lookForEnvoy()
{
    m_envoy.resolve(this, [this](const ToolStatus &status) { Q_EMIT envoyFound(status); });
}

Result<void> LocalSidecarHost::start(const SidecarSpec &spec)
{
    const std::string name = spec.dataplane.mesh + "/" + spec.dataplane.name;
    if (spec.dataplane.name.empty() || spec.dataplane.mesh.empty())
        return fail(Error::Code::Invalid, "a sidecar needs the name and the mesh of its Dataplane", name);
    const QString scheme = spec.controlPlane.scheme();
    if (!spec.controlPlane.isValid() || spec.controlPlane.host().isEmpty()
        || (scheme != "https"_L1 && scheme != "http"_L1))
        return fail(Error::Code::Invalid,
                    "the control plane's address must be a URL like https://127.0.0.1:5678",
                    spec.controlPlane.toString(QUrl::RemoveUserInfo).toStdString());
    if (spec.drainMilliseconds < 0 || spec.concurrency < 0)
        return fail(Error::Code::Invalid, "drain time and concurrency cannot be negative", name);
    Slot &slot = slotFor(spec);
    if (slot.sidecar && !slot.sidecar->hasEnded())
        return fail(Error::Code::Conflict, "this sidecar runs already", name);
    slot.spec = spec;
    slot.restarts = slot.failedInARow = 0;
    run(slot);
    return {};
}

void LocalSidecarHost::run(Slot &slot)
{
    slot.restartTimer.stop();
    slot.restartAt = {};
    slot.sinceReady.invalidate();
    if (slot.sidecar) {  // a restart may be asked for in answer to a signal of the old run
        slot.sidecar->disconnect(this);
        slot.sidecar->setParent(this);
        slot.sidecar.release()->deleteLater();
    }
    slot.sidecar = std::make_unique<Sidecar>(slot.spec, m_surroundings);
    Sidecar *sidecar = slot.sidecar.get();
    connect(sidecar, &Sidecar::changed, this, [this, &slot] { react(slot); });
    connect(sidecar, &Sidecar::logged, this, [this, &slot](const SidecarLogLine &line) {
        slot.log.append(line);
        Q_EMIT logAppended(line);
    });
    sidecar->start();
}

// After a failure it is started again by itself, if so wished: after a pause that doubles as long as it does
// not stay up for that long.
void LocalSidecarHost::react(Slot &slot)
{
    const auto &timings = m_surroundings.timings;
    const SidecarStatus now = slot.sidecar->status();
    if (now.phase == SidecarPhase::Ready && !slot.sinceReady.isValid())
        slot.sinceReady.start();
    if (now.phase == SidecarPhase::Failed && slot.spec.restart == SidecarRestart::OnFailure
        && !slot.restartTimer.isActive()) {
        if (slot.sinceReady.isValid() && slot.sinceReady.hasExpired(timings.restartLongest))
            slot.failedInARow = 0;
        const int doublings = std::min(slot.failedInARow++, 10);
        const qint64 pause =
            std::min<qint64>(qint64(timings.restartPause) << doublings, timings.restartLongest);
        slot.restartAt = QDateTime::currentDateTimeUtc().addMSecs(pause);
        slot.restartTimer.setSingleShot(true);
        slot.restartTimer.disconnect();
        connect(&slot.restartTimer, &QTimer::timeout, this, [this, &slot] {
            ++slot.restarts;
            run(slot);
        });
        slot.restartTimer.start(static_cast<int>(pause));
        const SidecarLogLine line{now.key, QDateTime::currentDateTimeUtc(), SidecarLogLine::Origin::Launcher,
                                  SidecarLogLine::Level::Info,
                                  u"starting again in %1 s"_s.arg((pause + 500) / 1000)};
        slot.log.append(line);
        Q_EMIT logAppended(line);
    }
    Q_EMIT sidecarChanged(slot.status());
}

void LocalSidecarHost::forgetRestart(Slot &slot)
{
    if (!slot.restartTimer.isActive())
        return;
    slot.restartTimer.stop();
    slot.restartAt = {};
    Q_EMIT sidecarChanged(slot.status());
}

SidecarStatus LocalSidecarHost::Slot::status() const
{
    SidecarStatus result = sidecar->status();
    result.restarts = restarts;
    result.restartAt = restartAt;
    return result;
}

void LocalSidecarHost::stop(const ResourceKey &key)
{
    if (Slot *slot = find(key)) {
        forgetRestart(*slot);
        slot->sidecar->stop();
    }
}

void LocalSidecarHost::stopAll()
{
    for (const auto &slot : m_slots) {
        forgetRestart(*slot);
        slot->sidecar->stop();
    }
}

void LocalSidecarHost::drainInbounds(const ResourceKey &key)
{
    if (const Slot *slot = find(key))
        slot->sidecar->drainInbounds();
}

QList<SidecarLeftover> LocalSidecarHost::leftovers() const { return leftoversIn(m_deadFolders); }

void LocalSidecarHost::removeLeftovers()
{
    const auto found = leftovers();
    for (const auto &leftover : found) {
        for (const qint64 pid : leftover.pids)
            killProcess(pid);
        removeFolder(leftover.directory);
    }
    m_deadFolders.clear();
}

QFuture<Result<DnsReport>> LocalSidecarHost::resolve(const ResourceKey &key, const QString &name,
                                                     const QString &type)
{
    const Slot *slot = find(key);
    if (!slot)
        return answered<DnsReport>(
            fail(Error::Code::NotFound, "there is no such sidecar here", key.mesh + "/" + key.name));
    return slot->sidecar->resolve(name, type);
}

bool LocalSidecarHost::isBusy() const
{
    return std::any_of(m_slots.begin(), m_slots.end(),
                       [](const auto &slot) { return !slot->sidecar->hasEnded(); });
}

QFuture<Result<CallReport>> LocalSidecarHost::call(const QUrl &url, int times)
{
    const auto where = url.toString(QUrl::RemoveUserInfo).toStdString();
    if (!url.isValid() || url.scheme() != "http"_L1 || url.host().isEmpty())
        return answered<CallReport>(fail(Error::Code::Invalid, "only http:// URLs can be called", where));
    if (times < 1 || times > CallRun::kMostCalls)
        return answered<CallReport>(
            fail(Error::Code::Invalid,
                 "the number of calls must be from 1 to " + std::to_string(CallRun::kMostCalls), where));
    return (new CallRun(url, times, this))->future();
}

QFuture<Result<QByteArray>> LocalSidecarHost::admin(const ResourceKey &key, const QString &path,
                                                    AdminVerb verb)
{
    const std::string name = key.mesh + "/" + key.name;
    const Slot *slot = find(key);
    if (!slot)
        return answered<QByteArray>(fail(Error::Code::NotFound, "there is no such sidecar here", name));
    if (slot->sidecar->status().envoyPid == 0)
        return answered<QByteArray>(fail(Error::Code::Unreachable, "its Envoy does not run", name));
    HttpQuestion question =
        adminQuestion(slot->sidecar->status().admin, path.startsWith(u'/') ? path : QString(u'/' + path));
    question.post = verb == AdminVerb::Post;
    question.timeoutMilliseconds =
        m_surroundings.timings.adminTimeout * 5;  // a config dump of a large mesh takes a while
    question.bodyLimit = 256 << 20;
    const auto promise = std::make_shared<QPromise<Result<QByteArray>>>();
    promise->start();
    m_http.ask(
        question, this, [promise, where = question.url.toString().toStdString()](const HttpAnswer &answer) {
            if (answer.status == 200)
                promise->addResult(Result<QByteArray>(answer.body));
            else if (answer.status == 0)
                promise->addResult(Result<QByteArray>(fail(
                    Error::Code::Unreachable,
                    "Envoy's admin interface cannot be reached: " + answer.failure.toStdString(), where)));
            else
                promise->addResult(Result<QByteArray>(
                    fail(answer.status == 404 ? Error::Code::NotFound : Error::Code::Refused,
                         "Envoy's admin interface answered " + std::to_string(answer.status) + ": "
                             + answer.body.left(200).simplified().toStdString(),
                         where)));
            promise->finish();
        });
    return promise->future();
}

LocalSidecarHost::Slot *LocalSidecarHost::find(const ResourceKey &key) const
{
    for (const auto &slot : m_slots) {
        if (slot->spec.dataplane == key)
            return slot.get();
    }
    return nullptr;
}

LocalSidecarHost::Slot &LocalSidecarHost::slotFor(const SidecarSpec &spec)
{
    if (Slot *slot = find(spec.dataplane))
        return *slot;
    m_slots.push_back(std::make_unique<Slot>());
    m_slots.back()->spec = spec;
    return *m_slots.back();
}

}  // namespace meshscope
