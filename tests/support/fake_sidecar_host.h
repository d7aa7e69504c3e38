// A SidecarHost without processes: the test drives the phases. GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QHash>

#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace meshscope::testing {

class FakeSidecarHost : public SidecarHost
{
    Q_OBJECT

public:
    explicit FakeSidecarHost(QObject *parent = nullptr);
    ~FakeSidecarHost() override;

    // What the test does to it. A sidecar that was not started is made on the way.
    void enter(const ResourceKey &key, SidecarPhase phase, const QString &detail = {});
    void failWith(const ResourceKey &key, Error error, const QString &advice = {});
    void log(const ResourceKey &key, const QString &text,
             SidecarLogLine::Level level = SidecarLogLine::Level::Info,
             SidecarLogLine::Origin origin = SidecarLogLine::Origin::Envoy);
    void setEnvoy(const ToolStatus &envoy) { m_envoy = envoy; }
    void refuseStarts(std::optional<Error> error) { m_refusal = std::move(error); }
    void scriptCall(Result<CallReport> answer) { m_callScript.push_back(std::move(answer)); }
    void scriptAdmin(Result<QByteArray> answer) { m_adminScript.push_back(std::move(answer)); }
    // Answers every GET or POST of a path that begins like this, when no script is left.
    void setAdminAnswer(const QString &path, const QByteArray &answer) { m_adminAnswers[path] = answer; }
    void setDnsAnswer(Result<DnsReport> answer) { m_dnsAnswer = std::move(answer); }
    void setLeftovers(const QList<SidecarLeftover> &leftovers) { m_leftovers = leftovers; }
    // What sidecarChanged() carries, as the test wants it.
    void set(const SidecarStatus &status);
    // From now on started ones go to Ready and stopped ones to Stopped by themselves, at once.
    void setAutomatic(bool on) { m_isAutomatic = on; }

    // What was asked of it.
    const std::vector<SidecarSpec> &started() const { return m_started; }
    const std::vector<ResourceKey> &stopped() const { return m_stopped; }
    const std::vector<QUrl> &called() const { return m_called; }
    const QStringList &posted() const { return m_posted; }  // paths of Envoy's admin interface
    const std::vector<ResourceKey> &drained() const { return m_drained; }

    QList<SidecarStatus> sidecars() const override;
    QList<SidecarLogLine> logLines(const ResourceKey &key) const override;
    ToolStatus envoy() const override { return m_envoy; }
    Result<void> start(const SidecarSpec &spec) override;
    void stop(const ResourceKey &key) override;
    void stopAll() override;
    bool isBusy() const override;
    QFuture<Result<CallReport>> call(const QUrl &url, int times) override;
    QFuture<Result<QByteArray>> admin(const ResourceKey &key, const QString &path,
                                      AdminVerb verb = AdminVerb::Get) override;
    QFuture<Result<DnsReport>> resolve(const ResourceKey &key, const QString &name,
                                       const QString &type) override;
    void drainInbounds(const ResourceKey &key) override { m_drained.push_back(key); }
    QList<SidecarLeftover> leftovers() const override { return m_leftovers; }
    void removeLeftovers() override { m_leftovers.clear(); }

private:
    SidecarStatus *find(const ResourceKey &key);
    SidecarStatus &findOrAdd(const ResourceKey &key);

    QList<SidecarStatus> m_sidecars;
    std::map<ResourceKey, QList<SidecarLogLine>> m_logs;
    ToolStatus m_envoy;
    std::optional<Error> m_refusal;
    std::deque<Result<CallReport>> m_callScript;
    std::deque<Result<QByteArray>> m_adminScript;
    std::map<QString, QByteArray> m_adminAnswers;
    std::optional<Result<DnsReport>> m_dnsAnswer;
    QList<SidecarLeftover> m_leftovers;
    QStringList m_posted;
    std::vector<ResourceKey> m_drained;
    std::vector<SidecarSpec> m_started;
    std::vector<ResourceKey> m_stopped;
    std::vector<QUrl> m_called;
    bool m_isAutomatic = false;
};

}  // namespace meshscope::testing
