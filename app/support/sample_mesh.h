// The sample meshes that come with the program, ready to be put into a control plane, and the sidecars and
// applications that belong to them.
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/control/sandbox.h"
#include "backend/core/dataplane.h"
#include "backend/core/result.h"

#include <QString>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

namespace meshscope {

struct SampleMesh {
    std::vector<std::string> resources;     // JSON, in the order in which they are to be applied
    std::vector<Dataplane> dataplanes;      // those of them, in the same order
    std::map<quint16, quint16> movedPorts;  // wished → used, where it differs
};

enum class SamplePorts {
    AsWritten,  // but a loopback port that something listens on is replaced by a free one
    AnyFree,    // every loopback port is replaced: for tests, and for several at once
};

QStringList sampleNames();
// The YAML as it comes with the program. NotFound names the samples that there are.
Result<std::string> sampleText(const QString &name);
// A port is replaced everywhere in the sample at once: inbound, application, outbound and admin.
Result<SampleMesh> loadSample(const QString &name, SamplePorts ports = SamplePorts::AsWritten);

// The application of its first inbound: `meshscopectl workload`, answering with the Dataplane's name.
// NotFound when there is no meshscopectl; Invalid without an inbound.
Result<WorkloadSpec> workloadFor(const Dataplane &dataplane);

// A sidecar for a Dataplane that the sandbox holds already. Without a workload.
SidecarSpec specFor(const Dataplane &dataplane, const SandboxAddresses &addresses);

}  // namespace meshscope
