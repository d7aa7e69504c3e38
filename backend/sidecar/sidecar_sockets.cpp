#include "backend/sidecar/sidecar_sockets.h"

#include <QFile>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

QString socketPath(const QString &folder, const std::string &name)
{
    constexpr qsizetype kLongest = 98;
    const QByteArray path = QFile::encodeName(folder + u'/') + QByteArray::fromStdString(name);
    return QFile::decodeName(path.left(kLongest)) + u".sock"_s;
}

}  // namespace

QString accessLogPipe(const QString &folder, const ResourceKey &key)
{
    return socketPath(folder, "kuma-al-" + key.name + "-" + key.mesh);
}

QString metricsSocket(const QString &folder, const ResourceKey &key)
{
    return socketPath(folder, "kuma-mh-" + key.name + "-" + key.mesh);
}

QString configurationSocket(const QString &folder) { return socketPath(folder, "kuma-mesh-metric-config"); }

}  // namespace meshscope
