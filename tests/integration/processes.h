// Looking at processes from outside, for tests that must see that nothing is left behind. Linux.
#pragma once

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QString>

#include <set>

namespace meshscope::test {

inline qint64 parentOf(qint64 pid)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray line = stat.readAll();
    const auto fields =
        line.mid(line.lastIndexOf(')') + 2).split(' ');  // a name may hold blanks and brackets
    return fields.value(1).toLongLong();
}

inline bool isAlive(qint64 pid)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return false;
    const QByteArray line = stat.readAll();
    return !line.mid(line.lastIndexOf(')') + 2).startsWith('Z');
}

inline QString programOf(qint64 pid)
{
    return QFileInfo(QStringLiteral("/proc/%1/exe").arg(pid)).symLinkTarget().section(u'/', -1);
}

// All descendants of a process that live now.
inline std::set<qint64> descendantsOf(qint64 root)
{
    std::set<qint64> found{root};
    for (bool grown = true; grown;) {
        grown = false;
        const auto entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const auto &entry : entries) {
            bool isPid = false;
            const qint64 pid = entry.toLongLong(&isPid);
            if (isPid && found.count(pid) == 0 && found.count(parentOf(pid)) != 0)
                grown = found.insert(pid).second || grown;
        }
    }
    found.erase(root);
    return found;
}

inline int countOf(const std::set<qint64> &pids, const QString &program)
{
    int count = 0;
    for (const qint64 pid : pids)
        count += isAlive(pid) && programOf(pid) == program ? 1 : 0;
    return count;
}

}  // namespace meshscope::test
