#include "tests/support/fake_mesh_source.h"

#include "backend/support/when_done.h"

namespace meshscope::testing {

FakeMeshSource::FakeMeshSource(QObject *parent)
    : MeshSource(parent)
    , m_snapshot(std::make_shared<Snapshot>())
{}

void FakeMeshSource::setSnapshot(SnapshotPtr snapshot)
{
    m_snapshot = snapshot ? std::move(snapshot) : std::make_shared<Snapshot>();
    SourceState state;
    state.phase = SourceState::Phase::Live;
    state.lastSuccess = m_snapshot->fetchedAt;
    m_state = state;
    Q_EMIT snapshotChanged(m_snapshot);
    Q_EMIT stateChanged();
}

void FakeMeshSource::setState(SourceState state)
{
    m_state = std::move(state);
    Q_EMIT stateChanged();
}

void FakeMeshSource::fail(Error error)
{
    const bool hadAnswer =
        m_state.phase == SourceState::Phase::Live || m_state.phase == SourceState::Phase::Stale;
    m_state.phase = hadAnswer ? SourceState::Phase::Stale : SourceState::Phase::Failed;
    m_state.error = std::move(error);
    m_state.refreshing = false;
    Q_EMIT stateChanged();
}

void FakeMeshSource::record(const RequestRecord &record) { Q_EMIT requestFinished(record); }

void FakeMeshSource::setDisplayName(const QString &name) { m_displayName = name; }

void FakeMeshSource::setAddress(const QUrl &address) { m_address = address; }

QFuture<Result<std::string>> FakeMeshSource::fetch(const QString &path, const QUrlQuery &)
{
    m_fetched << path;
    const auto at = m_answers.find(path);
    return answered(at != m_answers.end() ? Result<std::string>(at->second)
                                          : Result<std::string>(meshscope::fail(
                                              Error::Code::NotFound, "not found", path.toStdString())));
}

void FakeMeshSource::refresh() { ++m_refreshes; }

}  // namespace meshscope::testing
