// The inspector on policies and zones, and what a control plane says of policies on a dataplane.
#include "ui/browse/inspector.h"

#include "models/effective_rules.h"
#include "models/text.h"
#include "ui/browse/fact_list.h"
#include "ui/editors/yaml_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/status_mark.h"

#include "backend/codec/yaml_document.h"
#include "backend/support/when_done.h"

#include <QLabel>
#include <QStackedWidget>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

void Inspector::showText(const std::string &json)
{
    m_yamlOf = {};
    if (m_textOf != json || m_yaml->text().isEmpty()) {
        m_textOf = json;
        const auto yaml = yamlFromJson(json);
        m_yaml->replaceText(yaml ? toQString(*yaml) : toQString(json));
    }
    m_stack->setCurrentWidget(m_yaml);
}

void Inspector::showPolicy()
{
    const Snapshot &snapshot = *m_workspace.context.source->snapshot();
    const QString name = toQString(m_target.key.name);
    const ResourcePtr policy = snapshot.find(m_target.type, m_target.key);
    if (!policy)
        return showNothing(tr("%1 is not there any more").arg(name),
                           tr("It was deleted, or cannot be read any more."));
    const QString type = toQString(policy->type);
    setHead(
        name,
        policy->key.mesh.empty()
            ? tr("%1 · %2").arg(type, m_workspace.context.connectionName)
            : tr("%1 in %2 · %3").arg(type, toQString(policy->key.mesh), m_workspace.context.connectionName));
    m_status->setStatus(Mark::None, {});
    showTabs(Shape::Document);
    if (m_tabs->currentIndex() == YamlTab)
        return showText(policy->json);
    loadTouched();
    m_overview->setFacts(policyFacts(*policy, m_touched, m_touching.isFinished(), m_untouched, factSource()));
    m_stack->setCurrentWidget(m_overview);
}

void Inspector::showZone()
{
    const Snapshot &snapshot = *m_workspace.context.source->snapshot();
    const std::string &name = m_target.key.name;
    setHead(toQString(name), tr("%1 · %2").arg(toQString(m_target.type), m_workspace.context.connectionName));
    for (const ZoneInfo &zone : *snapshot.zones) {
        if (m_target.type != "Zone" || zone.name != name)
            continue;
        m_status->setStatus(markFor(zone.link), healthText(zone.link));
        showTabs(Shape::Document);
        if (m_tabs->currentIndex() == YamlTab)
            return showText(zone.json);
        m_overview->setFacts(zoneFacts(zone, factSource()));
        return m_stack->setCurrentWidget(m_overview);
    }
    for (const ZoneProxyInfo &proxy : *snapshot.zoneProxies) {
        if (proxy.type != m_target.type || proxy.name != name)
            continue;
        m_status->setStatus(markFor(proxy.link), healthText(proxy.link));
        showTabs(Shape::Document);
        if (m_tabs->currentIndex() == YamlTab)
            return showText(proxy.json);
        m_overview->setFacts(zoneProxyFacts(proxy, factSource()));
        return m_stack->setCurrentWidget(m_overview);
    }
    showNothing(tr("The zone %1 is not there any more").arg(toQString(name)));
}

// Which dataplanes a policy reaches is asked of the control plane: only it merges as it does.
void Inspector::loadTouched()
{
    if (m_touchedOf == m_target)
        return;
    m_touchedOf = m_target;
    m_touched.clear();
    m_untouched.reset();
    m_touching.cancel();
    const ResourceTypeInfo *info = m_workspace.context.source->snapshot()->capabilities->find(m_target.type);
    if (!info) {
        m_untouched = Error{Error::Code::NotFound, "the control plane does not name this type", {}};
        return;
    }
    const QString path = u"/meshes/%1/%2/%3/_resources/dataplanes"_s.arg(
        toQString(m_target.key.mesh), toQString(info->path), toQString(m_target.key.name));
    m_touching = m_workspace.context.source->fetch(path);
    whenDone(m_touching, this, [this, target = m_target](const Result<std::string> &answer) {
        if (target != m_target)
            return;
        if (answer)
            m_touched = dataplanesIn(*answer);
        else if (answer.error().code != Error::Code::Cancelled)
            m_untouched = answer.error();
        refresh();
    });
}

// The merged values with their origins; an older control plane only says which policies matched.
void Inspector::loadRules(const QString &operation)
{
    const ResourceKey key = m_target.key;
    m_ruling.cancel();
    m_state->showLoading(tr("Asking which policies reach %1").arg(toQString(key.name)));
    m_stack->setCurrentWidget(m_state);
    const QString path =
        u"/meshes/%1/dataplanes/%2/%3"_s.arg(toQString(key.mesh), toQString(key.name), operation);
    m_ruling = m_workspace.context.source->fetch(path);
    whenDone(m_ruling, this, [this, key, operation, path](const Result<std::string> &answer) {
        if (m_rulesOf != key || m_tabs->currentIndex() != PoliciesTab)
            return;
        auto rules =
            answer ? effectiveRulesFrom(*answer) : Result<std::vector<EffectiveRule>>(fail(answer.error()));
        if (!rules && rules.error().code == Error::Code::Cancelled)
            return;
        if (!rules && operation == u"_rules"_s)
            return loadRules(u"policies"_s);
        if (!rules) {
            m_state->showFailed(tr("The policies of this proxy cannot be read"), rules.error(),
                                u"GET "_s + path, [this] {
                                    m_rulesOf = {};
                                    refresh();
                                });
            return m_stack->setCurrentWidget(m_state);
        }
        if (rules->empty()) {
            m_state->showEmpty(u"policy"_s, tr("No policy reaches this proxy"),
                               tr("It runs with Envoy's and the control plane's own defaults."));
            return m_stack->setCurrentWidget(m_state);
        }
        m_policies->setFacts(ruleFacts(*rules, factSource()));
        m_stack->setCurrentWidget(m_policies);
    });
}

}  // namespace meshscope::ui
