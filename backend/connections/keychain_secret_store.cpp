#include "backend/connections/keychain_secret_store.h"

#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QPromise>

#include <qt6keychain/keychain.h>

#include <memory>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

const QString kService = u"meshscope"_s;

// Hands the file's answer on.
template <class T>
void relay(const QFuture<Result<T>> &from, QObject *receiver, const std::shared_ptr<QPromise<Result<T>>> &to)
{
    whenDone<T>(from, receiver, [to](Result<T> result) {
        to->addResult(std::move(result));
        to->finish();
    });
}

template <class T>
std::shared_ptr<QPromise<Result<T>>> begun()
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    return promise;
}

Error refusal(const QKeychain::Job &job, const char *doing)
{
    return {Error::Code::Refused,
            "the keychain would not " + std::string(doing) + ": " + job.errorString().toStdString(),
            job.key().toStdString()};
}

}  // namespace

KeychainSecretStore::KeychainSecretStore(const QString &fallbackFile, QObject *parent)
    : SecretStore(parent)
    , m_file(fallbackFile)
{}

QString KeychainSecretStore::place() const { return m_usesFile ? m_file.place() : tr("the keychain"); }

QString KeychainSecretStore::warning() const { return m_usesFile ? m_file.warning() : QString(); }

// A person who says no is not asked by way of a file.
bool KeychainSecretStore::hasNoKeychain(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::NoError:
    case QKeychain::EntryNotFound:
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return false;
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
    case QKeychain::OtherError:
        break;
    }
    if (!m_usesFile) {
        m_usesFile = true;
        qCWarning(lcApp).noquote() << u"no keychain answers ("_s + job.errorString()
                                          + u"); tokens are kept in"_s
                                   << m_file.place();
        Q_EMIT warningChanged();
    }
    return true;
}

QFuture<Result<std::optional<std::string>>> KeychainSecretStore::read(const QString &name)
{
    using Found = std::optional<std::string>;
    if (m_usesFile)
        return m_file.read(name);
    auto promise = begun<Found>();
    auto *job = new QKeychain::ReadPasswordJob(kService, this);
    job->setKey(name);
    connect(job, &QKeychain::Job::finished, this, [this, job, promise, name] {
        if (hasNoKeychain(*job))
            return relay(m_file.read(name), this, promise);
        if (job->error() == QKeychain::NoError)
            promise->addResult(Found(job->textData().toStdString()));
        else if (job->error() == QKeychain::EntryNotFound)
            promise->addResult(Found());
        else
            promise->addResult(fail(refusal(*job, "give the token")));
        promise->finish();
    });
    job->start();
    return promise->future();
}

QFuture<Result<void>> KeychainSecretStore::write(const QString &name, const std::string &secret)
{
    if (m_usesFile)
        return m_file.write(name, secret);
    auto promise = begun<void>();
    auto *job = new QKeychain::WritePasswordJob(kService, this);
    job->setKey(name);
    job->setTextData(QString::fromStdString(secret));
    connect(job, &QKeychain::Job::finished, this, [this, job, promise, name, secret] {
        if (hasNoKeychain(*job))
            return relay(m_file.write(name, secret), this, promise);
        promise->addResult(job->error() == QKeychain::NoError
                               ? Result<void>()
                               : Result<void>(fail(refusal(*job, "keep the token"))));
        promise->finish();
    });
    job->start();
    return promise->future();
}

QFuture<Result<void>> KeychainSecretStore::remove(const QString &name)
{
    if (m_usesFile)
        return m_file.remove(name);
    auto promise = begun<void>();
    auto *job = new QKeychain::DeletePasswordJob(kService, this);
    job->setKey(name);
    connect(job, &QKeychain::Job::finished, this, [this, job, promise, name] {
        if (hasNoKeychain(*job))
            return relay(m_file.remove(name), this, promise);
        const bool isGone = job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound;
        promise->addResult(isGone ? Result<void>() : Result<void>(fail(refusal(*job, "remove the token"))));
        promise->finish();
    });
    job->start();
    return promise->future();
}

}  // namespace meshscope
