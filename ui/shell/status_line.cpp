#include "ui/shell/status_line.h"

#include "models/text.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr qint64 kRateWindow = 10'000;  // milliseconds

}  // namespace

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"line.status"_s);
    setFixedHeight(24);
    m_clock.start();
}

void StatusLine::setConnection(const QString &name, const QColor &colour)
{
    m_isConnected = !name.isEmpty();
    m_name = m_isConnected ? name : tr("Nothing connected");
    m_colour = colour;
    refresh();
}

void StatusLine::setControlPlane(const ControlPlaneInfo &info)
{
    QStringList parts;
    if (!info.product.empty())
        parts << toQString(info.product) + u' ' + toQString(info.version);
    if (!info.mode.empty())
        parts << toQString(info.mode);
    if (!info.environment.empty())
        parts << toQString(info.environment);
    m_product = parts.join(u" · "_s);
    refresh();
}

void StatusLine::setFreshness(const SourceState &state)
{
    if (!m_isConnected)
        m_age.clear();
    else if (state.lastSuccess == TimePoint{})
        m_age = state.phase == SourceState::Phase::Failed ? tr("never reached") : tr("connecting");
    else if (const TimePoint now = currentTime(); now - state.lastSuccess < std::chrono::seconds(1))
        m_age = tr("refreshed now");
    else
        m_age = tr("refreshed %1 ago").arg(ageText(state.lastSuccess, now));
    refresh();
}

void StatusLine::noteRequest()
{
    m_requests.push_back(m_clock.elapsed());
    refresh();
}

void StatusLine::setRight(const QString &text)
{
    m_right = text;
    refresh();
}

void StatusLine::setProgress(const QString &text)
{
    m_progress = text;
    refresh();
}

QString StatusLine::rate() const
{
    const qint64 now = m_clock.elapsed();
    while (!m_requests.empty() && now - m_requests.front() > kRateWindow)
        m_requests.pop_front();
    const double perSecond = 1000.0 * static_cast<double>(m_requests.size())
                             / static_cast<double>(qBound<qint64>(1000, now, kRateWindow));
    return tr("%1 requests/s").arg(perSecond, 0, 'f', m_requests.empty() || perSecond >= 9.95 ? 0 : 1);
}

QString StatusLine::text() const
{
    QStringList parts{m_name};
    for (const QString &part : {m_product, m_age, m_age.isEmpty() ? QString() : rate()}) {
        if (!part.isEmpty())
            parts << part;
    }
    return parts.join(u"    "_s);
}

void StatusLine::refresh()
{
    setAccessibleName(text());
    update();
}

void StatusLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, 0, width(), 1), hairline(palette()));
    if (m_colour.isValid())
        painter.fillRect(QRect(0, 0, 4, height()), m_colour);
    painter.setFont(smallFont(font()));
    const QRect line = rect().adjusted(16, 1, -12, 0);
    const QString right = m_progress.isEmpty() ? m_right : m_progress;
    const int rightWidth = painter.fontMetrics().horizontalAdvance(right);
    painter.setPen(m_progress.isEmpty() ? mutedText(palette()) : palette().color(QPalette::WindowText));
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, right);
    painter.setPen(mutedText(palette()));
    painter.drawText(
        line, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text(), Qt::ElideRight, line.width() - rightWidth - 16));
}

}  // namespace meshscope::ui
