// The last line of the window: the connection in its colour, what runs there, how fresh, how busy.
#pragma once

#include "backend/api/mesh_source.h"

#include <QElapsedTimer>
#include <QWidget>

#include <deque>

namespace meshscope::ui {

class StatusLine : public QWidget
{
    Q_OBJECT

public:
    explicit StatusLine(QWidget *parent = nullptr);
    void setConnection(const QString &name, const QColor &colour);

    void setControlPlane(const ControlPlaneInfo &info);
    void setFreshness(const SourceState &state);
    void noteRequest();  // counts it for the rate of the last ten seconds
    void setRight(const QString &text);
    // Something that takes a while, shown in place of the rest at the right; empty = nothing.
    void setProgress(const QString &text);
    QString text() const;

    QSize sizeHint() const override { return {400, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString rate() const;
    void refresh();

    QString m_name, m_product, m_age, m_right, m_progress;
    bool m_isConnected = false;
    QColor m_colour;
    QElapsedTimer m_clock;
    mutable std::deque<qint64> m_requests;
};

}  // namespace meshscope::ui
