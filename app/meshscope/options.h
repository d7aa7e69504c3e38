// The command line of meshscope.
#pragma once

#include <QString>
#include <QUrl>

#include <optional>
#include <string>

namespace meshscope {

struct Options {
    std::optional<QString>
        sample;                   // sample mesh the sandbox starts with, "empty" = none; nothing = no sandbox
    bool freePorts = false;       // sandbox and sample take any free ports instead of the usual ones
    std::optional<QUrl> connect;  // an existing control plane instead of the sandbox
    QUrl connectDp;               // its dp-server, for sidecars
    QString theme = QStringLiteral("system");  // light, dark, system
    bool startSidecars = false;                // launch the sidecar of every dataplane of the sample at once
    QString tour;                              // name of the tour to play; empty = none
    QString shots;                             // where its pictures go; empty = none
    bool quitAfterFirstPaint = false;          // for measuring the start
};

// Returns the options, or the exit code when the program should end now (help, version, wrong usage).
struct ParsedOptions {
    Options options;
    std::optional<int> exitCode;
};
ParsedOptions parseOptions(int argc, char **argv);

}  // namespace meshscope
