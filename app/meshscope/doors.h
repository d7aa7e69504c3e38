// The concrete control planes behind the window's connections: profiles and their secrets, the sandbox,
// snapshot files. Owns what it opens until close(). GUI thread.
#pragma once

#include "app/meshscope/options.h"
#include "ui/shell/connection_doors.h"

#include <map>
#include <memory>

class QSettings;

namespace meshscope {

class RemoteControlPlane;
class Sandbox;
class SecretStore;
class SettingsConnectionStore;
class SnapshotFileEditor;
class SnapshotFileSource;

class Doors : public ui::ConnectionDoors
{
    Q_OBJECT

public:
    // Settings outlive it. Secrets go to the keychain, or where none runs to a file in `folder`.
    Doors(QSettings &settings, const QString &folder, const QString &kumactlFile);
    ~Doors() override;

    ConnectionStore *store() override;
    QString secretPlace() const override;
    QString secretWarning() const override;
    QFuture<Result<QString>> test(const ConnectionProfile &profile, const ProfileSecrets &secrets) override;
    QFuture<Result<ui::Connection>> open(const QString &profileId) override;
    QStringList samples() const override;
    Result<ui::Connection> startSandbox(const QString &sample, bool freePorts) override;
    bool isSandboxRunning() const override { return m_sandbox != nullptr; }
    QFuture<Result<ui::Connection>> openSnapshot(const QString &path) override;
    QString whyNoSnapshots() const override;
    void close(MeshSource *source) override;

    // A control plane that the command line names; nothing of it is kept.
    ui::Connection openUrl(const QUrl &url, const QUrl &dpServer);

private:
    struct File {
        std::unique_ptr<SnapshotFileSource> source;
        std::unique_ptr<SnapshotFileEditor> editor;
    };
    ui::Connection adopt(std::unique_ptr<RemoteControlPlane> plane);

    std::unique_ptr<SecretStore> m_secrets;
    std::unique_ptr<SettingsConnectionStore> m_store;
    std::map<MeshSource *, std::unique_ptr<RemoteControlPlane>> m_open;
    std::map<MeshSource *, File> m_files;
    std::unique_ptr<Sandbox> m_sandbox;
    MeshSource *m_sandboxSource = nullptr;
};

}  // namespace meshscope
