// What the window needs of a page in its middle.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QWidget>

namespace meshscope::ui {

class TableView;

class Page : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    // False for pages that do not follow Workspace::filter.
    virtual bool hasFilter() const { return true; }
    // Empty = all meshes.
    virtual void setMesh(const QString &) {}
    // "3 of 12", for the bar; empty = nothing to count.
    virtual QString countText() const { return {}; }
    // The table in front, for copying and export; nullptr = it has none.
    virtual TableView *table() const { return nullptr; }
    // What the keys of this page do beside the window's: {"walk to the next card", "Arrows"}.
    virtual QList<QPair<QString, QString>> keys() const { return {}; }
    // Ctrl+F: true when the page finds in itself rather than with the filter field.
    virtual bool startFind() { return false; }
    // Once a second while it is in front, for ages.
    virtual void tick() {}
    // Where the keyboard goes when the page comes to the front.
    virtual void takeFocus() { setFocus(); }

Q_SIGNALS:
    void countChanged();
};

}  // namespace meshscope::ui
