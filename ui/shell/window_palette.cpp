// What the palette finds and the commands do.
#include "ui/shell/main_window.h"

#include "models/focus.h"
#include "models/navigator_tree.h"
#include "models/object_choices.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/browse/dataplanes_page.h"
#include "ui/browse/navigator_view.h"
#include "ui/browse/overview_page.h"
#include "ui/browse/policies_page.h"
#include "ui/browse/problems_page.h"
#include "ui/browse/services_page.h"
#include "ui/browse/tag_sets_page.h"
#include "ui/browse/zones_page.h"
#include "ui/graph/graph_page.h"
#include "ui/shell/choices.h"
#include "ui/shell/connection_doors.h"
#include "ui/shell/dock.h"
#include "ui/shell/palette_box.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/theme.h"

#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

void MainWindow::buildPalette()
{
    buildCommands();
    m_palette = new PaletteBox(
        [this](PaletteBox::Mode mode) {
            PaletteBox::Filling filling;
            switch (mode) {
            case PaletteBox::Mode::Objects: {
                auto objects = std::make_unique<ObjectChoices>();
                // Those of the connection in front stand first among equal fits.
                const Connection &current = m_workspace.connections->current();
                std::vector<Connection> all = m_workspace.connections->all();
                std::stable_partition(all.begin(), all.end(), [&current](const Connection &one) {
                    return one.source == current.source;
                });
                for (const Connection &one : all)
                    objects->addConnection(one.source, one.name);
                for (const Connection &one : all)
                    objects->addDigest(one.source, one.name, m_navigator->tree()->digestOf(one.source));
                if (m_workspace.context.sidecars)
                    objects->addSidecars(m_workspace.context.sidecars->sidecars());
                filling.run = [this, choices = objects.get()](std::size_t number, const QString &) {
                    openTarget(choices->targetOf(number));
                };
                filling.source = std::move(objects);
                break;
            }
            case PaletteBox::Mode::Actions: {
                updateActions();
                auto actions = std::make_unique<ActionChoices>(m_workspace.actions.all());
                filling.run = [choices = actions.get()](std::size_t number, const QString &) {
                    if (QAction *action = choices->actionAt(number))
                        action->trigger();
                };
                filling.source = std::move(actions);
                break;
            }
            case PaletteBox::Mode::Commands:
                filling.source = std::make_unique<CommandChoices>(m_commands);
                filling.run = [this](std::size_t number, const QString &line) {
                    m_commands[number].run(line.section(u' ', 1).trimmed());
                };
                filling.runLine = [this](const QString &line) {
                    const CommandCall call = commandFor(m_commands, line);
                    if (!call.command)
                        return false;
                    // The box is still open and gives the focus back first.
                    QMetaObject::invokeMethod(
                        this, [run = call.command->run, argument = call.argument] { run(argument); },
                        Qt::QueuedConnection);
                    return true;
                };
                break;
            }
            return filling;
        },
        this);
}

void MainWindow::openTarget(const FocusTarget &target)
{
    m_workspace.focus->set(target);
    if (target.kind == FocusKind::Service) {
        // The row itself is wanted, not what it leads to.
        goTo(m_servicesPage);
        return;
    }
    openFocus();
    // Once everyone has followed: a table that takes the keyboard before would choose its own first row.
    QTimer::singleShot(1, this, [this] { currentPage()->takeFocus(); });
}

void MainWindow::buildCommands()
{
    const auto add = [this](const QStringList &names, const QString &argument, const QString &what,
                            std::function<void(const QString &)> run) {
        m_commands.push_back({names, argument, what, std::move(run)});
    };
    const auto page = [this](Page *shown) {
        return [this, shown](const QString &filter) {
            if (!filter.isEmpty())
                m_bar->query()->setQuery(filter);
            goTo(shown);
        };
    };
    const auto dock = [this](Dock::Tab tab) {
        return [this, tab](const QString &) {
            m_workspace.actions.showDock->setChecked(true);
            m_dock->setTab(tab);
        };
    };
    const auto action = [](QAction *deed) { return [deed](const QString &) { deed->trigger(); }; };
    const Actions &a = m_workspace.actions;
    add({u"dp"_s, u"dataplanes"_s}, tr("FILTER"), tr("the dataplanes"), page(m_dataplanesPage));
    add({u"svc"_s, u"services"_s}, tr("FILTER"), tr("the services"), page(m_servicesPage));
    add({u"graph"_s, u"g"_s}, tr("FILTER"), tr("the graph"), page(m_graphPage));
    add({u"sidecars"_s, u"sc"_s}, {}, tr("the sidecars of this machine"), page(m_sidecarsPage));
    add({u"tags"_s, u"tagsets"_s}, tr("FILTER"), tr("the tag sets"), page(m_tagSetsPage));
    add({u"overview"_s, u"ov"_s, u"pulse"_s}, {}, tr("the mesh in figures"), page(m_overviewPage));
    add({u"policies"_s, u"pol"_s}, tr("TYPE"), tr("the policies, of one type or all"),
        [this](const QString &type) {
            if (!m_policiesPage->setType(type))
                say(tr("This control plane has no policies of type %1").arg(type));
            goTo(m_policiesPage);
        });
    add({u"zones"_s, u"z"_s}, {}, tr("the zones, their ingresses and egresses"), page(m_zonesPage));
    add({u"problems"_s, u"pb"_s}, tr("FILTER"), tr("what is wrong"), page(m_problemsPage));
    add({u"changes"_s, u"ch"_s}, {}, tr("what became different"), dock(Dock::ChangesTab));
    add({u"requests"_s, u"req"_s}, {}, tr("what was asked of the control plane"), dock(Dock::RequestsTab));
    add({u"log"_s}, {}, tr("Meshscope's own log"), dock(Dock::LogTab));
    add({u"mesh"_s, u"ns"_s}, tr("NAME"), tr("one mesh, or all without a name"), [this](const QString &name) {
        if (!m_bar->setMesh(name))
            say(tr("There is no mesh %1 here").arg(name));
    });
    add({u"cp"_s, u"ctx"_s, u"connect"_s}, tr("NAME"), tr("a connection, or the page of all"),
        [this](const QString &name) {
            for (const Connection &one : m_workspace.connections->all()) {
                if (one.name.compare(name, Qt::CaseInsensitive) == 0)
                    return m_workspace.focus->set({FocusKind::ControlPlane, one.source, {}, -1});
            }
            if (!m_workspace.context.doors)
                return say(tr("There is no connection %1").arg(name));
            for (const ConnectionProfile &profile : m_workspace.context.doors->store()->profiles()) {
                if (!name.isEmpty() && profile.name.compare(name, Qt::CaseInsensitive) == 0)
                    return openProfile(profile.id);
            }
            showConnect();
        });
    add({u"start"_s, u"home"_s}, {}, tr("the start page"), [this](const QString &) { showStart(); });
    add({u"go"_s, u"open"_s}, tr("NAME"), tr("an object by name"),
        [this](const QString &name) { m_palette->open(PaletteBox::Mode::Objects, name); });
    add({u"edit"_s, u"e"_s}, tr("NAME"), tr("the dataplane in the editor"), [this](const QString &name) {
        ResourceKey key{m_bar->mesh().toStdString(), name.toStdString()};
        if (name.isEmpty()) {
            if (const DataplanePtr row = focusedDataplane())
                openEditor(row->key());
            return;
        }
        if (!m_workspace.context.editor || !m_workspace.context.source->snapshot()->find(key))
            return say(tr("The mesh %1 has no dataplane %2").arg(m_bar->mesh(), name));
        openEditor(key);
    });
    add({u"filter"_s, u"f"_s}, tr("FILTER"), tr("what the tables show"),
        [this](const QString &filter) { m_bar->query()->setQuery(filter); });
    add({u"refresh"_s, u"r"_s}, {}, tr("ask the control plane now"), action(a.refresh));
    add({u"pause"_s}, {}, tr("stop or go on with the live refresh"), action(a.pauseLive));
    add({u"export"_s}, tr("FILE"), tr("the table in front as CSV, JSON or YAML"),
        [this](const QString &path) {
            if (path.isEmpty())
                exportTable();
            else
                exportTableTo(path);
        });
    add({u"theme"_s}, tr("light, dark or system"), tr("how the window looks"),
        [this](const QString &name) { setTheme(themeFromName(name)); });
    add({u"keys"_s, u"help"_s, u"h"_s}, {}, tr("what the keys do"), action(a.showKeys));
    add({u"close"_s, u"x"_s}, {}, tr("close this editor"), action(a.closeTab));
    add({u"quit"_s, u"q"_s}, {}, tr("close the window"), action(a.quit));
}

}  // namespace meshscope::ui
