// What hangs under the query bar while it is typed in: what is wrong, and what can come next. It never takes
// the keyboard; the bar passes keys on. A child of the window, over its panes.
#pragma once

#include "backend/query/completion.h"

#include <QFrame>
#include <QString>

class QLabel;
class QListView;

namespace meshscope::ui {

class SuggestionModel;

class CompletionPopup : public QFrame
{
    Q_OBJECT

public:
    // `field` is the widget that it hangs under; its window is the parent.
    explicit CompletionPopup(QWidget *field);

    // Empty when nothing is wrong.
    void setMessage(const QString &message, bool couldGoOn);
    void setSuggestions(std::vector<query::Suggestion> suggestions);
    bool hasSuggestions() const;
    // Puts it in its place when there is something to show, and hides it when there is not.
    void present();

    // The suggestion that was moved to; -1 = none.
    int current() const;
    void move(int by);  // wraps around, over "none"
    // The current one, else the first; nullptr when there is none.
    const query::Suggestion *chosen() const;

Q_SIGNALS:
    void picked();  // by mouse; chosen() is the one

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *m_field;
    QLabel *m_message;
    QListView *m_list;
    SuggestionModel *m_model;
};

}  // namespace meshscope::ui
