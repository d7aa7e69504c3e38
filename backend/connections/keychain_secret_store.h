// Secrets in the desktop's keychain (Secret Service, KWallet, …) through QtKeychain; where none runs, in a
// file that only its owner may read, which warning() then says. GUI thread.
#pragma once

#include "backend/connections/file_secret_store.h"

namespace QKeychain {
class Job;
}

namespace meshscope {

class KeychainSecretStore : public SecretStore
{
    Q_OBJECT

public:
    // `fallbackFile` is made when it is needed.
    explicit KeychainSecretStore(const QString &fallbackFile, QObject *parent = nullptr);

    QFuture<Result<std::optional<std::string>>> read(const QString &name) override;
    QFuture<Result<void>> write(const QString &name, const std::string &secret) override;
    QFuture<Result<void>> remove(const QString &name) override;
    QString place() const override;
    QString warning() const override;

private:
    bool hasNoKeychain(const QKeychain::Job &job);

    FileSecretStore m_file;
    bool m_usesFile = false;
};

}  // namespace meshscope
