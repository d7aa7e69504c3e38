// How cells are painted: one row height, fixed-width and muted columns, status marks with a word, tag chips.
#pragma once

#include <QStyledItemDelegate>

class QAbstractItemView;

namespace meshscope::ui {

// A view with this property set to true shows data that is old: its cells are painted faintly.
inline constexpr char kDimmedProperty[] = "dimmed";
void setDimmed(QAbstractItemView *view, bool dimmed);

class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    struct Look {
        bool fixed = false;  // addresses, ports, hashes
        bool muted = false;
        bool strong = false;
        bool right = false;    // numbers, ages
        QString icon;          // of ui::icon; empty = none
        bool low = false;      // a line of a log rather than a row
        bool cutLeft = false;  // paths: their end says more than their beginning
    };
    explicit CellDelegate(QObject *parent = nullptr);
    CellDelegate(const Look &look, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
    // What stands on the row's background; `area` is the cell without its margins.
    virtual void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                               const QModelIndex &index) const;

private:
    Look m_look;
};

// HealthRole or BusyRole as a mark, DisplayRole as the word beside it.
class StatusDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override;
};

// TagsRole as chips; "+3" and the tool tip open the rest. chipIn tells which chip is under the pointer.
class TagChipDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    // -1 = none stands there, or it is folded away.
    int chipIn(const QStyleOptionViewItem &option, const QModelIndex &index, const QPoint &pos) const;
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                   const QModelIndex &index) override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                     const QModelIndex &index) override;

protected:
    void paintContents(QPainter *painter, const QStyleOptionViewItem &option, const QRect &area,
                       const QModelIndex &index) const override;
};

}  // namespace meshscope::ui
