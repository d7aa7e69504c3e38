// A control plane with one mesh of as many dataplanes as wished, whose pages are ready; for measuring
// clients.
#pragma once

namespace meshscope::testing {

// Says its port on a line of standard output, and serves until standard input ends. GET /change gives one row
// of a thousand another address.
int serveMesh(int dataplanes);

}  // namespace meshscope::testing
