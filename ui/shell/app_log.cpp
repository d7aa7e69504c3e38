#include "ui/shell/app_log.h"

#include "models/roles.h"

#include <QMetaObject>

#include <mutex>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

std::mutex s_mutex;
AppLog *s_log = nullptr;
QtMessageHandler s_before = nullptr;

QString levelWord(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return u"debug"_s;
    case QtInfoMsg:
        return u"info"_s;
    case QtWarningMsg:
        return u"warning"_s;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return u"error"_s;
}

}  // namespace

AppLog::AppLog(QObject *parent)
    : QAbstractListModel(parent)
{
    const std::scoped_lock lock(s_mutex);
    Q_ASSERT(!s_log);
    s_log = this;
    s_before = qInstallMessageHandler(&AppLog::handle);
}

AppLog::~AppLog()
{
    const std::scoped_lock lock(s_mutex);
    s_log = nullptr;
    qInstallMessageHandler(s_before);
}

void AppLog::handle(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    QtMessageHandler before = nullptr;
    {
        const std::scoped_lock lock(s_mutex);
        before = s_before;
        const QString category = QString::fromUtf8(context.category ? context.category : "");
        if (s_log && category.startsWith(u"meshscope."_s)) {
            const Line line{QDateTime::currentDateTime(), type, category, text};
            QMetaObject::invokeMethod(
                s_log, [log = s_log, line] { log->append(line); }, Qt::QueuedConnection);
        }
    }
    if (before)
        before(type, context, text);
}

void AppLog::append(const Line &line)
{
    if (m_lines.size() >= kCapacity) {
        beginRemoveRows({}, 0, 0);
        m_lines.pop_front();
        endRemoveRows();
    }
    const int row = rowCount();
    beginInsertRows({}, row, row);
    m_lines.push_back(line);
    endInsertRows();
}

int AppLog::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant AppLog::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &line = m_lines[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return QString(line.time.toString(u"HH:mm:ss.zzz"_s) + u"  "_s + levelWord(line.type) + u"  "_s
                       + line.category + u"  "_s + line.text);
    case Qt::ToolTipRole:
        return line.text;
    case HealthRole:
        if (line.type == QtWarningMsg)
            return QVariant::fromValue(Health::Degraded);
        return line.type == QtCriticalMsg || line.type == QtFatalMsg ? QVariant::fromValue(Health::Offline)
                                                                     : QVariant();
    default:
        return {};
    }
}

}  // namespace meshscope::ui
