#include "ui/shell/query_bar.h"

#include "ui/style/icons.h"

#include <QKeyEvent>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

QueryBar::QueryBar(QWidget *parent)
    : QLineEdit(parent)
{
    setObjectName(u"field.filter"_s);
    setAccessibleName(tr("Filter"));
    setPlaceholderText(tr("Filter by name, service, address or tag value"));
    setToolTip(tr("Every word must occur in the name, a service, the address or a tag value (Ctrl+F)"));
    setClearButtonEnabled(true);
    addAction(icon(u"find"_s), QLineEdit::LeadingPosition);
    m_pause.setSingleShot(true);
    m_pause.setInterval(60);
    connect(this, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(&m_pause, &QTimer::timeout, this, &QueryBar::announce);
}

void QueryBar::setQuery(const QString &query)
{
    setText(query);
    m_pause.stop();
    announce();
}

void QueryBar::announce()
{
    if (text() == m_announced)
        return;
    m_announced = text();
    Q_EMIT queryChanged(m_announced);
}

void QueryBar::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        if (text().isEmpty())
            Q_EMIT left(false);
        else
            setQuery({});
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Down:
        announce();
        Q_EMIT left(true);
        return;
    default:
        QLineEdit::keyPressEvent(event);
    }
}

}  // namespace meshscope::ui
