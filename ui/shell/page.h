// What the window needs of a page in its middle.
#pragma once

#include <QString>
#include <QWidget>

namespace meshscope::ui {

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
    // The table in front as CSV; empty = it has none.
    virtual QString csv() const { return {}; }
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
