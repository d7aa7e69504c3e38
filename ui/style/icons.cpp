#include "ui/style/icons.h"

#include "resources/resources.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString pathOf(const QString &name) { return u":/icons/"_s + name + u".svg"_s; }

class SvgIconEngine : public QIconEngine
{
public:
    SvgIconEngine(QString name, QColor colour)
        : m_name(std::move(name))
        , m_colour(std::move(colour))
    {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        const QColor colour = m_colour.isValid() && mode != QIcon::Disabled
                                  ? m_colour
                                  : palette.color(group, QPalette::WindowText);
        QFile file(pathOf(m_name));
        if (!file.open(QIODevice::ReadOnly))
            return;
        QSvgRenderer renderer(file.readAll().replace("currentColor", colour.name().toLatin1()));
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        renderer.render(painter, rect);
        painter->restore();
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        // The colour is part of the key, so a change of theme finds no stale picture.
        const QColor text = QGuiApplication::palette().color(QPalette::WindowText);
        const QString key = u"meshscope-icon/%1/%2x%3/%4/%5"_s.arg(m_name)
                                .arg(size.width())
                                .arg(size.height())
                                .arg(static_cast<int>(mode))
                                .arg((m_colour.isValid() ? m_colour : text).name());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QIconEngine *clone() const override { return new SvgIconEngine(m_name, m_colour); }
    QString key() const override { return u"meshscope-svg"_s; }
    QString iconName() override { return m_name; }
    bool isNull() override { return false; }

private:
    QString m_name;
    QColor m_colour;  // invalid = the palette's text colour
};

}  // namespace

QIcon icon(const QString &name) { return icon(name, QColor()); }

QIcon icon(const QString &name, const QColor &colour)
{
    initResources();
    const bool known = QFile::exists(pathOf(name));
    Q_ASSERT_X(known, "ui::icon", qPrintable(u"no icon is named "_s + name));
    return known ? QIcon(new SvgIconEngine(name, colour)) : QIcon();
}

QStringList iconNames()
{
    initResources();
    QStringList names;
    for (const QString &file : QDir(u":/icons"_s).entryList())
        names << file.chopped(4);
    return names;
}

}  // namespace meshscope::ui
