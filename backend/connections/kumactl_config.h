// kumactl's configuration file (kuma-api fact sheet §3) as profiles. It is only ever read: the file is
// kumactl's. Any thread.
#pragma once

#include "backend/api/connection_store.h"
#include "backend/core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace meshscope {

// $HOME/.kumactl/config
QString kumactlConfigPath();

struct KumactlConfig {
    QList<ConnectionProfile> profiles;  // one for each usable context, in the file's order
    QList<ConnectionFinding> findings;  // what cannot be used, with its line
};

// A text that is no YAML has no profiles and one finding. Keys unknown here are ignored, snake_case is
// accepted, as kumactl does. Paths in it that are not absolute are taken from the folder of `file`.
KumactlConfig kumactlConfigFrom(const QByteArray &text, const QString &file);

// Token and headers of one context, for connecting. NotFound when the context or its control plane is not
// there.
Result<ProfileSecrets> kumactlSecretsFrom(const QByteArray &text, const QString &file,
                                          const QString &context);

// The whole file, at most 4 MB; nothing and no error when there is none.
Result<std::optional<QByteArray>> readKumactlConfig(const QString &file);

}  // namespace meshscope
