#include "ui/browse/navigator_view.h"

#include "models/focus.h"
#include "models/navigator_tree.h"
#include "models/query_filter.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QScopedValueRollback>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString iconOf(const QModelIndex &index)
{
    switch (index.data(NavigatorTree::NodeKindRole).toInt()) {
    case NavigatorTree::ControlPlaneNode:
        return u"control-plane"_s;
    case NavigatorTree::MeshNode:
        return u"mesh"_s;
    case NavigatorTree::ServicesNode:
    case NavigatorTree::ServiceNode:
        return u"service"_s;
    case NavigatorTree::DataplaneNode:
        return u"dataplane"_s;
    case NavigatorTree::InboundNode:
        return u"tag"_s;
    case NavigatorTree::SidecarsNode:
    case NavigatorTree::SidecarNode:
        return u"sidecar"_s;
    default:
        return {};
    }
}

// Icon and name at the left; count and mark at the right, in two columns that line up over all levels.
class NavigatorDelegate : public CellDelegate
{
public:
    NavigatorDelegate(const Connections *connections, QObject *parent)
        : CellDelegate(parent)
        , m_connections(connections)
    {}

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override
    {
        QRect rest = area.adjusted(-8, 0, 4, 0);  // the branch stands before it
        const QRect mark(rest.right() - kMarkSize - 2, rest.top() + (rest.height() - kMarkSize) / 2,
                         kMarkSize, kMarkSize);
        const QVariant health = index.data(HealthRole);
        if (index.data(BusyRole).toBool())
            paintMark(painter, mark, Mark::Working, option.palette);
        else if (health.isValid())
            paintMark(painter, mark, markFor(health.value<Health>()), option.palette);
        rest.setRight(mark.left() - 8);

        const QVariant count = index.data(CountRole);
        const int kind = index.data(NavigatorTree::NodeKindRole).toInt();
        const bool countable = kind != NavigatorTree::InboundNode && kind != NavigatorTree::DataplaneNode
                               && kind != NavigatorTree::SidecarNode;
        if (count.isValid() && countable) {
            const QString text = QLocale().toString(count.toInt());
            painter->setFont(smallFont(option.font));
            painter->setPen(mutedText(option.palette));
            painter->drawText(rest, Qt::AlignRight | Qt::AlignVCenter, text);
            rest.setRight(rest.right() - painter->fontMetrics().horizontalAdvance(text) - 8);
        }
        if (kind == NavigatorTree::ControlPlaneNode) {
            const auto *one = m_connections->find(index.data(TargetRole).value<FocusTarget>().source);
            if (one && one->colour.isValid())
                painter->fillRect(QRect(0, rest.top() + 3, 3, rest.height() - 6), one->colour);
            if (one && (one->isProtected || one->isReadOnly)) {
                icon(u"lock"_s).paint(painter, rest.right() - 14, rest.top() + (rest.height() - 14) / 2, 14,
                                      14);
                rest.setRight(rest.right() - 18);
            }
        }
        const bool muted = index.data(NavigatorTree::MutedRole).toBool();
        if (const QString name = iconOf(index); !name.isEmpty()) {
            const auto mode = muted ? QIcon::Disabled : QIcon::Normal;
            icon(name).paint(painter, rest.left(), rest.top() + (rest.height() - 16) / 2, 16, 16,
                             Qt::AlignCenter, mode);
            rest.setLeft(rest.left() + 22);
        }
        painter->setFont(option.font);
        painter->setPen(muted ? mutedText(option.palette) : option.palette.color(QPalette::Text));
        painter->drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine,
                          option.fontMetrics.elidedText(option.text, Qt::ElideRight, rest.width()));
    }

private:
    const Connections *m_connections;
};

}  // namespace

NavigatorView::NavigatorView(const Workspace &workspace, QWidget *parent)
    : QTreeView(parent)
    , m_tree(new NavigatorTree(this))
    , m_focus(workspace.focus)
    , m_connections(workspace.connections)
{
    setObjectName(u"tree.navigator"_s);
    setAccessibleName(tr("Navigator"));
    setHeaderHidden(true);
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new NavigatorDelegate(m_connections, this));
    setExpandsOnDoubleClick(false);
    setTabKeyNavigation(false);
    // The navigator belongs to the window's frame, not to its data.
    setBackgroundRole(QPalette::Window);
    viewport()->setBackgroundRole(QPalette::Window);
    for (const Connection &one : m_connections->all())
        m_tree->addSource(one.source);
    connect(m_connections, &Connections::added, m_tree, &NavigatorTree::addSource);
    connect(m_connections, &Connections::aboutToRemove, m_tree, &NavigatorTree::removeSource);
    const auto follow = [this, filter = workspace.filter] {
        for (const Connection &one : m_connections->all())
            m_tree->setFilter(one.source, one.source == m_connections->current().source ? filter : nullptr);
    };
    connect(m_connections, &Connections::currentChanged, this, follow);
    follow();
    connect(workspace.filter, &QueryFilter::answerChanged, viewport(), qOverload<>(&QWidget::update));
    m_tree->setSidecarHost(workspace.context.sidecars);
    setModel(m_tree);
    expandFirst();
    connect(m_tree, &QAbstractItemModel::rowsInserted, this, &NavigatorView::expandFirst);
    connect(m_focus, &Focus::changed, this, &NavigatorView::showTarget);
    connect(this, &QAbstractItemView::activated, this, &NavigatorView::opened);
}

void NavigatorView::expandFirst()
{
    // What a person opens first anyhow: control plane, its first mesh, the services there. Only levels that
    // are new are opened, so that what was closed stays closed.
    const auto openOnce = [this](const QModelIndex &index) {
        if (!index.isValid() || m_tree->rowCount(index) == 0)
            return;
        QString key = QString::number(index.data(NavigatorTree::NodeKindRole).toInt());
        for (QModelIndex at = index; at.isValid(); at = at.parent())
            key += u'/' + at.data(Qt::DisplayRole).toString();
        if (m_opened.contains(key))
            return;
        m_opened.insert(key);
        expand(index);
    };
    for (int root = 0; root < m_tree->rowCount(); ++root) {
        const QModelIndex top = m_tree->index(root, 0);
        openOnce(top);
        if (top.data(NavigatorTree::NodeKindRole).toInt() != NavigatorTree::ControlPlaneNode)
            continue;
        const QModelIndex mesh = m_tree->index(0, 0, top);
        openOnce(mesh);
        if (mesh.isValid())
            openOnce(m_tree->index(0, 0, mesh));
    }
}

void NavigatorView::showTarget(const FocusTarget &target)
{
    if (m_tree->targetOf(currentIndex()) == target)
        return;
    const QModelIndex index = m_tree->indexOf(target);
    const QScopedValueRollback quiet(m_quiet, true);
    setCurrentIndex(index);
    if (index.isValid())
        scrollTo(index);
}

void NavigatorView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTreeView::currentChanged(current, previous);
    if (m_quiet || !current.isValid())
        return;
    const FocusTarget target = m_tree->targetOf(current);
    if (!target.isNone())
        m_focus->set(target);
}

void NavigatorView::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    const FocusTarget target = m_tree->targetOf(index);
    if (target.isNone())
        return;
    m_focus->set(target);
    Q_EMIT menuWanted(byKey ? viewport()->mapToGlobal(visualRect(index).bottomLeft()) : event->globalPos());
}

}  // namespace meshscope::ui
