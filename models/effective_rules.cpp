#include "models/effective_rules.h"

#include "models/text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("EffectiveRules", text); }

QString valueText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    return value.isNull() ? u"null"_s : value.toVariant().toString();
}

// "http.requestTimeout": "15s"; lists of plain objects are numbered, so that a route's rules can be read.
void flatten(const QJsonValue &value, const QString &path, std::vector<std::pair<QString, QString>> &out)
{
    if (value.isObject() && !value.toObject().isEmpty()) {
        const QJsonObject object = value.toObject();
        for (auto at = object.begin(); at != object.end(); ++at)
            flatten(at.value(), path.isEmpty() ? at.key() : path + u'.' + at.key(), out);
        return;
    }
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        const bool objects =
            std::any_of(array.begin(), array.end(), [](const QJsonValue &one) { return one.isObject(); });
        if (objects) {
            for (qsizetype i = 0; i < array.size(); ++i)
                flatten(array.at(i), array.size() == 1 ? path : path + u'[' + QString::number(i) + u']', out);
            return;
        }
    }
    out.emplace_back(path.isEmpty() ? tr("value") : path, valueText(value));
}

std::vector<RuleOrigin> originsOf(const QJsonArray &array, const std::string &type)
{
    std::vector<RuleOrigin> origins;
    for (const auto &value : array) {
        QJsonObject meta = value.toObject();
        if (meta.contains(u"resourceMeta"_s))
            meta = meta.value(u"resourceMeta"_s).toObject();
        const QString own = meta.value(u"type"_s).toString();
        RuleOrigin origin{
            own.isEmpty() ? type : own.toStdString(),
            {meta.value(u"mesh"_s).toString().toStdString(), meta.value(u"name"_s).toString().toStdString()}};
        if (std::find(origins.begin(), origins.end(), origin) == origins.end())
            origins.push_back(std::move(origin));
    }
    return origins;
}

QString matchersText(const QJsonArray &matchers)
{
    QStringList words;
    for (const auto &value : matchers) {
        const QString key = value[u"key"_s].toString();
        const QString brief = key.startsWith(u"kuma.io/"_s) ? key.mid(8) : key;
        const bool isNot = value[u"not"_s].toBool();
        if (brief == u"service"_s && !isNot)
            words << value[u"value"_s].toString();
        else
            words << brief + (isNot ? u" ≠ "_s : u" = "_s) + value[u"value"_s].toString();
    }
    return words.join(u", "_s);
}

QString inboundText(const QJsonValue &inbound)
{
    const QString port = inbound[u"port"_s].toVariant().toString();
    const QString name = inbound[u"name"_s].toString();
    return name.isEmpty() || name == port ? tr("inbound :%1").arg(port)
                                          : tr("inbound :%1 %2").arg(port, name);
}

EffectiveRule ruleOf(const std::string &type, const QString &scope, const QJsonValue &rule)
{
    EffectiveRule result{type, scope, {}, originsOf(rule[u"origin"_s].toArray(), type)};
    flatten(rule[u"conf"_s], {}, result.values);
    return result;
}

void addRules(const QJsonObject &entry, std::vector<EffectiveRule> &out)
{
    const std::string type = entry.value(u"type"_s).toString().toStdString();
    if (const QJsonValue proxy = entry.value(u"proxyRule"_s); proxy.isObject())
        out.push_back(ruleOf(type, tr("the proxy"), proxy));
    // The newer form says the same as the older one, and more; both come from 2.9 on.
    const bool hasInboundRules = !entry.value(u"inboundRules"_s).toArray().isEmpty();
    for (const QString &list : {u"inboundRules"_s, u"fromRules"_s}) {
        if (list == u"fromRules"_s && hasInboundRules)
            continue;
        for (const auto &inbound : entry.value(list).toArray()) {
            for (const auto &rule : inbound[u"rules"_s].toArray()) {
                const QString from = matchersText(rule[u"matchers"_s].toArray());
                const QString where = inboundText(inbound[u"inbound"_s]);
                out.push_back(ruleOf(type, from.isEmpty() ? where : tr("%1 from %2").arg(where, from), rule));
            }
        }
    }
    for (const auto &rule : entry.value(u"toRules"_s).toArray()) {
        const QString to = matchersText(rule[u"matchers"_s].toArray());
        out.push_back(ruleOf(type, to.isEmpty() ? tr("to every other service") : tr("to %1").arg(to), rule));
    }
    for (const auto &rule : entry.value(u"toResourceRules"_s).toArray()) {
        const QJsonValue meta = rule[u"resourceMeta"_s];
        const QString kind = meta[u"type"_s].toString();
        // For the mesh as a whole the older form says it already.
        if (kind == u"Mesh"_s && !entry.value(u"toRules"_s).toArray().isEmpty())
            continue;
        QString name =
            kind == u"Mesh"_s ? tr("everything in the mesh") : kind + u' ' + meta[u"name"_s].toString();
        if (const QString section = rule[u"resourceSectionName"_s].toString(); !section.isEmpty())
            name += u" :"_s + section;
        out.push_back(ruleOf(type, tr("to %1").arg(name), rule));
    }
}

// The older answer: which policies matched where, without values.
void addMatched(const QJsonObject &item, std::vector<EffectiveRule> &out)
{
    const QString where = item.value(u"type"_s).toString();
    const QString name = item.value(u"name"_s).toString();
    const QString service = item.value(u"service"_s).toString();
    const QString scope = where == u"inbound"_s    ? tr("inbound %1").arg(name)
                          : where == u"outbound"_s ? tr("to %1").arg(service)
                          : where == u"service"_s  ? tr("to %1").arg(service.isEmpty() ? name : service)
                                                   : tr("the proxy");
    const QJsonObject matched = item.value(u"matchedPolicies"_s).toObject();
    for (auto at = matched.begin(); at != matched.end(); ++at)
        out.push_back(
            {at.key().toStdString(), scope, {}, originsOf(at.value().toArray(), at.key().toStdString())});
}

}  // namespace

Result<std::vector<EffectiveRule>> effectiveRulesFrom(const std::string &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json));
    const QJsonObject root = document.object();
    std::vector<EffectiveRule> rules;
    if (root.value(u"rules"_s).isArray()) {
        for (const auto &entry : root.value(u"rules"_s).toArray())
            addRules(entry.toObject(), rules);
    } else if (root.contains(u"items"_s)
               && (root.value(u"items"_s).isArray() || root.value(u"items"_s).isNull())) {
        for (const auto &item : root.value(u"items"_s).toArray())
            addMatched(item.toObject(), rules);
    } else {
        return fail(Error::Code::Invalid, "the answer is not what a control plane says of its rules");
    }
    std::stable_sort(rules.begin(), rules.end(), [](const EffectiveRule &a, const EffectiveRule &b) {
        return a.type != b.type ? a.type < b.type : a.scope < b.scope;
    });
    return rules;
}

}  // namespace meshscope
