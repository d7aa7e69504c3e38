#include "ui/browse/dataplanes_page.h"

#include "models/dataplane_table.h"
#include "models/focus.h"
#include "models/query_filter.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/sidecars/start_stop_button.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"

#include <QMenu>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

DataplanesPage::DataplanesPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_proxy(new DataplaneProxy(this))
    , m_table(new TableView)
    , m_frame(new PageFrame(tr("Dataplanes"), m_table, this))
{
    setObjectName(u"page.dataplanes"_s);
    m_table->setObjectName(u"table.dataplanes"_s);
    m_table->setAccessibleName(tr("Dataplanes"));
    m_proxy->setSourceModel(workspace.dataplanes);
    m_table->setModel(m_proxy);
    m_table->setFinder([this](const ResourceKey &key) { return m_proxy->indexOf(key); });
    m_table->setMultiSelect();
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(DataplaneTable::NameColumn, Qt::AscendingOrder);

    CellDelegate::Look name, address, seen;
    name.icon = u"dataplane"_s;
    name.strong = true;
    address.fixed = true;
    seen.muted = seen.right = true;
    m_table->setItemDelegateForColumn(DataplaneTable::NameColumn, new CellDelegate(name, m_table));
    m_table->setItemDelegateForColumn(DataplaneTable::TagSetColumn, new TagChipDelegate(m_table));
    m_table->setItemDelegateForColumn(DataplaneTable::AddressColumn, new CellDelegate(address, m_table));
    m_table->setItemDelegateForColumn(DataplaneTable::StatusColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(DataplaneTable::ConfigurationColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(DataplaneTable::SeenColumn, new CellDelegate(seen, m_table));
    m_table->setColumn(DataplaneTable::NameColumn, 122);
    m_table->setColumn(DataplaneTable::ServiceColumn, 90);
    m_table->setColumn(DataplaneTable::AddressColumn, 132);
    m_table->setColumn(DataplaneTable::StatusColumn, 88);
    m_table->setColumn(DataplaneTable::ConfigurationColumn, 110);
    m_table->setColumn(DataplaneTable::SeenColumn, 56, true);
    m_table->setColumnHidden(DataplaneTable::ServiceColumn, true);  // its chip says it
    m_table->setStretch(DataplaneTable::TagSetColumn);
    m_table->restore(workspace.context.settings);

    auto *service = new QPushButton(this);
    service->setIcon(icon(u"close"_s));
    service->setObjectName(u"button.dropService"_s);
    service->hide();
    m_serviceFilter = service;
    m_frame->addWidget(service);
    connect(service, &QPushButton::clicked, this, [this] { setService({}); });

    auto *columns = new QPushButton(tr("Columns"), this);
    columns->setObjectName(u"button.columns"_s);
    auto *menu = new QMenu(columns);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        m_table->fillColumnMenu(menu);
        menu->addSeparator();
        menu->addAction(m_workspace.actions.exportCsv);
    });
    columns->setMenu(menu);
    m_frame->addWidget(columns);
    m_frame->addWidget(new StartStopButton(workspace.actions, this));
    m_frame->addAction(workspace.actions.editDataplane, true);

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
    connect(m_table, &QAbstractItemView::activated, workspace.actions.editDataplane, &QAction::trigger);
    connect(workspace.focus, &Focus::changed, this, &DataplanesPage::followFocus);
    m_proxy->setFilter(workspace.filter);
    connect(workspace.filter, &QueryFilter::answerChanged, this, &DataplanesPage::followFocus);
    connect(workspace.filter, &QueryFilter::coloursChanged, m_table->viewport(),
            qOverload<>(&QWidget::update));
    // Marks of what matched may move though the rows stay.
    connect(workspace.filter, &QueryFilter::answerChanged, m_table->viewport(),
            qOverload<>(&QWidget::update));
    connect(m_proxy, &DataplaneProxy::countsChanged, this, &DataplanesPage::refresh);
    connect(workspace.connections, &Connections::stateChanged, this, &DataplanesPage::refresh);
    connect(workspace.connections, &Connections::snapshotChanged, this, &DataplanesPage::refresh);
    refresh();
}

void DataplanesPage::setMesh(const QString &mesh)
{
    m_proxy->setMesh(mesh);
    refresh();
}

void DataplanesPage::setService(const QString &service)
{
    m_proxy->setService(service);
    auto *button = static_cast<QPushButton *>(m_serviceFilter);
    button->setText(tr("service %1").arg(service));
    button->setToolTip(tr("Only dataplanes of %1 are shown; click to show all").arg(service));
    button->setVisible(!service.isEmpty());
    refresh();
    followFocus();
}

QString DataplanesPage::countText() const { return m_frame->showsData() ? m_proxy->countText() : QString(); }

QList<QPair<QString, QString>> DataplanesPage::keys() const
{
    return {{tr("Choose several"), tr("Shift or Ctrl with arrows, click")},
            {tr("Its menu: filter, copy, show"), tr("Menu or right click")},
            {tr("Edit the dataplane"), tr("Return")}};
}

void DataplanesPage::tick()
{
    if (m_workspace.context.source->state().phase == SourceState::Phase::Stale)
        refresh();
}

void DataplanesPage::takeFocus() { m_table->focusFirstRow(); }

void DataplanesPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    const bool mine = target.kind == FocusKind::Dataplane || target.kind == FocusKind::Inbound
                      || target.kind == FocusKind::Sidecar;
    m_table->showRow(mine ? m_proxy->indexOf(target.key) : QModelIndex());
}

void DataplanesPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    setDimmed(m_table, m_workspace.context.source->state().phase == SourceState::Phase::Stale);
    m_frame->setCount(shows ? m_proxy->countText() : QString());
    Q_EMIT countChanged();
    if (!shows)
        return;
    if (m_proxy->shown() > 0)
        return m_frame->showData();
    if (m_proxy->total() > 0) {
        m_frame->state()->showEmpty(
            u"filter"_s, tr("All %n dataplane(s) are filtered away", nullptr, m_proxy->total()),
            tr("No dataplane matches the query %1.").arg(toQString(m_workspace.filter->query().text())),
            {tr("Clear filter"), {}, [this] {
                 setService({});
                 Q_EMIT filterCleared();
             }});
    } else {
        const QString mesh = m_proxy->mesh();
        m_frame->state()->showEmpty(
            u"dataplane"_s,
            mesh.isEmpty() ? tr("This control plane has no dataplanes")
                           : tr("The mesh %1 has no dataplanes").arg(mesh),
            tr("A dataplane appears here when it is pushed, or when its sidecar registers it."),
            {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
    }
    m_frame->showState();
}

}  // namespace meshscope::ui
