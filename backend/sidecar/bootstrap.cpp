#include "backend/sidecar/bootstrap.h"

#include "backend/codec/yaml_document.h"

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
    QByteArray yaml;
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
    }
    const auto admin = adminAddressOf(yaml);
    if (!admin)
        return BootstrapRefused{
            Error{admin.error().code, admin.error().what, where.toStdString()},
            u"Give the Dataplane a networking.admin.port, or let the control plane use TCP for "
            "Envoy's admin interface"_s};
    return BootstrapReady{yaml, *admin};
}

}  // namespace

QByteArray bootstrapRequest(const SidecarSpec &spec, const QString &envoyVersion, const QString &directory)
{
    QJsonObject body{
        {u"mesh"_s, QString::fromStdString(spec.dataplane.mesh)},
        {u"name"_s, QString::fromStdString(spec.dataplane.name)},
        {u"proxyType"_s, u"dataplane"_s},
        {u"version"_s,
         QJsonObject{{u"kumaDp"_s, QJsonObject{{u"version"_s, QStringLiteral(MESHSCOPE_VERSION)},
                                               {u"gitTag"_s, u"meshscope"_s},
                                               {u"gitCommit"_s, QString()},
                                               {u"buildDate"_s, QString()}}},
                     {u"envoy"_s, QJsonObject{{u"version"_s, envoyVersion},
                                              {u"build"_s, envoyVersion},
                                              {u"kumaDpCompatible"_s, true}}}}},
        {u"caCert"_s, QString::fromStdString(spec.caCertificate)},
        {u"dynamicMetadata"_s, QJsonObject{}},
        {u"operatingSystem"_s, u"linux"_s},
        {u"features"_s, QJsonArray{}},
        {u"resources"_s, QJsonObject{{u"maxHeapSizeBytes"_s, 0}}},
        {u"workdir"_s, directory},
        {u"metricsResources"_s, QJsonObject{{u"certPath"_s, QString()}, {u"keyPath"_s, QString()}}},
        {u"systemCaPath"_s, QString()},
        {u"ipv6Enabled"_s, hasIpv6Loopback()},
    };
    if (!spec.token.empty())
        body[u"dataplaneToken"_s] = QString::fromStdString(spec.token);
    if (!spec.dataplaneResource.empty())
        body[u"dataplaneResource"_s] = QString::fromStdString(spec.dataplaneResource);
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
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
    if (!pipe.isEmpty())
        return fail(Error::Code::Invalid, "the bootstrap puts Envoy's admin interface on a Unix socket ("
                                              + pipe.toStdString() + "), which this launcher cannot use yet");
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
