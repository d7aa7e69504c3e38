// The secrets that come with a Mesh: the key that signs dataplane tokens, and its own certificate authority
// (kuma-api fact sheet §4.3, facts on xDS §6).
#pragma once

#include "backend/control/clock.h"
#include "backend/pki/key_pool.h"
#include "backend/store/store.h"

#include <string>
#include <vector>

namespace meshscope::control {

inline constexpr char kTokenKeyPrefix[] = "dataplane-token-signing-key-";  // mesh, dash, serial number

// Those that `mesh` needs by its spec and the store does not have. Makes keys: some 100 ms each when the pool
// has none, so not under the writer's lock. Invalid when an authority as the spec wants it cannot be made.
Result<std::vector<StoreWrite>> missingSecrets(const std::string &mesh, const std::string &meshSpec,
                                               const StoreSnapshot &store, pki::KeyPool &keys, TimePoint now);

}  // namespace meshscope::control
