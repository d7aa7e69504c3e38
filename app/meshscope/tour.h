// A scripted tour: drives the real window as a person would (actions, clicks, text), waits for what should
// happen, checks it, and leaves a picture a step. It is how a machine without a display shows that the main
// job works, and how the README's pictures are made. Everything runs on the GUI thread; waiting keeps the
// event loop going.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>

class QAction;

namespace meshscope {

class Tour
{
public:
    // `window` outlives the tour. Pictures go to `shotDirectory`, made if needed; empty = none.
    Tour(QWidget *window, const QString &shotDirectory);

    void step(const QString &title);             // prints a heading
    bool check(bool held, const QString &what);  // prints and remembers; false when it did not hold
    bool waitUntil(const std::function<bool()> &held, const QString &what, int milliseconds = 15'000);
    void pause(int milliseconds);    // lets the window settle before a picture
    void shot(const QString &name);  // NAME.png of the whole window
    void note(const QString &text);  // a figure worth printing

    // By objectName anywhere in the application's windows; a missing one fails the tour once and returns
    // nullptr.
    template <class T>
    T *find(const QString &objectName)
    {
        auto *found = qobject_cast<T *>(findObject(objectName));
        if (!found)
            check(false, QStringLiteral("there is a ") + objectName);
        return found;
    }
    void trigger(const QString &actionName);  // an action by its objectName, must be enabled
    void click(const QString &buttonName);    // a button by its objectName, must be enabled

    int failures() const { return m_failures; }
    int checks() const { return m_checks; }

private:
    QObject *findObject(const QString &objectName) const;

    QWidget *m_window;
    QString m_shotDirectory;
    int m_checks = 0;
    int m_failures = 0;
    QElapsedTimer m_clock;
};

}  // namespace meshscope
