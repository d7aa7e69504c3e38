#include "app/meshscope/tour.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QEventLoop>
#include <QPixmap>
#include <QTextStream>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

void print(const QString &line) { QTextStream(stdout) << line << Qt::endl; }

}  // namespace

Tour::Tour(QWidget *window, const QString &shotDirectory)
    : m_window(window)
    , m_shotDirectory(shotDirectory)
{
    m_clock.start();
    if (!m_shotDirectory.isEmpty() && !QDir().mkpath(m_shotDirectory))
        check(false, u"pictures can be written to "_s + m_shotDirectory);
}

void Tour::step(const QString &title) { print(u"\n"_s + title); }

bool Tour::check(bool held, const QString &what)
{
    ++m_checks;
    if (!held)
        ++m_failures;
    print((held ? u"  ok      "_s : u"  FAILED  "_s) + what);
    return held;
}

bool Tour::waitUntil(const std::function<bool()> &held, const QString &what, int milliseconds)
{
    QElapsedTimer elapsed;
    elapsed.start();
    while (!held()) {
        if (elapsed.hasExpired(milliseconds))
            return check(false, what + u" (waited %1 s)"_s.arg(milliseconds / 1000.0));
        pause(10);
    }
    return check(true, what);
}

void Tour::pause(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

void Tour::shot(const QString &name)
{
    if (m_shotDirectory.isEmpty())
        return;
    pause(400);  // repaints, layouts and the flash of changed cells
    const QString path = QDir(m_shotDirectory).filePath(name + u".png"_s);
    const QPixmap picture = m_window->grab();
    check(!picture.isNull() && picture.save(path), u"picture "_s + name + u".png"_s);
}

void Tour::note(const QString &text) { print(u"          "_s + text); }

void Tour::trigger(const QString &actionName)
{
    auto *action = find<QAction>(actionName);
    if (action && check(action->isEnabled(), actionName + u" can be chosen"_s))
        action->trigger();
}

void Tour::click(const QString &buttonName)
{
    auto *button = find<QAbstractButton>(buttonName);
    if (button && check(button->isEnabled() && button->isVisible(), buttonName + u" can be clicked"_s))
        button->click();
}

QObject *Tour::findObject(const QString &objectName) const
{
    const auto windows = QApplication::topLevelWidgets();
    for (QWidget *window : windows) {
        if (window->objectName() == objectName)
            return window;
        if (QObject *found = window->findChild<QObject *>(objectName))
            return found;
    }
    return nullptr;
}

}  // namespace meshscope
