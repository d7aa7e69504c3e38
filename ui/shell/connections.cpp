#include "ui/shell/connections.h"

#include <algorithm>

namespace meshscope::ui {

namespace {

// What pages see while nothing is connected.
class NoSource : public MeshSource
{
public:
    QString displayName() const override { return {}; }
    QUrl address() const override { return {}; }
    SnapshotPtr snapshot() const override { return m_snapshot; }
    SourceState state() const override
    {
        SourceState state;
        state.phase = SourceState::Phase::Live;
        return state;
    }
    void refresh() override {}
    void setInterval(int) override {}

private:
    SnapshotPtr m_snapshot = std::make_shared<const Snapshot>();
};

}  // namespace

Connections::Connections(QObject *parent)
    : QObject(parent)
    , m_none(std::make_unique<NoSource>())
{
    m_noConnection.source = m_none.get();
}

Connections::~Connections() = default;

const Connection *Connections::find(const MeshSource *source) const
{
    const auto at = std::find_if(m_all.begin(), m_all.end(),
                                 [source](const Connection &one) { return one.source == source; });
    return at == m_all.end() ? nullptr : &*at;
}

const Connection &Connections::current() const { return m_all.empty() ? m_noConnection : m_all[m_current]; }

void Connections::add(Connection connection)
{
    MeshSource *source = connection.source;
    Q_ASSERT(source && !find(source));
    m_all.push_back(std::move(connection));
    connect(source, &MeshSource::snapshotChanged, this,
            [this, source](const std::shared_ptr<const Snapshot> &snapshot) {
                if (current().source == source)
                    Q_EMIT snapshotChanged(snapshot);
            });
    connect(source, &MeshSource::stateChanged, this, [this, source] {
        if (current().source == source)
            Q_EMIT stateChanged();
        Q_EMIT anyStateChanged();
    });
    connect(source, &MeshSource::requestFinished, this, &Connections::requestFinished);
    Q_EMIT added(source);
    if (m_all.size() == 1) {
        m_current = 0;
        announce();
    }
}

void Connections::remove(MeshSource *source)
{
    const Connection *found = find(source);
    if (!found)
        return;
    Q_EMIT aboutToRemove(source);
    source->disconnect(this);
    const auto at = static_cast<std::size_t>(found - m_all.data());
    const bool wasCurrent = at == m_current;
    m_all.erase(m_all.begin() + static_cast<std::ptrdiff_t>(at));
    if (m_current > at || (m_current == m_all.size() && m_current > 0))
        --m_current;
    if (wasCurrent)
        announce();
    Q_EMIT removed();
}

void Connections::setCurrent(MeshSource *source)
{
    const Connection *found = find(source);
    if (!found || found == &current())
        return;
    m_current = static_cast<std::size_t>(found - m_all.data());
    announce();
}

void Connections::announce()
{
    Q_EMIT currentChanged();
    Q_EMIT snapshotChanged(current().source->snapshot());
    Q_EMIT stateChanged();
}

}  // namespace meshscope::ui
