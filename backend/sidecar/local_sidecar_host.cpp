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

// What a process of ours left when it was killed: a bootstrap may hold a token.
void removeLeftovers(const QString &folder)
{
    const auto entries =
        QDir(folder).entryInfoList({u"ms-*-*"_s}, QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks);
    for (const auto &entry : entries) {
        bool isNumber = false;
        const qint64 pid = entry.fileName().section(u'-', 1, 1).toLongLong(&isNumber);
        if (isNumber && entry.isWritable() && !isProcessAlive(pid)
            && QDir(entry.filePath()).removeRecursively())
            qCInfo(lcSidecar).noquote() << u"removed what an earlier run left:"_s << entry.filePath();
    }
}

}  // namespace

LocalSidecarHost::LocalSidecarHost(SidecarHostOptions options, QObject *parent)
    : SidecarHost(parent)
    , m_envoy(std::move(options.envoy))
    , m_baseFolder(usableBaseFolder(options.baseFolder))
    , m_timings(options.timings)
{
    removeLeftovers(m_baseFolder);
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
        result << slot->sidecar->status();
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
    Slot &slot = slotFor(spec.dataplane);
    if (slot.sidecar && !slot.sidecar->hasEnded())
        return fail(Error::Code::Conflict, "this sidecar runs already", name);
    if (slot.sidecar) {  // a restart may be asked for in answer to a signal of the old run
        slot.sidecar->disconnect(this);
        slot.sidecar->setParent(this);
        slot.sidecar.release()->deleteLater();
    }
    slot.sidecar = std::make_unique<Sidecar>(spec, m_envoy, m_http, m_baseFolder, m_timings);
    Sidecar *sidecar = slot.sidecar.get();
    connect(sidecar, &Sidecar::changed, this, [this, sidecar] { Q_EMIT sidecarChanged(sidecar->status()); });
    connect(sidecar, &Sidecar::logged, this, [this, &slot](const SidecarLogLine &line) {
        slot.log.append(line);
        Q_EMIT logAppended(line);
    });
    sidecar->start();
    return {};
}

void LocalSidecarHost::stop(const ResourceKey &key)
{
    if (const Slot *slot = find(key))
        slot->sidecar->stop();
}

void LocalSidecarHost::stopAll()
{
    for (const auto &slot : m_slots)
        slot->sidecar->stop();
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

QFuture<Result<QByteArray>> LocalSidecarHost::admin(const ResourceKey &key, const QString &path)
{
    const std::string name = key.mesh + "/" + key.name;
    const Slot *slot = find(key);
    if (!slot)
        return answered<QByteArray>(fail(Error::Code::NotFound, "there is no such sidecar here", name));
    if (slot->sidecar->status().envoyPid == 0)
        return answered<QByteArray>(fail(Error::Code::Unreachable, "its Envoy does not run", name));
    const QString relative = path.startsWith(u'/') ? path.mid(1) : path;
    HttpQuestion question;
    question.url = slot->sidecar->status().admin.resolved(QUrl(u"/"_s + relative));
    question.timeoutMilliseconds = m_timings.adminTimeout * 5;  // a config dump of a large mesh takes a while
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
        if (slot->key == key)
            return slot.get();
    }
    return nullptr;
}

LocalSidecarHost::Slot &LocalSidecarHost::slotFor(const ResourceKey &key)
{
    if (Slot *slot = find(key))
        return *slot;
    m_slots.push_back(std::make_unique<Slot>());
    m_slots.back()->key = key;
    return *m_slots.back();
}

}  // namespace meshscope
