#include "ui/sidecars/log_view.h"

#include "models/log_model.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
#include <QShortcut>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

// Time and origin muted, the text in the colour of its level; a letter says the level too.
class LineDelegate : public CellDelegate
{
public:
    explicit LineDelegate(QObject *parent)
        : CellDelegate({true, false, false, false, {}, true}, parent)
    {}
    // A line is cut at the pane's edge; the tool tip has all of it.
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                   const QModelIndex &index) override
    {
        if (event->type() != QEvent::ToolTip)
            return CellDelegate::helpEvent(event, view, option, index);
        QToolTip::showText(event->globalPos(), index.data(Qt::DisplayRole).toString(), view);
        return true;
    }

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override
    {
        const auto level = static_cast<SidecarLogLine::Level>(index.data(LogModel::LevelRole).toInt());
        const QString line = index.data(LogModel::LineRole).toString();
        // Most lines are Envoy's: only the others say whose they are.
        QString head = index.data(TimeRole).toDateTime().toString(u"HH:mm:ss  "_s)
                       + index.data(LogModel::NameRole).toString();
        switch (static_cast<SidecarLogLine::Origin>(index.data(LogModel::OriginRole).toInt())) {
        case SidecarLogLine::Origin::Envoy:
            break;
        case SidecarLogLine::Origin::Launcher:
            head += u" · "_s + LogView::tr("launcher");
            break;
        case SidecarLogLine::Origin::Workload:
            head += u" · "_s + LogView::tr("workload");
            break;
        case SidecarLogLine::Origin::Dns:
            head += u" · "_s + LogView::tr("names");
            break;
        }
        head += u"  "_s;
        painter->setFont(fixedFont());
        painter->setPen(mutedText(option.palette));
        painter->drawText(area, Qt::AlignVCenter | Qt::TextSingleLine, head);
        const QRect rest = area.adjusted(painter->fontMetrics().horizontalAdvance(head), 0, 0, 0);
        switch (level) {
        case SidecarLogLine::Level::Error:
            painter->setPen(markTextColour(Mark::Bad, option.palette));
            break;
        case SidecarLogLine::Level::Warning:
            painter->setPen(markTextColour(Mark::Partly, option.palette));
            break;
        case SidecarLogLine::Level::Info:
            painter->setPen(option.palette.color(QPalette::Text));
            break;
        case SidecarLogLine::Level::Debug:
            break;
        }
        painter->drawText(rest, Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(line, Qt::ElideRight, rest.width()));
    }
};

}  // namespace

LogView::LogView(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_proxy(new LogProxy(this))
    , m_list(new QListView(this))
    , m_sidecar(new QComboBox(this))
    , m_level(new QComboBox(this))
    , m_filter(new QLineEdit(this))
    , m_follow(new QToolButton(this))
{
    m_proxy->setSourceModel(workspace.sidecarLog);
    m_list->setObjectName(u"log.sidecars"_s);
    m_list->setAccessibleName(tr("Log of the sidecars"));
    m_list->setModel(m_proxy);
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new LineDelegate(m_list));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *copy = new QShortcut(QKeySequence::Copy, m_list, nullptr, nullptr, Qt::WidgetShortcut);
    connect(copy, &QShortcut::activated, this, &LogView::copySelected);

    m_sidecar->setObjectName(u"choice.logSidecar"_s);
    m_sidecar->setAccessibleName(tr("Sidecar whose log is shown"));
    m_sidecar->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_level->setObjectName(u"choice.logLevel"_s);
    m_level->setAccessibleName(tr("Least level"));
    m_level->addItem(tr("All levels"), static_cast<int>(SidecarLogLine::Level::Debug));
    m_level->addItem(tr("Info and up"), static_cast<int>(SidecarLogLine::Level::Info));
    m_level->addItem(tr("Warnings"), static_cast<int>(SidecarLogLine::Level::Warning));
    m_level->addItem(tr("Errors"), static_cast<int>(SidecarLogLine::Level::Error));
    m_filter->setObjectName(u"field.logFilter"_s);
    m_filter->setAccessibleName(tr("Words in the log"));
    m_filter->setPlaceholderText(tr("Filter lines"));
    m_filter->setClearButtonEnabled(true);
    m_follow->setObjectName(u"button.followLog"_s);
    m_follow->setIcon(icon(u"follow"_s));
    m_follow->setAccessibleName(tr("Follow the end"));
    m_follow->setToolTip(tr("Follow the end"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setAutoRaise(true);
    m_follow->setFixedSize(26, 26);

    auto *title = new QLabel(tr("Log"), this);
    title->setFont(strongFont(font()));
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(kPageMargin, 6, 8, 6);
    bar->setSpacing(6);
    bar->addWidget(title);
    bar->addWidget(m_sidecar);
    bar->addWidget(m_level);
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_follow);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_list, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    connect(m_filter, &QLineEdit::textChanged, m_proxy, &LogProxy::setText);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this] {
        m_proxy->setLeastLevel(static_cast<SidecarLogLine::Level>(m_level->currentData().toInt()));
    });
    connect(m_sidecar, &QComboBox::currentIndexChanged, this, [this] {
        const QVariant key = m_sidecar->currentData();
        m_proxy->setKey(key.isValid() ? std::optional(key.value<ResourceKey>()) : std::nullopt);
    });
    connect(m_follow, &QToolButton::toggled, this, &LogView::setFollowing);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_following)
            m_list->scrollToBottom();
    });
    connect(m_list->verticalScrollBar(), &QScrollBar::actionTriggered, this,
            [this] { scrolled(m_list->verticalScrollBar()->sliderPosition()); });
    connect(workspace.sidecars, &QAbstractItemModel::rowsInserted, this, &LogView::updateNames);
    connect(workspace.sidecars, &QAbstractItemModel::modelReset, this, &LogView::updateNames);
    updateNames();
}

void LogView::startFind()
{
    m_filter->selectAll();
    m_filter->setFocus(Qt::ShortcutFocusReason);
}

void LogView::updateNames()
{
    const QSignalBlocker quiet(m_sidecar);
    const QString chosen = m_sidecar->currentIndex() > 0 ? m_sidecar->currentText() : QString();
    m_sidecar->clear();
    m_sidecar->addItem(tr("All sidecars"));
    for (int row = 0; row < m_workspace.sidecars->rowCount(); ++row) {
        const ResourceKey &key = m_workspace.sidecars->statusAt(row).key;
        m_sidecar->addItem(toQString(key.name), QVariant::fromValue(key));
    }
    if (!chosen.isEmpty())
        m_sidecar->setCurrentIndex(qMax(0, m_sidecar->findText(chosen)));
}

void LogView::scrolled(int value) { m_follow->setChecked(value >= m_list->verticalScrollBar()->maximum()); }

void LogView::setFollowing(bool following)
{
    m_following = following;
    if (following)
        m_list->scrollToBottom();
}

void LogView::copySelected() const
{
    QModelIndexList rows = m_list->selectionModel()->selectedIndexes();
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.row() < b.row(); });
    QStringList lines;
    for (const QModelIndex &row : rows)
        lines << row.data(Qt::DisplayRole).toString();
    QApplication::clipboard()->setText(lines.join(u'\n'));
}

}  // namespace meshscope::ui
