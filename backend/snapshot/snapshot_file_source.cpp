#include "backend/snapshot/snapshot_file_source.h"

#include "backend/codec/overview_writer.h"
#include "backend/support/when_done.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QTimer>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMostBytes = qint64(1) << 30;

// The Dataplane inside an overview, as GET of it would answer.
std::string dataplaneJson(const DataplaneOverview &overview)
{
    auto json = nlohmann::ordered_json::parse(overviewJson(overview), nullptr, false);
    const auto spec = json["dataplane"];
    json.erase("dataplane");
    json.erase("dataplaneInsight");
    json["type"] = "Dataplane";
    for (const auto &[name, member] : spec.items())
        json[name] = member;
    return json.dump();
}

Error writing(const ResourceKey &key)
{
    return {Error::Code::Refused, "a snapshot file cannot be changed", key.mesh + "/" + key.name};
}

}  // namespace

SnapshotFileSource::SnapshotFileSource(QString path, OpenedSnapshot opened, QObject *parent)
    : MeshSource(parent)
    , m_path(std::move(path))
    , m_opened(std::move(opened))
{}

Result<std::unique_ptr<SnapshotFileSource>> SnapshotFileSource::open(const QString &path, QObject *parent)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(file.exists() ? Error::Code::Refused : Error::Code::NotFound,
                    "the snapshot cannot be opened: " + file.errorString().toStdString(), path.toStdString());
    if (file.size() > kMostBytes)
        return fail(Error::Code::Invalid, "the file is larger than 1 GB; it is no snapshot",
                    path.toStdString());
    const QByteArray bytes = file.readAll();
    auto opened = snapshotFrom({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!opened) {
        Error error = opened.error();
        error.where = path.toStdString() + (error.where.empty() ? "" : ": " + error.where);
        return fail(std::move(error));
    }
    return std::unique_ptr<SnapshotFileSource>(new SnapshotFileSource(path, std::move(*opened), parent));
}

QString SnapshotFileSource::displayName() const
{
    const QString name =
        m_opened.name.empty() ? QFileInfo(m_path).completeBaseName() : QString::fromStdString(m_opened.name);
    if (m_opened.takenAt == TimePoint{})
        return name;
    const auto time = QDateTime::fromMSecsSinceEpoch(m_opened.takenAt.time_since_epoch().count());
    return tr("%1, %2").arg(name, QLocale::c().toString(time, u"yyyy-MM-dd HH:mm"_s));
}

SourceState SnapshotFileSource::state() const
{
    SourceState state;
    state.phase = SourceState::Phase::Live;
    state.lastSuccess = m_opened.snapshot->fetchedAt;
    return state;
}

void SnapshotFileSource::refresh()
{
    QTimer::singleShot(0, this, [this] { Q_EMIT stateChanged(); });
}

QFuture<Result<std::string>> SnapshotFileSource::fetch(const QString &path, const QUrlQuery &)
{
    const Snapshot &held = *m_opened.snapshot;
    const auto parts = path.split(u'/', Qt::SkipEmptyParts);
    const auto part = [&parts](int at) { return parts.value(at).toStdString(); };
    const auto missing = [&path] {
        return answered<std::string>(
            fail(Error::Code::NotFound, "the snapshot file does not hold this", path.toStdString()));
    };
    if (parts.size() == 2 && part(0) == "meshes") {
        for (const auto &mesh : held.meshes) {
            if (mesh.name == part(1) && !mesh.json.empty())
                return answered<std::string>(mesh.json);
        }
        return missing();
    }
    if (parts.size() < 4 || part(0) != "meshes")
        return missing();
    const ResourceKey key{part(1), part(3)};
    if (part(2) == "dataplanes") {
        const auto row = held.find(key);
        if (row && parts.size() == 4)
            return answered<std::string>(dataplaneJson(*row));
        if (row && parts.size() == 5 && part(4) == "_overview")
            return answered<std::string>(overviewJson(*row));
        return missing();
    }
    for (const auto &type : held.capabilities->types) {
        if (type.path != part(2) || parts.size() != 4)
            continue;
        if (const auto row = held.find(type.name, key))
            return answered<std::string>(row->json);
    }
    return missing();
}

SnapshotFileEditor::SnapshotFileEditor(SnapshotFileSource &source, QObject *parent)
    : MeshEditor(parent)
    , m_source(source)
{}

QString SnapshotFileEditor::readOnlyReason() const { return tr("This is a snapshot file."); }

QFuture<Result<ServerDocument>> SnapshotFileEditor::fetchDataplane(const ResourceKey &key)
{
    const auto row = m_source.snapshot()->find(key);
    if (!row)
        return answered<ServerDocument>(fail(Error::Code::NotFound, "the snapshot file has no such Dataplane",
                                             key.mesh + "/" + key.name));
    return answered<ServerDocument>(ServerDocument{dataplaneJson(*row)});
}

QFuture<Result<PushOutcome>> SnapshotFileEditor::putDataplane(const ResourceKey &key, const std::string &)
{
    return answered<PushOutcome>(fail(writing(key)));
}

QFuture<Result<void>> SnapshotFileEditor::deleteDataplane(const ResourceKey &key)
{
    return answered<void>(fail(writing(key)));
}

}  // namespace meshscope
