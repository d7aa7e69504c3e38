#include "tests/support/fake_connections.h"

#include <QPromise>

#include <algorithm>

namespace meshscope::testing {

namespace {

template <class T>
QFuture<Result<T>> answered(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

}  // namespace

void FakeSecretStore::setWarning(const QString &warning)
{
    m_warning = warning;
    Q_EMIT warningChanged();
}

QFuture<Result<std::optional<std::string>>> FakeSecretStore::read(const QString &name)
{
    using Found = std::optional<std::string>;
    if (m_error)
        return answered<Found>(fail(*m_error));
    const auto found = m_secrets.find(name);
    return answered<Found>(found == m_secrets.end() ? Found() : Found(found->second));
}

QFuture<Result<void>> FakeSecretStore::write(const QString &name, const std::string &secret)
{
    if (m_error)
        return answered<void>(fail(*m_error));
    m_secrets[name] = secret;
    return answered<void>({});
}

QFuture<Result<void>> FakeSecretStore::remove(const QString &name)
{
    if (m_error)
        return answered<void>(fail(*m_error));
    m_secrets.erase(name);
    return answered<void>({});
}

void FakeConnectionStore::setProfiles(QList<ConnectionProfile> profiles)
{
    m_profiles = std::move(profiles);
    Q_EMIT profilesChanged();
}

void FakeConnectionStore::setFindings(QList<ConnectionFinding> findings)
{
    m_findings = std::move(findings);
    Q_EMIT findingsChanged();
}

QFuture<Result<QString>> FakeConnectionStore::save(const ConnectionProfile &profile,
                                                   const std::optional<ProfileSecrets> &secrets)
{
    ConnectionProfile kept = profile;
    if (kept.id.isEmpty())
        kept.id = QStringLiteral("own-%1").arg(++m_lastId);
    const auto found = std::find_if(m_profiles.begin(), m_profiles.end(),
                                    [&](const ConnectionProfile &row) { return row.id == kept.id; });
    if (found == m_profiles.end())
        m_profiles.append(kept);
    else
        *found = kept;
    if (secrets)
        m_secrets[kept.id] = *secrets;
    Q_EMIT profilesChanged();
    return answered<QString>(kept.id);
}

QFuture<Result<void>> FakeConnectionStore::remove(const QString &id)
{
    const auto gone = m_profiles.removeIf([&](const ConnectionProfile &row) { return row.id == id; });
    m_secrets.erase(id);
    if (gone == 0)
        return answered<void>(fail(Error::Code::NotFound, "there is no such connection", id.toStdString()));
    Q_EMIT profilesChanged();
    return answered<void>({});
}

QFuture<Result<ProfileSecrets>> FakeConnectionStore::secretsOf(const QString &id)
{
    const auto found = m_secrets.find(id);
    return answered<ProfileSecrets>(found == m_secrets.end() ? ProfileSecrets() : found->second);
}

}  // namespace meshscope::testing
