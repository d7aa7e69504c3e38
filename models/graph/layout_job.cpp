// One run is a chain of engines, each tried once: dot, sfdp, grid. A run starts where the graph's size says
// and moves on when an engine is missing, fails, or is not done by its deadline; the grid cannot fail. A
// child that is not wanted any more is killed and buried by a short-lived owner, so that nothing waits for
// it.
#include "models/graph/layout_job.h"

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QPointer>
#include <QProcess>
#include <QPromise>
#include <QStandardPaths>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::graph {

struct GraphLayout::Run {
    MeshGraph graph;
    std::vector<bool> linked;  // linkedNodes(graph)
    LastPositions last;
    LayoutOptions options;
    QPromise<Result<LayoutResult>> promise;
    QFutureWatcher<Result<LayoutResult>> watcher;  // tells of cancelling from outside
    std::unique_ptr<QProcess> process;
    QTimer deadline;
    QElapsedTimer clock;
    Engine engine = Engine::Grid;
    QString note;
};

namespace {

Rect boundsOf(const std::vector<Point> &centers)
{
    if (centers.empty())
        return {};
    Rect bounds = cardAround(centers.front());
    for (const Point center : centers)
        bounds = bounds.united(cardAround(center));
    return bounds;
}

// Moves all by one vector: known nodes stay where they were on average, unknown pictures begin at the origin.
void settle(std::vector<Point> &centers, const MeshGraph &graph, const LastPositions &last)
{
    double dx = 0, dy = 0;
    int known = 0;
    for (std::size_t i = 0; i < centers.size(); ++i) {
        const auto before = last.find(graph.nodes[i].key);
        if (before == last.end())
            continue;
        dx += before->second.x - centers[i].x;
        dy += before->second.y - centers[i].y;
        ++known;
    }
    if (known > 0) {
        dx /= known, dy /= known;
    } else {
        const Rect bounds = boundsOf(centers);
        dx = -bounds.left, dy = -bounds.top;
    }
    for (Point &center : centers)
        center = {center.x + dx, center.y + dy};
}

void bury(std::unique_ptr<QProcess> process)
{
    if (!process)
        return;
    process->disconnect();
    if (process->state() == QProcess::NotRunning)
        return process.release()->deleteLater();  // maybe in one of its own signals
    QProcess *dying = process.release();
    QObject::connect(dying, &QProcess::finished, dying, &QObject::deleteLater);
    QObject::connect(dying, &QProcess::errorOccurred, dying, &QObject::deleteLater);
    dying->kill();
}

}  // namespace

GraphLayout::GraphLayout(QObject *parent)
    : QObject(parent)
{}

GraphLayout::~GraphLayout()
{
    if (!m_run)
        return;
    if (m_run->process) {
        m_run->process->disconnect(this);
        m_run->process->kill();
        m_run->process->waitForFinished(2000);
    }
    m_run->promise.future().cancel();
    m_run->promise.finish();
}

QFuture<Result<LayoutResult>> GraphLayout::layout(const MeshGraph &graph, const LastPositions &last,
                                                  const LayoutOptions &options)
{
    cancel();
    m_run = std::make_unique<Run>();
    m_run->graph = graph;
    m_run->linked = linkedNodes(graph);
    m_run->last = last;
    m_run->options = options;
    m_run->deadline.setSingleShot(true);
    m_run->promise.start();
    m_run->clock.start();
    auto future = m_run->promise.future();
    connect(&m_run->deadline, &QTimer::timeout, this, [this] { engineEnded(tr("it took too long")); });
    connect(&m_run->watcher, &QFutureWatcherBase::canceled, this, &GraphLayout::cancel);
    m_run->watcher.setFuture(future);

    const auto nodes = static_cast<int>(std::count(m_run->linked.begin(), m_run->linked.end(), true));
    Q_EMIT runningChanged();
    if (nodes > options.sfdpNodes)
        startEngine(Engine::Grid, tr("Shown as a grid: %1 services are too many for a layout").arg(nodes));
    else if (nodes > options.dotNodes || static_cast<int>(graph.edges.size()) > options.dotEdges)
        startEngine(Engine::Sfdp, tr("Shown without layers: the graph is too large for them"));
    else
        startEngine(nodes == 0 ? Engine::Grid : Engine::Dot, {});
    return future;
}

void GraphLayout::cancel()
{
    if (!m_run)
        return;
    m_run->promise.future().cancel();
    m_run->promise.finish();
    dropRun();
}

void GraphLayout::startEngine(Engine engine, const QString &note)
{
    m_run->engine = engine;
    m_run->note = note;
    if (engine == Engine::Grid) {
        LayoutResult result;
        result.centers = gridCenters(m_run->graph.nodes.size());
        return finish(std::move(result));
    }
    const QString program = QStandardPaths::findExecutable(m_run->options.program);
    if (program.isEmpty())
        return startEngine(
            Engine::Grid,
            tr("Shown as a grid: Graphviz was not found (program “%1”); on Debian, apt install graphviz")
                .arg(m_run->options.program));
    m_run->process = std::make_unique<QProcess>();
    QProcess *process = m_run->process.get();
    process->setStandardErrorFile(QProcess::nullDevice());
    connect(process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            engineEnded(tr("it could not be started"));
    });
    connect(process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit)
            return engineEnded(tr("it was killed or crashed"));
        engineEnded(code == 0 ? QString() : tr("it ended with code %1").arg(code));
    });
    m_run->deadline.start(engine == Engine::Dot ? m_run->options.dotMilliseconds
                                                : m_run->options.sfdpMilliseconds);
    process->start(program, {engine == Engine::Dot ? u"-Kdot"_s : u"-Ksfdp"_s, u"-Tjson0"_s});
    if (!m_run || m_run->process.get() != process)
        return;  // it failed at once, and the next engine is under way or done
    process->write(dotText(m_run->graph, m_run->options, engine));
    process->closeWriteChannel();
}

void GraphLayout::engineEnded(const QString &failure)
{
    m_run->deadline.stop();
    std::unique_ptr<QProcess> process = std::move(m_run->process);
    QString reason = failure;
    if (failure.isEmpty()) {
        auto centers = centersFromJson(process->readAllStandardOutput(), m_run->linked);
        bury(std::move(process));
        if (centers) {
            LayoutResult result;
            result.centers = std::move(*centers);
            placeUnlinked(result.centers, m_run->linked);
            return finish(std::move(result));
        }
        reason = QString::fromStdString(centers.error().what);
    } else {
        bury(std::move(process));
    }
    if (m_run->engine == Engine::Dot)
        startEngine(Engine::Sfdp, tr("Shown without layers: Graphviz's dot gave no picture, %1").arg(reason));
    else
        startEngine(Engine::Grid, tr("Shown as a grid: Graphviz's sfdp gave no picture, %1").arg(reason));
}

void GraphLayout::finish(LayoutResult result)
{
    settle(result.centers, m_run->graph, m_run->last);
    result.bounds = boundsOf(result.centers);
    result.engine = m_run->engine;
    result.note = m_run->note;
    result.milliseconds = m_run->clock.elapsed();
    m_run->promise.addResult(Result<LayoutResult>(std::move(result)));
    m_run->promise.finish();
    dropRun();
}

void GraphLayout::dropRun()
{
    std::unique_ptr<Run> run = std::move(m_run);
    run->watcher.disconnect(this);
    run->deadline.disconnect(this);
    bury(std::move(run->process));
    // The call may come from the watcher's own signal.
    QTimer::singleShot(0, this, [run = std::shared_ptr<Run>(std::move(run))] {});
    Q_EMIT runningChanged();
}

}  // namespace meshscope::graph
