#include "tests/ui/fake_connection_doors.h"

#include "backend/support/when_done.h"

namespace meshscope::testing {

FakeMeshSource *FakeConnectionDoors::sourceOf(const QString &name) const
{
    const auto at = m_open.find(name);
    return at == m_open.end() ? nullptr : at->second.source.get();
}

FakeMeshEditor *FakeConnectionDoors::editorOf(const QString &name) const
{
    const auto at = m_open.find(name);
    return at == m_open.end() ? nullptr : at->second.editor.get();
}

ui::Connection FakeConnectionDoors::make(const QString &name)
{
    Plane plane{std::make_unique<FakeMeshSource>(), std::make_unique<FakeMeshEditor>()};
    plane.source->setDisplayName(name);
    if (m_snapshot)
        plane.source->setSnapshot(m_snapshot);
    ui::Connection connection;
    connection.source = plane.source.get();
    connection.editor = plane.editor.get();
    connection.name = name;
    connection.colour = QColor(0xffb45309);
    m_open[name] = std::move(plane);
    return connection;
}

QFuture<Result<QString>> FakeConnectionDoors::test(const ConnectionProfile &, const ProfileSecrets &)
{
    ++m_tests;
    return answered(m_error ? Result<QString>(meshscope::fail(*m_error))
                            : Result<QString>(QStringLiteral("Kuma 2.9.13")));
}

QFuture<Result<ui::Connection>> FakeConnectionDoors::open(const QString &profileId)
{
    if (m_error)
        return answered(Result<ui::Connection>(meshscope::fail(*m_error)));
    for (const ConnectionProfile &profile : m_store.profiles()) {
        if (profile.id != profileId)
            continue;
        ui::Connection connection = make(profile.name);
        connection.profileId = profile.id;
        connection.isProtected = profile.isProtected;
        connection.isReadOnly = profile.isReadOnly;
        return answered(Result<ui::Connection>(connection));
    }
    return answered(Result<ui::Connection>(meshscope::fail(Error::Code::NotFound, "not known")));
}

Result<ui::Connection> FakeConnectionDoors::startSandbox(const QString &, bool)
{
    if (m_error)
        return meshscope::fail(*m_error);
    return make(QStringLiteral("Sandbox"));
}

QFuture<Result<ui::Connection>> FakeConnectionDoors::openSnapshot(const QString &path)
{
    if (m_error)
        return answered(Result<ui::Connection>(meshscope::fail(*m_error)));
    return answered(Result<ui::Connection>(make(path)));
}

void FakeConnectionDoors::close(MeshSource *source)
{
    for (auto at = m_open.begin(); at != m_open.end(); ++at) {
        if (at->second.source.get() == source) {
            m_closed << at->first;
            m_open.erase(at);
            return;
        }
    }
}

}  // namespace meshscope::testing
