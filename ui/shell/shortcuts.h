// The keys of actions: those we give, and those a person chose instead, remembered under "keys/<id>".
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QList>

#include <vector>

class QSettings;

namespace meshscope::ui {

// What makeActions gave it.
QList<QKeySequence> defaultKeys(const QAction *action);
void setDefaultKeys(QAction *action, const QList<QKeySequence> &keys);  // and uses them

// Puts the remembered keys on the actions. Settings may be null.
void restoreKeys(const std::vector<QAction *> &actions, const QSettings *settings);
// An empty sequence takes its keys away; the default ones forget what was remembered.
void changeKeys(QAction *action, const QList<QKeySequence> &keys, QSettings *settings);
// Who has this key already, other than `except`; nullptr = nobody.
QAction *ownerOf(const QKeySequence &key, const std::vector<QAction *> &actions, const QAction *except);

QString keysText(const QAction *action);  // "Ctrl+Return or Ctrl+S"

}  // namespace meshscope::ui
