// The application's own log in the window: what the categories meshscope.* say, at the level they are set to.
#pragma once

#include <QAbstractListModel>
#include <QDateTime>

#include <deque>

namespace meshscope::ui {

// Stands in the chain of Qt's message handlers while it lives: every message goes on to the handler before
// it. One at a time. Messages may come from any thread; the model lives on the GUI thread.
class AppLog : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int kCapacity = 2000;

    explicit AppLog(QObject *parent = nullptr);
    ~AppLog() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    struct Line {
        QDateTime time;
        QtMsgType type;
        QString category, text;
    };
    static void handle(QtMsgType type, const QMessageLogContext &context, const QString &text);
    void append(const Line &line);

    std::deque<Line> m_lines;
};

}  // namespace meshscope::ui
