// Profiles in the settings, secrets in a SecretStore, contexts of kumactl's file followed as it changes. GUI
// thread.
#pragma once

#include "backend/api/connection_store.h"
#include "backend/api/secret_store.h"

#include <QFileSystemWatcher>
#include <QTimer>

class QSettings;

namespace meshscope {

class SettingsConnectionStore : public ConnectionStore
{
    Q_OBJECT

public:
    // Settings and secrets outlive it. An empty kumactlFile = kumactl is not followed.
    SettingsConnectionStore(QSettings &settings, SecretStore &secrets, QString kumactlFile,
                            QObject *parent = nullptr);

    QList<ConnectionProfile> profiles() const override { return m_own + m_kumactl; }
    QList<ConnectionFinding> findings() const override { return m_findings; }
    QFuture<Result<QString>> save(const ConnectionProfile &profile,
                                  const std::optional<ProfileSecrets> &secrets = std::nullopt) override;
    QFuture<Result<void>> remove(const QString &id) override;
    QFuture<Result<ProfileSecrets>> secretsOf(const QString &id) override;

private:
    void loadOwn();
    void storeOwn();
    void readKumactl();
    void watch();
    void applyMarks(ConnectionProfile &profile) const;
    const ConnectionProfile *find(const QString &id) const;

    QSettings &m_settings;
    SecretStore &m_secrets;
    QString m_kumactlFile;
    QList<ConnectionProfile> m_own, m_kumactl;
    QList<ConnectionFinding> m_findings;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;  // editors write a file in several steps
};

}  // namespace meshscope
