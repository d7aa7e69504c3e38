// What the commands of meshscopectl have in common.
#pragma once

#include "backend/core/result.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace meshscope::ctl {

// Exit codes, the same for all commands.
constexpr int kDone = 0;
constexpr int kFindings = 1;  // or no match, or something to repair
constexpr int kUsage = 2;     // wrong usage: arguments, files that cannot be read
constexpr int kRefused = 3;   // could not reach, or was refused

// A command adds itself to the parser; parsing chooses what is run then. Commands run after parsing, outside
// of CLI11, so that its exceptions never meet ours.
using Run = std::function<int()>;
void addControlPlane(CLI::App &app, Run &run);
void addSidecar(CLI::App &app, Run &run);
void addTrace(CLI::App &app, Run &run);  // trace and dns
void addValidate(CLI::App &app, Run &run);
void addQuery(CLI::App &app, Run &run);  // and services
void addTagSets(CLI::App &app, Run &run);
void addXds(CLI::App &app, Run &run);
void addDoctor(CLI::App &app, Run &run);
void addWorkload(CLI::App &app, Run &run);
void addSnapshot(CLI::App &app, Run &run);

// Says it on stderr, as "meshscopectl: what (where)", and returns the code.
int complain(int code, const std::string &what, const std::string &where = {});
int complain(int code, const Error &error);

// "127.0.0.1:5681", "[::1]:5681". Invalid when it has another form or no such port.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};
Result<HostPort> parseHostPort(const std::string &text);

}  // namespace meshscope::ctl
