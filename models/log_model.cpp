#include "models/log_model.h"

#include "models/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString originText(SidecarLogLine::Origin origin)
{
    switch (origin) {
    case SidecarLogLine::Origin::Launcher:
        return u"launcher"_s;
    case SidecarLogLine::Origin::Envoy:
        return u"envoy"_s;
    case SidecarLogLine::Origin::Workload:
        return u"workload"_s;
    case SidecarLogLine::Origin::Dns:
        return u"names"_s;
    }
    return {};
}

}  // namespace

LogModel::LogModel(QObject *parent, int capacity)
    : QAbstractListModel(parent)
    , m_capacity(std::max(1, capacity))
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kBatchMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &LogModel::flush);
}

void LogModel::follow(SidecarHost *host)
{
    std::vector<SidecarLogLine> past;
    for (const auto &sidecar : host->sidecars()) {
        const auto lines = host->logLines(sidecar.key);
        past.insert(past.end(), lines.begin(), lines.end());
    }
    std::stable_sort(past.begin(), past.end(), [](const auto &a, const auto &b) { return a.time < b.time; });
    for (const auto &line : past)
        append(line);
    flush();
    connect(host, &SidecarHost::logAppended, this, &LogModel::append);
}

void LogModel::append(const SidecarLogLine &line)
{
    // Twice the bound: dropping one by one from the front of a vector would be slow, dropping half seldom is
    // not.
    if (m_waiting.size() >= 2 * static_cast<std::size_t>(m_capacity)) {
        m_waiting.erase(m_waiting.begin(), m_waiting.begin() + m_capacity);
        m_dropped += m_capacity;
    }
    m_waiting.push_back(line);
    if (QString &text = m_waiting.back().text; text.size() > kMaxLineLength)
        text = text.left(kMaxLineLength) + u"…"_s;
    if (!m_timer.isActive())
        m_timer.start();
}

void LogModel::flush()
{
    m_timer.stop();
    if (m_waiting.empty())
        return;
    auto lines = std::exchange(m_waiting, {});
    const auto surplus = static_cast<qsizetype>(lines.size()) - m_capacity;
    if (surplus > 0) {
        lines.erase(lines.begin(), lines.begin() + surplus);
        m_dropped += surplus;
    }
    const int gone = static_cast<int>(m_lines.size() + lines.size()) - m_capacity;
    if (gone > 0) {
        beginRemoveRows({}, 0, gone - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + gone);
        m_dropped += gone;
        endRemoveRows();
    }
    const int first = static_cast<int>(m_lines.size());
    beginInsertRows({}, first, first + static_cast<int>(lines.size()) - 1);
    std::move(lines.begin(), lines.end(), std::back_inserter(m_lines));
    endInsertRows();
}

void LogModel::clear()
{
    m_timer.stop();
    m_waiting.clear();
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SidecarLogLine &line = lineAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
    case TextRole:
        return QString(line.time.toString(u"HH:mm:ss.zzz"_s) + u' ' + toQString(line.key.name) + u' '
                       + originText(line.origin) + u"  "_s + line.text);
    case KeyRole:
        return QVariant::fromValue(line.key);
    case HealthRole:
        switch (line.level) {
        case SidecarLogLine::Level::Error:
            return QVariant::fromValue(Health::Offline);
        case SidecarLogLine::Level::Warning:
            return QVariant::fromValue(Health::Degraded);
        case SidecarLogLine::Level::Debug:
        case SidecarLogLine::Level::Info:
            break;
        }
        return {};
    case TimeRole:
        return line.time;
    case SearchTextRole:
    case LineRole:
        return line.text;
    case LevelRole:
        return static_cast<int>(line.level);
    case OriginRole:
        return static_cast<int>(line.origin);
    case NameRole:
        return toQString(line.key.name);
    default:
        return {};
    }
}

LogProxy::LogProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{}

void LogProxy::setSourceModel(QAbstractItemModel *model)
{
    m_log = qobject_cast<LogModel *>(model);
    Q_ASSERT(m_log || !model);
    QSortFilterProxyModel::setSourceModel(model);
}

void LogProxy::setKey(const std::optional<ResourceKey> &key)
{
    if (key == m_key)
        return;
    m_key = key;
    invalidate();  // at once for all lines; by rows, scattered matches would be a signal each
}

void LogProxy::setText(const QString &text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    if (words == m_words)
        return;
    m_words = words;
    invalidate();
}

void LogProxy::setLeastLevel(SidecarLogLine::Level level)
{
    if (level == m_least)
        return;
    m_least = level;
    invalidate();
}

bool LogProxy::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (!m_log || parent.isValid())
        return false;
    const SidecarLogLine &line = m_log->lineAt(row);
    if (line.level < m_least || (m_key && line.key != *m_key))
        return false;
    return std::all_of(m_words.begin(), m_words.end(), [&line](const QString &word) {
        return line.text.contains(word, Qt::CaseInsensitive);
    });
}

}  // namespace meshscope
