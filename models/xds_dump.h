// What an Envoy has, as rows: read from its config dump (snake_case, through a control plane's /xds or its
// own admin port) or from a control plane's _config (camelCase, by type). Pure; any thread; a large dump
// takes a while.
#pragma once

#include "backend/core/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <array>
#include <memory>
#include <vector>

namespace meshscope {

enum class XdsKind { Listeners, Routes, Clusters, Endpoints, Secrets };
inline constexpr int kXdsKinds = 5;

struct XdsRow {
    QString name;
    QStringList cells;  // as xdsHeaders() names them, without the name
    QString trouble;    // why it is not in use: Envoy's error, "warming"; empty = it is
    bool isHealthy = true;
    QJsonObject raw;  // without private keys
    QString search;   // lower case: everything a search looks at
};

struct XdsDump {
    std::array<std::vector<XdsRow>, kXdsKinds> rows;  // by XdsKind, sorted by name
    const std::vector<XdsRow> &of(XdsKind kind) const { return rows[static_cast<std::size_t>(kind)]; }
    std::size_t total() const;
};
using XdsDumpPtr = std::shared_ptr<const XdsDump>;

// Invalid when it is neither of the two shapes.
Result<XdsDumpPtr> xdsDumpFrom(const std::string &json);
QStringList xdsHeaders(XdsKind kind);  // the first is the name

}  // namespace meshscope
