#include "ui/sidecars/path_panel.h"

#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {
enum Column { StepColumn, WhatColumn, PolicyColumn, ColumnCount };
}  // namespace

PathPanel::PathPanel(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_trace(workspace.context.sidecars)
    , m_caller(new QComboBox(this))
    , m_target(new QLineEdit(this))
    , m_go(new QPushButton(tr("Trace"), this))
    , m_verdict(new StatusLabel(this))
    , m_reason(new QLabel(this))
    , m_steps(new QTreeWidget(this))
{
    setObjectName(u"panel.path"_s);
    m_caller->setObjectName(u"choice.traceFrom"_s);
    m_caller->setAccessibleName(tr("Sidecar that calls"));
    m_caller->setMinimumContentsLength(8);
    m_caller->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_target->setObjectName(u"field.traceTo"_s);
    m_target->setAccessibleName(tr("Host, port and path to call"));
    m_target->setPlaceholderText(tr("backend.mesh/path or 127.0.0.1:10001"));
    m_go->setObjectName(u"button.trace"_s);
    m_go->setToolTip(tr("Resolve the name as the sidecar does, then walk its configuration"));
    m_reason->setObjectName(u"label.traceStop"_s);
    m_reason->setWordWrap(true);
    m_reason->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_steps->setObjectName(u"list.traceSteps"_s);
    m_steps->setAccessibleName(tr("Way of the call"));
    m_steps->setFrameShape(QFrame::NoFrame);
    m_steps->setUniformRowHeights(true);
    m_steps->setIndentation(14);
    m_steps->setHeaderLabels({tr("Step"), tr("What"), tr("Set by")});
    CellDelegate::Look what, policy;
    what.fixed = true;
    policy.muted = true;
    m_steps->setItemDelegate(new CellDelegate(m_steps));
    m_steps->setItemDelegateForColumn(WhatColumn, new CellDelegate(what, m_steps));
    m_steps->setItemDelegateForColumn(PolicyColumn, new CellDelegate(policy, m_steps));
    m_steps->header()->setStretchLastSection(false);
    m_steps->header()->resizeSection(StepColumn, 116);
    m_steps->header()->setSectionResizeMode(WhatColumn, QHeaderView::Stretch);
    m_steps->header()->resizeSection(PolicyColumn, 126);

    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_caller);
    row->addWidget(m_target, 1);
    row->addWidget(m_go);
    auto *verdict = new QHBoxLayout;
    verdict->setSpacing(8);
    verdict->addWidget(m_verdict, 0, Qt::AlignTop);
    verdict->addWidget(m_reason, 1);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(kPageMargin, 6, kPageMargin, 2);
    head->setSpacing(6);
    head->addLayout(row);
    head->addLayout(verdict);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_steps, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    connect(m_go, &QPushButton::clicked, this, &PathPanel::trace);
    connect(m_target, &QLineEdit::returnPressed, this, &PathPanel::trace);
    connect(&m_trace, &PathTrace::done, this, &PathPanel::showResult);
    connect(&m_trace, &PathTrace::failed, this, [this](const Error &error) {
        m_go->setEnabled(true);
        m_verdict->setStatus(Mark::Bad, tr("Not traced"));
        m_reason->setText(errorLine(error));
    });
    if (workspace.context.sidecars)
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this, &PathPanel::updateChoices);
    updateChoices();
    m_reason->setText(
        tr("Where would a call go, and who decides? Answered from the configuration that Envoy has."));
}

void PathPanel::choose(const ResourceKey &key)
{
    const int at = m_caller->findData(QVariant::fromValue(key));
    if (at >= 0)
        m_caller->setCurrentIndex(at);
}

void PathPanel::updateChoices()
{
    const QSignalBlocker quiet(m_caller);
    const QString chosen = m_caller->currentText();
    m_caller->clear();
    for (int row = 0; row < m_workspace.sidecars->rowCount(); ++row) {
        const SidecarStatus &sidecar = m_workspace.sidecars->statusAt(row);
        if (sidecar.phase == SidecarPhase::Ready)
            m_caller->addItem(toQString(sidecar.key.name), QVariant::fromValue(sidecar.key));
    }
    const bool any = m_caller->count() > 0;
    m_caller->setEnabled(any);
    m_go->setEnabled(any && !m_trace.isRunning());
    if (!any)
        m_caller->addItem(tr("No sidecar is ready"));
    m_caller->setCurrentIndex(std::max(0, m_caller->findText(chosen)));
}

void PathPanel::trace()
{
    const auto question = traceQuestion(m_target->text().trimmed().toStdString());
    m_steps->clear();
    if (!question) {
        m_verdict->setStatus(Mark::Bad, tr("Not traced"));
        return m_reason->setText(errorLine(question.error()));
    }
    if (!m_caller->currentData().isValid())
        return;
    m_go->setEnabled(false);
    m_verdict->setStatus(Mark::Working, tr("Tracing"));
    m_reason->clear();
    m_trace.start(m_caller->currentData().value<ResourceKey>(), *question);
}

QTreeWidgetItem *PathPanel::addStep(const QString &kind, const QString &what)
{
    auto *item = new QTreeWidgetItem(m_steps);
    item->setText(StepColumn, kind);
    item->setText(WhatColumn, what);
    item->setToolTip(WhatColumn, what);
    return item;
}

void PathPanel::addName(const PathResult &result)
{
    if (!result.dns)
        return;
    const DnsReport &dns = *result.dns;
    const QString answer = dns.addresses.isEmpty() ? dns.rcode : dns.addresses.join(u", "_s);
    auto *item = addStep(tr("DNS"), u"%1 → %2"_s.arg(dns.name, answer));
    const auto add = [item](const QString &name, const QString &value) {
        auto *child = new QTreeWidgetItem(item);
        child->setText(StepColumn, name);
        child->setText(WhatColumn, value);
        child->setToolTip(WhatColumn, value);
    };
    add(tr("answered by"), dns.answerer);
    for (const auto &step : dns.steps)
        add(tr("before"), step);
    add(tr("took"), tr("%1 ms, good for %2 s").arg(dns.milliseconds, 0, 'f', 1).arg(dns.ttl));
}

void PathPanel::addLeg(const PathResult::Leg &leg)
{
    for (const auto &step : leg.trace.steps) {
        auto *item = addStep(toQString(traceKindName(step.kind)), toQString(step.what));
        item->setToolTip(StepColumn, tr("in the configuration of %1").arg(leg.proxy));
        for (const auto &fact : step.facts) {
            auto *child = new QTreeWidgetItem(item);
            child->setText(StepColumn, toQString(fact.name));
            child->setText(WhatColumn, toQString(fact.value));
            child->setToolTip(WhatColumn, toQString(fact.value));
            child->setText(PolicyColumn, toQString(fact.policy));
            child->setToolTip(PolicyColumn, toQString(fact.policy));
        }
    }
}

void PathPanel::showResult(const PathResult &result)
{
    m_go->setEnabled(true);
    addName(result);
    for (std::size_t i = 0; i < result.legs.size(); ++i) {
        if (i > 0)
            addStep(tr("enters"), result.legs[i].proxy);
        addLeg(result.legs[i]);
    }
    // The way itself stands open; what is set on it is one click away, but where it stops all is shown.
    const bool isReached = result.isReached();
    if (!isReached && m_steps->topLevelItemCount() > 0)
        m_steps->topLevelItem(m_steps->topLevelItemCount() - 1)->setExpanded(true);
    m_verdict->setStatus(isReached ? Mark::Good : Mark::Bad, isReached ? tr("Arrives") : tr("Stops"));
    QStringList places;
    if (!result.legs.empty()) {
        for (const auto &place : result.legs.front().trace.endpoints)
            places << toQString(place);
    }
    m_reason->setText(isReached ? tr("at %1").arg(places.join(u", "_s)) : result.stop());
}

}  // namespace meshscope::ui
