// What the inspector says of policies and zones.
#include "ui/browse/facts.h"

#include "models/text.h"
#include "ui/style/error_text.h"
#include "ui/style/status_mark.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kMaxListed = 50;

QString tr(const char *text, int n = -1) { return QCoreApplication::translate("Facts", text, nullptr, n); }

Fact plain(const QString &label, const QString &text)
{
    Fact fact;
    fact.label = label;
    fact.text = text;
    return fact;
}

void add(FactSection &section, const QString &label, const std::string &text)
{
    if (!text.empty())
        section.facts.push_back(plain(label, toQString(text)));
}

void addTime(FactSection &section, const QString &label, TimePoint time, TimePoint now)
{
    if (time == TimePoint{})
        return;
    Fact fact = plain(label, tr("%1 ago").arg(ageText(time, now)));
    fact.tip = QLocale().toString(toDateTime(time), QLocale::LongFormat);
    section.facts.push_back(fact);
}

Fact linkFact(Health link, std::optional<TimePoint> connected, std::optional<TimePoint> ended, TimePoint now)
{
    Fact fact = plain(tr("Link"), {});
    fact.mark = markFor(link);
    if (link == Health::Online) {
        fact.text = tr("connected");
        fact.more = connected ? ageText(*connected, now) : QString();
    } else if (link == Health::Unknown) {
        fact.text = tr("never connected");
    } else {
        fact.text = tr("disconnected");
        fact.more = ended ? tr("%1 ago").arg(ageText(*ended, now)) : QString();
    }
    return fact;
}

}  // namespace

std::vector<ResourceKey> dataplanesIn(const std::string &json)
{
    std::vector<ResourceKey> keys;
    const QJsonObject answer = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
    for (const auto &item : answer.value(u"items"_s).toArray()) {
        const ResourceKey key{item[u"mesh"_s].toString().toStdString(),
                              item[u"name"_s].toString().toStdString()};
        if (!key.name.empty())
            keys.push_back(key);
    }
    return keys;
}

Facts policyFacts(const ResourceRecord &policy, const std::vector<ResourceKey> &touched, bool known,
                  const std::optional<Error> &why, const FactSource &from)
{
    FactSection about{tr("Policy"), {}};
    add(about, tr("Type"), policy.type);
    about.facts.push_back(
        plain(tr("Selects"), policy.targetRef.empty() ? tr("the whole mesh") : toQString(policy.targetRef)));
    const auto effect = policy.labels.find("kuma.io/effect");
    Fact enforced = plain(tr("Effect"), tr("enforced"));
    enforced.mark = Mark::Good;
    if (effect != policy.labels.end() && effect->second == "shadow") {
        enforced.mark = Mark::Unknown;
        enforced.text = tr("shadow: only shown, and enforced by a write without its labels");
    }
    about.facts.push_back(enforced);
    addTime(about, tr("Changed"), policy.modificationTime, from.now);
    addTime(about, tr("Created"), policy.creationTime, from.now);
    if (!policy.labels.empty()) {
        Fact labels = plain(tr("Labels"), {});
        labels.tags = policy.labels;
        about.facts.push_back(labels);
    }
    FactSection reaches{tr("Reaches"), {}};
    if (why) {
        Fact fact;
        fact.text = errorLine(*why);
        fact.tone = Mark::Partly;
        reaches.facts.push_back(fact);
    } else if (!known) {
        Fact fact;
        fact.text = tr("Asking the control plane …");
        reaches.facts.push_back(fact);
    } else if (touched.empty()) {
        Fact fact;
        fact.text = tr("no dataplane");
        fact.tone = Mark::Partly;
        reaches.facts.push_back(fact);
    }
    for (std::size_t i = 0; i < touched.size() && i < kMaxListed; ++i) {
        Fact fact;
        fact.text = toQString(touched[i].name);
        fact.link = {FocusKind::Dataplane, from.source, touched[i], -1};
        const DataplanePtr row = from.source ? from.source->snapshot()->find(touched[i]) : nullptr;
        fact.mark = row ? markFor(row->status.overall) : Mark::Unknown;
        reaches.facts.push_back(fact);
    }
    if (touched.size() > kMaxListed) {
        Fact fact;
        fact.text = tr("and %1 more").arg(static_cast<qulonglong>(touched.size() - kMaxListed));
        reaches.facts.push_back(fact);
    }
    return {about, reaches};
}

Facts ruleFacts(const std::vector<EffectiveRule> &rules, const FactSource &from)
{
    Facts facts;
    for (const EffectiveRule &rule : rules) {
        FactSection section{tr("%1 · %2").arg(toQString(rule.type), rule.scope), {}};
        for (const auto &[path, value] : rule.values) {
            Fact fact = plain(path, value);
            fact.fixedLabel = true;
            section.facts.push_back(fact);
        }
        for (const RuleOrigin &origin : rule.origins) {
            Fact fact =
                plain(&origin == &rule.origins.front() ? tr("from") : tr("and"), toQString(origin.key.name));
            fact.link = {FocusKind::Policy, from.source, origin.key, -1, origin.type};
            section.facts.push_back(fact);
        }
        facts.push_back(std::move(section));
    }
    return facts;
}

Facts zoneFacts(const ZoneInfo &zone, const FactSource &from)
{
    FactSection about{tr("Zone"), {}};
    if (!zone.isEnabled) {
        Fact off = plain(tr("Switch"), tr("off: other zones do not use its services"));
        off.tone = Mark::Partly;
        about.facts.push_back(off);
    }
    about.facts.push_back(linkFact(zone.link, zone.connectTime, zone.disconnectTime, from.now));
    add(about, tr("Version"), zone.version);
    add(about, tr("Environment"), zone.environment);
    add(about, tr("Store"), zone.storeType);
    add(about, tr("Global"), zone.globalInstanceId);
    add(about, tr("Instance"), zone.zoneInstanceId);
    return {about};
}

Facts zoneProxyFacts(const ZoneProxyInfo &proxy, const FactSource &from)
{
    FactSection about{toQString(proxy.type), {}};
    const Subscription *latest = proxy.insight.latest();
    about.facts.push_back(linkFact(proxy.link, latest ? latest->connectTime : std::nullopt,
                                   latest ? latest->disconnectTime : std::nullopt, from.now));
    add(about, tr("Zone"), proxy.zone);
    const auto address = [&about](const QString &label, const std::string &host, std::uint32_t port) {
        if (host.empty())
            return;
        Fact fact = plain(label, toQString(host) + u':' + QString::number(port));
        fact.fixedText = true;
        about.facts.push_back(fact);
    };
    address(tr("Listens on"), proxy.address, proxy.port);
    address(tr("Advertised"), proxy.advertisedAddress, proxy.advertisedPort);
    if (latest) {
        about.facts.push_back(plain(
            tr("Configuration"),
            tr("%1 accepted, %2 rejected").arg(latest->total.acknowledged).arg(latest->total.rejected)));
        add(about, tr("kuma-dp"), latest->kumaDpVersion);
        add(about, tr("Envoy"), latest->envoyVersion);
    }
    return {about};
}

}  // namespace meshscope::ui
