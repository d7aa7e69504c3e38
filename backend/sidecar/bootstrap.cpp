#include "backend/sidecar/bootstrap.h"

#include "backend/codec/yaml_document.h"

#include <QFile>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkInterface>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

// The control plane's own words, as a quotation of bounded length.
QString quoted(const QByteArray &body)
{
    const QString text = QString::fromUtf8(body.left(2000)).simplified();
    return text.isEmpty() ? u"(no text)"_s : text;
}

QString keyText(const ResourceKey &key) { return QString::fromStdString(key.mesh + "/" + key.name); }

bool hasIpv6Loopback()
{
    const auto addresses = QNetworkInterface::allAddresses();
    return addresses.contains(QHostAddress(QHostAddress::LocalHostIPv6));
}

// Where systems keep the CAs they trust; the places that Kuma tries too.
QString systemCaBundle()
{
    static const char *const kPlaces[] = {
        "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Arch
        "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Red Hat
        "/etc/ssl/ca-bundle.pem",                             // SUSE
        "/etc/pki/tls/cacert.pem",                            // OpenELEC
        "/etc/ssl/cert.pem",                                  // Alpine
    };
    for (const char *place : kPlaces) {
        if (QFile::exists(QString::fromLatin1(place)))
            return QString::fromLatin1(place);
    }
    return {};
}

// What the control group of this process allows, in bytes; 0 = no limit.
quint64 memoryLimit()
{
    for (const auto &place :
         {u"/sys/fs/cgroup/memory.max"_s, u"/sys/fs/cgroup/memory/memory.limit_in_bytes"_s}) {
        QFile file(place);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const quint64 limit = file.readAll().trimmed().toULongLong();  // "max" is 0
        return limit >= (1ULL << 62) ? 0 : limit;                      // version 1 says "none" like that
    }
    return 0;
}

BootstrapRefused refused(Error::Code code, const QString &what, const QString &where, const QString &advice)
{
    return {Error{code, what.toStdString(), where.toStdString()}, advice};
}

BootstrapOutcome judgeRefusal(const HttpAnswer &answer, const QString &where)
{
    const QString said = quoted(answer.body);
    const QString what =
        u"the control plane refused the bootstrap ("_s + QString::number(answer.status) + u"): "_s + said;
    if (answer.status == 401 || answer.status == 403)
        return refused(Error::Code::Refused, what, where, u"Give the sidecar a token that is valid for it"_s);
    if (said.contains("Dataplane Token is required"_L1))
        return refused(Error::Code::Refused, u"the control plane asks for a dataplane token"_s, where,
                       u"Make one with \"kumactl generate dataplane-token\" and give it to the sidecar"_s);
    if (said.contains("the certificate in the control plane"_L1))
        return refused(Error::Code::Refused, what, where,
                       u"Use an address that is in the control plane's certificate"_s);
    if (said.contains("does not exist"_L1))
        return refused(Error::Code::NotFound, what, where, u"Create the mesh first, or correct its name"_s);
    if (answer.status == 422)
        return refused(Error::Code::Invalid, what, where, u"Correct the Dataplane and start again"_s);
    return refused(Error::Code::Refused, what, where,
                   u"Check that the address is that of a control plane's dp-server"_s);
}

BootstrapOutcome judgeBody(const HttpAnswer &answer, const QString &where)
{
    const QString notKuma =
        u"Check that the address is that of a control plane's dp-server, port 5678 by default"_s;
    BootstrapReady ready;
    QByteArray &yaml = ready.yaml;
    if (answer.contentType.startsWith("text/x-yaml")) {
        yaml = answer.body;  // what control planes before 2.0 send
    } else {
        const auto document = QJsonDocument::fromJson(answer.body);
        const auto encoded = document.object()[u"bootstrap"_s].toString().toLatin1();
        const auto decoded = QByteArray::fromBase64Encoding(encoded, QByteArray::AbortOnBase64DecodingErrors);
        if (encoded.isEmpty() || !decoded)
            return refused(Error::Code::Invalid,
                           u"the answer holds no bootstrap: "_s + quoted(answer.body.left(200)), where,
                           notKuma);
        yaml = *decoded;
        const QJsonObject sidecar = document.object().value("kumaSidecarConfiguration"_L1).toObject();
        const QJsonObject networking = sidecar.value("networking"_L1).toObject();
        ready.knowsCoreDns = networking.isEmpty() || networking.contains("corefileTemplate"_L1);
        ready.corefileTemplate = QString::fromUtf8(
            QByteArray::fromBase64(networking.value("corefileTemplate"_L1).toString().toLatin1()));
        const QJsonArray aggregate = sidecar.value("metrics"_L1).toObject().value("aggregate"_L1).toArray();
        for (const auto &entry : aggregate)
            ready.metrics.push_back(
                {entry[u"name"_s].toString().toStdString(), entry[u"address"_s].toString().toStdString(),
                 static_cast<quint16>(entry[u"port"_s].toInt()), entry[u"path"_s].toString().toStdString()});
    }
    const auto admin = adminAddressOf(yaml);
    if (!admin)
        return BootstrapRefused{
            Error{admin.error().code, admin.error().what, where.toStdString()},
            u"Check that the control plane is one that this launcher knows: Kuma 2.0 to 3.0"_s};
    ready.admin = *admin;
    return ready;
}

}  // namespace

QByteArray bootstrapRequest(const SidecarSpec &spec, const BootstrapFacts &facts)
{
    QJsonArray features{u"feature-tcp-accesslog-via-named-pipe"_s};
    if (spec.dns.isEmbeddedProtocol && facts.dnsPort != 0)
        features << u"feature-embedded-dns"_s;
    QJsonObject body{
        {u"mesh"_s, QString::fromStdString(spec.dataplane.mesh)},
        {u"name"_s, QString::fromStdString(spec.dataplane.name)},
        {u"proxyType"_s, spec.proxyType},
        {u"version"_s,
         QJsonObject{{u"kumaDp"_s, QJsonObject{{u"version"_s, QStringLiteral(MESHSCOPE_VERSION)},
                                               {u"gitTag"_s, u"meshscope"_s},
                                               {u"gitCommit"_s, QString()},
                                               {u"buildDate"_s, QString()}}},
                     {u"envoy"_s, QJsonObject{{u"version"_s, facts.envoyVersion},
                                              {u"build"_s, facts.envoyVersion},
                                              {u"kumaDpCompatible"_s, true}}}}},
        {u"caCert"_s, QString::fromStdString(spec.caCertificate)},
        {u"dynamicMetadata"_s, QJsonObject{}},
        {u"operatingSystem"_s, u"linux"_s},
        {u"features"_s, features},
        {u"resources"_s,
         QJsonObject{{u"maxHeapSizeBytes"_s,
                      static_cast<qint64>(spec.maxMemoryBytes > 0 ? spec.maxMemoryBytes : memoryLimit())}}},
        {u"workdir"_s, facts.workdir},
        {u"metricsResources"_s,
         QJsonObject{{u"certPath"_s, spec.metricsCertPath}, {u"keyPath"_s, spec.metricsKeyPath}}},
        {u"systemCaPath"_s, spec.systemCaPath.isEmpty() ? systemCaBundle() : spec.systemCaPath},
        {u"ipv6Enabled"_s, spec.ipv6Enabled && hasIpv6Loopback()},
    };
    if (!spec.token.empty())
        body[u"dataplaneToken"_s] = QString::fromStdString(spec.token);
    if (!facts.tokenPath.isEmpty())
        body[u"dataplaneTokenPath"_s] = facts.tokenPath;
    if (!spec.dataplaneResource.empty())
        body[u"dataplaneResource"_s] = QString::fromStdString(spec.dataplaneResource);
    if (facts.dnsPort != 0)
        body[u"dnsPort"_s] = facts.dnsPort;
    if (facts.readinessPort != 0)
        body[u"readinessPort"_s] = facts.readinessPort;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

bool hasAdminPort(const std::string &dataplaneResource)
{
    const QJsonObject root = QJsonDocument::fromJson(QByteArray::fromStdString(dataplaneResource)).object();
    const QJsonObject networking = root.value("networking"_L1).toObject();
    return networking.value("admin"_L1).toObject().value("port"_L1).toInt() > 0;
}

std::string withAdminPort(const std::string &dataplaneResource, quint16 port)
{
    QJsonObject root = QJsonDocument::fromJson(QByteArray::fromStdString(dataplaneResource)).object();
    QJsonObject networking = root.value("networking"_L1).toObject();
    QJsonObject admin = networking.value("admin"_L1).toObject();
    admin[u"port"_s] = port;
    networking[u"admin"_s] = admin;
    root[u"networking"_s] = networking;
    return QJsonDocument(root).toJson(QJsonDocument::Compact).toStdString();
}

QUrl bootstrapUrl(const QUrl &controlPlane)
{
    QUrl url = controlPlane;
    url.setPath(u"/bootstrap"_s);
    url.setQuery(QString());
    url.setFragment(QString());
    return url;
}

BootstrapOutcome judgeBootstrap(const HttpAnswer &answer, const SidecarSpec &spec)
{
    const QString where = bootstrapUrl(spec.controlPlane).toString(QUrl::RemoveUserInfo);
    if (!answer.certificate.isEmpty())
        return refused(
            Error::Code::Refused, u"the control plane's certificate does not match: "_s + answer.certificate,
            where,
            u"Give the sidecar the CA that signed it (a sandbox makes a new one at each start), and use an "
            "address that is in the certificate"_s);
    if (answer.status == 0)
        return BootstrapRetry{u"the control plane cannot be reached: "_s + answer.failure,
                              Error::Code::Unreachable};
    if (answer.status == 200)
        return judgeBody(answer, where);
    if (answer.status == 404 && answer.body.trimmed().isEmpty())
        return BootstrapRetry{u"waiting for the Dataplane "_s + keyText(spec.dataplane) + u" to appear"_s,
                              Error::Code::NotFound};
    if (answer.status == 404)
        return BootstrapRetry{u"there is no control plane at this address (404: "_s + quoted(answer.body)
                                  + u')',
                              Error::Code::Unreachable};
    if (answer.status >= 400 && answer.status < 500)
        return judgeRefusal(answer, where);
    return BootstrapRetry{u"the control plane answered "_s + QString::number(answer.status) + u": "_s
                              + quoted(answer.body),
                          Error::Code::Unreachable};
}

Result<QUrl> adminAddressOf(const QByteArray &bootstrapYaml)
{
    const auto document = YamlDocument::parse(bootstrapYaml.toStdString());
    if (!document)
        return fail(Error::Code::Invalid, "the bootstrap is no YAML: " + document.error().message);
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(document->json())).object();
    const auto address = json[u"admin"_s].toObject()[u"address"_s].toObject();
    const auto pipe = address[u"pipe"_s].toObject()[u"path"_s].toString();
    if (!pipe.isEmpty()) {
        QUrl url;
        url.setScheme(u"unix"_s);
        url.setPath(pipe);
        return url;
    }
    const auto socket = address[u"socketAddress"_s].toObject();
    const int port = socket[u"portValue"_s].toInt();
    if (port < 1 || port > 65535)
        return fail(Error::Code::Invalid, "the bootstrap has no admin address for Envoy");
    QHostAddress host(socket[u"address"_s].toString());
    if (host == QHostAddress(QHostAddress::AnyIPv4))
        host = QHostAddress(QHostAddress::LocalHost);
    else if (host == QHostAddress(QHostAddress::AnyIPv6) || host.isNull())
        host =
            host.isNull() ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(QHostAddress::LocalHostIPv6);
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(host.toString());
    url.setPort(port);
    return url;
}

}  // namespace meshscope
