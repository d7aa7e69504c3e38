#include "backend/sidecar/sidecar_set.h"

#include "backend/codec/go_duration.h"
#include "backend/codec/yaml_document.h"
#include "backend/sidecar/dataplane_template.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <set>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr std::int64_t kLongestDrain = 86'400'000'000'000;  // nanoseconds

const QStringList kSharedKeys{u"controlPlane"_s, u"caFile"_s,    u"skipVerify"_s,
                              u"mesh"_s,         u"drainTime"_s, u"dns"_s,
                              u"restart"_s,      u"logLevel"_s,  u"concurrency"_s};
const QStringList kOwnKeys{u"name"_s,          u"dataplane"_s, u"variables"_s, u"tokenFile"_s,
                           u"readinessPort"_s, u"dnsPort"_s,   u"workload"_s};

// One mapping of the file, and where it stands in it.
struct Reader {
    const YamlDocument &document;
    QString file;
    QJsonObject object;
    std::string path;  // "sidecars[0].", or empty

    tl::unexpected<Error> wrong(const QString &key, const QString &what) const
    {
        const auto line = document.positionOf(path + key.toStdString()).line;
        return fail(Error::Code::Invalid,
                    QString(file + u':' + QString::number(line) + u": "_s + what).toStdString());
    }
    Result<QString> text(const QString &key, const QString &fallback = {}) const
    {
        const auto value = object.value(key);
        if (value.isUndefined())
            return fallback;
        if (!value.isString() || value.toString().isEmpty())
            return wrong(key, key + u" must be a text"_s);
        return value.toString();
    }
    Result<int> number(const QString &key, int fallback, int most) const
    {
        const auto value = object.value(key);
        if (value.isUndefined())
            return fallback;
        const double given = value.toDouble(-1);
        if (given < 0 || given > most || given != static_cast<int>(given))
            return wrong(key, key + u" must be a number from 0 to "_s + QString::number(most));
        return static_cast<int>(given);
    }
    Result<bool> flag(const QString &key) const
    {
        const auto value = object.value(key);
        if (!value.isUndefined() && !value.isBool())
            return wrong(key, key + u" must be true or false"_s);
        return value.toBool();
    }
    Result<QString> oneOf(const QString &key, const QStringList &choices) const
    {
        const auto value = text(key, choices.first());
        if (value && !choices.contains(*value))
            return wrong(key, key + u" must be one of "_s + choices.join(u", "_s));
        return value;
    }
    // The content of a file named by `key`; empty without the key.
    Result<std::string> content(const QString &key) const
    {
        const auto name = text(key);
        if (!name || name->isEmpty())
            return name ? Result<std::string>(std::string()) : fail(name.error());
        QFile given(QFileInfo(file).dir().filePath(*name));
        if (!given.open(QIODevice::ReadOnly))
            return wrong(key, given.fileName() + u": "_s + given.errorString());
        return given.readAll().toStdString();
    }
    Result<void> checkKeys(const QStringList &known) const
    {
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (!known.contains(it.key()))
                return wrong(it.key(), u"\""_s + it.key() + u"\" is not known here; known are "_s
                                           + known.join(u", "_s));
        }
        return {};
    }
};

Result<void> takeShared(const Reader &from, SidecarSpec &spec)
{
    const auto address = from.text(u"controlPlane"_s, u"https://127.0.0.1:5678"_s);
    const auto ca = from.content(u"caFile"_s);
    const auto skip = from.flag(u"skipVerify"_s);
    const auto drain = from.text(u"drainTime"_s, u"30s"_s);
    const auto dns = from.oneOf(u"dns"_s, {u"auto"_s, u"off"_s, u"coredns"_s, u"embedded"_s});
    const auto restart = from.oneOf(u"restart"_s, {u"on-failure"_s, u"never"_s});
    const auto level = from.oneOf(u"logLevel"_s, {u"info"_s, u"trace"_s, u"debug"_s, u"warning"_s, u"error"_s,
                                                  u"critical"_s, u"off"_s});
    const auto threads = from.number(u"concurrency"_s, 0, 1024);
    if (!address)
        return fail(address.error());
    if (!ca)
        return fail(ca.error());
    for (const auto *result : {&drain, &dns, &restart, &level}) {
        if (!*result)
            return fail(result->error());
    }
    if (!skip)
        return fail(skip.error());
    if (!threads)
        return fail(threads.error());
    const auto nanoseconds = goDurationFrom(drain->toStdString());
    if (!nanoseconds || *nanoseconds < 0 || *nanoseconds > kLongestDrain)
        return from.wrong(u"drainTime"_s, u"drainTime must be a time like 30s, at most a day"_s);
    spec.controlPlane = QUrl(*address, QUrl::StrictMode);
    if (!spec.controlPlane.isValid() || spec.controlPlane.host().isEmpty())
        return from.wrong(u"controlPlane"_s, u"controlPlane must be a URL like https://127.0.0.1:5678"_s);
    spec.caCertificate = *ca;
    spec.skipVerify = *skip;
    spec.drainMilliseconds = static_cast<int>(*nanoseconds / 1'000'000);
    spec.dns.server = *dns == "off"_L1        ? SidecarDns::Off
                      : *dns == "coredns"_L1  ? SidecarDns::CoreDns
                      : *dns == "embedded"_L1 ? SidecarDns::Embedded
                                              : SidecarDns::Auto;
    spec.restart = *restart == "never"_L1 ? SidecarRestart::Never : SidecarRestart::OnFailure;
    spec.envoyLogLevel = *level;
    spec.concurrency = *threads;
    return {};
}

Result<void> takeWorkload(const Reader &from, SidecarSpec &spec)
{
    const auto value = from.object.value("workload"_L1);
    if (value.isUndefined())
        return {};
    QStringList words;
    const QJsonArray parts = value.toArray();
    for (const auto &part : parts)
        words << (part.isDouble() ? QString::number(part.toDouble()) : part.toString());
    if (words.isEmpty() || words.first().isEmpty())
        return from.wrong(u"workload"_s, u"workload must be a list: the program and its arguments"_s);
    spec.workload = WorkloadSpec{words.takeFirst(), words};
    return {};
}

Result<void> takeDataplane(const Reader &from, SidecarSpec &spec)
{
    const auto name = from.text(u"name"_s);
    const auto mesh = from.text(u"mesh"_s);
    const auto text = from.content(u"dataplane"_s);
    if (!name)
        return fail(name.error());
    if (!mesh)
        return fail(mesh.error());
    if (!text)
        return fail(text.error());
    const bool isGiven = from.object.contains("dataplane"_L1);
    if (isGiven == !name->isEmpty())
        return from.wrong(u"name"_s, u"a sidecar has either a name or a dataplane (a file)"_s);
    if (!isGiven) {
        spec.dataplane = {mesh->isEmpty() ? "default" : mesh->toStdString(), name->toStdString()};
        return {};
    }
    TemplateVariables variables;
    const QJsonObject given = from.object.value("variables"_L1).toObject();
    for (auto it = given.begin(); it != given.end(); ++it)
        variables[it.key().toStdString()] =
            (it->isDouble() ? QString::number(it->toDouble()) : it->toString()).toStdString();
    const QString file = QFileInfo(from.file).dir().filePath(*from.text(u"dataplane"_s));
    auto read = readDataplane(*text, variables, "dataplane", file.toStdString());
    if (!read)
        return fail(read.error());
    spec.dataplane = read->key;
    spec.dataplaneResource = std::move(read->json);
    return {};
}

Result<SidecarSpec> sidecarFrom(const Reader &reader)
{
    SidecarSpec spec;
    spec.hasFreeAdminPort = true;
    if (const auto known = reader.checkKeys(kSharedKeys + kOwnKeys); !known)
        return fail(known.error());
    for (const auto &done :
         {takeShared(reader, spec), takeDataplane(reader, spec), takeWorkload(reader, spec)}) {
        if (!done)
            return fail(done.error());
    }
    const auto token = reader.content(u"tokenFile"_s);
    const auto readiness = reader.number(u"readinessPort"_s, kAnyFreePort, 65535);
    const auto dns = reader.number(u"dnsPort"_s, kAnyFreePort, 65535);
    if (!token)
        return fail(token.error());
    for (const auto *port : {&readiness, &dns}) {
        if (!*port)
            return fail(port->error());
    }
    if (!token->empty()) {
        auto checked = checkedToken(*token, reader.text(u"tokenFile"_s)->toStdString());
        if (!checked)
            return fail(checked.error());
        spec.token = std::move(*checked);
    }
    spec.readinessPort = *readiness;
    spec.dns.port = *dns;
    return spec;
}

}  // namespace

Result<std::vector<SidecarSpec>> sidecarSetFrom(const std::string &text, const QString &path)
{
    const auto document = YamlDocument::parse(text);
    if (!document)
        return fail(Error::Code::Invalid, path.toStdString() + ':'
                                              + std::to_string(document.error().position.line) + ": "
                                              + document.error().message);
    const Reader whole{
        *document, path, QJsonDocument::fromJson(QByteArray::fromStdString(document->json())).object(), {}};
    if (const auto known = whole.checkKeys(kSharedKeys + QStringList{u"sidecars"_s}); !known)
        return fail(known.error());
    const QJsonArray entries = whole.object.value("sidecars"_L1).toArray();
    if (entries.isEmpty())
        return whole.wrong(u"sidecars"_s, u"sidecars must be a list of at least one"_s);
    std::vector<SidecarSpec> result;
    std::set<ResourceKey> keys;
    for (qsizetype i = 0; i < entries.size(); ++i) {
        Reader one{*document, path, whole.object, "sidecars[" + std::to_string(i) + "]."};
        one.object.remove(u"sidecars"_s);
        const QJsonObject own = entries[i].toObject();
        for (auto it = own.begin(); it != own.end(); ++it)
            one.object[it.key()] = it.value();
        auto spec = sidecarFrom(one);
        if (!spec)
            return fail(spec.error());
        if (!keys.insert(spec->dataplane).second)
            return one.wrong(u"name"_s,
                             QString::fromStdString(spec->dataplane.mesh + "/" + spec->dataplane.name)
                                 + u" is here twice"_s);
        result.push_back(std::move(*spec));
    }
    return result;
}

Result<std::vector<SidecarSpec>> readSidecarSet(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Code::NotFound,
                    "the sidecar set cannot be read: " + file.errorString().toStdString(),
                    path.toStdString());
    return sidecarSetFrom(file.readAll().toStdString(), path);
}

}  // namespace meshscope
