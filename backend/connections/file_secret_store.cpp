#include "backend/connections/file_secret_store.h"

#include "backend/support/when_done.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;
constexpr auto kOfOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
                           | QFile::WriteOther | QFile::ExeOther;

}  // namespace

FileSecretStore::FileSecretStore(QString path, QObject *parent)
    : SecretStore(parent)
    , m_path(std::move(path))
{}

QString FileSecretStore::warning() const
{
    return tr("No keychain runs here: tokens are kept in %1, which only you can read.").arg(m_path);
}

Result<FileSecretStore::Secrets> FileSecretStore::load() const
{
    QFile file(m_path);
    if (!file.exists())
        return Secrets();
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Code::Refused,
                    "the file of tokens cannot be read: " + file.errorString().toStdString(),
                    m_path.toStdString());
    if ((file.permissions() & kOfOthers) != 0 && !file.setPermissions(kOwnerOnly))
        return fail(Error::Code::Refused, "others may read the file of tokens, and that cannot be changed",
                    m_path.toStdString());
    const auto document = QJsonDocument::fromJson(file.readAll());
    if (!document.isObject())
        return fail(Error::Code::Invalid,
                    "the file of tokens is damaged; move it away and give the tokens once more",
                    m_path.toStdString());
    Secrets secrets;
    const auto object = document.object();
    for (auto entry = object.begin(); entry != object.end(); ++entry)
        secrets[entry.key()] = entry.value().toString();
    return secrets;
}

Result<void> FileSecretStore::save(const Secrets &secrets) const
{
    QJsonObject object;
    for (const auto &[name, secret] : secrets)
        object.insert(name, secret);
    const QFileInfo info(m_path);
    const auto refused = [this](const QString &why) {
        return fail(Error::Code::Refused, "the token cannot be stored: " + why.toStdString(),
                    m_path.toStdString());
    };
    if (!info.dir().exists() && !QDir().mkpath(info.absolutePath()))
        return refused(tr("the folder cannot be made"));
    QSaveFile file(m_path);
    // Nobody else may read it at any moment, so the permissions come before the contents.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(kOwnerOnly))
        return refused(file.errorString());
    file.write(QJsonDocument(object).toJson());
    if (!file.commit())
        return refused(file.errorString());
    return {};
}

QFuture<Result<std::optional<std::string>>> FileSecretStore::read(const QString &name)
{
    using Found = std::optional<std::string>;
    const auto secrets = load();
    if (!secrets)
        return answered<Found>(fail(secrets.error()));
    const auto found = secrets->find(name);
    return answered<Found>(found == secrets->end() ? Found() : Found(found->second.toStdString()));
}

QFuture<Result<void>> FileSecretStore::write(const QString &name, const std::string &secret)
{
    auto secrets = load();
    if (!secrets)
        return answered<void>(fail(secrets.error()));
    (*secrets)[name] = QString::fromStdString(secret);
    return answered<void>(save(*secrets));
}

QFuture<Result<void>> FileSecretStore::remove(const QString &name)
{
    auto secrets = load();
    if (!secrets)
        return answered<void>(fail(secrets.error()));
    if (secrets->erase(name) == 0)
        return answered<void>({});
    return answered<void>(save(*secrets));
}

}  // namespace meshscope
