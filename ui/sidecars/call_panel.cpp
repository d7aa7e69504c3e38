#include "ui/sidecars/call_panel.h"

#include "models/roles.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/browse/facts.h"
#include "ui/shell/workspace.h"
#include "ui/sidecars/call_result.h"
#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include "backend/support/when_done.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kUrlRole = Qt::UserRole;
constexpr int kCallerRole = Qt::UserRole + 1;

}  // namespace

CallPanel::CallPanel(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_outbound(new QComboBox(this))
    , m_times(new QSpinBox(this))
    , m_call(new QPushButton(icon(u"call"_s), tr("Call"), this))
    , m_summary(new QLabel(this))
    , m_result(new CallResultList(this))
    , m_order(new QListWidget(this))
{
    setObjectName(u"panel.call"_s);
    m_outbound->setObjectName(u"choice.call"_s);
    m_outbound->setAccessibleName(tr("Outbound to call"));
    m_outbound->setMinimumContentsLength(12);
    m_times->setObjectName(u"field.callTimes"_s);
    m_times->setAccessibleName(tr("How many calls"));
    m_times->setRange(1, 1000);
    m_times->setValue(10);
    m_times->setSuffix(tr(" times"));
    m_call->setObjectName(u"button.call"_s);
    m_summary->setObjectName(u"label.callSummary"_s);
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setWordWrap(true);
    m_result->setObjectName(u"list.callResult"_s);
    m_result->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_order->setObjectName(u"list.callOrder"_s);
    m_order->setAccessibleName(tr("Answers in order"));
    m_order->setFrameShape(QFrame::NoFrame);
    m_order->setUniformItemSizes(true);
    m_order->setItemDelegate(new CellDelegate({true, true, false, false, {}, true}, m_order));

    auto *title = new QLabel(tr("Call through a sidecar"), this);
    title->setFont(strongFont(font()));
    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_times, 1);
    row->addWidget(m_call);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(kPageMargin, 10, kPageMargin, 2);
    head->setSpacing(6);
    head->addWidget(title);
    head->addWidget(m_outbound);
    head->addLayout(row);
    head->addWidget(m_summary);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_result);
    layout->addWidget(m_order, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    connect(m_call, &QPushButton::clicked, this, &CallPanel::call);
    connect(workspace.connections, &Connections::snapshotChanged, this, &CallPanel::updateChoices);
    if (workspace.context.sidecars)
        connect(workspace.context.sidecars, &SidecarHost::sidecarChanged, this, &CallPanel::updateChoices);
    updateChoices();
}

CallPanel::~CallPanel() { m_calling.cancel(); }

void CallPanel::choose(const ResourceKey &key)
{
    for (int i = 0; i < m_outbound->count(); ++i) {
        if (m_outbound->itemData(i, kCallerRole).value<ResourceKey>() == key)
            return m_outbound->setCurrentIndex(i);
    }
}

void CallPanel::updateChoices()
{
    const QSignalBlocker quiet(m_outbound);
    const QString chosen = m_outbound->currentText();
    m_outbound->clear();
    const SnapshotPtr snapshot = m_workspace.context.source->snapshot();
    for (int row = 0; row < m_workspace.sidecars->rowCount(); ++row) {
        const SidecarStatus &sidecar = m_workspace.sidecars->statusAt(row);
        const DataplanePtr dataplane = snapshot->find(sidecar.key);
        if (sidecar.phase != SidecarPhase::Ready || !dataplane)
            continue;
        for (const Outbound &outbound : dataplane->dataplane->outbounds) {
            m_outbound->addItem(tr("%1 → %2 :%3")
                                    .arg(toQString(sidecar.key.name), toQString(outbound.service()))
                                    .arg(outbound.port));
            m_outbound->setItemData(m_outbound->count() - 1, outboundUrl(outbound), kUrlRole);
            m_outbound->setItemData(m_outbound->count() - 1, QVariant::fromValue(sidecar.key), kCallerRole);
        }
    }
    const bool any = m_outbound->count() > 0;
    m_outbound->setEnabled(any);
    m_call->setEnabled(any && !m_isCalling);
    if (!any)
        m_outbound->addItem(tr("No ready sidecar has an outbound"));
    m_call->setToolTip(any ? tr("Calls the outbound on loopback, as the workload of the sidecar does")
                           : tr("Start a sidecar whose dataplane declares an outbound"));
    m_outbound->setCurrentIndex(qMax(0, m_outbound->findText(chosen)));
}

void CallPanel::call()
{
    const QUrl url = m_outbound->currentData(kUrlRole).toUrl();
    if (url.isEmpty() || !m_workspace.context.sidecars)
        return;
    m_isCalling = true;
    m_call->setEnabled(false);
    m_summary->setText(tr("Calling %1 …").arg(url.toString()));
    m_result->clear();
    m_order->clear();
    m_calling = m_workspace.context.sidecars->call(url, m_times->value());
    whenDone(m_calling, this, [this](const Result<CallReport> &report) { showReport(report); });
}

void CallPanel::showReport(const Result<CallReport> &report)
{
    m_isCalling = false;
    m_call->setEnabled(m_outbound->isEnabled());
    if (!report) {
        m_summary->setText(errorLine(report.error()));
        m_result->showError(report.error());
        return;
    }
    m_summary->setText(tr("%n call(s): ", nullptr, report->asked) + callSummary(*report));
    m_result->showReport(*report);
    for (int i = 0; i < report->inOrder.size(); ++i)
        m_order->addItem(u"%1  %2"_s.arg(i + 1, 4).arg(report->inOrder.at(i)));
}

}  // namespace meshscope::ui
