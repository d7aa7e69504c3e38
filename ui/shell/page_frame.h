// The frame of every page: a title row with a count and at most three actions, a strip for news, then the
// data, or in its place the reason why there is none.
#pragma once

#include "ui/style/error_text.h"
#include "ui/style/palette.h"

#include "backend/api/mesh_source.h"

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QWidget>

#include <functional>

class QHBoxLayout;

namespace meshscope::ui {

// A thin bar that moves while something is on its way, and stands when animations are off.
class BusyBar : public QWidget
{
    Q_OBJECT

public:
    explicit BusyBar(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QTimer m_timer;
    double m_at = 0.15;
};

// Why there is nothing to see, and the one thing to do about it.
class StateView : public QWidget
{
    Q_OBJECT

public:
    struct Deed {
        QString text;
        QString icon;
        std::function<void()> run;
    };
    explicit StateView(QWidget *parent = nullptr);

    void showLoading(const QString &text, const Deed &cancel = {});
    void showEmpty(const QString &iconName, const QString &why, const QString &advice, const Deed &deed = {});
    // tried: "GET http://127.0.0.1:5681/meshes". Retry and Copy details stand under it.
    void showFailed(const QString &title, const Error &error, const QString &tried,
                    std::function<void()> retry);

protected:
    void changeEvent(QEvent *event) override;

private:
    void setDeeds(const Deed &first, const Deed &second);
    void setPicture(const QString &iconName, Mark mark);

    BusyBar *m_bar;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_detail;
    QLabel *m_advice;
    QPushButton *m_first;
    QPushButton *m_second;
    Deed m_firstDeed, m_secondDeed;
    QString m_iconName;
    Mark m_mark = Mark::None;
};

// One line of news over the data: a mark, a sentence, buttons. Hidden without a text.
class NoticeStrip : public QWidget
{
    Q_OBJECT

public:
    explicit NoticeStrip(QWidget *parent = nullptr);

    void setNotice(Mark mark, const QString &text);
    QString text() const { return m_text->text(); }
    QPushButton *addButton(const QString &text, const QString &objectName);
    void clear();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QHBoxLayout *m_layout;
    QLabel *m_text;
    Mark m_mark = Mark::None;
};

class PageFrame : public QWidget
{
    Q_OBJECT

public:
    // data becomes a child. iconName is for the empty state.
    PageFrame(const QString &title, QWidget *data, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setCount(const QString &count, Mark mark = Mark::None);  // beside the title, in the mark's colour
    QPushButton *addAction(QAction *action, bool primary = false);
    void addWidget(QWidget *widget);  // at the right of the title row
    NoticeStrip *notice() const { return m_notice; }
    StateView *state() const { return m_state; }
    QWidget *data() const { return m_data; }

    void showData() { m_stack->setCurrentWidget(m_data); }
    void showState() { m_stack->setCurrentWidget(m_state); }
    bool showsData() const { return m_stack->currentWidget() == m_data; }

    // Loading (with how far it has come), failed or stale, as the source has it. True when its data can be
    // shown (perhaps dimmed: old data with a notice); false when the state view took its place.
    bool followSource(MeshSource *source);

protected:
    void changeEvent(QEvent *event) override;

private:
    QLabel *m_title;
    QLabel *m_count;
    QHBoxLayout *m_row;
    NoticeStrip *m_notice;
    QPushButton *m_retry;
    QPushButton *m_cancel;  // the refresh under way
    QStackedWidget *m_stack;
    StateView *m_state;
    QWidget *m_data;
    Mark m_countMark = Mark::None;
    QPointer<MeshSource> m_source;
};

// A button that shows an action's text, icon and state, and triggers it.
class ActionButton : public QPushButton
{
    Q_OBJECT

public:
    // words: shorter than the action's, where room is scarce; empty = the action's.
    explicit ActionButton(QAction *action, QWidget *parent = nullptr, const QString &words = {});

private:
    void adopt();

    QAction *m_action;
    QString m_words;
};

}  // namespace meshscope::ui
