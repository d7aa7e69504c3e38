#include "models/request_table.h"

#include "models/text.h"

#include <QLocale>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QString quoted(const QString &text) { return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\''; }

// Names that kumactl takes bare; anything else is quoted for the shell.
QString shellWord(const QString &text)
{
    for (const QChar c : text) {
        const bool plain = (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
                           || u"-_./:@%+="_s.contains(c);
        if (!plain)
            return quoted(text);
    }
    return text.isEmpty() ? u"''"_s : text;
}

bool isSecret(const QString &name)
{
    for (const auto &part : {u"token"_s, u"secret"_s, u"password"_s, u"key"_s, u"auth"_s}) {
        if (name.contains(part, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

// kumactl's word for a collection; fact sheet §2.6 lists what it asks for.
QString kumactlNoun(const QString &collection)
{
    static const std::pair<QString, QString> kNouns[] = {
        {u"meshes"_s, u"mesh"_s},    {u"dataplanes"_s, u"dataplane"_s},
        {u"zones"_s, u"zone"_s},     {u"zoneingresses"_s, u"zoneingress"_s},
        {u"secrets"_s, u"secret"_s}, {u"zoneegresses"_s, u"zoneegress"_s},
    };
    for (const auto &[plural, singular] : kNouns) {
        if (collection == plural)
            return singular;
    }
    return {};
}

QString commandFor(const QString &method, const QStringList &parts, const QString &meshOption)
{
    if (parts.isEmpty())
        return {};
    const QString noun = kumactlNoun(parts.at(0));
    if (noun.isEmpty())
        return {};
    const bool hasName = parts.size() >= 2 && !parts.at(1).startsWith(u'_');
    if (method == u"PUT"_s || method == u"POST"_s)
        return hasName ? u"kumactl apply -f "_s + shellWord(parts.at(1) + u".yaml"_s) : QString();
    if (method == u"DELETE"_s)
        return hasName && parts.size() == 2
                   ? u"kumactl delete "_s + noun + u' ' + shellWord(parts.at(1)) + meshOption
                   : QString();
    if (method != u"GET"_s)
        return {};
    const QString &last = parts.last();
    if (parts.at(0) == u"dataplanes"_s) {
        if (last == u"_overview"_s && parts.size() == 2)
            return u"kumactl inspect dataplanes"_s + meshOption;
        if (last == u"xds"_s || last == u"_config"_s)
            return u"kumactl inspect dataplane "_s + shellWord(parts.at(1)) + meshOption
                   + u" --type=config-dump"_s;
        if (last == u"clusters"_s || last == u"stats"_s || last == u"policies"_s)
            return u"kumactl inspect dataplane "_s + shellWord(parts.at(1)) + meshOption + u" --type="_s
                   + last;
        if (last == u"_overview"_s || parts.size() == 2)
            return u"kumactl get dataplane "_s + shellWord(parts.at(1)) + meshOption + u" -o yaml"_s;
    }
    if (!hasName)
        return parts.size() == 1 ? u"kumactl get "_s + parts.at(0) + meshOption : QString();
    return parts.size() == 2
               ? u"kumactl get "_s + noun + u' ' + shellWord(parts.at(1)) + meshOption + u" -o yaml"_s
               : QString();
}

}  // namespace

QUrl withoutCredentials(const QUrl &url)
{
    QUrl clean = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    if (!clean.hasQuery())
        return clean;
    QUrlQuery query(clean);
    auto items = query.queryItems(QUrl::FullyEncoded);
    for (auto &[name, value] : items) {
        if (isSecret(name))
            value = u"…"_s;
    }
    query.setQueryItems(items);
    clean.setQuery(query);
    return clean;
}

QString kumactlEquivalent(const RequestRecord &record)
{
    QStringList parts = record.url.path().split(u'/', Qt::SkipEmptyParts);
    if (parts.isEmpty())
        return record.method == u"GET"_s ? u"kumactl version"_s : QString();
    QString mesh;
    if (parts.at(0) == u"meshes"_s && parts.size() >= 3) {
        mesh = u" --mesh "_s + shellWord(parts.at(1));
        parts.remove(0, 2);
    }
    return commandFor(record.method, parts, mesh);
}

QString curlEquivalent(const RequestRecord &record)
{
    QString command = u"curl"_s;
    if (record.method != u"GET"_s)
        command += u" -X "_s + record.method;
    if (record.method == u"PUT"_s || record.method == u"POST"_s)
        command += u" -H 'content-type: application/json' --data @body.json"_s;
    return command + u' ' + quoted(withoutCredentials(record.url).toString(QUrl::FullyEncoded));
}

RequestTable::RequestTable(QObject *parent)
    : QAbstractTableModel(parent)
{}

void RequestTable::follow(MeshSource *source)
{
    connect(source, &MeshSource::requestFinished, this,
            [this, source](const RequestRecord &record) { append(record, source->displayName()); });
}

void RequestTable::append(const RequestRecord &record, const QString &sourceName)
{
    if (static_cast<int>(m_rows.size()) == kCapacity) {
        beginRemoveRows({}, 0, 0);
        m_rows.pop_front();
        endRemoveRows();
    }
    const int row = static_cast<int>(m_rows.size());
    beginInsertRows({}, row, row);
    m_rows.push_back({record, sourceName});
    m_rows.back().record.url = withoutCredentials(record.url);
    endInsertRows();
}

void RequestTable::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

int RequestTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RequestTable::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant RequestTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto &[record, source] = m_rows[static_cast<std::size_t>(index.row())];
    const bool isFine = record.error.isEmpty() && record.status > 0 && record.status < 400;
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        switch (static_cast<Column>(index.column())) {
        case StartedColumn:
            return record.started.toString(u"HH:mm:ss.zzz"_s);
        case SourceColumn:
            return source;
        case MethodColumn:
            return record.method;
        case PathColumn:
            return record.url.toString(QUrl::RemoveScheme | QUrl::RemoveAuthority);
        case StatusColumn:
            return record.status == 0 ? tr("no answer") : QString::number(record.status);
        case DurationColumn:
            return QLocale().toString(record.milliseconds);
        case BytesColumn:
            return QLocale().toString(record.bytes);
        case ColumnCount:
            break;
        }
        return {};
    case SortRole:
        switch (static_cast<Column>(index.column())) {
        case StartedColumn:
            return record.started;
        case StatusColumn:
            return record.status;
        case DurationColumn:
            return record.milliseconds;
        case BytesColumn:
            return record.bytes;
        case SourceColumn:
        case MethodColumn:
        case PathColumn:
        case ColumnCount:
            return data(index, Qt::DisplayRole);
        }
        return {};
    case Qt::ToolTipRole:
        return record.error.isEmpty() ? record.url.toString() : record.url.toString() + u'\n' + record.error;
    case Qt::TextAlignmentRole:
        return index.column() == DurationColumn || index.column() == BytesColumn
                   ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter))
                   : QVariant();
    case HealthRole:
        return index.column() == StatusColumn ? QVariant::fromValue(isFine ? Health::Online : Health::Offline)
                                              : QVariant();
    case ReasonRole:
        return record.error;
    case TimeRole:
        return record.started;
    case SearchTextRole:
        return QString(record.method + u'\n' + record.url.toString() + u'\n' + record.error);
    case CurlRole:
        return curlEquivalent(record);
    case KumactlRole:
        return kumactlEquivalent(record);
    case ErrorRole:
        return record.error;
    case UrlRole:
        return record.url;
    default:
        return {};
    }
}

QVariant RequestTable::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount)
        return {};
    switch (static_cast<Column>(section)) {
    case StartedColumn:
        return tr("Started");
    case SourceColumn:
        return tr("Control plane");
    case MethodColumn:
        return tr("Method");
    case PathColumn:
        return tr("Path");
    case StatusColumn:
        return tr("Status");
    case DurationColumn:
        return tr("Time (ms)");
    case BytesColumn:
        return tr("Bytes");
    case ColumnCount:
        break;
    }
    return {};
}

}  // namespace meshscope
