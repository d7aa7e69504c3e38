// Every colour of the window: two palettes, and what is derived from them. Colours are asked for with the
// palette of the widget that paints, so that light and dark can change under a running window and nothing is
// cached.
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

namespace meshscope::ui {

enum class ThemeMode { System, Light, Dark };

// What a mark says; its shape is drawn by status_mark.h, so that a state is never colour alone.
enum class Mark {
    Good,     // online, ready, ACK
    Partly,   // degraded, stale, warning
    Bad,      // offline, failed, NACK
    Unknown,  // never connected
    Working,  // starting, draining, pushing
    None,     // nothing is painted
};

QPalette lightPalette();
QPalette darkPalette();
bool isDark(const QPalette &palette);

QColor accent(const QPalette &palette);
QColor mutedText(const QPalette &palette);  // 4.5:1 on every background of the window, selection included
QColor hairline(const QPalette &palette);   // between panes, under headers
QColor markColour(Mark mark, const QPalette &palette);
// A colour for words in the mark's meaning; 4.5:1 on Base and Window.
QColor markTextColour(Mark mark, const QPalette &palette);
// Backgrounds of a line that a comparison adds or takes away.
QColor addedTint(const QPalette &palette);
QColor removedTint(const QPalette &palette);

inline constexpr int kTagTints = 12;
// The same tag has the same tint everywhere: a hash of "key=value" picks one.
int tagTintIndex(const QString &key, const QString &value);
QColor tagTint(int index, const QPalette &palette);
// The colour of a chip's key on its tint; its value is in Text.
QColor tagKeyColour(const QPalette &palette);

// `over` painted with `share` (0…1) of opacity on `under`.
QColor blend(const QColor &under, const QColor &over, double share);
// WCAG 2: from 1 (the same) to 21 (black on white).
double contrastRatio(const QColor &a, const QColor &b);
// Black or white, whichever reads better on the background.
QColor readableOn(const QColor &background);

}  // namespace meshscope::ui
