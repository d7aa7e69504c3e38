// Envoy's log levels, raised for a while and then put back as they were, also when the window closes first.
// GUI thread.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QMap>
#include <QPointer>
#include <QTimer>

#include <map>

namespace meshscope {

// Of the answer to POST /logging: "  upstream: info" lines.
QMap<QString, QString> envoyLoggers(const QByteArray &answer);

class EnvoyLogging : public QObject
{
    Q_OBJECT

public:
    explicit EnvoyLogging(SidecarHost *host, QObject *parent = nullptr);
    ~EnvoyLogging() override;

    // An empty logger means all of them. Asked again while it is raised, the time begins anew and what is put
    // back stays what it was at first.
    void raise(const ResourceKey &key, const QString &logger, const QString &level, int milliseconds);
    void putBack(const ResourceKey &key);  // now
    bool isRaised(const ResourceKey &key) const { return m_raised.count(key) > 0; }
    int secondsLeft(const ResourceKey &key) const;  // 0 = not raised

Q_SIGNALS:
    void changed(const meshscope::ResourceKey &key);
    void failed(const meshscope::ResourceKey &key, const meshscope::Error &error);

private:
    struct Raised {
        QMap<QString, QString> before;
        QTimer *timer;  // a child of this; it may be in its own signal when it is given up
    };
    void set(const ResourceKey &key, const QString &logger, const QString &level);

    QPointer<SidecarHost> m_host;
    std::map<ResourceKey, Raised> m_raised;
};

}  // namespace meshscope
