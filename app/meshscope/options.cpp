#include "app/meshscope/options.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace meshscope {

ParsedOptions parseOptions(int argc, char **argv)
{
    CLI::App app("Meshscope: inspector and workbench for Kuma service meshes.\n"
                 "Without options it opens on its start page.");
    app.set_version_flag("--version", "meshscope " MESHSCOPE_VERSION);
    std::string sample, connect, connectDp, theme = "system", tour, shots;
    ParsedOptions result;

    auto *sampleOption = app.add_option("--sandbox", sample, "Start the sandbox with this sample mesh")
                             ->check(CLI::IsMember({"hello", "empty"}))
                             ->type_name("hello|empty");
    app.add_flag("--free-ports", result.options.freePorts,
                 "Use any free ports for the sandbox and the sample");
    auto *connectOption =
        app.add_option("--connect", connect, "Connect to this control plane instead of the sandbox")
            ->type_name("URL")
            ->excludes(sampleOption);
    app.add_option("--dp-server", connectDp, "Its dp-server, where sidecars fetch their bootstrap")
        ->type_name("URL")
        ->needs(connectOption);
    app.add_option("--theme", theme, "Colours")
        ->check(CLI::IsMember({"light", "dark", "system"}))
        ->type_name("light|dark|system");
    app.add_flag("--start-sidecars", result.options.startSidecars,
                 "Launch the sidecars of the sample mesh at once");
    auto *tourOption = app.add_option("--tour", tour, "Play a scripted tour, print what it checked, and end")
                           ->check(CLI::IsMember({"first-light"}))
                           ->type_name("first-light");
    app.add_option("--shots", shots, "Where the tour leaves its pictures")
        ->type_name("DIR")
        ->needs(tourOption);
    app.add_flag("--quit-after-first-paint", result.options.quitAfterFirstPaint,
                 "End when the window was painted")
        ->group("");  // for the benchmark of the start

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        const int code = app.exit(error);
        result.exitCode = code == 0 ? 0 : 2;
        return result;
    }
    Options &options = result.options;
    // What needs a mesh of its own brings one along.
    if (sample.empty() && connect.empty() && (!tour.empty() || options.startSidecars))
        sample = "hello";
    if (!sample.empty())
        options.sample = QString::fromStdString(sample);
    options.theme = QString::fromStdString(theme);
    options.tour = QString::fromStdString(tour);
    options.shots = QString::fromStdString(shots);
    const auto readUrl = [&result](const std::string &text, const char *what) {
        const QUrl url(QString::fromStdString(text), QUrl::StrictMode);
        if (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))) {
            std::cerr << what << " must be an http or https URL, not \"" << text << "\"\n";
            result.exitCode = 2;
        }
        return url;
    };
    if (!connect.empty())
        options.connect = readUrl(connect, "--connect");
    if (!connectDp.empty())
        options.connectDp = readUrl(connectDp, "--dp-server");
    if (!options.tour.isEmpty())
        options.freePorts =
            true;  // a tour never disturbs, and is never disturbed by, what runs on this machine
    return result;
}

}  // namespace meshscope
