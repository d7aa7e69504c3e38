#include "models/envoy_logging.h"

#include "backend/support/when_done.h"

#include <QUrl>

namespace meshscope {

using namespace Qt::StringLiterals;

QMap<QString, QString> envoyLoggers(const QByteArray &answer)
{
    QMap<QString, QString> result;
    const auto lines = answer.split('\n');
    for (const auto &line : lines) {
        const auto colon = line.indexOf(": ");
        if (colon > 0 && line.startsWith(' '))
            result.insert(QString::fromUtf8(line.left(colon)).trimmed(),
                          QString::fromUtf8(line.mid(colon + 2)).trimmed());
    }
    return result;
}

EnvoyLogging::EnvoyLogging(SidecarHost *host, QObject *parent)
    : QObject(parent)
    , m_host(host)
{}

EnvoyLogging::~EnvoyLogging()
{
    while (!m_raised.empty())
        putBack(m_raised.begin()->first);
}

void EnvoyLogging::raise(const ResourceKey &key, const QString &logger, const QString &level,
                         int milliseconds)
{
    if (!m_host)
        return;
    if (const auto known = m_raised.find(key); known != m_raised.end()) {
        set(key, logger, level);
        known->second.timer->start(milliseconds);
        Q_EMIT changed(key);
        return;
    }
    // First what they are, so that they can be put back.
    whenDone(m_host->admin(key, u"logging"_s, SidecarHost::AdminVerb::Post), this,
             [this, key, logger, level, milliseconds](const Result<QByteArray> &answer) {
                 if (!answer) {
                     Q_EMIT failed(key, answer.error());
                     return;
                 }
                 auto [slot, isNew] = m_raised.try_emplace(key, Raised{envoyLoggers(*answer), nullptr});
                 if (isNew) {
                     slot->second.timer = new QTimer(this);
                     slot->second.timer->setSingleShot(true);
                     connect(slot->second.timer, &QTimer::timeout, this, [this, key] { putBack(key); });
                 }
                 slot->second.timer->start(milliseconds);
                 set(key, logger, level);
                 Q_EMIT changed(key);
             });
}

void EnvoyLogging::putBack(const ResourceKey &key)
{
    const auto found = m_raised.find(key);
    if (found == m_raised.end())
        return;
    // Most share one level: that for all first, then those that differ.
    const auto before = found->second.before;
    found->second.timer->stop();
    found->second.timer->deleteLater();
    m_raised.erase(found);
    QMap<QString, int> counts;
    for (const auto &level : before)
        ++counts[level];
    QString usual = u"info"_s;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        usual = it.value() > counts.value(usual) ? it.key() : usual;
    set(key, {}, usual);
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (it.value() != usual)
            set(key, it.key(), it.value());
    }
    Q_EMIT changed(key);
}

int EnvoyLogging::secondsLeft(const ResourceKey &key) const
{
    const auto found = m_raised.find(key);
    return found == m_raised.end() ? 0 : (found->second.timer->remainingTime() + 999) / 1000;
}

void EnvoyLogging::set(const ResourceKey &key, const QString &logger, const QString &level)
{
    if (!m_host)
        return;
    const QString path = u"logging?"_s + (logger.isEmpty() ? u"level"_s : logger) + u'=' + level;
    (void)m_host->admin(key, path, SidecarHost::AdminVerb::Post);
}

}  // namespace meshscope
