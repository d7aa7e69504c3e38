#include "ui/shell/shortcuts.h"

#include <QCoreApplication>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr char kDefaultKeys[] = "defaultKeys";

QString settingOf(const QAction *action) { return u"keys/"_s + action->objectName().section(u'.', 1); }

}  // namespace

QList<QKeySequence> defaultKeys(const QAction *action)
{
    return action->property(kDefaultKeys).value<QList<QKeySequence>>();
}

void setDefaultKeys(QAction *action, const QList<QKeySequence> &keys)
{
    action->setProperty(kDefaultKeys, QVariant::fromValue(keys));
    action->setShortcuts(keys);
}

void restoreKeys(const std::vector<QAction *> &actions, const QSettings *settings)
{
    if (!settings)
        return;
    for (QAction *action : actions) {
        if (!settings->contains(settingOf(action)))
            continue;
        QList<QKeySequence> keys;
        for (const QString &text : settings->value(settingOf(action)).toStringList()) {
            const QKeySequence key = QKeySequence::fromString(text, QKeySequence::PortableText);
            if (!key.isEmpty())
                keys << key;
        }
        action->setShortcuts(keys);
    }
}

void changeKeys(QAction *action, const QList<QKeySequence> &keys, QSettings *settings)
{
    action->setShortcuts(keys);
    if (!settings)
        return;
    if (keys == defaultKeys(action))
        return settings->remove(settingOf(action));
    QStringList texts;
    for (const QKeySequence &key : keys)
        texts << key.toString(QKeySequence::PortableText);
    settings->setValue(settingOf(action), texts);
}

QAction *ownerOf(const QKeySequence &key, const std::vector<QAction *> &actions, const QAction *except)
{
    if (key.isEmpty())
        return nullptr;
    for (QAction *action : actions) {
        if (action != except && action->shortcuts().contains(key))
            return action;
    }
    return nullptr;
}

QString keysText(const QAction *action)
{
    QStringList keys;
    for (const QKeySequence &key : action->shortcuts())
        keys << key.toString(QKeySequence::NativeText);
    return keys.join(QCoreApplication::translate("Shortcuts", " or "));
}

}  // namespace meshscope::ui
