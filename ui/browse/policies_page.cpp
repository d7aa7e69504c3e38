#include "ui/browse/policies_page.h"

#include "models/focus.h"
#include "models/policy_table.h"
#include "models/query_filter.h"
#include "models/query_words.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"

#include <QListWidget>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kTypeRole = Qt::UserRole;

}  // namespace

PoliciesPage::PoliciesPage(const Workspace &workspace, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_proxy(new PolicyProxy(this))
    , m_table(new TableView)
    , m_types(new QListWidget)
{
    setObjectName(u"page.policies"_s);
    m_table->setObjectName(u"table.policies"_s);
    m_table->setAccessibleName(tr("Policies"));
    m_proxy->setSourceModel(workspace.policies);
    m_table->setModel(m_proxy);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(PolicyTable::NameColumn, Qt::AscendingOrder);
    CellDelegate::Look name, muted, age;
    name.icon = u"policy"_s;
    name.strong = true;
    muted.muted = true;
    age.muted = age.right = true;
    m_table->setItemDelegateForColumn(PolicyTable::NameColumn, new CellDelegate(name, m_table));
    m_table->setItemDelegateForColumn(PolicyTable::MeshColumn, new CellDelegate(muted, m_table));
    m_table->setItemDelegateForColumn(PolicyTable::OriginColumn, new CellDelegate(muted, m_table));
    m_table->setItemDelegateForColumn(PolicyTable::EffectColumn, new StatusDelegate(m_table));
    m_table->setItemDelegateForColumn(PolicyTable::ChangedColumn, new CellDelegate(age, m_table));
    m_table->setColumn(PolicyTable::NameColumn, 176);
    m_table->setColumn(PolicyTable::TypeColumn, 126);
    m_table->setColumn(PolicyTable::MeshColumn, 80);
    m_table->setColumn(PolicyTable::EffectColumn, 88);
    m_table->setColumn(PolicyTable::OriginColumn, 64);
    m_table->setColumn(PolicyTable::ChangedColumn, 58, true);
    m_table->setColumnHidden(PolicyTable::OriginColumn, true);
    m_table->setColumnHidden(PolicyTable::MeshColumn, true);
    m_table->setStretch(PolicyTable::TargetColumn);
    m_table->restore(workspace.context.settings);
    m_types->setObjectName(u"list.policyTypes"_s);
    m_types->setAccessibleName(tr("Types of policies"));
    m_types->setFrameShape(QFrame::NoFrame);
    m_types->setItemDelegate(new CellDelegate(m_types));
    m_types->setUniformItemSizes(true);
    auto *parts = new QSplitter(Qt::Horizontal);
    parts->setObjectName(u"splitter.policies"_s);
    parts->setChildrenCollapsible(false);
    parts->addWidget(m_types);
    parts->addWidget(m_table);
    parts->setStretchFactor(1, 1);
    parts->setSizes({190, 540});
    m_frame = new PageFrame(tr("Policies"), parts, this);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    connect(m_types, &QListWidget::currentRowChanged, this, [this] {
        if (m_filling)
            return;
        const QListWidgetItem *item = m_types->currentItem();
        m_proxy->setType(item ? item->data(kTypeRole).toString() : QString());
        refresh();
    });
    connect(m_table, &TableView::rowChosen, this, [this](const QModelIndex &index) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
    });
    connect(m_table, &TableView::menuWanted, this, [this](const QModelIndex &index, const QPoint &pos) {
        m_workspace.focus->set(index.data(TargetRole).value<FocusTarget>());
        Q_EMIT menuWanted(pos);
    });
    connect(workspace.filter, &QueryFilter::answered, this, [this] {
        m_proxy->setWords(wordsOf(m_workspace.filter->query()).words);
        refresh();
    });
    connect(workspace.focus, &Focus::changed, this, &PoliciesPage::followFocus);
    connect(workspace.policies, &PolicyTable::typesChanged, this, &PoliciesPage::fillTypes);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(workspace.policies, signal, this, &PoliciesPage::refresh);
    connect(workspace.policies, &QAbstractItemModel::modelReset, this, &PoliciesPage::refresh);
    connect(workspace.connections, &Connections::snapshotChanged, this, &PoliciesPage::refresh);
    connect(workspace.connections, &Connections::stateChanged, this, &PoliciesPage::refresh);
    fillTypes();
    refresh();
}

bool PoliciesPage::setType(const QString &type)
{
    for (int row = 0; row < m_types->count(); ++row) {
        if (m_types->item(row)->data(kTypeRole).toString().compare(type, Qt::CaseInsensitive) == 0) {
            m_types->setCurrentRow(row);
            return true;
        }
    }
    return false;
}

void PoliciesPage::fillTypes()
{
    m_filling = true;
    const QString chosen = m_proxy->type();
    m_types->clear();
    auto *all = new QListWidgetItem(tr("All types"), m_types);
    all->setData(kTypeRole, QString());
    m_types->setCurrentItem(all);
    // Types that are used first, the rest after them: most of a dozen are empty in most meshes.
    for (const bool used : {true, false}) {
        for (const PolicyType &type : m_workspace.policies->types()) {
            if ((type.count > 0 || type.problem) != used)
                continue;
            const QString name = toQString(type.name);
            auto *item =
                new QListWidgetItem(type.problem ? tr("%1 · not readable").arg(name)
                                    : used ? tr("%1 · %2").arg(name).arg(static_cast<qulonglong>(type.count))
                                           : name,
                                    m_types);
            item->setData(kTypeRole, name);
            if (type.problem)
                item->setToolTip(toQString(type.problem->what));
            if (!used)
                item->setForeground(palette().color(QPalette::PlaceholderText));
            if (name == chosen)
                m_types->setCurrentItem(item);
        }
    }
    m_filling = false;
    const QListWidgetItem *item = m_types->currentItem();
    m_proxy->setType(item ? item->data(kTypeRole).toString() : QString());
}

void PoliciesPage::setMesh(const QString &mesh)
{
    m_proxy->setMesh(mesh);
    refresh();
}

QString PoliciesPage::countText() const { return m_frame->showsData() ? m_proxy->countText() : QString(); }

void PoliciesPage::takeFocus() { m_table->focusFirstRow(); }

void PoliciesPage::tick()
{
    m_workspace.policies->setNow(currentTime());
    if (m_workspace.context.source->state().phase == SourceState::Phase::Stale)
        refresh();
}

void PoliciesPage::followFocus()
{
    const FocusTarget &target = m_workspace.focus->target();
    m_table->showRow(target.kind == FocusKind::Policy ? m_proxy->indexOf(target.type, target.key)
                                                      : QModelIndex());
}

void PoliciesPage::refresh()
{
    const bool shows = m_frame->followSource(m_workspace.context.source);
    setDimmed(m_table, m_workspace.context.source->state().phase == SourceState::Phase::Stale);
    if (!shows) {
        m_frame->setCount({});
        return;
    }
    const QString type = m_proxy->type();
    const PolicyType *chosen = nullptr;
    std::size_t unreadable = 0;
    for (const PolicyType &one : m_workspace.policies->types()) {
        if (toQString(one.name) == type)
            chosen = &one;
        unreadable += one.problem ? 1 : 0;
    }
    const auto reload =
        StateView::Deed{tr("Refresh"), {}, [this] { m_workspace.actions.refresh->trigger(); }};
    if (m_proxy->rowCount() > 0) {
        m_frame->showData();
    } else if (m_proxy->total() > 0) {
        m_frame->state()->showEmpty(u"filter"_s,
                                    tr("All %n policies are filtered away", nullptr, m_proxy->total()),
                                    tr("No name, type or target has these words."),
                                    {tr("Clear filter"), {}, [this] { Q_EMIT filterCleared(); }});
        m_frame->showState();
    } else if (chosen && chosen->problem) {
        m_frame->state()->showFailed(tr("%1 cannot be read").arg(type), *chosen->problem,
                                     m_workspace.context.source->address().toString(),
                                     [this] { m_workspace.context.source->refresh(); });
        m_frame->showState();
    } else if (m_workspace.policies->types().empty()) {
        m_frame->state()->showEmpty(u"policy"_s, tr("This control plane serves no policies"),
                                    tr("It named no type of policy, or has not been asked yet."), reload);
        m_frame->showState();
    } else if (unreadable == m_workspace.policies->types().size()) {
        m_frame->state()->showFailed(tr("The policies cannot be read"),
                                     *m_workspace.policies->types().front().problem,
                                     m_workspace.context.source->address().toString(),
                                     [this] { m_workspace.context.source->refresh(); });
        m_frame->showState();
    } else if (!type.isEmpty()) {
        // The list of types stays: it is the way to another one.
        m_frame->showData();
    } else {
        m_frame->state()->showEmpty(u"policy"_s, tr("There are no policies here"),
                                    tr("A policy appears here when it is applied to this mesh."), reload);
        m_frame->showState();
    }
    m_frame->setCount(countText());
    Q_EMIT countChanged();
}

}  // namespace meshscope::ui
