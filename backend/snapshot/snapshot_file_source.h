// A snapshot file as a source and an editor: every page works on it, nothing can be written. GUI thread.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/snapshot/snapshot_file.h"

namespace meshscope {

class SnapshotFileSource : public MeshSource
{
    Q_OBJECT

public:
    // Reads the file at once. NotFound or Refused when it cannot be opened, Invalid when it is no snapshot.
    static Result<std::unique_ptr<SnapshotFileSource>> open(const QString &path, QObject *parent = nullptr);

    const OpenedSnapshot &opened() const { return m_opened; }

    QString displayName() const override;  // "prod, 2026-01-02 03:04"
    QUrl address() const override { return QUrl::fromLocalFile(m_path); }
    SnapshotPtr snapshot() const override { return m_opened.snapshot; }
    SourceState state() const override;
    void refresh() override;  // a file does not change; says at once that it is done
    void setInterval(int) override {}
    // Resources of the file by their paths: /meshes/M/dataplanes/N, …/N/_overview, /meshes/M/{path}/N,
    // /meshes/M.
    QFuture<Result<std::string>> fetch(const QString &path, const QUrlQuery &query = {}) override;

private:
    SnapshotFileSource(QString path, OpenedSnapshot opened, QObject *parent);

    QString m_path;
    OpenedSnapshot m_opened;
};

class SnapshotFileEditor : public MeshEditor
{
    Q_OBJECT

public:
    // The source outlives it.
    explicit SnapshotFileEditor(SnapshotFileSource &source, QObject *parent = nullptr);

    QString readOnlyReason() const override;
    QFuture<Result<ServerDocument>> fetchDataplane(const ResourceKey &key) override;
    QFuture<Result<PushOutcome>> putDataplane(const ResourceKey &key, const std::string &json) override;
    QFuture<Result<void>> deleteDataplane(const ResourceKey &key) override;

private:
    SnapshotFileSource &m_source;
};

}  // namespace meshscope
