// The write path to a control plane. Nothing else in the program writes to one.
#pragma once

#include "backend/core/resource_key.h"
#include "backend/core/result.h"

#include <QFuture>
#include <QObject>

#include <string>
#include <vector>

namespace meshscope {

// A Dataplane as the control plane holds it now: its JSON text, unchanged.
struct ServerDocument {
    std::string json;
    bool operator==(const ServerDocument &) const = default;
};

struct InvalidParameter {
    std::string field;  // "networking.inbound[0].port", in the control plane's own spelling
    std::string reason;
    bool operator==(const InvalidParameter &) const = default;
};

struct PushOutcome {
    enum class Kind { Created, Replaced, Rejected };
    Kind kind = Kind::Replaced;
    std::vector<InvalidParameter> invalid;  // Rejected: what the control plane found
    std::string message;                    // Rejected: its title and detail
    std::vector<std::string> warnings;      // deprecation notices, 2.10 and newer
    std::string readBackJson;               // Created, Replaced: what it holds now
};

// Lives on the GUI thread; futures finish there. Cancelling a future aborts its request where it has not been
// sent.
class MeshEditor : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // Why writing is impossible here (read-only, Kubernetes, …); empty = it is possible.
    virtual QString readOnlyReason() const = 0;
    // NotFound when the control plane has no such Dataplane.
    virtual QFuture<Result<ServerDocument>> fetchDataplane(const ResourceKey &key) = 0;
    // PUT, then read back. A refusal by validation (400) is an outcome, everything else that fails is an
    // error.
    virtual QFuture<Result<PushOutcome>> putDataplane(const ResourceKey &key, const std::string &json) = 0;
    virtual QFuture<Result<void>> deleteDataplane(const ResourceKey &key) = 0;
};

}  // namespace meshscope
