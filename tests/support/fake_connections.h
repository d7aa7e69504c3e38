// A connection store and a secret store in memory. GUI thread; every answer is there at once.
#pragma once

#include "backend/api/connection_store.h"
#include "backend/api/secret_store.h"

#include <map>

namespace meshscope::testing {

class FakeSecretStore : public SecretStore
{
    Q_OBJECT

public:
    using SecretStore::SecretStore;

    void setWarning(const QString &warning);
    void failWith(std::optional<Error> error) { m_error = std::move(error); }  // every call from now on
    const std::map<QString, std::string> &contents() const { return m_secrets; }

    QFuture<Result<std::optional<std::string>>> read(const QString &name) override;
    QFuture<Result<void>> write(const QString &name, const std::string &secret) override;
    QFuture<Result<void>> remove(const QString &name) override;
    QString place() const override { return QStringLiteral("memory"); }
    QString warning() const override { return m_warning; }

private:
    std::map<QString, std::string> m_secrets;
    std::optional<Error> m_error;
    QString m_warning;
};

class FakeConnectionStore : public ConnectionStore
{
    Q_OBJECT

public:
    using ConnectionStore::ConnectionStore;

    void setProfiles(QList<ConnectionProfile> profiles);
    void setFindings(QList<ConnectionFinding> findings);
    void setSecrets(const QString &id, ProfileSecrets secrets) { m_secrets[id] = std::move(secrets); }

    QList<ConnectionProfile> profiles() const override { return m_profiles; }
    QList<ConnectionFinding> findings() const override { return m_findings; }
    QFuture<Result<QString>> save(const ConnectionProfile &profile,
                                  const std::optional<ProfileSecrets> &secrets = std::nullopt) override;
    QFuture<Result<void>> remove(const QString &id) override;
    QFuture<Result<ProfileSecrets>> secretsOf(const QString &id) override;

private:
    QList<ConnectionProfile> m_profiles;
    QList<ConnectionFinding> m_findings;
    std::map<QString, ProfileSecrets> m_secrets;
    int m_lastId = 0;
};

}  // namespace meshscope::testing
