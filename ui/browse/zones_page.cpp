#include "ui/browse/zones_page.h"

#include "models/focus.h"
#include "models/text.h"
#include "models/zone_table.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"

#include <QLocale>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

ZonesPage::ZonesPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_table(new TableView)
    , m_frame(new PageFrame(tr("Zones"), m_table, this))
{
    setObjectName(u"page.zones"_s);
    m_table->setObjectName(u"table.zones"_s);
    m_table->setAccessibleName(tr("Zones"));
    m_table->setModel(workspace.zones);
    CellDelegate::Look name, fixed, age;
    name.icon = u"zone"_s;
    name.strong = true;
    fixed.fixed = true;
    age.muted = age.right = true;
    m_table->setItemDelegateForColumn(ZoneTable::NameColumn, new CellDelegate(name, m_table));
    m_table->setItemDelegateForColumn(ZoneTable::StatusColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(ZoneTable::AddressColumn, new CellDelegate(fixed, m_table));
    m_table->setItemDelegateForColumn(ZoneTable::SinceColumn, new CellDelegate(age, m_table));
    m_table->setColumn(ZoneTable::NameColumn, 150);
    m_table->setColumn(ZoneTable::StatusColumn, 110);
    m_table->setColumn(ZoneTable::VersionColumn, 80);
    m_table->setColumn(ZoneTable::EnvironmentColumn, 96);
    m_table->setColumn(ZoneTable::AddressColumn, 150);
    m_table->setColumn(ZoneTable::SinceColumn, 64, true);
    m_table->setStretch(ZoneTable::TypeColumn);
    m_table->restore(workspace.context.settings);
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
    connect(workspace.focus, &Focus::changed, this, &ZonesPage::followFocus);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(workspace.zones, signal, this, &ZonesPage::refresh);
    connect(workspace.zones, &QAbstractItemModel::modelReset, this, &ZonesPage::refresh);
    connect(workspace.connections, &Connections::snapshotChanged, this, &ZonesPage::refresh);
    connect(workspace.connections, &Connections::stateChanged, this, &ZonesPage::refresh);
    refresh();
}

QString ZonesPage::countText() const
{
    return m_frame->showsData() ? QLocale().toString(m_workspace.zones->rowCount()) : QString();
}

void ZonesPage::takeFocus() { m_table->focusFirstRow(); }

void ZonesPage::tick() { m_workspace.zones->setNow(currentTime()); }

void ZonesPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    m_table->showRow(target.kind == FocusKind::Zone ? m_workspace.zones->indexOf(target.type, target.key.name)
                                                    : QModelIndex());
}

void ZonesPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    setDimmed(m_table, m_workspace.context.source->state().phase == SourceState::Phase::Stale);
    if (shows && m_workspace.zones->rowCount() > 0) {
        m_frame->showData();
    } else if (shows) {
        // Only a global control plane knows zones; a zone knows itself.
        const Capabilities &capabilities = *m_workspace.context.source->snapshot()->capabilities;
        const QString zone = toQString(capabilities.zone);
        switch (capabilities.mode) {
        case ControlPlaneMode::Global:
            m_frame->state()->showEmpty(
                u"zone"_s, tr("No zone has connected yet"),
                tr("A zone appears here when its control plane reaches this one."),
                {tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }});
            break;
        case ControlPlaneMode::FederatedZone:
            m_frame->state()->showEmpty(u"zone"_s,
                                        zone.isEmpty()
                                            ? tr("This is the control plane of one zone")
                                            : tr("This is the control plane of the zone %1").arg(zone),
                                        tr("The list of all zones is on its global control plane."));
            break;
        case ControlPlaneMode::Zone:
        case ControlPlaneMode::Unknown:
            m_frame->state()->showEmpty(u"zone"_s, tr("This control plane stands alone and has no zones"),
                                        tr("Zones are listed by a global control plane."));
            break;
        }
        m_frame->showState();
    }
    m_frame->setCount(countText());
    Q_EMIT countChanged();
}

}  // namespace meshscope::ui
