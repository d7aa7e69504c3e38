// Doors to more connections, in memory: a store, and a fake control plane behind every one that is opened.
#pragma once

#include "tests/support/fake_connections.h"
#include "tests/support/fake_mesh_editor.h"
#include "tests/support/fake_mesh_source.h"
#include "ui/shell/connection_doors.h"

#include <map>
#include <memory>
#include <optional>

namespace meshscope::testing {

class FakeConnectionDoors : public ui::ConnectionDoors
{
    Q_OBJECT

public:
    using ConnectionDoors::ConnectionDoors;

    // What everything that is opened from now on holds.
    void setSnapshot(SnapshotPtr snapshot) { m_snapshot = std::move(snapshot); }
    void failWith(std::optional<Error> error) { m_error = std::move(error); }
    void setSecretWarning(const QString &warning) { m_warning = warning; }
    FakeMeshSource *sourceOf(const QString &name) const;
    FakeMeshEditor *editorOf(const QString &name) const;
    const QStringList &closed() const { return m_closed; }
    int tests() const { return m_tests; }

    FakeConnectionStore *store() override { return &m_store; }
    QString secretPlace() const override { return QStringLiteral("the keychain"); }
    QString secretWarning() const override { return m_warning; }
    QFuture<Result<QString>> test(const ConnectionProfile &profile, const ProfileSecrets &secrets) override;
    QFuture<Result<ui::Connection>> open(const QString &profileId) override;
    QStringList samples() const override { return {QStringLiteral("hello")}; }
    Result<ui::Connection> startSandbox(const QString &sample, bool freePorts) override;
    bool isSandboxRunning() const override { return m_open.count(QStringLiteral("Sandbox")) > 0; }
    QFuture<Result<ui::Connection>> openSnapshot(const QString &path) override;
    QString whyNoSnapshots() const override { return {}; }
    void close(MeshSource *source) override;

private:
    struct Plane {
        std::unique_ptr<FakeMeshSource> source;
        std::unique_ptr<FakeMeshEditor> editor;
    };
    ui::Connection make(const QString &name);

    FakeConnectionStore m_store;
    std::map<QString, Plane> m_open;
    SnapshotPtr m_snapshot;
    std::optional<Error> m_error;
    QString m_warning;
    QStringList m_closed;
    int m_tests = 0;
};

}  // namespace meshscope::testing
