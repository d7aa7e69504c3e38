// Light, dark, or as the system has it; fonts. GUI thread, after the QApplication is made.
#pragma once

#include "ui/style/palette.h"

#include <QApplication>
#include <QFont>

namespace meshscope::ui {

inline constexpr int kRowHeight = 26;
inline constexpr int kLogLineHeight = 19;
inline constexpr int kToolBarHeight = 36;
inline constexpr int kPageMargin = 12;

// Once, before the first window: our style over Fusion, fonts, the application's icon.
void prepareApplication(QApplication &application);
// Sets the application's palette. With System, call it again when a window gets QEvent::ThemeChange.
void applyTheme(ThemeMode mode);
bool systemPrefersDark();

QString themeName(ThemeMode mode);  // "light", "dark", "system"; for settings
ThemeMode themeFromName(const QString &name);

// For addresses, ports, YAML, xDS names and hashes.
QFont fixedFont();
QFont smallFont(const QFont &font);    // headers, captions
QFont headingFont(const QFont &font);  // titles of pages: +2 pt and semi-bold
QFont strongFont(const QFont &font);   // semi-bold at the same size

}  // namespace meshscope::ui
