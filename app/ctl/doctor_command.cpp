// meshscopectl doctor: is everything here that Meshscope needs?
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/support/tools.h"
#include "backend/sidecar/envoy_tool.h"
#include "backend/sidecar/ports.h"

#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QProcess>
#include <QRegularExpression>
#include <QSslSocket>

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

using namespace Qt::StringLiterals;

struct Options {
    Format format = Format::Table;
};

// A problem stops something that Meshscope is for; a note does not.
struct Check {
    std::string name;
    enum class State { Ok, Note, Problem } state = State::Ok;
    std::string version;
    std::string path;
    std::string detail;
};

Check checkQt()
{
    Check check{"qt", Check::State::Ok, qVersion(), {}, {}};
    if (!QSslSocket::supportsSsl()) {
        check.state = Check::State::Problem;
        check.detail = "Qt finds no OpenSSL: https is impossible";
    }
    return check;
}

Check checkTool(ProgramTool &tool, const std::string &name, Check::State whenMissing)
{
    ToolStatus found;
    QEventLoop loop;
    tool.resolve(&loop, [&](const ToolStatus &status) {
        found = status;
        loop.quit();
    });
    loop.exec();
    Check check{name, Check::State::Ok, found.version.toStdString(), found.path.toStdString(), {}};
    if (!found.isFound()) {
        check.state = whenMissing;
        check.detail = QString(found.advice + u"; tried "_s + found.tried.join(u", "_s)).toStdString();
    }
    return check;
}

// A program that tells its version: what `pattern` captures in its output.
Check checkProgram(const std::string &name, const QStringList &arguments, const QString &pattern,
                   Check::State whenMissing, const std::string &advice)
{
    Check check{name, Check::State::Ok, {}, {}, {}};
    const auto folders = qEnvironmentVariable("PATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    const QString path = findProgram(QString::fromStdString(name), folders);
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    if (!path.isEmpty())
        process.start(path, arguments, QIODevice::ReadOnly);
    if (path.isEmpty() || !process.waitForFinished(5000)) {
        check.state = whenMissing;
        check.detail = (path.isEmpty() ? "not found; " : path.toStdString() + " does not run; ") + advice;
        return check;
    }
    check.path = path.toStdString();
    const auto output = QString::fromUtf8(process.readAllStandardOutput());
    check.version = QRegularExpression(pattern).match(output).captured(1).toStdString();
    return check;
}

Check checkDisplay()
{
    for (const char *variable : {"WAYLAND_DISPLAY", "DISPLAY"}) {
        if (!qEnvironmentVariableIsEmpty(variable))
            return {"display",
                    Check::State::Ok,
                    {},
                    {},
                    variable + ("=" + qEnvironmentVariable(variable).toStdString())};
    }
    return {"display",
            Check::State::Note,
            {},
            {},
            "none; the window can only be drawn offscreen (QT_QPA_PLATFORM=offscreen)"};
}

Check checkPort(quint16 port, const std::string &purpose)
{
    Check check{"port " + std::to_string(port), Check::State::Ok, {}, {}, "free, for " + purpose};
    if (!isTaken(QHostAddress(QHostAddress::LocalHost), port))
        return check;
    const QString holder = whoHoldsPort(u"127.0.0.1"_s, port);
    check.state = Check::State::Note;
    check.detail = "in use" + (holder.isEmpty() ? std::string() : " by " + holder.toStdString())
                   + "; the sandbox needs it for " + purpose + ", or another one";
    return check;
}

const char *textOf(Check::State state)
{
    switch (state) {
    case Check::State::Ok:
        return "ok";
    case Check::State::Note:
        return "note";
    case Check::State::Problem:
        return "problem";
    }
    return "";
}

int examine(const Options &options)
{
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    EnvoyTool envoy(envoySearch());
    CoreDnsTool coreDns(coreDnsSearch());
    Check names = checkTool(coreDns, "coredns", Check::State::Note);
    if (names.state == Check::State::Note)
        names.detail = "the embedded resolver serves names instead. " + names.detail;
    const std::vector<Check> checks{
        checkQt(),
        checkTool(envoy, "envoy", Check::State::Problem),
        checkProgram("dot", {u"-V"_s}, uR"(version (\S+))"_s, Check::State::Problem,
                     "install graphviz: the graph is laid out by it"),
        names,
        checkDisplay(),
        checkPort(5681, "the API"),
        checkPort(5678, "bootstrap"),
        checkPort(5679, "xDS"),
    };
    JsonValue rows = JsonValue::array();
    bool well = true;
    for (const auto &check : checks) {
        well = well && check.state != Check::State::Problem;
        rows.push_back({{"check", check.name},
                        {"state", textOf(check.state)},
                        {"version", check.version},
                        {"path", check.path},
                        {"detail", check.detail}});
    }
    std::cout << formatted({"check", "state", "version", "path", "detail"}, rows, options.format);
    return well ? kDone : kFindings;
}

}  // namespace

void addDoctor(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command = app.add_subcommand("doctor", "Check that this machine has what Meshscope needs");
    addFormat(*command, options->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->footer("Exits 1 when something is missing that Meshscope needs; notes alone are exit 0.");
    command->callback([options, &run] { run = [options] { return examine(*options); }; });
}

}  // namespace meshscope::ctl
