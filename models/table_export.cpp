#include "models/table_export.h"

#include "backend/codec/yaml_document.h"
#include "backend/support/when_done.h"
#include "models/pool_job.h"
#include "models/roles.h"

#include <QAbstractItemModel>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

constexpr qint64 kSliceMilliseconds = 6;
constexpr int kMaxRestarts = 20;

QString csvCell(const QVariant &value)
{
    QString cell;
    if (value.metaType().id() == QMetaType::QVariantList || value.metaType().id() == QMetaType::QVariantMap)
        cell = QString::fromUtf8(QJsonDocument::fromVariant(value).toJson(QJsonDocument::Compact));
    else
        cell = value.toString();
    if (!cell.contains(u',') && !cell.contains(u'"') && !cell.contains(u'\n') && !cell.contains(u'\r'))
        return cell;
    return u'"' + cell.replace(u'"', u"\"\""_s) + u'"';
}

QString keyOf(const QString &header)
{
    QString key;
    bool hump = false;
    for (const QChar c : header) {
        if (!c.isLetterOrNumber()) {
            hump = !key.isEmpty();
        } else {
            key += hump ? c.toUpper() : key.isEmpty() ? c.toLower() : c;
            hump = false;
        }
    }
    return key.isEmpty() ? u"column"_s : key;
}

QStringList keysOf(const QStringList &headers)
{
    QStringList keys;
    for (const QString &header : headers) {
        QString key = keyOf(header);
        for (int n = 2; keys.contains(key); ++n)
            key = keyOf(header) + QString::number(n);
        keys << key;
    }
    return keys;
}

QByteArray csvText(const ExportTable &table)
{
    QByteArray text;
    QStringList cells;
    for (const QString &header : table.headers)
        cells << csvCell(header);
    text += cells.join(u',').toUtf8() + "\r\n";
    for (const QVariantList &row : table.rows) {
        cells.clear();
        for (const QVariant &value : row)
            cells << csvCell(value);
        text += cells.join(u',').toUtf8() + "\r\n";
    }
    return text;
}

QByteArray jsonValue(const QVariant &value)
{
    QJsonArray one;
    one.append(QJsonValue::fromVariant(value));
    return QJsonDocument(one).toJson(QJsonDocument::Compact).mid(1).chopped(1);
}

// By hand round the values: keys keep the order of the columns, and no tree of the whole is built.
QByteArray jsonText(const ExportTable &table)
{
    QList<QByteArray> keys;
    for (const QString &key : keysOf(table.headers))
        keys << jsonValue(key) + ": ";
    QByteArray text = "[";
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        text += i == 0 ? "\n  {" : ",\n  {";
        for (qsizetype column = 0; column < keys.size(); ++column)
            text += (column > 0 ? ", " : "") + keys.at(column) + jsonValue(table.rows[i].value(column));
        text += '}';
    }
    return text + (table.rows.empty() ? "]\n" : "\n]\n");
}

QByteArray yamlText(const ExportTable &table)
{
    if (table.rows.empty())
        return "[]\n";
    // Chunks keep the tree that the converter builds small; a list of lists is one list when written below
    // one another.
    constexpr std::size_t kChunk = 500;
    QByteArray text;
    for (std::size_t from = 0; from < table.rows.size(); from += kChunk) {
        ExportTable chunk;
        chunk.headers = table.headers;
        const auto begin = table.rows.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end =
            table.rows.begin() + static_cast<std::ptrdiff_t>(std::min(from + kChunk, table.rows.size()));
        chunk.rows.assign(begin, end);
        const auto yaml = yamlFromJson(jsonText(chunk).toStdString());
        if (yaml)
            text += QByteArray::fromStdString(*yaml);
    }
    return text;
}

}  // namespace

QVariant exportValue(const QModelIndex &index)
{
    if (const QVariant value = index.data(ExportRole); value.isValid())
        return value;
    const QVariant text = index.data(TextRole);
    return (text.isValid() ? text : index.data(Qt::DisplayRole)).toString();
}

QByteArray exportText(const ExportTable &table, ExportFormat format)
{
    switch (format) {
    case ExportFormat::Csv:
        return csvText(table);
    case ExportFormat::Json:
        return jsonText(table);
    case ExportFormat::Yaml:
        return yamlText(table);
    }
    return {};
}

ExportFormat exportFormatFor(const QString &path)
{
    if (path.endsWith(u".json"_s, Qt::CaseInsensitive))
        return ExportFormat::Json;
    if (path.endsWith(u".yaml"_s, Qt::CaseInsensitive) || path.endsWith(u".yml"_s, Qt::CaseInsensitive))
        return ExportFormat::Yaml;
    return ExportFormat::Csv;
}

ExportTable exportTableOf(const QAbstractItemModel &model, const QList<int> &columns)
{
    ExportTable table;
    for (const int column : columns)
        table.headers << model.headerData(column, Qt::Horizontal).toString();
    for (int row = 0; row < model.rowCount(); ++row) {
        QVariantList cells;
        for (const int column : columns)
            cells << exportValue(model.index(row, column));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

TableExport::TableExport(QAbstractItemModel *model, QList<int> columns, const QString &path,
                         ExportFormat format, QObject *parent)
    : QObject(parent)
    , m_model(model)
    , m_columns(std::move(columns))
    , m_path(path)
    , m_format(format)
{
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &TableExport::readSlice);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, &TableExport::restart);
    connect(model, &QAbstractItemModel::rowsMoved, this, &TableExport::restart);
    connect(model, &QAbstractItemModel::modelReset, this, &TableExport::restart);
    connect(model, &QAbstractItemModel::layoutChanged, this, &TableExport::restart);
    connect(model, &QObject::destroyed, this, [this] {
        if (m_reading)
            finish(fail(Error::Code::Cancelled, "the table was closed"));
    });
}

TableExport::~TableExport()
{
    m_writing.cancel();
    m_writing.waitForFinished();
}

void TableExport::start()
{
    m_reading = true;
    for (const int column : m_columns)
        m_table.headers << m_model->headerData(column, Qt::Horizontal).toString();
    m_turn.start(0);
}

void TableExport::cancel()
{
    m_writing.cancel();
    finish(fail(Error::Code::Cancelled, "cancelled", m_path.toStdString()));
}

void TableExport::restart()
{
    if (!m_reading || m_next == 0)
        return;
    if (++m_restarts > kMaxRestarts)
        return finish(fail(Error::Code::Conflict,
                           "the table changes too fast to be read; pause the live refresh",
                           m_path.toStdString()));
    m_table.rows.clear();
    m_next = 0;
}

void TableExport::readSlice()
{
    if (!m_reading || !m_model)
        return;
    QElapsedTimer clock;
    clock.start();
    const int total = m_model->rowCount();
    m_table.rows.reserve(static_cast<std::size_t>(total));
    while (m_next < total) {
        QVariantList cells;
        cells.reserve(m_columns.size());
        for (const int column : m_columns)
            cells << exportValue(m_model->index(m_next, column));
        m_table.rows.push_back(std::move(cells));
        ++m_next;
        if (m_next % 16 == 0 && clock.elapsed() >= kSliceMilliseconds)
            break;
    }
    Q_EMIT progress(m_next, total);
    if (m_next < total)
        return m_turn.start(0);
    write();
}

void TableExport::write()
{
    m_reading = false;
    m_writing = runInPool([table = std::move(m_table), path = m_path, format = m_format]() -> Result<int> {
        QSaveFile file(path);
        const QByteArray text = exportText(table, format);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
            return fail(Error::Code::Internal,
                        "the file cannot be written: " + file.errorString().toStdString(),
                        path.toStdString());
        return static_cast<int>(table.rows.size());
    });
    whenDone(m_writing, this, [this](const Result<int> &written) { finish(written); });
}

void TableExport::finish(const Result<int> &written)
{
    if (m_done)
        return;
    m_done = true;
    m_reading = false;
    Q_EMIT finished(written);
}

}  // namespace meshscope
