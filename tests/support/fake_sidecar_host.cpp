#include "tests/support/fake_sidecar_host.h"

#include "backend/support/when_done.h"

namespace meshscope::testing {

namespace {

bool hasEnded(SidecarPhase phase) { return phase == SidecarPhase::Stopped || phase == SidecarPhase::Failed; }

}  // namespace

FakeSidecarHost::FakeSidecarHost(QObject *parent)
    : SidecarHost(parent)
{
    m_envoy.name = QStringLiteral("envoy");
    m_envoy.path = QStringLiteral("/opt/envoy");
    m_envoy.version = QStringLiteral("1.39.3");
}

FakeSidecarHost::~FakeSidecarHost() = default;

SidecarStatus *FakeSidecarHost::find(const ResourceKey &key)
{
    for (auto &status : m_sidecars) {
        if (status.key == key)
            return &status;
    }
    return nullptr;
}

SidecarStatus &FakeSidecarHost::findOrAdd(const ResourceKey &key)
{
    if (auto *known = find(key))
        return *known;
    SidecarStatus status;
    status.key = key;
    m_sidecars.append(status);
    return m_sidecars.last();
}

void FakeSidecarHost::enter(const ResourceKey &key, SidecarPhase phase, const QString &detail)
{
    SidecarStatus &status = findOrAdd(key);
    const auto number = static_cast<qint64>(std::distance(m_sidecars.data(), &status));
    status.phase = phase;
    status.detail = detail;
    status.since = QDateTime::currentDateTimeUtc();
    status.failure.reset();
    status.advice.clear();
    const bool runs =
        phase == SidecarPhase::Starting || phase == SidecarPhase::Ready || phase == SidecarPhase::Draining;
    status.envoyPid = runs ? 40'000 + number : 0;
    status.envoyVersion = runs ? m_envoy.version : QString();
    status.admin = runs ? QUrl(QStringLiteral("http://127.0.0.1:%1").arg(9901 + number)) : QUrl();
    const auto copy = status;
    Q_EMIT sidecarChanged(copy);
}

void FakeSidecarHost::failWith(const ResourceKey &key, Error error, const QString &advice)
{
    SidecarStatus &status = findOrAdd(key);
    status.phase = SidecarPhase::Failed;
    status.since = QDateTime::currentDateTimeUtc();
    status.failure = std::move(error);
    status.advice = advice;
    status.envoyPid = 0;
    const auto copy = status;
    Q_EMIT sidecarChanged(copy);
}

void FakeSidecarHost::log(const ResourceKey &key, const QString &text, SidecarLogLine::Level level,
                          SidecarLogLine::Origin origin)
{
    const SidecarLogLine line{key, QDateTime::currentDateTimeUtc(), origin, level, text};
    m_logs[key].append(line);
    Q_EMIT logAppended(line);
}

QList<SidecarStatus> FakeSidecarHost::sidecars() const { return m_sidecars; }

QList<SidecarLogLine> FakeSidecarHost::logLines(const ResourceKey &key) const
{
    const auto found = m_logs.find(key);
    return found == m_logs.end() ? QList<SidecarLogLine>() : found->second;
}

Result<void> FakeSidecarHost::start(const SidecarSpec &spec)
{
    if (m_refusal)
        return fail(*m_refusal);
    const auto *known = find(spec.dataplane);
    if (known != nullptr && !hasEnded(known->phase))
        return fail(Error::Code::Conflict, "the sidecar of " + spec.dataplane.name + " runs already");
    m_started.push_back(spec);
    enter(spec.dataplane, SidecarPhase::Resolving);
    if (m_isAutomatic)
        enter(spec.dataplane, SidecarPhase::Ready);
    return {};
}

void FakeSidecarHost::stop(const ResourceKey &key)
{
    m_stopped.push_back(key);
    const auto *known = find(key);
    if (known == nullptr || hasEnded(known->phase))
        return;
    enter(key, m_isAutomatic ? SidecarPhase::Stopped : SidecarPhase::Draining);
}

void FakeSidecarHost::stopAll()
{
    const auto all = m_sidecars;
    for (const auto &status : all)
        stop(status.key);
}

bool FakeSidecarHost::isBusy() const
{
    return std::any_of(m_sidecars.begin(), m_sidecars.end(),
                       [](const SidecarStatus &status) { return !hasEnded(status.phase); });
}

QFuture<Result<CallReport>> FakeSidecarHost::call(const QUrl &url, int times)
{
    m_called.push_back(url);
    if (!m_callScript.empty()) {
        auto next = std::move(m_callScript.front());
        m_callScript.pop_front();
        return answered(std::move(next));
    }
    CallReport report;
    report.asked = times;
    return answered(Result<CallReport>(std::move(report)));
}

QFuture<Result<QByteArray>> FakeSidecarHost::admin(const ResourceKey &key, const QString &path,
                                                   AdminVerb verb)
{
    if (verb == AdminVerb::Post)
        m_posted << path;
    if (!m_adminScript.empty()) {
        auto next = std::move(m_adminScript.front());
        m_adminScript.pop_front();
        return answered(std::move(next));
    }
    for (const auto &[prefix, answer] : m_adminAnswers) {
        if (path.startsWith(prefix))
            return answered(Result<QByteArray>(answer));
    }
    return answered(Result<QByteArray>(fail(Error::Code::NotFound, "no such sidecar runs", key.name)));
}

QFuture<Result<DnsReport>> FakeSidecarHost::resolve(const ResourceKey &key, const QString &name,
                                                    const QString &)
{
    if (m_dnsAnswer)
        return answered(*m_dnsAnswer);
    return answered(Result<DnsReport>(fail(
        Error::Code::Unreachable, "the sidecar of " + key.name + " serves no names", name.toStdString())));
}

void FakeSidecarHost::set(const SidecarStatus &status)
{
    findOrAdd(status.key) = status;
    Q_EMIT sidecarChanged(status);
}

}  // namespace meshscope::testing
