// The query bar: green, amber or red while it is typed in, with what is wrong and what can come next under
// it; earlier queries with Up and Down, named ones in its menu. What parses goes to the filter when typing
// pauses; while it does not, the filter keeps what it had.
#pragma once

#include "backend/query/completion.h"
#include "backend/query/query.h"
#include "ui/shell/query_store.h"

#include <QLineEdit>
#include <QPointer>
#include <QTimer>

class QMenu;

namespace meshscope {
class QueryFilter;
}

namespace meshscope::ui {

class CompletionPopup;

class QueryBar : public QLineEdit
{
    Q_OBJECT

public:
    explicit QueryBar(QWidget *parent = nullptr);
    // Neither is owned. Settings may be null: then history and named queries last as long as the window.
    void setFilter(QueryFilter *filter, QSettings *settings);
    // Sets the text and asks it at once.
    void setQuery(const QString &query);
    // Of the text as it stands.
    const query::Diagnosis &diagnosis() const { return m_parsed.diagnosis; }
    QueryStore &store() { return m_store; }

Q_SIGNALS:
    void left(bool toTheRows);  // Escape; true after Down or Return

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    void judge();
    void announce();
    void suggest();
    void accept(const query::Suggestion &suggestion);
    bool walkHistory(int by);
    void fillMenu(QMenu *menu);
    void fillTints(QMenu *menu, const QueryStore::Named &named);
    void applyColours();
    int xOf(int position) const;

    QPointer<QueryFilter> m_filter;
    QueryStore m_store;
    CompletionPopup *m_popup = nullptr;  // made with the first suggestion, when the window is known
    QAction *m_mark;
    QTimer m_pause;
    query::Parsed m_parsed;
    query::Span m_replaced;
    quint64 m_asked = 0;  // the newest completion asked for
    int m_place = -1;     // in the history; -1 = what is typed now
    QString m_typed;      // kept while the history is walked
};

}  // namespace meshscope::ui
