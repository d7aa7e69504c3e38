// Shows facts in two columns: labels and values, with marks, chips, links and a Call button where it applies.
#pragma once

#include "ui/browse/facts.h"

#include <QScrollArea>

class QGridLayout;
class QLabel;
class QPushButton;

namespace meshscope::ui {

class StatusLabel;
class TagChipsWidget;

class FactList : public QScrollArea
{
    Q_OBJECT

public:
    explicit FactList(QWidget *parent = nullptr);

    // Keeps the widgets where only texts differ, so that a selection and the scroll position survive a
    // refresh.
    void setFacts(const Facts &facts);
    const Facts &facts() const { return m_facts; }
    void addFooter(QWidget *widget);  // under the facts, scrolled with them; once

Q_SIGNALS:
    void linkChosen(const meshscope::FocusTarget &target);
    void callWanted(const QUrl &url);

protected:
    void changeEvent(QEvent *event) override;

private:
    struct Row {
        QLabel *label = nullptr;
        StatusLabel *mark = nullptr;
        QLabel *text = nullptr;
        TagChipsWidget *tags = nullptr;
        QPushButton *call = nullptr;
    };
    void rebuild();
    void fill(Row &row, const Fact &fact);
    QString richText(const Fact &fact) const;

    Facts m_facts;
    std::vector<Row> m_rows;
    QWidget *m_body = nullptr;
    QWidget *m_page;
    QWidget *m_footer = nullptr;
};

}  // namespace meshscope::ui
