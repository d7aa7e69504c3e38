#include "models/xds_dump.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("XdsDump", text); }

// A field in either spelling.
QJsonValue field(const QJsonObject &object, const QString &snake)
{
    if (const auto at = object.find(snake); at != object.end())
        return *at;
    QString camel;
    bool hump = false;
    for (const QChar c : snake) {
        if (c == u'_') {
            hump = true;
        } else {
            camel += hump ? c.toUpper() : c;
            hump = false;
        }
    }
    return object.value(camel);
}

QJsonObject object(const QJsonObject &parent, const QString &name) { return field(parent, name).toObject(); }
QJsonArray array(const QJsonObject &parent, const QString &name) { return field(parent, name).toArray(); }
QString text(const QJsonObject &parent, const QString &name)
{
    return field(parent, name).toVariant().toString();
}

QString addressText(const QJsonObject &address)
{
    const QJsonObject socket = object(address, u"socket_address"_s);
    if (!socket.isEmpty())
        return text(socket, u"address"_s) + u':' + text(socket, u"port_value"_s);
    const QString pipe = text(object(address, u"pipe"_s), u"path"_s);
    if (!pipe.isEmpty())
        return pipe;
    return text(object(address, u"envoy_internal_address"_s), u"server_listener_name"_s);
}

// Keys are nobody's business, whoever forgot to redact them.
QJsonValue withoutKeys(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray clean;
        for (const auto &item : value.toArray())
            clean.append(withoutKeys(item));
        return clean;
    }
    if (!value.isObject())
        return value;
    QJsonObject clean;
    const QJsonObject plain = value.toObject();
    for (auto at = plain.begin(); at != plain.end(); ++at) {
        const bool secret = at.key() == u"private_key"_s || at.key() == u"privateKey"_s
                            || at.key() == u"password"_s || at.key() == u"session_ticket_keys"_s
                            || at.key() == u"sessionTicketKeys"_s || at.key() == u"generic_secret"_s
                            || at.key() == u"genericSecret"_s;
        clean.insert(at.key(), secret ? QJsonValue(u"[redacted]"_s) : withoutKeys(at.value()));
    }
    return clean;
}

class Reader
{
public:
    explicit Reader(XdsDump &dump)
        : m_dump(dump)
    {}

    void dump(const QJsonArray &configs)
    {
        for (const auto &value : configs) {
            const QJsonObject config = value.toObject();
            const QString type = config.value(u"@type"_s).toString();
            if (type.endsWith(u"ListenersConfigDump"_s)) {
                for (const auto &one : array(config, u"dynamic_listeners"_s))
                    dynamicListener(one.toObject());
                for (const auto &one : array(config, u"static_listeners"_s))
                    listener(object(one.toObject(), u"listener"_s), {});
            } else if (type.endsWith(u"ClustersConfigDump"_s)) {
                for (const QString &list : {u"static_clusters"_s, u"dynamic_active_clusters"_s})
                    for (const auto &one : array(config, list))
                        cluster(object(one.toObject(), u"cluster"_s), {});
                for (const auto &one : array(config, u"dynamic_warming_clusters"_s))
                    cluster(object(one.toObject(), u"cluster"_s), tr("warming"));
            } else if (type.endsWith(u"RoutesConfigDump"_s)) {
                for (const QString &list : {u"static_route_configs"_s, u"dynamic_route_configs"_s})
                    for (const auto &one : array(config, list))
                        route(object(one.toObject(), u"route_config"_s));
            } else if (type.endsWith(u"EndpointsConfigDump"_s)) {
                for (const QString &list : {u"static_endpoint_configs"_s, u"dynamic_endpoint_configs"_s})
                    for (const auto &one : array(config, list))
                        assignment(object(one.toObject(), u"endpoint_config"_s));
            } else if (type.endsWith(u"SecretsConfigDump"_s)) {
                for (const QString &list : {u"static_secrets"_s, u"dynamic_active_secrets"_s})
                    for (const auto &one : array(config, list))
                        secret(object(one.toObject(), u"secret"_s), text(one.toObject(), u"last_updated"_s),
                               {});
                for (const auto &one : array(config, u"dynamic_warming_secrets"_s))
                    secret(object(one.toObject(), u"secret"_s), {}, tr("warming"));
            }
        }
    }

    void config(const QJsonObject &xds)
    {
        for (auto type = xds.begin(); type != xds.end(); ++type) {
            const QJsonObject resources = type.value().toObject();
            for (auto at = resources.begin(); at != resources.end(); ++at) {
                QJsonObject one = at.value().toObject();
                if (type.key().endsWith(u".Listener"_s))
                    listener(one, {});
                else if (type.key().endsWith(u".Cluster"_s))
                    cluster(one, {});
                else if (type.key().endsWith(u".RouteConfiguration"_s))
                    route(one);
                else if (type.key().endsWith(u".ClusterLoadAssignment"_s))
                    assignment(one);
                else if (type.key().endsWith(u".Secret"_s))
                    secret(one, {}, {});
            }
        }
    }

    void finish()
    {
        for (auto &rows : m_dump.rows)
            std::stable_sort(rows.begin(), rows.end(),
                             [](const XdsRow &a, const XdsRow &b) { return a.name.compare(b.name) < 0; });
    }

private:
    void add(XdsKind kind, XdsRow row, const QJsonObject &raw)
    {
        row.raw = withoutKeys(raw).toObject();
        row.search = (row.name + u'\n' + row.cells.join(u'\n')).toLower() + u'\n'
                     + QString::fromUtf8(QJsonDocument(row.raw).toJson(QJsonDocument::Compact)).toLower();
        m_dump.rows[static_cast<std::size_t>(kind)].push_back(std::move(row));
    }

    void dynamicListener(const QJsonObject &dynamic)
    {
        QJsonObject state = object(dynamic, u"active_state"_s);
        QString trouble = text(object(dynamic, u"error_state"_s), u"details"_s);
        if (state.isEmpty()) {
            state = object(dynamic, u"warming_state"_s);
            if (trouble.isEmpty() && !state.isEmpty())
                trouble = tr("warming");
        }
        if (state.isEmpty())
            state = object(dynamic, u"draining_state"_s);
        QJsonObject one = object(state, u"listener"_s);
        if (one.isEmpty())
            one.insert(u"name"_s, text(dynamic, u"name"_s));
        listener(one, trouble);
    }

    void listener(const QJsonObject &one, const QString &trouble)
    {
        QStringList filters;
        const QJsonArray chains = array(one, u"filter_chains"_s);
        for (const auto &chain : chains) {
            for (const auto &filter : array(chain.toObject(), u"filters"_s)) {
                QString name = text(filter.toObject(), u"name"_s).section(u'.', -1);
                if (name == u"http_connection_manager"_s) {
                    name = u"http"_s;
                    // Routes that a listener carries itself are routes all the same.
                    const QJsonObject typed = object(filter.toObject(), u"typed_config"_s);
                    if (const QJsonObject inner = object(typed, u"route_config"_s); !inner.isEmpty())
                        route(inner);
                }
                if (!filters.contains(name))
                    filters << name;
            }
        }
        XdsRow row;
        row.name = text(one, u"name"_s);
        row.trouble = trouble;
        row.isHealthy = trouble.isEmpty();
        row.cells = {addressText(object(one, u"address"_s)), text(one, u"traffic_direction"_s).toLower(),
                     QString::number(chains.size()), filters.join(u", "_s)};
        add(XdsKind::Listeners, std::move(row), one);
    }

    void cluster(const QJsonObject &one, const QString &trouble)
    {
        XdsRow row;
        row.name = text(one, u"name"_s);
        row.trouble = trouble;
        row.isHealthy = trouble.isEmpty();
        QString type = text(one, u"type"_s);
        if (type.isEmpty())
            type = text(object(one, u"cluster_type"_s), u"name"_s);
        const QJsonObject socket = object(one, u"transport_socket"_s);
        const bool matches = !array(one, u"transport_socket_matches"_s).isEmpty();
        row.cells = {type, text(one, u"lb_policy"_s), socket.isEmpty() && !matches ? tr("no") : tr("yes"),
                     text(one, u"connect_timeout"_s)};
        add(XdsKind::Clusters, std::move(row), one);
        if (const QJsonObject own = object(one, u"load_assignment"_s); !own.isEmpty())
            assignment(own);
    }

    void route(const QJsonObject &one)
    {
        const QJsonArray hosts = array(one, u"virtual_hosts"_s);
        QStringList domains, targets;
        qsizetype routes = 0;
        for (const auto &host : hosts) {
            for (const auto &domain : array(host.toObject(), u"domains"_s))
                domains << domain.toString();
            for (const auto &single : array(host.toObject(), u"routes"_s)) {
                ++routes;
                const QJsonObject action = object(single.toObject(), u"route"_s);
                QStringList to{text(action, u"cluster"_s)};
                for (const auto &split : array(object(action, u"weighted_clusters"_s), u"clusters"_s))
                    to << text(split.toObject(), u"name"_s);
                for (const QString &target : to) {
                    if (!target.isEmpty() && !targets.contains(target))
                        targets << target;
                }
            }
        }
        domains.removeDuplicates();
        XdsRow row;
        row.name = text(one, u"name"_s);
        row.cells = {QString::number(hosts.size()), domains.join(u", "_s), QString::number(routes),
                     targets.join(u", "_s)};
        add(XdsKind::Routes, std::move(row), one);
    }

    // One row an endpoint; a service without any is a row that says so.
    void assignment(const QJsonObject &one)
    {
        const QString name = text(one, u"cluster_name"_s);
        bool any = false;
        for (const auto &group : array(one, u"endpoints"_s)) {
            const QString zone = text(object(group.toObject(), u"locality"_s), u"zone"_s);
            for (const auto &value : array(group.toObject(), u"lb_endpoints"_s)) {
                const QJsonObject endpoint = value.toObject();
                any = true;
                XdsRow row;
                row.name = name;
                QString health = text(endpoint, u"health_status"_s).toLower();
                if (health.isEmpty() || health == u"unknown"_s)
                    health = tr("not checked");
                row.isHealthy = health == u"healthy"_s || health == tr("not checked");
                row.cells = {addressText(object(object(endpoint, u"endpoint"_s), u"address"_s)), health,
                             text(endpoint, u"load_balancing_weight"_s), zone};
                add(XdsKind::Endpoints, std::move(row), endpoint);
            }
        }
        if (any)
            return;
        XdsRow row;
        row.name = name;
        row.isHealthy = false;
        row.cells = {tr("no endpoint"), {}, {}, {}};
        add(XdsKind::Endpoints, std::move(row), one);
    }

    void secret(const QJsonObject &one, const QString &updated, const QString &trouble)
    {
        XdsRow row;
        row.name = text(one, u"name"_s);
        row.trouble = trouble;
        row.isHealthy = trouble.isEmpty();
        row.cells = {!object(one, u"tls_certificate"_s).isEmpty()      ? tr("certificate")
                     : !object(one, u"validation_context"_s).isEmpty() ? tr("authorities")
                                                                       : tr("other"),
                     updated};
        add(XdsKind::Secrets, std::move(row), one);
    }

    XdsDump &m_dump;
};

}  // namespace

std::size_t XdsDump::total() const
{
    std::size_t sum = 0;
    for (const auto &list : rows)
        sum += list.size();
    return sum;
}

Result<XdsDumpPtr> xdsDumpFrom(const std::string &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json), &error);
    if (!document.isObject())
        return fail(Error::Code::Invalid,
                    "the answer is not a configuration: " + error.errorString().toStdString());
    auto dump = std::make_shared<XdsDump>();
    Reader reader(*dump);
    const QJsonObject root = document.object();
    if (root.value(u"configs"_s).isArray())
        reader.dump(root.value(u"configs"_s).toArray());
    else if (root.value(u"xds"_s).isObject())
        reader.config(root.value(u"xds"_s).toObject());
    else
        return fail(Error::Code::Invalid, "the answer is neither a config dump nor a configuration by type");
    reader.finish();
    return XdsDumpPtr(dump);
}

QStringList xdsHeaders(XdsKind kind)
{
    switch (kind) {
    case XdsKind::Listeners:
        return {tr("Listener"), tr("Address"), tr("Direction"), tr("Chains"), tr("Filters")};
    case XdsKind::Routes:
        return {tr("Route"), tr("Hosts"), tr("Domains"), tr("Routes"), tr("Clusters")};
    case XdsKind::Clusters:
        return {tr("Cluster"), tr("Type"), tr("Balancing"), tr("TLS"), tr("Connect timeout")};
    case XdsKind::Endpoints:
        return {tr("Cluster"), tr("Endpoint"), tr("Health"), tr("Weight"), tr("Zone")};
    case XdsKind::Secrets:
        return {tr("Secret"), tr("Kind"), tr("Updated")};
    }
    return {};
}

}  // namespace meshscope
