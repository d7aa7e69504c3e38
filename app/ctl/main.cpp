// meshscopectl: everything of Meshscope that is not pixels.
#include "app/ctl/command.h"

int main(int argc, char **argv)
{
    using namespace meshscope::ctl;
    CLI::App app("Meshscope without a window: a local Kuma control plane, sidecars, checks of Dataplanes.\n"
                 "Exit codes: 0 done, 1 findings or no match, 2 wrong usage, 3 could not reach or refused.");
    app.name("meshscopectl");
    app.set_version_flag("--version", std::string("meshscopectl " MESHSCOPE_VERSION));
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    Run run;
    addControlPlane(app, run);
    addSidecar(app, run);
    addTrace(app, run);
    addValidate(app, run);
    addQuery(app, run);
    addTagSets(app, run);
    addXds(app, run);
    addDoctor(app, run);
    addWorkload(app, run);
    addSnapshot(app, run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    }
    return run ? run() : kUsage;
}
