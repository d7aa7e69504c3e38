// A MeshSource in memory: the test says what it holds and how it fares. GUI thread.
#pragma once

#include "backend/api/mesh_source.h"

#include <QStringList>

#include <map>
#include <string>

namespace meshscope::testing {

class FakeMeshSource : public MeshSource
{
    Q_OBJECT

public:
    explicit FakeMeshSource(QObject *parent = nullptr);

    // Published with its signal at once; null becomes an empty snapshot. Also sets the state to Live.
    void setSnapshot(SnapshotPtr snapshot);
    void setState(SourceState state);
    void fail(Error error);                    // Stale where there was an answer before, Failed where not
    void record(const RequestRecord &record);  // as if a request had finished
    void setDisplayName(const QString &name);
    void setAddress(const QUrl &address);

    // What fetch() answers for a path, query left out; anything else is NotFound.
    void holdAnswer(const QString &path, const std::string &body) { m_answers[path] = body; }
    const QStringList &fetched() const { return m_fetched; }

    int refreshCount() const { return m_refreshes; }  // calls of refresh()
    int interval() const { return m_interval; }

    QString displayName() const override { return m_displayName; }
    QUrl address() const override { return m_address; }
    SnapshotPtr snapshot() const override { return m_snapshot; }
    SourceState state() const override { return m_state; }
    void refresh() override;
    void setInterval(int milliseconds) override { m_interval = milliseconds; }
    QFuture<Result<std::string>> fetch(const QString &path, const QUrlQuery &query = {}) override;

private:
    QString m_displayName = QStringLiteral("Fake");
    QUrl m_address = QUrl(QStringLiteral("http://127.0.0.1:5681"));
    SnapshotPtr m_snapshot;
    SourceState m_state;
    std::map<QString, std::string> m_answers;
    QStringList m_fetched;
    int m_refreshes = 0;
    int m_interval = 5000;
};

}  // namespace meshscope::testing
