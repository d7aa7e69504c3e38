#include "ui/browse/services_page.h"

#include "models/focus.h"
#include "models/query_filter.h"
#include "models/service_table.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

ServicesPage::ServicesPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_proxy(new ServiceProxy(this))
    , m_table(new TableView)
    , m_frame(new PageFrame(tr("Services"), m_table, this))
{
    setObjectName(u"page.services"_s);
    m_table->setObjectName(u"table.services"_s);
    m_table->setAccessibleName(tr("Services"));
    m_proxy->setSourceModel(workspace.services);
    m_table->setModel(m_proxy);
    m_table->setFinder([this](const ResourceKey &key) { return m_proxy->indexOf(key); });
    m_table->setMultiSelect();
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ServiceTable::NameColumn, Qt::AscendingOrder);

    CellDelegate::Look name, count;
    name.icon = u"service"_s;
    name.strong = true;
    count.right = true;
    m_table->setItemDelegateForColumn(ServiceTable::NameColumn, new CellDelegate(name, m_table));
    m_table->setItemDelegateForColumn(ServiceTable::DataplanesColumn, new CellDelegate(count, m_table));
    m_table->setItemDelegateForColumn(ServiceTable::TagSetsColumn, new TagChipDelegate(m_table));
    m_table->setItemDelegateForColumn(ServiceTable::StatusColumn, new StatusDelegate(m_table));
    m_table->setColumn(ServiceTable::NameColumn, 150);
    m_table->setColumn(ServiceTable::DataplanesColumn, 66, true);
    m_table->setColumn(ServiceTable::ProtocolsColumn, 80);
    m_table->setColumn(ServiceTable::CallsColumn, 120);
    m_table->setColumn(ServiceTable::StatusColumn, 96);
    m_table->setStretch(ServiceTable::TagSetsColumn);
    m_table->restore(workspace.context.settings);
    m_frame->addAction(workspace.actions.showDataplanes);
    m_frame->addAction(workspace.actions.showInGraph);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    connect(m_table, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
    });
    connect(m_table, &TableView::menuWanted, this, [this](const QModelIndex &index, const QPoint &pos) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        Q_EMIT menuWanted(pos);
    });
    connect(m_table, &QAbstractItemView::activated, workspace.actions.showDataplanes, &QAction::trigger);
    connect(workspace.focus, &Focus::changed, this, &ServicesPage::followFocus);
    m_proxy->setFilter(workspace.filter);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &ServicesPage::followFocus);
    connect(m_proxy, &ServiceProxy::countsChanged, this, &ServicesPage::refresh);
    connect(workspace.connections, &Connections::stateChanged, this, &ServicesPage::refresh);
    connect(workspace.connections, &Connections::snapshotChanged, this, &ServicesPage::refresh);
    refresh();
}

void ServicesPage::setMesh(const QString &mesh)
{
    m_proxy->setMesh(mesh);
    refresh();
}

QString ServicesPage::countText() const { return m_frame->showsData() ? m_proxy->countText() : QString(); }

QList<QPair<QString, QString>> ServicesPage::keys() const
{
    return {{tr("Choose several"), tr("Shift or Ctrl with arrows, click")},
            {tr("Its menu: filter, copy, show"), tr("Menu or right click")},
            {tr("Its dataplanes"), tr("Return")}};
}

void ServicesPage::tick()
{
    if (m_workspace.context.source->state().phase == SourceState::Phase::Stale)
        refresh();
}

void ServicesPage::takeFocus() { m_table->focusFirstRow(); }

void ServicesPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    m_table->showRow(target.kind == FocusKind::Service ? m_proxy->indexOf(target.key) : QModelIndex());
}

void ServicesPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    setDimmed(m_table, m_workspace.context.source->state().phase == SourceState::Phase::Stale);
    m_frame->setCount(shows ? m_proxy->countText() : QString());
    Q_EMIT countChanged();
    if (!shows)
        return;
    if (m_proxy->shown() > 0)
        return m_frame->showData();
    if (m_proxy->total() > 0)
        m_frame->state()->showEmpty(u"filter"_s,
                                    tr("All %n service(s) are filtered away", nullptr, m_proxy->total()),
                                    tr("No service has a dataplane that matches the query %1.")
                                        .arg(toQString(m_workspace.filter->query().text())),
                                    {tr("Clear filter"), {}, [this] { Q_EMIT filterCleared(); }});
    else if (m_workspace.services->isWorking())
        m_frame->state()->showLoading(tr("Working out the services"));
    else
        m_frame->state()->showEmpty(u"service"_s, tr("There are no services"),
                                    tr("A service is there as soon as a dataplane offers or calls it."),
                                    {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
    m_frame->showState();
}

}  // namespace meshscope::ui
