#include "ui/style/palette.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace meshscope::ui {

namespace {

struct Shades {
    QRgb window, base, text, muted, line, strongLine, accent, button, toolTip;
    double selection;  // share of the accent in a selected row
};

constexpr Shades kLight{0xfff6f7f9, 0xffffffff, 0xff1f2328, 0xff59636e, 0xffd9dee4,
                        0xffb3bac2, 0xff1f5fe0, 0xffffffff, 0xffffffff, 0.18};
constexpr Shades kDark{0xff1d2025, 0xff15181c, 0xffe6e8eb, 0xff9ea7b1, 0xff2f343b,
                       0xff4b525b, 0xff5b9cff, 0xff22262c, 0xff2a2f36, 0.22};

// Found by a search for the largest smallest distance (CIE Lab) between any two, seen with normal vision and
// as protanopia, deuteranopia and tritanopia show them; tst_palette computes the distances again.
constexpr std::array<QRgb, kTagTints> kLightTints{0xffd6faf2, 0xffb8d5f4, 0xffc1e9ff, 0xffdfe3c5,
                                                  0xffcee2e7, 0xfff4c6d3, 0xffe2d0ae, 0xffc9d6c1,
                                                  0xffbff9ff, 0xffeaf6dd, 0xfff6f3ce, 0xfff3dfdb};
constexpr std::array<QRgb, kTagTints> kDarkTints{0xff372d0d, 0xff3c4028, 0xff1f2e4d, 0xff534c29,
                                                 0xff4f5163, 0xff2a2e3f, 0xff664b52, 0xff0b4139,
                                                 0xff3e5375, 0xff37405a, 0xff704841, 0xff4b2128};

QPalette paletteOf(const Shades &shades)
{
    const QColor window(shades.window), base(shades.base), text(shades.text), muted(shades.muted);
    const QColor line(shades.line), lineAccent(shades.accent);
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, muted);
    palette.setColor(QPalette::Button, QColor(shades.button));
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, base);
    palette.setColor(QPalette::ToolTipBase, QColor(shades.toolTip));
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Link, lineAccent);
    palette.setColor(QPalette::LinkVisited, lineAccent);
    // Opaque, so that status colours and muted words keep their contrast on a selected row.
    palette.setColor(QPalette::Highlight, blend(base, lineAccent, shades.selection));
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::Mid, line);
    palette.setColor(QPalette::Midlight, blend(line, base, 0.5));
    palette.setColor(QPalette::Dark, QColor(shades.strongLine));
    palette.setColor(QPalette::Light, base);
    palette.setColor(QPalette::Shadow, QColor(0, 0, 0, 60));

    const QColor faint = blend(window, muted, 0.6);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, blend(base, muted, 0.15));
    return palette;
}

double channelLight(double value)
{
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double relativeLuminance(const QColor &colour)
{
    return 0.2126 * channelLight(colour.redF()) + 0.7152 * channelLight(colour.greenF())
           + 0.0722 * channelLight(colour.blueF());
}

}  // namespace

QPalette lightPalette() { return paletteOf(kLight); }

QPalette darkPalette() { return paletteOf(kDark); }

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QColor accent(const QPalette &palette) { return palette.color(QPalette::Link); }

QColor mutedText(const QPalette &palette) { return palette.color(QPalette::PlaceholderText); }

QColor hairline(const QPalette &palette) { return palette.color(QPalette::Mid); }

QColor markColour(Mark mark, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (mark) {
    case Mark::Good:
        return QColor(dark ? 0xff3fb950 : 0xff1a7f37);
    case Mark::Partly:
        return QColor(dark ? 0xffd29922 : 0xff9a6700);
    case Mark::Bad:
        return QColor(dark ? 0xfff85149 : 0xffcf222e);
    case Mark::Unknown:
        return QColor(dark ? 0xff8b949e : 0xff6e7781);
    case Mark::Working:
        return accent(palette);
    case Mark::None:
        break;
    }
    return palette.color(QPalette::Text);
}

QColor markTextColour(Mark mark, const QPalette &palette)
{
    return mark == Mark::Unknown ? mutedText(palette) : markColour(mark, palette);
}

QColor addedTint(const QPalette &palette)
{
    return blend(palette.color(QPalette::Base), markColour(Mark::Good, palette), 0.18);
}

QColor removedTint(const QPalette &palette)
{
    return blend(palette.color(QPalette::Base), markColour(Mark::Bad, palette), 0.16);
}

int tagTintIndex(const QString &key, const QString &value)
{
    // FNV-1a: the same on every machine and in every run, unlike qHash.
    std::uint32_t hash = 2166136261u;
    const QByteArray bytes = key.toUtf8() + '=' + value.toUtf8();
    for (const char byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619u;
    return static_cast<int>((hash ^ (hash >> 16)) % kTagTints);
}

QColor tagTint(int index, const QPalette &palette)
{
    const auto at = static_cast<std::size_t>(index % kTagTints);
    return QColor(isDark(palette) ? kDarkTints[at] : kLightTints[at]);
}

QColor tagKeyColour(const QPalette &palette)
{
    return isDark(palette) ? QColor(0xffc9cfd6) : QColor(0xff4b545e);
}

QColor blend(const QColor &under, const QColor &over, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return QColor(mix(under.red(), over.red()), mix(under.green(), over.green()),
                  mix(under.blue(), over.blue()));
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double one = relativeLuminance(a) + 0.05;
    const double other = relativeLuminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

QColor readableOn(const QColor &background)
{
    return contrastRatio(background, Qt::white) >= contrastRatio(background, Qt::black) ? QColor(Qt::white)
                                                                                        : QColor(Qt::black);
}

}  // namespace meshscope::ui
