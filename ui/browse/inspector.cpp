#include "ui/browse/inspector.h"

#include "models/change_feed.h"
#include "models/dataplane_table.h"
#include "models/service_table.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/browse/fact_list.h"
#include "ui/browse/xds_view.h"
#include "ui/editors/yaml_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/sidecars/call_result.h"
#include "ui/sidecars/start_stop_button.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include "backend/codec/yaml_document.h"
#include "backend/support/when_done.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kCalls = 10;

}  // namespace

Inspector::Inspector(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_title(new QLabel(this))
    , m_kind(new QLabel(this))
    , m_status(new StatusLabel(this))
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_overview(new FactList)
    , m_inbounds(new FactList)
    , m_outbounds(new FactList)
    , m_policies(new FactList)
    , m_events(new FactList)
    , m_xds(new XdsView(workspace))
    , m_yaml(new YamlView)
    , m_state(new StateView)
    , m_buttons(new QWidget(this))
    , m_callBox(new QWidget(this))
    , m_callTitle(new QLabel(m_callBox))
    , m_callResult(new CallResultList(m_callBox))
{
    setObjectName(u"inspector"_s);
    setAccessibleName(tr("Inspector"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_title->setObjectName(u"label.inspectorTitle"_s);
    m_title->setFont(headingFont(font()));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_status->setObjectName(u"label.inspectorStatus"_s);
    m_kind->setForegroundRole(QPalette::PlaceholderText);
    m_tabs->setObjectName(u"tabs.inspector"_s);
    m_tabs->setAccessibleName(tr("Parts of the inspector"));
    m_tabs->setProperty("plainTabs", true);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setElideMode(Qt::ElideNone);
    m_tabs->setFont(smallFont(font()));
    // Seven fit beside one another only when the long ones are short.
    const std::pair<QString, QString> names[] = {{tr("Overview"), tr("Overview")},
                                                 {tr("In"), tr("Inbounds")},
                                                 {tr("Out"), tr("Outbounds")},
                                                 {tr("Policies"), tr("Policies")},
                                                 {tr("xDS"), tr("Envoy's configuration")},
                                                 {tr("YAML"), tr("YAML")},
                                                 {tr("Events"), tr("Events")}};
    for (const auto &[shown, whole] : names) {
        const int tab = m_tabs->addTab(shown);
        m_tabs->setTabToolTip(tab, whole);
        m_tabs->setAccessibleTabName(tab, whole);
    }
    m_yaml->setReadOnly(true);
    m_yaml->setObjectName(u"text.inspectorYaml"_s);
    m_yaml->setAccessibleName(tr("YAML of the dataplane"));
    m_overview->setObjectName(u"facts.overview"_s);
    m_inbounds->setObjectName(u"facts.inbounds"_s);
    m_outbounds->setObjectName(u"facts.outbounds"_s);
    m_policies->setObjectName(u"facts.policies"_s);
    m_events->setObjectName(u"facts.events"_s);
    for (QWidget *pane : {static_cast<QWidget *>(m_overview), static_cast<QWidget *>(m_inbounds),
                          static_cast<QWidget *>(m_outbounds), static_cast<QWidget *>(m_policies),
                          static_cast<QWidget *>(m_xds), static_cast<QWidget *>(m_yaml),
                          static_cast<QWidget *>(m_events), static_cast<QWidget *>(m_state)})
        m_stack->addWidget(pane);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(kPageMargin, 10, kPageMargin, 0);
    head->addWidget(m_title, 1);
    head->addWidget(m_status);
    auto *kind = new QHBoxLayout;
    kind->setContentsMargins(kPageMargin, 2, kPageMargin, 2);
    kind->addWidget(m_kind);

    auto *callLayout = new QVBoxLayout(m_callBox);
    callLayout->setContentsMargins(0, 8, 0, 4);
    m_callTitle->setContentsMargins(kPageMargin, 0, kPageMargin, 0);
    callLayout->setSpacing(2);
    m_callTitle->setForegroundRole(QPalette::PlaceholderText);
    m_callTitle->setFont(smallFont(font()));
    m_callTitle->setWordWrap(true);
    m_callResult->setObjectName(u"list.inspectorCallResult"_s);
    m_callResult->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_callResult->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    callLayout->addWidget(m_callTitle);
    callLayout->addWidget(m_callResult);
    m_callBox->hide();

    auto *buttons = new QHBoxLayout(m_buttons);
    buttons->setContentsMargins(kPageMargin, 8, kPageMargin, 10);
    buttons->setSpacing(8);
    auto *edit = new ActionButton(workspace.actions.editDataplane, this, tr("Edit"));
    edit->setProperty("primary", true);
    buttons->addWidget(edit);
    buttons->addWidget(new ActionButton(workspace.actions.showInGraph, this));
    buttons->addWidget(new StartStopButton(workspace.actions, this));
    buttons->addStretch();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addLayout(kind);
    layout->addWidget(m_tabs);
    layout->addSpacing(1);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_callBox);
    layout->addWidget(m_buttons);

    connect(m_tabs, &QTabBar::currentChanged, this, [this] {
        m_rulesOf = {};  // whoever comes back to the policies wants them as they are now
        refresh();
    });
    connect(workspace.focus, &Focus::changed, this, &Inspector::follow);
    connect(workspace.connections, &Connections::snapshotChanged, this, [this] {
        m_yamlOf = {};
        m_touchedOf = {};
        refresh();
    });
    connect(workspace.connections, &Connections::stateChanged, this, &Inspector::refresh);
    if (workspace.context.sidecars)
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this, &Inspector::refresh);
    for (FactList *list : {m_overview, m_inbounds, m_outbounds, m_policies, m_events}) {
        connect(list, &FactList::linkChosen, workspace.focus, &Focus::set);
        connect(list, &FactList::callWanted, this, &Inspector::call);
    }
    refresh();
}

Inspector::~Inspector()
{
    m_fetching.cancel();
    m_calling.cancel();
    m_touching.cancel();
    m_ruling.cancel();
}

QString Inspector::title() const { return m_title->text(); }

void Inspector::setTab(Tab tab) { m_tabs->setCurrentIndex(tab); }

FactSource Inspector::factSource() const
{
    FactSource from;
    from.source = m_workspace.context.source;
    from.now = currentTime();
    from.findService = [this](const ResourceKey &key) -> ServicePtr {
        const int row = m_workspace.services->rowOf(key);
        return row < 0 ? nullptr : m_workspace.services->rowAt(row);
    };
    from.findSidecar = [this](const ResourceKey &key) -> std::optional<SidecarStatus> {
        const QModelIndex at = m_workspace.sidecars->indexOf(key);
        if (!at.isValid())
            return std::nullopt;
        return m_workspace.sidecars->statusAt(at.row());
    };
    return from;
}

void Inspector::follow(const FocusTarget &target)
{
    const bool same = target.key == m_target.key;
    m_target = target;
    if (!same) {
        m_calling.cancel();
        m_callBox->hide();
    }
    if (target.kind == FocusKind::Inbound)
        m_tabs->setCurrentIndex(InboundsTab);
    refresh();
}

void Inspector::setHead(const QString &title, const QString &kind)
{
    m_title->setText(title);
    m_kind->setText(kind);
    m_kind->setVisible(!kind.isEmpty());
}

void Inspector::showTabs(Shape shape)
{
    // The tabs of a dataplane have no meaning elsewhere.
    const bool dataplane = shape == Shape::Dataplane;
    if (shape != m_shape) {
        m_shape = shape;
        m_tabs->hide();  // it lays itself out anew when it is shown
        for (const int tab : {InboundsTab, OutboundsTab, PoliciesTab, XdsTab, EventsTab})
            m_tabs->setTabVisible(tab, dataplane);
        m_tabs->setVisible(shape != Shape::Plain);
        m_buttons->setVisible(dataplane);
    }
    if (!dataplane)
        m_callBox->hide();
}

void Inspector::showNothing(const QString &why, const QString &advice)
{
    setHead({}, {});
    m_status->setStatus(Mark::None, {});
    showTabs(Shape::Plain);
    m_state->showEmpty(u"info"_s, why, advice);
    m_stack->setCurrentWidget(m_state);
}

void Inspector::refresh()
{
    const Snapshot &snapshot = *m_workspace.context.source->snapshot();
    const FactSource from = factSource();
    const QString connection = m_workspace.context.connectionName;
    const QString name = toQString(m_target.key.name);
    switch (m_target.kind) {
    case FocusKind::None:
        return showNothing(tr("Nothing is chosen"),
                           tr("Choose a dataplane, a service or a sidecar to see what is "
                              "known of it."));
    case FocusKind::ControlPlane:
        setHead(connection, tr("control plane"));
        m_status->setStatus(Mark::None, {});
        showTabs(Shape::Plain);
        m_overview->setFacts(controlPlaneFacts(snapshot, from));
        break;
    case FocusKind::Mesh:
        setHead(name, tr("mesh · %1").arg(connection));
        m_status->setStatus(Mark::None, {});
        showTabs(Shape::Plain);
        m_overview->setFacts(meshFacts(m_target.key.name, snapshot, from));
        break;
    case FocusKind::Service: {
        const ServicePtr service = from.findService(m_target.key);
        if (!service)
            return showNothing(tr("The service %1 is not there any more").arg(name));
        setHead(name, tr("service in %1 · %2").arg(toQString(m_target.key.mesh), connection));
        const Health health = service->summary.health();
        m_status->setStatus(markFor(health), healthText(health));
        showTabs(Shape::Plain);
        m_overview->setFacts(serviceFacts(*service, snapshot, from));
        break;
    }
    case FocusKind::Policy:
        return showPolicy();
    case FocusKind::Zone:
        return showZone();
    case FocusKind::Sidecar:
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
        return showDataplane(m_target.key);
    }
    m_stack->setCurrentWidget(m_overview);
}

void Inspector::showDataplane(const ResourceKey &key)
{
    const FactSource from = factSource();
    const auto sidecar = from.findSidecar(key);
    const DataplanePtr row = m_workspace.context.source->snapshot()->find(key);
    if (!row && !sidecar)
        return showNothing(tr("%1 is not there any more").arg(toQString(key.name)),
                           tr("It was deleted, or the mesh was left."));
    setHead(toQString(key.name),
            tr("dataplane in %1 · %2").arg(toQString(key.mesh), m_workspace.context.connectionName));
    if (!row) {
        m_status->setStatus(Mark::Unknown, phaseText(sidecar->phase));
        showTabs(Shape::Plain);
        m_overview->setFacts(sidecarFacts(*sidecar, from));
        m_stack->setCurrentWidget(m_overview);
        return;
    }
    m_status->setStatus(markFor(row->status.overall), healthText(row->status.overall));
    showTabs(Shape::Dataplane);
    switch (m_tabs->currentIndex()) {
    case InboundsTab:
        m_inbounds->setFacts(inboundFacts(*row, from));
        m_stack->setCurrentWidget(m_inbounds);
        break;
    case OutboundsTab:
        m_outbounds->setFacts(outboundFacts(*row, from));
        m_stack->setCurrentWidget(m_outbounds);
        break;
    case PoliciesTab:
        if (m_rulesOf != key) {
            m_rulesOf = key;
            loadRules(u"_rules"_s);
        }
        if (m_ruling.isFinished())
            m_stack->setCurrentWidget(
                m_stack->currentWidget() == m_state ? m_state : static_cast<QWidget *>(m_policies));
        break;
    case XdsTab:
        m_xds->follow({FocusKind::Dataplane, m_workspace.context.source, key, -1});
        m_stack->setCurrentWidget(m_xds);
        break;
    case YamlTab:
        loadYaml();
        break;
    case EventsTab:
        m_events->setFacts(
            eventFacts(*row, m_workspace.changes->rowsOf(m_workspace.context.source, key), from));
        m_stack->setCurrentWidget(m_events);
        break;
    default: {
        Facts facts = overviewFacts(*row, from);
        if (m_target.kind == FocusKind::Sidecar && sidecar) {
            const Facts own = sidecarFacts(*sidecar, from);
            facts.insert(facts.begin(), own.begin(), own.end());
        }
        m_overview->setFacts(facts);
        m_stack->setCurrentWidget(m_overview);
    }
    }
}

void Inspector::loadYaml()
{
    if (m_yamlOf == m_target.key) {
        m_stack->setCurrentWidget(m_stack->currentWidget() == m_state ? m_state
                                                                      : static_cast<QWidget *>(m_yaml));
        return;
    }
    if (!m_workspace.context.editor) {
        m_state->showEmpty(u"yaml"_s, tr("The document cannot be read here"), {});
        m_stack->setCurrentWidget(m_state);
        return;
    }
    const ResourceKey key = m_target.key;
    m_yamlOf = key;
    m_fetching.cancel();
    m_fetching = m_workspace.context.editor->fetchDataplane(key);
    whenDone(m_fetching, this, [this, key](const Result<ServerDocument> &answer) {
        if (m_yamlOf != key || m_tabs->currentIndex() != YamlTab)
            return;
        Error error;
        if (answer) {
            const auto yaml = yamlFromJson(answer->json);
            if (yaml) {
                m_yaml->replaceText(toQString(*yaml));
                m_stack->setCurrentWidget(m_yaml);
                return;
            }
            error = yaml.error();
        } else if (answer.error().code == Error::Code::Cancelled) {
            return;
        } else {
            error = answer.error();
        }
        m_state->showFailed(tr("The document could not be read"), error, toQString(key.mesh + "/" + key.name),
                            [this] {
                                m_yamlOf = {};
                                loadYaml();
                            });
        m_stack->setCurrentWidget(m_state);
    });
}

void Inspector::call(const QUrl &url)
{
    SidecarHost *host = m_workspace.context.sidecars;
    if (!host)
        return;
    m_calling.cancel();
    m_callTitle->setText(tr("Calling %1 …").arg(url.toString()));
    m_callResult->clear();
    m_callBox->show();
    m_calling = host->call(url, kCalls);
    whenDone(m_calling, this, [this, url](const Result<CallReport> &report) {
        if (!report) {
            if (report.error().code == Error::Code::Cancelled)
                return;
            m_callTitle->setText(tr("%1 did not answer").arg(url.toString()));
            return m_callResult->showError(report.error());
        }
        m_callTitle->setText(
            tr("Who answered %n call(s) to %1", nullptr, report->asked).arg(url.authority()));
        m_callResult->showReport(*report);
    });
}

void Inspector::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    if (m_tabs->isVisible())
        painter.fillRect(QRect(0, m_tabs->geometry().bottom() + 1, width(), 1), hairline(palette()));
}

}  // namespace meshscope::ui
