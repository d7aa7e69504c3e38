// Secrets in a JSON file that only its owner may read (0600), for machines without a keychain. GUI thread.
#pragma once

#include "backend/api/secret_store.h"

#include <map>

namespace meshscope {

class FileSecretStore : public SecretStore
{
    Q_OBJECT

public:
    // The file and its folder are made when the first secret is written.
    explicit FileSecretStore(QString path, QObject *parent = nullptr);

    QFuture<Result<std::optional<std::string>>> read(const QString &name) override;
    QFuture<Result<void>> write(const QString &name, const std::string &secret) override;
    QFuture<Result<void>> remove(const QString &name) override;
    QString place() const override { return m_path; }
    QString warning() const override;

private:
    using Secrets = std::map<QString, QString>;
    Result<Secrets> load() const;
    Result<void> save(const Secrets &secrets) const;

    QString m_path;
};

}  // namespace meshscope
