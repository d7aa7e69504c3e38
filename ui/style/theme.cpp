#include "ui/style/theme.h"

#include "resources/resources.h"
#include "ui/style/app_style.h"
#include "ui/style/plurals.h"

#include <QFontDatabase>
#include <QStyleFactory>
#include <QToolTip>

#include <memory>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

// Platforms without a desktop have no font of their own that one would want to read.
bool hasNoDesktop()
{
    const QString platform = QGuiApplication::platformName();
    return platform == u"offscreen" || platform == u"minimal";
}

QString firstInstalled(const QStringList &families)
{
    const QStringList installed = QFontDatabase::families();
    for (const QString &family : families) {
        if (installed.contains(family))
            return family;
    }
    return {};
}

}  // namespace

void prepareApplication(QApplication &application)
{
    initResources();
    QApplication::installTranslator(new EnglishPlurals(&application));
    QApplication::setStyle(new AppStyle);
    if (hasNoDesktop()) {
        QFont font = QApplication::font();
        const QString family = firstInstalled({u"Inter"_s, u"DejaVu Sans"_s});
        if (!family.isEmpty())
            font.setFamilies({family, u"DejaVu Sans"_s});
        font.setPointSizeF(9.75);  // 13 px at 96 dpi
        QApplication::setFont(font);
    }
    application.setWindowIcon(applicationIcon());
}

bool systemPrefersDark()
{
    // Fusion's own palette follows the platform; ours replaces it, so it is asked freshly.
    const std::unique_ptr<QStyle> fusion(QStyleFactory::create(u"Fusion"_s));
    return fusion && isDark(fusion->standardPalette());
}

void applyTheme(ThemeMode mode)
{
    const bool dark = mode == ThemeMode::Dark || (mode == ThemeMode::System && systemPrefersDark());
    const QPalette palette = dark ? darkPalette() : lightPalette();
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

QString themeName(ThemeMode mode)
{
    switch (mode) {
    case ThemeMode::Light:
        return u"light"_s;
    case ThemeMode::Dark:
        return u"dark"_s;
    case ThemeMode::System:
        break;
    }
    return u"system"_s;
}

ThemeMode themeFromName(const QString &name)
{
    if (name == u"light")
        return ThemeMode::Light;
    return name == u"dark" ? ThemeMode::Dark : ThemeMode::System;
}

QFont fixedFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (hasNoDesktop()) {
        const QString family = firstInstalled({u"JetBrains Mono"_s, u"DejaVu Sans Mono"_s});
        if (!family.isEmpty())
            font.setFamilies({family, u"DejaVu Sans Mono"_s});
    }
    // Fixed faces look a size larger than the text around them.
    font.setPointSizeF(qMax(7.0, QApplication::font().pointSizeF() * 0.93));
    font.setStyleHint(QFont::Monospace);
    return font;
}

QFont smallFont(const QFont &font)
{
    QFont small = font;
    small.setPointSizeF(qMax(7.0, font.pointSizeF() * 0.9));
    return small;
}

QFont headingFont(const QFont &font)
{
    QFont heading = strongFont(font);
    heading.setPointSizeF(font.pointSizeF() + 2);
    return heading;
}

QFont strongFont(const QFont &font)
{
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    return strong;
}

}  // namespace meshscope::ui
