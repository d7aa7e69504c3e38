// A sidecar set: a YAML file that names several local proxies (product.md §7).
//
//   controlPlane: https://127.0.0.1:5678     # this and all below but `sidecars` may also stand in one
//   sidecar caFile: ca.pem                           # files are relative to this one skipVerify: false mesh:
//   default drainTime: 30s dns: auto                                # off, auto, coredns, embedded restart:
//   on-failure                      # never logLevel: info                           # of Envoy concurrency:
//   1 sidecars:
//   - name: web-1                            # a Dataplane that the control plane has
//     workload: [./web, --port, "8080"]
//   - dataplane: backend.yaml                # or one of our own, a mustache template
//     variables: {address: 127.0.0.1}
//     tokenFile: backend.token
//     readinessPort: 9902                    # otherwise any free one, like all ports here
//     dnsPort: 15053
#pragma once

#include "backend/api/sidecar_host.h"
#include "backend/core/result.h"

#include <QString>

#include <vector>

namespace meshscope {

// `path` is for messages, and what files in the text are relative to. Errors say file, line and what to
// write.
Result<std::vector<SidecarSpec>> sidecarSetFrom(const std::string &text, const QString &path);
Result<std::vector<SidecarSpec>> readSidecarSet(const QString &path);

}  // namespace meshscope
