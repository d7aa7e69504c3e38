#include "tests/support/fake_control_plane.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/validation/resource_meta.h"
#include "backend/validation/validate.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

#include <algorithm>

namespace meshscope::testing {

namespace {

constexpr char kNoTime[] = "2026-01-02T03:04:05Z";

QByteArray compact(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

QJsonObject objectFrom(const std::string &json)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

QString text(const std::string &utf8) { return QString::fromStdString(utf8); }

std::string versionOf(KumaEra era)
{
    switch (era) {
    case KumaEra::V2_9:
        return "2.9.13";
    case KumaEra::V2_14:
        return "2.14.3";
    case KumaEra::V3_0:
        return "3.0.0";
    }
    return {};
}

// A type as /_resources of the eras knows it; kinds: p targetRef policy, l legacy policy, g global, i
// insight.
struct KnownType {
    const char *name;
    const char *path;
    const char *kinds;
    KumaEra since;
    KumaEra until;
};
constexpr KumaEra k29 = KumaEra::V2_9, k214 = KumaEra::V2_14, k30 = KumaEra::V3_0;
constexpr KnownType kTypes[] = {
    {"Dataplane", "dataplanes", "", k29, k30},
    {"DataplaneInsight", "dataplane-insights", "i", k29, k30},
    {"ExternalService", "external-services", "", k29, k214},
    {"HostnameGenerator", "hostnamegenerators", "g", k29, k30},
    {"Mesh", "meshes", "g", k29, k30},
    {"MeshExternalService", "meshexternalservices", "", k29, k30},
    {"MeshGateway", "meshgateways", "", k29, k214},
    {"MeshHTTPRoute", "meshhttproutes", "p", k29, k30},
    {"MeshIdentity", "meshidentities", "", k214, k30},
    {"MeshInsight", "mesh-insights", "gi", k29, k30},
    {"MeshService", "meshservices", "", k29, k30},
    {"MeshTimeout", "meshtimeouts", "p", k29, k30},
    {"MeshTrafficPermission", "meshtrafficpermissions", "p", k29, k30},
    {"Secret", "secrets", "", k29, k30},
    {"ServiceInsight", "service-insights", "i", k29, k30},
    {"TrafficPermission", "traffic-permissions", "l", k29, k214},
    {"Workload", "workloads", "", k214, k30},
    {"Zone", "zones", "g", k29, k30},
    {"ZoneEgress", "zoneegresses", "g", k29, k214},
    {"ZoneIngress", "zone-ingresses", "g", k29, k29},
    {"ZoneIngress", "zoneingresses", "g", k214, k214},
    {"ZoneInsight", "zone-insights", "gi", k29, k30},
};

HttpAnswer notThere()
{
    HttpAnswer unknown;
    unknown.status = 404;
    unknown.contentType = "text/plain";
    unknown.body = "404: Page Not Found";
    return unknown;
}

HttpAnswer json(int status, const QByteArray &body)
{
    HttpAnswer answer;
    answer.status = status;
    answer.body = body;
    return answer;
}

}  // namespace

HttpAnswer kumaError(int status, const QByteArray &title, const QByteArray &detail,
                     const QList<std::pair<QByteArray, QByteArray>> &invalid)
{
    QJsonObject body{{QStringLiteral("type"), QStringLiteral("/std-errors")},
                     {QStringLiteral("status"), status},
                     {QStringLiteral("title"), QString::fromUtf8(title)},
                     {QStringLiteral("detail"), QString::fromUtf8(detail)}};
    QJsonArray list;
    for (const auto &[field, reason] : invalid)
        list.append(QJsonObject{{QStringLiteral("field"), QString::fromUtf8(field)},
                                {QStringLiteral("reason"), QString::fromUtf8(reason)}});
    if (!invalid.isEmpty())
        body.insert(QStringLiteral("invalid_parameters"), list);
    return json(status, compact(body));
}

HttpAnswer htmlAnswer(int status, const QByteArray &title)
{
    HttpAnswer answer;
    answer.status = status;
    answer.contentType = "text/html";
    answer.body = "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title
                  + "</h1></body></html>";
    return answer;
}

FakeControlPlane::FakeControlPlane(KumaEra era)
    : m_era(era)
    , m_version(versionOf(era))
    , m_server([this](const HttpRequest &request) { return answer(request); })
{
    addMesh("default");
}

FakeControlPlane::FakeControlPlane(KumaEra era, const QSslConfiguration &tls)
    : m_era(era)
    , m_version(versionOf(era))
    , m_server([this](const HttpRequest &request) { return answer(request); }, tls)
{
    addMesh("default");
}

void FakeControlPlane::addMesh(const std::string &name, bool mtls) { m_meshes[name] = mtls; }

void FakeControlPlane::setMode(const std::string &mode, const std::string &environment)
{
    m_mode = mode;
    m_environment = environment;
}

void FakeControlPlane::setDataplane(const ResourceKey &key, const std::string &networking,
                                    const std::string &insight)
{
    // Text, not QJsonObject, so that the members keep Kuma's order.
    m_dataplanes[key] = {R"({"type":"Dataplane","mesh":")" + key.mesh + R"(","name":")" + key.name
                             + R"(","creationTime":")" + kNoTime + R"(","modificationTime":")" + kNoTime
                             + R"(","networking":)" + networking + "}",
                         insight};
}

void FakeControlPlane::removeDataplane(const ResourceKey &key) { m_dataplanes.erase(key); }

void FakeControlPlane::setResource(const std::string &path, const ResourceKey &key, const std::string &body)
{
    m_resources[path][key] = QByteArray::fromStdString(body);
}

void FakeControlPlane::removeResource(const std::string &path, const ResourceKey &key)
{
    m_resources[path].erase(key);
}

std::string FakeControlPlane::storedJson(const ResourceKey &key) const
{
    const auto found = m_dataplanes.find(key);
    return found == m_dataplanes.end() ? std::string() : found->second.json;
}

void FakeControlPlane::fault(const QString &pathPrefix, HttpAnswer answer, int times,
                             const QByteArray &method)
{
    m_faults.push_back({pathPrefix, method, std::move(answer), times});
}

HttpAnswer FakeControlPlane::answer(const HttpRequest &request)
{
    HttpAnswer answer = rightAnswer(request);
    answer.delayMilliseconds += m_delay;
    if (m_clock) {
        const auto time = QDateTime::currentDateTimeUtc().addSecs(*m_clock);
        answer.headers.emplaceBack(
            "Date",
            QLocale::c().toString(time, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss")).toLatin1() + " GMT");
    }
    return answer;
}

HttpAnswer FakeControlPlane::rightAnswer(const HttpRequest &request)
{
    for (auto fault = m_faults.begin(); fault != m_faults.end(); ++fault) {
        if (!request.path.startsWith(fault->prefix)
            || (!fault->method.isEmpty() && fault->method != request.method))
            continue;
        auto wrong = fault->answer;
        if (--fault->times <= 0)
            m_faults.erase(fault);
        return wrong;
    }
    if (!m_token.isEmpty() && request.headers.value("authorization") != "Bearer " + m_token)
        return kumaError(401, "Invalid authentication data", "Unauthenticated");

    const auto segments = request.path.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    if (segments.isEmpty())
        return json(200, compact({{QStringLiteral("product"), QStringLiteral("Kuma")},
                                  {QStringLiteral("version"), text(m_version)},
                                  {QStringLiteral("hostname"), QStringLiteral("cp.example")},
                                  {QStringLiteral("instanceId"), text(m_instanceId)}}));
    if (request.path == QStringLiteral("/config")) {
        if (m_hidesConfig)
            return kumaError(403, "Access Denied",
                             "user \"mesh-system:anonymous\" cannot access the configuration");
        return json(200, compact({{QStringLiteral("mode"), text(m_mode)},
                                  {QStringLiteral("environment"), text(m_environment)},
                                  {QStringLiteral("apiServer"),
                                   QJsonObject{{QStringLiteral("readOnly"), m_readOnly}}}}));
    }
    if (request.path == QStringLiteral("/_resources") || request.path == QStringLiteral("/policies"))
        return types(request);
    if (request.path == QStringLiteral("/meshes")) {
        QList<QByteArray> items;
        for (const auto &[name, mtls] : m_meshes)
            items << QByteArray::fromStdString(R"({"type":"Mesh","name":")" + name + '"'
                                               + (mtls ? R"(,"mtls":{"enabledBackend":"ca-1"}})" : "}"));
        return list(request, items, QStringLiteral("/meshes"));
    }
    const QString overviewPath =
        m_oldOverview ? QStringLiteral("/dataplanes+insights") : QStringLiteral("/dataplanes/_overview");
    if (request.path == overviewPath)
        return overviews(request);
    if (segments.size() == 4 && segments[0] == QLatin1String("meshes")
        && segments[2] == QLatin1String("dataplanes")) {
        const ResourceKey key{segments[1].toStdString(), segments[3].toStdString()};
        if (m_meshes.count(key.mesh) == 0)
            return kumaError(404, "Failed to retrieve Mesh", "Not found");
        return item(request, key);
    }
    if (auto other = otherList(request))
        return std::move(*other);
    return notThere();
}

HttpAnswer FakeControlPlane::types(const HttpRequest &request) const
{
    const bool areAll = request.path == QStringLiteral("/_resources");
    if (areAll && m_hidesTypes)
        return notThere();
    QJsonArray array;
    for (const auto &type : kTypes) {
        const QByteArray kinds = type.kinds;
        const bool isPolicy = kinds.contains('p') || kinds.contains('l');
        if (m_era < type.since || m_era > type.until || (!areAll && !isPolicy)
            || std::find(m_removedTypes.begin(), m_removedTypes.end(), type.name) != m_removedTypes.end())
            continue;
        const QByteArray name = type.name;
        const bool isOfTheZone = name == "Dataplane" || name.startsWith("ZoneI") || name == "ZoneEgress"
                                 || name == "MeshService" || name == "Workload";
        QJsonObject item{{QStringLiteral("name"), QString::fromLatin1(name)},
                         {QStringLiteral("path"), QString::fromLatin1(type.path)},
                         {QStringLiteral("readOnly"),
                          m_readOnly || kinds.contains('i') || (m_mode == "global" && isOfTheZone)}};
        if (areAll) {
            item.insert(QStringLiteral("scope"),
                        kinds.contains('g') ? QStringLiteral("Global") : QStringLiteral("Mesh"));
            if (isPolicy)
                item.insert(QStringLiteral("policy"),
                            QJsonObject{{QStringLiteral("isTargetRef"), kinds.contains('p')},
                                        {QStringLiteral("hasToTargetRef"), kinds.contains('p')}});
        } else {
            item.insert(QStringLiteral("isTargetRefBased"), kinds.contains('p'));
        }
        array.append(item);
    }
    return json(200, compact({{areAll ? QStringLiteral("resources") : QStringLiteral("policies"), array}}));
}

std::optional<HttpAnswer> FakeControlPlane::otherList(const HttpRequest &request)
{
    if (const auto found = m_items.find(request.path); found != m_items.end())
        return list(request, found->second, request.path);
    const auto segments = request.path.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    const std::string path = segments.value(segments.size() == 1 ? 0 : 2).toStdString();
    const bool isKnown = std::any_of(std::begin(kTypes), std::end(kTypes), [&](const KnownType &type) {
        return path == type.path && m_era >= type.since && m_era <= type.until;
    });
    const auto &rows = m_resources[path];
    if (segments.size() == 1 && isKnown) {
        QList<QByteArray> items;
        for (const auto &[key, item] : rows)
            items << item;
        return list(request, items, request.path);
    }
    if (segments.size() == 4 && isKnown) {
        const auto found = rows.find({segments[1].toStdString(), segments[3].toStdString()});
        return found == rows.end() ? kumaError(404, "Could not retrieve a resource", "Not found")
                                   : json(200, found->second);
    }
    return std::nullopt;
}

HttpAnswer FakeControlPlane::list(const HttpRequest &request, const QList<QByteArray> &items,
                                  const QString &path)
{
    const auto size = std::clamp(request.query.queryItemValue(QStringLiteral("size")).toInt(), 1, m_mostRows);
    const auto from = request.query.queryItemValue(QStringLiteral("offset")).toInt();
    QByteArray body = "{\"total\":" + QByteArray::number(items.size()) + ",\"items\":[";
    body += items.mid(from, size).join(',');
    body += "],\"next\":";
    const QByteArray host = m_nextHost.isEmpty() ? url().toEncoded() : m_nextHost;
    if (from + size < items.size())
        body += '"' + host + path.toLatin1() + "?offset=" + QByteArray::number(from + size)
                + "&size=" + QByteArray::number(size) + '"';
    else
        body += "null";
    return json(200, body + "}\n");
}

HttpAnswer FakeControlPlane::overviews(const HttpRequest &request)
{
    QList<QByteArray> items;
    for (const auto &[key, stored] : m_dataplanes) {
        const auto dataplane = objectFrom(stored.json);
        QJsonObject overview{
            {QStringLiteral("type"), QStringLiteral("DataplaneOverview")},
            {QStringLiteral("mesh"), text(key.mesh)},
            {QStringLiteral("name"), text(key.name)},
            {QStringLiteral("creationTime"), text(kNoTime)},
            {QStringLiteral("modificationTime"), text(kNoTime)},
            {QStringLiteral("dataplane"),
             QJsonObject{{QStringLiteral("networking"), dataplane[QStringLiteral("networking")]}}}};
        if (!stored.insight.empty())
            overview.insert(QStringLiteral("dataplaneInsight"), objectFrom(stored.insight));
        items << compact(overview);
    }
    auto answer = list(request, items, request.path);
    if (m_afterPage)
        m_afterPage();
    return answer;
}

HttpAnswer FakeControlPlane::item(const HttpRequest &request, const ResourceKey &key)
{
    const auto found = m_dataplanes.find(key);
    if (request.method == "PUT")
        return put(request, key);
    if (request.method == "GET") {
        if (found == m_dataplanes.end())
            return kumaError(404, "Could not retrieve a resource", "Not found");
        return json(200, QByteArray::fromStdString(found->second.json));
    }
    if (request.method == "DELETE") {
        if (found == m_dataplanes.end())
            return kumaError(404, "Could not delete a resource", "Not found");
        m_dataplanes.erase(found);
        return m_era == KumaEra::V2_9 ? json(200, {}) : json(200, "{}");
    }
    HttpAnswer refused;
    refused.status = 405;
    refused.contentType = "text/plain";
    refused.body = "405: Method Not Allowed";
    return refused;
}

HttpAnswer FakeControlPlane::put(const HttpRequest &request, const ResourceKey &key)
{
    if (m_readOnly)
        return kumaError(405, "Method not allowed", "cannot modify dataplane resources here, use the zone");
    if (!request.headers.value("content-type").startsWith("application/json")) {
        HttpAnswer refused;
        refused.status = 415;
        refused.contentType = "text/plain";
        refused.body = "415: Unsupported Media Type";
        return refused;
    }
    const auto canonical = canonicalDataplane(request.body.toStdString(), m_era);
    if (!canonical)
        return kumaError(400, "Bad Request", QByteArray::fromStdString(canonical.error().what));
    const bool exists = m_dataplanes.count(key) != 0;
    auto findings = validateDataplane(canonical->json, m_era);
    if (findings.empty())
        findings = validateMeta(canonical->json, {"Dataplane", key, "default", exists}, m_era);
    if (!findings.empty()) {
        QList<std::pair<QByteArray, QByteArray>> invalid;
        for (const auto &finding : findings)
            invalid.emplaceBack(QByteArray::fromStdString(finding.field),
                                QByteArray::fromStdString(finding.message));
        return kumaError(400, "Could not process a resource", "Resource is not valid", invalid);
    }
    auto &stored = m_dataplanes[key];
    stored.json = canonical->json;
    if (m_era == KumaEra::V2_9)
        return json(exists ? 200 : 201, {});
    QJsonArray warnings;
    for (const auto &warning : m_warnings)
        warnings.append(QString::fromUtf8(warning));
    return json(exists ? 200 : 201,
                warnings.isEmpty() ? QByteArray("{}") : compact({{QStringLiteral("warnings"), warnings}}));
}

}  // namespace meshscope::testing
