// The control planes a person knows: profiles of their own, and the contexts of kumactl's configuration file.
#pragma once

#include "backend/api/connection_profile.h"
#include "backend/core/result.h"

#include <QFuture>
#include <QHash>
#include <QList>
#include <QObject>

#include <optional>
#include <string>

namespace meshscope {

// Something wrong with a file of connections.
struct ConnectionFinding {
    QString file;
    int line = 0;  // from 1; 0 = the file as a whole
    int column = 0;
    QString context;  // the entry it is about; empty = the file
    QString what;     // one sentence without period
    bool operator==(const ConnectionFinding &) const = default;
};

// The secrets of one profile, in memory while a connection is made. Never logged, never shown.
struct ProfileSecrets {
    std::string token;
    QHash<QByteArray, QString> headers;  // by header name in lower case
};

// Lives on the GUI thread.
class ConnectionStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // Own ones in the order they were made, then those of kumactl in the order of its file.
    virtual QList<ConnectionProfile> profiles() const = 0;
    virtual QList<ConnectionFinding> findings() const = 0;

    // Adds it, or replaces the one of that id; an empty id gets a new one, which is the answer. A secret that
    // is given is stored, one that is not (nullopt) is left as it is, an empty one is removed. A profile of
    // kumactl's keeps only what its file does not say: colour, protection, read-only, dp-server, interval.
    virtual QFuture<Result<QString>> save(const ConnectionProfile &profile,
                                          const std::optional<ProfileSecrets> &secrets = std::nullopt) = 0;
    // With its secrets. Conflict for one of kumactl's: its file is not ours to write.
    virtual QFuture<Result<void>> remove(const QString &id) = 0;
    // The secrets to connect with. Invalid when the file or the keychain does not give them.
    virtual QFuture<Result<ProfileSecrets>> secretsOf(const QString &id) = 0;

Q_SIGNALS:
    void profilesChanged();
    void findingsChanged();
};

}  // namespace meshscope
