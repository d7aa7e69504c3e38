// Names of the Unix sockets and pipes between Envoy and its launcher, as both sides of Kuma spell them (fact
// sheet §1.7). The whole path is cut to 98 bytes before ".sock": the limit of Unix sockets.
#pragma once

#include "backend/core/resource_key.h"

#include <QString>

namespace meshscope {

QString accessLogPipe(const QString &folder, const ResourceKey &key);  // kuma-al-web-1-default.sock
QString metricsSocket(const QString &folder, const ResourceKey &key);  // kuma-mh-web-1-default.sock
QString configurationSocket(const QString &folder);                    // kuma-mesh-metric-config.sock

}  // namespace meshscope
