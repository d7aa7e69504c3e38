#include "backend/connections/settings_connection_store.h"

#include "backend/connections/kumactl_config.h"
#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPromise>
#include <QSettings>
#include <QUuid>

#include <algorithm>
#include <functional>
#include <vector>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

const QString kOwnKey = u"connections/own"_s;
const QString kMarksKey = u"connections/kumactl"_s;  // what is ours about kumactl's contexts, by id
constexpr int kSettleMilliseconds = 150;

QJsonObject marksOf(const ConnectionProfile &profile)
{
    return {{u"protected"_s, profile.isProtected},
            {u"readOnly"_s, profile.isReadOnly},
            {u"colour"_s, profile.colour},
            {u"dpServer"_s, profile.dpServer.toString()},
            {u"interval"_s, profile.intervalMilliseconds}};
}

void takeMarks(const QJsonObject &json, ConnectionProfile &profile)
{
    profile.isProtected = json[u"protected"_s].toBool();
    profile.isReadOnly = json[u"readOnly"_s].toBool();
    profile.colour = json[u"colour"_s].toString();
    profile.dpServer = QUrl(json[u"dpServer"_s].toString());
    profile.intervalMilliseconds = std::max(0, json[u"interval"_s].toInt(profile.intervalMilliseconds));
}

QJsonObject jsonOf(const ConnectionProfile &profile)
{
    QJsonObject json = marksOf(profile);
    json[u"id"_s] = profile.id;
    json[u"name"_s] = profile.name;
    json[u"url"_s] = profile.url.toString(QUrl::RemoveUserInfo);
    json[u"caFile"_s] = profile.caFile;
    json[u"caCertificate"_s] = QString::fromStdString(profile.caCertificate);
    json[u"clientCertificateFile"_s] = profile.clientCertificateFile;
    json[u"clientKeyFile"_s] = profile.clientKeyFile;
    json[u"skipVerify"_s] = profile.skipVerify;
    json[u"hasToken"_s] = profile.token != ConnectionProfile::TokenPlace::None;
    json[u"defaultMesh"_s] = profile.defaultMesh;
    QJsonArray headers;
    for (const auto &header : profile.headers)
        headers.append(QJsonObject{{u"name"_s, QString::fromLatin1(header.name)},
                                   {u"value"_s, header.isSecret ? QString() : header.value},
                                   {u"secret"_s, header.isSecret}});
    json[u"headers"_s] = headers;
    return json;
}

ConnectionProfile profileFrom(const QJsonObject &json)
{
    ConnectionProfile profile;
    takeMarks(json, profile);
    profile.id = json[u"id"_s].toString();
    profile.name = json[u"name"_s].toString();
    profile.url = QUrl(json[u"url"_s].toString());
    profile.caFile = json[u"caFile"_s].toString();
    profile.caCertificate = json[u"caCertificate"_s].toString().toStdString();
    profile.clientCertificateFile = json[u"clientCertificateFile"_s].toString();
    profile.clientKeyFile = json[u"clientKeyFile"_s].toString();
    profile.skipVerify = json[u"skipVerify"_s].toBool();
    profile.token = json[u"hasToken"_s].toBool() ? ConnectionProfile::TokenPlace::Secrets
                                                 : ConnectionProfile::TokenPlace::None;
    profile.defaultMesh = json[u"defaultMesh"_s].toString();
    const auto headers = json[u"headers"_s].toArray();
    for (const auto &value : headers) {
        const auto header = value.toObject();
        profile.headers.append({header[u"name"_s].toString().toLatin1(), header[u"value"_s].toString(),
                                header[u"secret"_s].toBool()});
    }
    return profile;
}

// Runs the steps one after the other; ends with the first error, or with `value`.
template <class T>
struct Steps {
    std::vector<std::function<QFuture<Result<void>>()>> steps;
    std::size_t at = 0;
    T value;
    QPromise<Result<T>> promise;
    QObject *receiver = nullptr;

    static void next(const std::shared_ptr<Steps> &self)
    {
        if (self->at == self->steps.size()) {
            self->promise.addResult(Result<T>(std::move(self->value)));
            return self->promise.finish();
        }
        whenDone<void>(self->steps[self->at++](), self->receiver, [self](const Result<void> &done) {
            if (done)
                return next(self);
            self->promise.addResult(Result<T>(fail(done.error())));
            self->promise.finish();
        });
    }
};

}  // namespace

SettingsConnectionStore::SettingsConnectionStore(QSettings &settings, SecretStore &secrets,
                                                 QString kumactlFile, QObject *parent)
    : ConnectionStore(parent)
    , m_settings(settings)
    , m_secrets(secrets)
    , m_kumactlFile(std::move(kumactlFile))
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &SettingsConnectionStore::readKumactl);
    const auto changed = [this] { m_settle.start(); };
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, changed);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, changed);
    loadOwn();
    readKumactl();
}

void SettingsConnectionStore::loadOwn()
{
    const auto list = QJsonDocument::fromJson(m_settings.value(kOwnKey).toByteArray()).array();
    for (const auto &value : list) {
        auto profile = profileFrom(value.toObject());
        if (!profile.id.isEmpty())
            m_own.append(std::move(profile));
    }
}

void SettingsConnectionStore::storeOwn()
{
    QJsonArray list;
    for (const auto &profile : m_own)
        list.append(jsonOf(profile));
    m_settings.setValue(kOwnKey, QJsonDocument(list).toJson(QJsonDocument::Compact));
}

void SettingsConnectionStore::applyMarks(ConnectionProfile &profile) const
{
    const auto marks = QJsonDocument::fromJson(m_settings.value(kMarksKey).toByteArray()).object();
    if (const auto found = marks.find(profile.id); found != marks.end())
        takeMarks(found->toObject(), profile);
}

void SettingsConnectionStore::readKumactl()
{
    if (m_kumactlFile.isEmpty())
        return;
    watch();
    KumactlConfig config;
    if (const auto text = readKumactlConfig(m_kumactlFile); !text)
        config.findings.append({m_kumactlFile, 0, 0, {}, QString::fromStdString(text.error().what)});
    else if (*text)
        config = kumactlConfigFrom(**text, m_kumactlFile);
    for (auto &profile : config.profiles)
        applyMarks(profile);
    if (m_findings != config.findings) {
        m_findings = std::move(config.findings);
        for (const auto &finding : m_findings)
            qCInfo(lcApp).noquote() << finding.file << "line" << finding.line << finding.what;
        Q_EMIT findingsChanged();
    }
    if (m_kumactl != config.profiles) {
        m_kumactl = std::move(config.profiles);
        Q_EMIT profilesChanged();
    }
}

// The file, since it may be written in place, and its nearest existing folder, since it may be replaced or
// not be there yet.
void SettingsConnectionStore::watch()
{
    if (QFileInfo::exists(m_kumactlFile) && !m_watcher.files().contains(m_kumactlFile))
        m_watcher.addPath(m_kumactlFile);
    QString folder = QFileInfo(m_kumactlFile).absolutePath();
    while (!QFileInfo::exists(folder) && folder != QDir::rootPath())
        folder = QFileInfo(folder).absolutePath();
    const auto watched = m_watcher.directories();
    if (watched.contains(folder))
        return;
    if (!watched.isEmpty())
        m_watcher.removePaths(watched);
    m_watcher.addPath(folder);
}

const ConnectionProfile *SettingsConnectionStore::find(const QString &id) const
{
    for (const auto *list : {&m_own, &m_kumactl}) {
        const auto found = std::find_if(list->begin(), list->end(),
                                        [&](const ConnectionProfile &row) { return row.id == id; });
        if (found != list->end())
            return &*found;
    }
    return nullptr;
}

QFuture<Result<QString>> SettingsConnectionStore::save(const ConnectionProfile &profile,
                                                       const std::optional<ProfileSecrets> &secrets)
{
    ConnectionProfile kept = profile;
    if (kept.origin == ConnectionProfile::Origin::Kumactl) {
        if (find(kept.id) == nullptr)
            return answered<QString>(fail(Error::Code::NotFound,
                                          "kumactl's configuration has no such context any more",
                                          kept.id.toStdString()));
        auto marks = QJsonDocument::fromJson(m_settings.value(kMarksKey).toByteArray()).object();
        marks[kept.id] = marksOf(kept);
        m_settings.setValue(kMarksKey, QJsonDocument(marks).toJson(QJsonDocument::Compact));
        for (auto &row : m_kumactl)
            applyMarks(row);
        Q_EMIT profilesChanged();
        return answered<QString>(kept.id);
    }
    if (kept.name.trimmed().isEmpty())
        return answered<QString>(fail(Error::Code::Invalid, "a connection needs a name"));
    if (!kept.url.isValid() || kept.url.host().isEmpty()
        || (kept.url.scheme() != u"http"_s && kept.url.scheme() != u"https"_s))
        return answered<QString>(
            fail(Error::Code::Invalid,
                 "the address of the control plane must begin with http:// or https:// and name a host",
                 kept.url.toDisplayString().toStdString()));
    if (kept.id.isEmpty())
        kept.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    for (auto &header : kept.headers) {
        if (header.isSecret)
            header.value.clear();
    }
    if (secrets)
        kept.token = secrets->token.empty() ? ConnectionProfile::TokenPlace::None
                                            : ConnectionProfile::TokenPlace::Secrets;

    auto steps = std::make_shared<Steps<QString>>();
    steps->promise.start();
    steps->receiver = this;
    steps->value = kept.id;
    const auto put = [&](const QString &name, const std::string &secret) {
        steps->steps.emplace_back([this, name, secret] {
            return secret.empty() ? m_secrets.remove(name) : m_secrets.write(name, secret);
        });
    };
    if (secrets) {
        put(secretName(kept.id), secrets->token);
        for (const auto &header : kept.headers) {
            const auto value = secrets->headers.find(header.name.toLower());
            if (header.isSecret && value != secrets->headers.end())
                put(secretName(kept.id, header.name), value->toStdString());
        }
    }
    // The profile comes last: without its secrets it would be of no use.
    steps->steps.emplace_back([this, kept]() -> QFuture<Result<void>> {
        const auto found = std::find_if(m_own.begin(), m_own.end(),
                                        [&](const ConnectionProfile &row) { return row.id == kept.id; });
        if (found == m_own.end())
            m_own.append(kept);
        else
            *found = kept;
        storeOwn();
        Q_EMIT profilesChanged();
        return answered<void>({});
    });
    auto future = steps->promise.future();
    Steps<QString>::next(steps);
    return future;
}

QFuture<Result<void>> SettingsConnectionStore::remove(const QString &id)
{
    const auto *found = find(id);
    if (found == nullptr)
        return answered<void>(fail(Error::Code::NotFound, "there is no such connection", id.toStdString()));
    if (found->origin == ConnectionProfile::Origin::Kumactl)
        return answered<void>(
            fail(Error::Code::Conflict,
                 "this connection comes from kumactl's configuration; remove it there with: kumactl config "
                 "control-planes remove --name "
                     + found->name.toStdString(),
                 found->originFile.toStdString()));
    QStringList names{secretName(id)};
    for (const auto &header : found->headers) {
        if (header.isSecret)
            names << secretName(id, header.name);
    }
    m_own.removeIf([&](const ConnectionProfile &row) { return row.id == id; });
    storeOwn();
    Q_EMIT profilesChanged();
    auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    auto left = std::make_shared<qsizetype>(names.size());
    auto outcome = std::make_shared<Result<void>>();
    for (const auto &name : names) {
        whenDone<void>(m_secrets.remove(name), this, [promise, left, outcome](Result<void> done) {
            if (!done)
                *outcome = std::move(done);
            if (--*left > 0)
                return;
            promise->addResult(std::move(*outcome));
            promise->finish();
        });
    }
    return promise->future();
}

QFuture<Result<ProfileSecrets>> SettingsConnectionStore::secretsOf(const QString &id)
{
    const auto *found = find(id);
    if (found == nullptr)
        return answered<ProfileSecrets>(
            fail(Error::Code::NotFound, "there is no such connection", id.toStdString()));
    if (found->origin == ConnectionProfile::Origin::Kumactl) {
        const auto text = readKumactlConfig(found->originFile);
        if (!text)
            return answered<ProfileSecrets>(fail(text.error()));
        return answered(
            kumactlSecretsFrom(text->value_or(QByteArray()), found->originFile, found->originContext));
    }
    auto secrets = std::make_shared<ProfileSecrets>();
    std::vector<std::pair<QString, QByteArray>> wanted;  // name in the store, header
    if (found->token == ConnectionProfile::TokenPlace::Secrets)
        wanted.emplace_back(secretName(id), QByteArray());
    for (const auto &header : found->headers) {
        if (header.isSecret)
            wanted.emplace_back(secretName(id, header.name), header.name.toLower());
    }
    if (wanted.empty())
        return answered<ProfileSecrets>(ProfileSecrets());
    auto promise = std::make_shared<QPromise<Result<ProfileSecrets>>>();
    promise->start();
    auto left = std::make_shared<std::size_t>(wanted.size());
    auto problem = std::make_shared<std::optional<Error>>();
    const auto name = found->name.toStdString();
    for (const auto &[stored, header] : wanted) {
        whenDone<std::optional<std::string>>(
            m_secrets.read(stored), this,
            [promise, left, problem, secrets, header, name](Result<std::optional<std::string>> secret) {
                if (!secret)
                    *problem = secret.error();
                else if (!*secret)
                    *problem =
                        Error{Error::Code::NotFound,
                              "the token of " + name + " is not in the keychain any more; give it once more",
                              {}};
                else if (header.isEmpty())
                    secrets->token = **secret;
                else
                    secrets->headers.insert(header, QString::fromStdString(**secret));
                if (--*left > 0)
                    return;
                promise->addResult(*problem ? Result<ProfileSecrets>(fail(**problem))
                                            : Result<ProfileSecrets>(*secrets));
                promise->finish();
            });
    }
    return promise->future();
}

}  // namespace meshscope
