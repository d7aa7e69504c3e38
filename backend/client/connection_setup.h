// From a profile to what a connection needs: reads its certificate files and puts its secrets in. GUI thread.
#pragma once

#include "backend/api/connection_store.h"
#include "backend/client/connection_options.h"
#include "backend/core/result.h"

namespace meshscope {

// Invalid when a file cannot be read, is no PEM, or the address cannot be one; `where` names the file.
Result<ConnectionOptions> connectionOptionsOf(const ConnectionProfile &profile,
                                              const ProfileSecrets &secrets);

}  // namespace meshscope
