#include "app/meshscope/tour_first_light.h"

#include "backend/support/when_done.h"
#include "models/roles.h"
#include "ui/editors/yaml_view.h"
#include "ui/graph/graph_layer.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"

#include <QAbstractItemView>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTabWidget>

#include <algorithm>
#include <set>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

const ResourceKey kWeb{"default", "web-1"};
const ResourceKey kBackend2{"default", "backend-2"};

// What each part of the tour needs; all of it outlives the tour.
struct Stage {
    Tour &tour;
    QWidget &window;
    MeshSource &source;
    SidecarHost &sidecars;
};

// The processes whose parent is this one. Children of the loader or the shell that started us are not ours.
std::set<qint64> childProcesses()
{
    std::set<qint64> children;
    const auto entries = QDir(u"/proc"_s).entryList(QDir::Dirs);
    for (const auto &entry : entries) {
        QFile stat(u"/proc/"_s + entry + u"/stat"_s);
        if (!entry[0].isDigit() || !stat.open(QIODevice::ReadOnly))
            continue;
        const QByteArray line = stat.readAll();
        const auto fields =
            line.mid(line.lastIndexOf(')') + 2).split(' ');  // the name may hold blanks and brackets
        if (fields.size() > 1 && fields[1].toLongLong() == ::getpid())
            children.insert(entry.toLongLong());
    }
    return children;
}

bool isProgram(qint64 pid, const QString &name)
{
    return QFileInfo(u"/proc/%1/exe"_s.arg(pid)).symLinkTarget().section(u'/', -1) == name;
}

bool allIn(const SidecarHost &host, SidecarPhase phase, int count)
{
    const auto all = host.sidecars();
    return all.size() == count
           && std::all_of(all.begin(), all.end(), [phase](const auto &s) { return s.phase == phase; });
}

std::uint32_t outboundPort(const Stage &stage)
{
    const auto web = stage.source.snapshot()->find(kWeb);
    return web && !web->dataplane->outbounds.empty() ? web->dataplane->outbounds.front().port : 0;
}

// Asks web-1's outbound listener on loopback, as an application beside it would.
CallReport callBackend(Stage &stage, int times)
{
    CallReport report;
    bool answered = false;
    QObject receiver;
    const QUrl url(u"http://127.0.0.1:%1/"_s.arg(outboundPort(stage)));
    whenDone(stage.sidecars.call(url, times), &receiver, [&](const Result<CallReport> &result) {
        if (result)
            report = *result;
        answered = true;
    });
    QElapsedTimer limit;
    limit.start();
    while (!answered && !limit.hasExpired(20'000))
        stage.tour.pause(2);
    return report;
}

bool answeredBy(const CallReport &report, const std::set<QString> &names)
{
    std::set<QString> seen;
    for (const auto &answer : report.inOrder)
        seen.insert(answer.section(u' ', -1));
    return report.inOrder.size() == report.asked && report.asked > 0 && seen == names;
}

QString inWords(const CallReport &report)
{
    QStringList words;
    for (const auto &[answer, count] : report.answers)
        words << u"%1 × %2"_s.arg(QString::fromStdString(answer)).arg(count);
    return words.isEmpty() ? u"no answer"_s : words.join(u", "_s);
}

void showPage(Stage &stage, const QString &page)
{
    auto *tabs = stage.tour.find<QTabWidget>(u"tabs.pages"_s);
    auto *widget = stage.tour.find<QWidget>(page);
    if (tabs && widget)
        tabs->setCurrentWidget(widget);
}

QString portText(std::uint32_t port) { return u':' + QString::number(port); }

// The node at the end of a path of texts, opening nodes on the way as a person would; invalid when it does
// not exist.
QModelIndex follow(QAbstractItemModel &model, const QStringList &path)
{
    QModelIndex node;
    for (const auto &text : path) {
        if (model.canFetchMore(node))
            model.fetchMore(node);
        QModelIndex next;
        for (int row = 0; row < model.rowCount(node) && !next.isValid(); ++row) {
            const auto child = model.index(row, 0, node);
            if (child.data().toString().section(u' ', 0, 0) == text)
                next = child;
        }
        if (!next.isValid())
            return {};
        node = next;
    }
    return node;
}

void choose(Stage &stage, const QString &name)
{
    auto *table = stage.tour.find<QAbstractItemView>(u"table.dataplanes"_s);
    if (!table)
        return;
    const auto *model = table->model();
    const auto found = model->match(model->index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly);
    if (stage.tour.check(!found.isEmpty(), u"the table has a row "_s + name))
        table->setCurrentIndex(found.front());
}

void seeTheMesh(Stage &stage)
{
    Tour &tour = stage.tour;
    tour.step(u"1. The sandbox runs with the sample mesh hello; tree, table, inspector and graph show it"_s);
    tour.waitUntil([&] { return stage.source.snapshot()->dataplanes.size() == 3; },
                   u"three dataplanes arrived over HTTP"_s);
    auto *table = tour.find<QAbstractItemView>(u"table.dataplanes"_s);
    if (table)
        tour.waitUntil([&] { return table->model()->rowCount() == 3; }, u"the table shows three rows"_s);
    auto *tree = tour.find<QAbstractItemView>(u"tree.navigator"_s);
    const auto backend2 = stage.source.snapshot()->find(kBackend2);
    if (tree && backend2) {
        const QStringList path{u"Sandbox"_s,   u"default"_s,
                               u"Services"_s,  u"backend"_s,
                               u"backend-2"_s, portText(backend2->dataplane->inbounds.front().port)};
        const QModelIndex inbound = follow(*tree->model(), path);
        const auto tagSets = inbound.data(TagsRole).value<TagSets>();
        tour.check(!tagSets.empty() && tagSets.front().count("version") == 1
                       && tagSets.front().at("version") == "v2",
                   u"the navigator leads from the control plane to the inbound with version v2"_s);
    }
    choose(stage, u"web-1"_s);
    tour.pause(200);
    tour.shot(u"dataplanes"_s);
}

void seeTheGraph(Stage &stage)
{
    Tour &tour = stage.tour;
    showPage(stage, u"page.graph"_s);
    if (auto *page = tour.find<ui::GraphPage>(u"page.graph"_s)) {
        const auto &graph = page->view()->layer()->graph();
        tour.waitUntil([&] { return graph.nodes.size() == 2 && !page->isLayingOut(); },
                       u"the graph shows two services, laid out"_s);
        tour.check(graph.edges.size() == 1, u"and the declared call from web to backend"_s);
    }
}

bool launch(Stage &stage)
{
    Tour &tour = stage.tour;
    tour.step(
        u"2. Three sidecars are launched from the window: real Envoys, each with its bootstrap from the sandbox"_s);
    const auto envoy = stage.sidecars.envoy();
    if (!tour.check(envoy.isFound(), u"Envoy is on this machine "_s + envoy.version)) {
        tour.note(envoy.advice);
        return false;
    }
    showPage(stage, u"page.sidecars"_s);
    tour.trigger(u"action.startAllSidecars"_s);
    tour.waitUntil([&] { return allIn(stage.sidecars, SidecarPhase::Ready, 3); }, u"all three are ready"_s,
                   60'000);
    std::set<qint64> pids;
    const auto all = stage.sidecars.sidecars();
    for (const auto &status : all) {
        if (isProgram(status.envoyPid, u"envoy"_s))
            pids.insert(status.envoyPid);
        else if (status.failure)
            tour.note(QString::fromStdString(status.key.name + ": " + status.failure->what));
    }
    tour.check(pids.size() == 3, u"they are three processes of the program envoy"_s);
    tour.waitUntil(
        [&] {
            const auto rows = stage.source.snapshot()->dataplanes;
            return std::all_of(rows.begin(), rows.end(),
                               [](const auto &row) { return row->status.overall == Health::Online; });
        },
        u"the table shows all three online"_s);
    tour.check(!stage.sidecars.logLines(kWeb).isEmpty(), u"their logs are seen"_s);

    const CallReport report = callBackend(stage, 10);
    tour.check(answeredBy(report, {u"backend-1"_s, u"backend-2"_s}),
               u"ten calls to web-1's outbound on loopback: "_s + inWords(report));
    bool inTurn = report.inOrder.size() == 10;
    for (int i = 1; i < report.inOrder.size(); ++i)
        inTurn = inTurn && report.inOrder[i] != report.inOrder[i - 1];
    tour.check(inTurn, u"answered in turn"_s);
    tour.click(u"button.call"_s);
    if (auto *answers = tour.find<QAbstractItemView>(u"list.callResult"_s))
        tour.waitUntil([&] { return answers->model()->rowCount() > 0; },
                       u"the window's own calls show who answered"_s);
    tour.shot(u"sidecars"_s);
    return true;
}

ui::YamlView *openEditor(Stage &stage)
{
    choose(stage, u"backend-2"_s);
    stage.tour.pause(100);
    stage.tour.trigger(u"action.editDataplane"_s);
    auto *text = stage.tour.find<ui::YamlView>(u"editor.backend-2.text"_s);
    if (text)
        stage.tour.waitUntil([&] { return text->text().contains("backend-2"_L1); },
                             u"the editor shows what the server holds"_s);
    return text;
}

// Replaces the text and puts the caret where a person would have typed the change.
void type(ui::YamlView &view, const QString &text, const QString &changed)
{
    view.setText(text);
    const auto line = static_cast<int>(text.left(text.indexOf(changed)).count(u'\n'));
    view.setCursorPosition(line + 3, 0);  // some context below
    view.ensureCursorVisible();
    view.setCursorPosition(line, 0);
}

void refuseNonsense(Stage &stage, ui::YamlView &text, const QString &good)
{
    Tour &tour = stage.tour;
    auto *push = tour.find<QWidget>(u"button.push"_s);
    auto *findings = tour.find<QAbstractItemView>(u"table.findings"_s);
    if (!push || !findings)
        return;
    QString bad = good;
    bad.replace(u"kuma.io/service: backend"_s, u"kuma.io/service: \"back end\""_s);
    type(text, bad, u"back end"_s);
    tour.waitUntil([&] { return findings->model()->rowCount() > 0 && !push->isEnabled(); },
                   u"a service name with a blank cannot be pushed"_s);
    tour.check(push->toolTip().size() > 10, u"the button says why: "_s + push->toolTip());
    QStringList row;
    for (int column = 0; column < findings->model()->columnCount(); ++column)
        row << findings->model()->index(0, column).data().toString();
    tour.check(row.join(u' ').contains(u"networking.inbound[0].tags"_s),
               u"the finding says where: "_s + row.join(u" · "_s));
    tour.shot(u"finding"_s);

    text.setText(u"type: Dataplane\nname: [backend-2\n"_s);
    tour.waitUntil([&] { return findings->model()->rowCount() > 0 && !push->isEnabled(); },
                   u"malformed YAML cannot be pushed"_s);
    text.setText(good);
    tour.waitUntil([&] { return findings->model()->rowCount() == 0; },
                   u"the original text has no findings"_s);
}

void pushNotReady(Stage &stage)
{
    Tour &tour = stage.tour;
    tour.step(u"3. In the editor, backend-2's inbound becomes NotReady; the push changes a real Envoy"_s);
    ui::YamlView *text = openEditor(stage);
    if (!text)
        return;
    const QString good = text->text();
    refuseNonsense(stage, *text, good);

    QString changed = good;
    changed.replace(u"      tags:"_s, u"      state: NotReady\n      tags:"_s);
    tour.check(changed != good, u"the text has an inbound to change"_s);
    type(*text, changed, u"state: NotReady"_s);
    auto *push = tour.find<QWidget>(u"button.push"_s);
    if (!push)
        return;
    tour.waitUntil([&] { return push->isEnabled(); }, u"the changed text can be pushed"_s);
    tour.shot(u"editor"_s);
    const auto ackedBefore =
        stage.source.snapshot()->find(kWeb)->insight.subscriptions.back().total.acknowledged;

    QElapsedTimer clock;
    clock.start();
    tour.click(u"button.push"_s);
    CallReport report;
    tour.waitUntil([&] { return answeredBy(report = callBackend(stage, 2), {u"backend-1"_s}); },
                   u"within a moment, only backend-1 answers"_s);
    tour.note(u"%1 ms from the click"_s.arg(clock.elapsed()));
    report = callBackend(stage, 10);
    tour.check(answeredBy(report, {u"backend-1"_s}), u"ten more calls: "_s + inWords(report));
    tour.waitUntil(
        [&] {
            const auto web = stage.source.snapshot()->find(kWeb);
            return web && web->insight.subscriptions.back().total.acknowledged > ackedBefore
                   && web->insight.subscriptions.back().total.rejected == 0;
        },
        u"the table shows that web-1 accepted the new configuration (ACK)"_s);
    tour.waitUntil(
        [&] {
            const auto backend = stage.source.snapshot()->find(kBackend2);
            return backend && backend->status.overall == Health::Offline;
        },
        u"and that backend-2's inbound is not ready"_s);
    tour.pause(1200);
    tour.shot(u"pushed"_s);
}

void undo(Stage &stage)
{
    Tour &tour = stage.tour;
    tour.step(u"4. The push is taken back"_s);
    tour.click(u"button.undoPush"_s);
    CallReport report;
    tour.waitUntil(
        [&] {
            return answeredBy(report = callBackend(stage, 4), {u"backend-1"_s, u"backend-2"_s});
        },
        u"both backends answer again"_s);
    showPage(stage, u"page.dataplanes"_s);
    choose(stage, u"web-1"_s);
    tour.waitUntil([&] { return stage.source.snapshot()->find(kBackend2)->status.overall == Health::Online; },
                   u"the table shows backend-2 online"_s);
    tour.shot(u"restored"_s);
    showPage(stage, u"page.graph"_s);
    tour.shot(u"graph"_s);
}

void stop(Stage &stage)
{
    Tour &tour = stage.tour;
    tour.step(u"5. Stop: Envoys are drained and gone; closing the window leaves no process behind"_s);
    showPage(stage, u"page.sidecars"_s);
    std::set<qint64> pids;
    const auto all = stage.sidecars.sidecars();
    for (const auto &status : all)
        pids.insert(status.envoyPid);
    tour.trigger(u"action.stopAllSidecars"_s);
    tour.waitUntil([&] { return allIn(stage.sidecars, SidecarPhase::Stopped, 3); },
                   u"all three are drained and stopped"_s, 60'000);
    tour.check(std::none_of(pids.begin(), pids.end(), [](qint64 pid) { return isProgram(pid, u"envoy"_s); }),
               u"their processes are gone"_s);
    tour.shot(u"stopped"_s);
    stage.window.close();
    tour.waitUntil([&] { return !stage.window.isVisible(); }, u"the window closes"_s, 30'000);
    tour.waitUntil([] { return childProcesses().empty(); }, u"no child process is left"_s);
}

}  // namespace

void playFirstLight(Tour &tour, QWidget &window, MeshSource &source, SidecarHost &sidecars)
{
    Stage stage{tour, window, source, sidecars};
    seeTheMesh(stage);
    seeTheGraph(stage);
    if (launch(stage)) {
        pushNotReady(stage);
        undo(stage);
    }
    stop(stage);
}

}  // namespace meshscope
