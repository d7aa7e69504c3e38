// The filter field. Plain words for now: each must occur in a name, a service, an address or a tag value.
#pragma once

#include <QLineEdit>
#include <QTimer>

namespace meshscope::ui {

class QueryBar : public QLineEdit
{
    Q_OBJECT

public:
    explicit QueryBar(QWidget *parent = nullptr);
    // Sets the text and announces it at once.
    void setQuery(const QString &query);

Q_SIGNALS:
    void queryChanged(const QString &query);  // when typing pauses for a moment
    void left(bool toTheRows);                // Escape; true after Down or Return

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void announce();

    QTimer m_pause;
    QString m_announced;
};

}  // namespace meshscope::ui
