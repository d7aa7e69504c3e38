#include "app/meshscope/doors.h"

#include "app/support/sample_mesh.h"
#include "backend/client/connection_setup.h"
#include "backend/client/remote_control_plane.h"
#include "backend/connections/keychain_secret_store.h"
#include "backend/connections/settings_connection_store.h"
#include "backend/control/sandbox.h"
#include "backend/snapshot/snapshot_file_source.h"
#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPromise>
#include <QSettings>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

// A laptop's requests are short, and a person waits for the stop; kuma-dp's 30 s are for production.
constexpr int kDrainMilliseconds = 1'000;
constexpr QColor kSandboxColour{0x25, 0x63, 0xeb};
constexpr QColor kRemoteColour{0xb4, 0x53, 0x09};
constexpr QColor kFileColour{0x52, 0x52, 0x5b};

void writeLog(int level, const std::string &line)
{
    const QString text = QString::fromStdString(line);
    if (level >= 2)
        qCWarning(lcRest).noquote() << text;
    else if (level == 1)
        qCInfo(lcRest).noquote() << text;
    else
        qCDebug(lcRest).noquote() << text;
}

// The same name has the same colour each time.
QColor colourOf(const ConnectionProfile &profile)
{
    if (const QColor own(profile.colour); own.isValid())
        return own;
    const std::size_t hash = std::hash<std::string>{}(profile.name.toStdString());
    return QColor::fromHsl(static_cast<int>(hash % 360), 150, 100);
}

std::function<Result<SidecarSpec>(const Dataplane &)> remoteSpec(const QUrl &dpServer)
{
    return [dpServer](const Dataplane &dataplane) -> Result<SidecarSpec> {
        if (dpServer.isEmpty())
            return fail(
                Error::Code::Invalid,
                "this connection names no dp-server; give it one on the page of connections, or start "
                "Meshscope with --dp-server URL");
        SidecarSpec spec;
        spec.dataplane = dataplane.key;
        spec.controlPlane = dpServer;
        spec.drainMilliseconds = kDrainMilliseconds;
        spec.concurrency = 1;
        // Names lead somewhere only behind a transparent proxy.
        if (dataplane.transparentProxying)
            spec.dns.server = SidecarDns::Auto;
        return spec;
    };
}

template <class T>
std::shared_ptr<QPromise<Result<T>>> begin()
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    return promise;
}

template <class T>
void answer(const std::shared_ptr<QPromise<Result<T>>> &promise, Result<T> result)
{
    promise->addResult(std::move(result));
    promise->finish();
}

}  // namespace

Doors::Doors(QSettings &settings, const QString &folder, const QString &kumactlFile)
    : m_secrets(std::make_unique<KeychainSecretStore>(folder + u"/secrets.json"_s))
    , m_store(std::make_unique<SettingsConnectionStore>(settings, *m_secrets, kumactlFile))
{}

// Connections end before the sandbox that some of them ask.
Doors::~Doors()
{
    m_open.clear();
    m_files.clear();
}

ConnectionStore *Doors::store() { return m_store.get(); }

QString Doors::secretPlace() const { return m_secrets->place(); }

QString Doors::secretWarning() const { return m_secrets->warning(); }

ui::Connection Doors::adopt(std::unique_ptr<RemoteControlPlane> plane)
{
    ui::Connection connection;
    connection.source = plane->source();
    connection.editor = plane->editor();
    connection.name = plane->source()->displayName();
    m_open.emplace(connection.source, std::move(plane));
    return connection;
}

QFuture<Result<QString>> Doors::test(const ConnectionProfile &profile, const ProfileSecrets &secrets)
{
    auto promise = begin<QString>();
    const auto ask = [this, promise, profile](const ProfileSecrets &known) {
        auto options = connectionOptionsOf(profile, known);
        if (!options)
            return answer<QString>(promise, fail(options.error()));
        options->intervalMilliseconds = 0;
        auto plane = std::make_shared<RemoteControlPlane>(*options);
        whenDone(
            plane->source()->fetch(u"/"_s), this, [this, promise, plane](const Result<std::string> &index) {
                if (!index)
                    return answer<QString>(promise, fail(index.error()));
                const QJsonObject told = QJsonDocument::fromJson(QByteArray::fromStdString(*index)).object();
                const QString product =
                    told.value(u"product"_s).toString(told.value(u"tagline"_s).toString());
                if (product.isEmpty())
                    return answer<QString>(promise,
                                           fail(Error::Code::Invalid,
                                                "something answers there, but it is no Kuma control plane",
                                                plane->source()->address().toString().toStdString()));
                const QString name = product + u' ' + told.value(u"version"_s).toString();
                // The index is served to anyone; whether the token is good shows in a list.
                whenDone(plane->source()->fetch(u"/meshes"_s), this,
                         [promise, plane, name](const Result<std::string> &meshes) {
                             answer<QString>(promise, meshes ? Result<QString>(name)
                                                             : Result<QString>(fail(meshes.error())));
                             // The plane ends after its own callback.
                             QMetaObject::invokeMethod(
                                 qApp, [plane] {}, Qt::QueuedConnection);
                         });
            });
    };
    if (!secrets.token.empty() || profile.id.isEmpty()) {
        ask(secrets);
        return promise->future();
    }
    whenDone(m_store->secretsOf(profile.id), this, [promise, ask](const Result<ProfileSecrets> &known) {
        if (!known)
            return answer<QString>(promise, fail(known.error()));
        ask(*known);
    });
    return promise->future();
}

QFuture<Result<ui::Connection>> Doors::open(const QString &profileId)
{
    auto promise = begin<ui::Connection>();
    const QList<ConnectionProfile> profiles = m_store->profiles();
    const auto at = std::find_if(profiles.begin(), profiles.end(),
                                 [&profileId](const ConnectionProfile &one) { return one.id == profileId; });
    if (at == profiles.end()) {
        answer<ui::Connection>(promise, fail(Error::Code::NotFound, "this connection is not known any more",
                                             profileId.toStdString()));
        return promise->future();
    }
    whenDone(m_store->secretsOf(profileId), this,
             [this, promise, profile = *at](const Result<ProfileSecrets> &secrets) {
                 if (!secrets)
                     return answer<ui::Connection>(promise, fail(secrets.error()));
                 const auto options = connectionOptionsOf(profile, *secrets);
                 if (!options)
                     return answer<ui::Connection>(promise, fail(options.error()));
                 ui::Connection connection = adopt(std::make_unique<RemoteControlPlane>(*options));
                 connection.name = profile.name;
                 connection.colour = colourOf(profile);
                 connection.profileId = profile.id;
                 connection.isProtected = profile.isProtected;
                 connection.isReadOnly = profile.isReadOnly;
                 connection.refreshMilliseconds = profile.intervalMilliseconds;
                 connection.sidecarSpec = remoteSpec(profile.dpServer);
                 answer<ui::Connection>(promise, connection);
             });
    return promise->future();
}

ui::Connection Doors::openUrl(const QUrl &url, const QUrl &dpServer)
{
    ConnectionOptions options;
    options.displayName = url.host();
    options.baseUrl = url;
    ui::Connection connection = adopt(std::make_unique<RemoteControlPlane>(options));
    connection.colour = kRemoteColour;
    connection.sidecarSpec = remoteSpec(dpServer);
    return connection;
}

QStringList Doors::samples() const { return {u"hello"_s}; }

Result<ui::Connection> Doors::startSandbox(const QString &sampleName, bool freePorts)
{
    if (m_sandbox)
        return fail(Error::Code::Conflict, "the sandbox runs already; close it first");
    SandboxOptions options;
    options.log = writeLog;
    if (freePorts)
        options.apiPort = options.dpPort = options.xdsPort = 0;
    auto started = Sandbox::start(options);
    if (!started)
        return fail(started.error());
    auto sandbox = std::move(*started);
    if (sampleName != "empty"_L1) {
        const auto sample = loadSample(sampleName, freePorts ? SamplePorts::AnyFree : SamplePorts::AsWritten);
        if (!sample)
            return fail(sample.error());
        for (const auto &[wished, used] : sample->movedPorts)
            qCDebug(lcApp) << "sample port" << wished << "became" << used;
        for (const auto &resource : sample->resources) {
            if (auto applied = sandbox->apply(resource); !applied)
                return fail(applied.error());
        }
    }
    m_sandbox = std::move(sandbox);
    ConnectionOptions connectionOptions;
    connectionOptions.displayName = tr("Sandbox");
    connectionOptions.baseUrl = QUrl(QString::fromStdString(m_sandbox->addresses().api));
    ui::Connection connection = adopt(std::make_unique<RemoteControlPlane>(connectionOptions));
    m_sandboxSource = connection.source;
    connection.colour = kSandboxColour;
    const QUrl dpServer(QString::fromStdString(m_sandbox->addresses().dp));
    connection.sidecarSpec = [dpServer, authority = m_sandbox->addresses().caCertificate](
                                 const Dataplane &dataplane) -> Result<SidecarSpec> {
        SidecarSpec spec;
        spec.dataplane = dataplane.key;
        spec.controlPlane = dpServer;
        spec.caCertificate = authority;
        spec.drainMilliseconds = kDrainMilliseconds;
        spec.concurrency = 1;
        // Names lead somewhere only behind a transparent proxy.
        if (dataplane.transparentProxying)
            spec.dns.server = SidecarDns::Auto;
        // Only the sandbox's sample lives on this machine without applications of its own.
        if (dataplane.address == "127.0.0.1") {
            if (auto workload = workloadFor(dataplane))
                spec.workload = *workload;
        }
        return spec;
    };
    return connection;
}

QFuture<Result<ui::Connection>> Doors::openSnapshot(const QString &path)
{
    auto opened = SnapshotFileSource::open(path);
    if (!opened)
        return answered<ui::Connection>(fail(opened.error()));
    File file;
    file.source = std::move(*opened);
    file.editor = std::make_unique<SnapshotFileEditor>(*file.source);
    ui::Connection connection;
    connection.source = file.source.get();
    connection.editor = file.editor.get();
    connection.name = file.source->displayName();
    connection.colour = kFileColour;
    connection.isReadOnly = true;
    m_files.emplace(connection.source, std::move(file));
    return answered<ui::Connection>(connection);
}

QString Doors::whyNoSnapshots() const { return {}; }

void Doors::close(MeshSource *source)
{
    m_open.erase(source);
    m_files.erase(source);
    if (source == m_sandboxSource) {
        m_sandboxSource = nullptr;
        m_sandbox.reset();
    }
}

}  // namespace meshscope
