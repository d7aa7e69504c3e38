// A table as text for other programs: CSV (RFC 4180), JSON (one array of objects), YAML (one list). Reading a
// model must happen on the GUI thread, so it is read a slice at a time between events; writing happens in the
// pool. Nothing blocks at 100,000 rows.
#pragma once

#include "backend/core/result.h"

#include <QFuture>
#include <QModelIndex>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>
#include <QVariant>

#include <vector>

class QAbstractItemModel;

namespace meshscope {

enum class ExportFormat { Csv, Json, Yaml };

struct ExportTable {
    QStringList headers;
    std::vector<QVariantList> rows;  // strings, numbers, booleans, lists and maps of such; invalid = nothing
};

// One cell as data: ExportRole where the model has it, else the whole text.
QVariant exportValue(const QModelIndex &index);
// Pure; any thread. Keys of JSON and YAML are the headers in lower camel case.
QByteArray exportText(const ExportTable &table, ExportFormat format);
// By the ending of the file's name; CSV when it says nothing.
ExportFormat exportFormatFor(const QString &path);
// At once, for tables that are known to be small.
ExportTable exportTableOf(const QAbstractItemModel &model, const QList<int> &columns);

// Reads one model and writes one file. GUI thread.
class TableExport : public QObject
{
    Q_OBJECT

public:
    // The model is read top to bottom as it stands; when rows come, go or move meanwhile, reading begins
    // anew.
    TableExport(QAbstractItemModel *model, QList<int> columns, const QString &path, ExportFormat format,
                QObject *parent = nullptr);
    ~TableExport() override;

    void start();
    void cancel();

Q_SIGNALS:
    void progress(int rows, int total);
    void finished(const meshscope::Result<int> &written);  // rows; once

private:
    void readSlice();
    void restart();
    void write();
    void finish(const Result<int> &written);

    QPointer<QAbstractItemModel> m_model;
    QList<int> m_columns;
    QString m_path;
    ExportFormat m_format;
    ExportTable m_table;
    int m_next = 0;
    int m_restarts = 0;
    bool m_reading = false;
    bool m_done = false;
    QTimer m_turn;
    QFuture<Result<int>> m_writing;
};

}  // namespace meshscope
