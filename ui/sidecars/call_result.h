// Who answered a series of calls: one row an answer, with its share as a bar.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QTreeWidget>

namespace meshscope::ui {

class CallResultList : public QTreeWidget
{
    Q_OBJECT

public:
    enum Column { AnswerColumn, CountColumn, ShareColumn };

    explicit CallResultList(QWidget *parent = nullptr);

    void showReport(const CallReport &report);
    void showError(const Error &error);
    // Tall enough for its rows, up to a limit; for places that scroll themselves.
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, 0}; }
};

// "5 × 200 backend-1, 5 × 200 backend-2"
QString callSummary(const CallReport &report);

}  // namespace meshscope::ui
