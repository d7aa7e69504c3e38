#include "backend/store/sqlite_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

namespace meshscope {

namespace {

constexpr int kApplicationId = 0x4d534850;  // "MSHP": tells our files from any other SQLite file
constexpr int kSchemaVersion = 1;

constexpr char kSchema[] =
    "CREATE TABLE resource (type TEXT NOT NULL, mesh TEXT NOT NULL, name TEXT NOT NULL,"
    " labels TEXT NOT NULL, spec TEXT NOT NULL, status TEXT NOT NULL,"
    " created INTEGER NOT NULL, modified INTEGER NOT NULL, version INTEGER NOT NULL,"
    " PRIMARY KEY (type, mesh, name)) WITHOUT ROWID";

Error errorOf(const SQLite::Exception &e, const std::string &path)
{
    const std::string words = e.what();
    switch (e.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {Error::Code::Conflict, "the store file is in use by another process", path};
    case SQLITE_NOTADB:
        return {Error::Code::Invalid, "the file is no Meshscope store", path};
    case SQLITE_CORRUPT:
        return {Error::Code::Invalid, "the store file is damaged (" + words + ")", path};
    case SQLITE_FULL:
        return {Error::Code::Refused, "there is no space left for the store file", path};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return {Error::Code::Refused, "the store file cannot be opened for writing (" + words + ")", path};
    default:
        return {Error::Code::Refused, "the store file cannot be used (" + words + ")", path};
    }
}

std::int64_t toNumber(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint toTime(std::int64_t number) { return TimePoint(std::chrono::milliseconds(number)); }

// It will hold keys and tokens: a new file is its owner's alone before the first byte is in it, and SQLite
// gives the same rights to the log beside it. What goes wrong here goes wrong again when SQLite opens it, and
// is said.
const std::string &madeForOwner(const std::string &path)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        std::ofstream(path, std::ios::app).close();
        std::filesystem::permissions(
            path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    }
    return path;
}

class SqliteFile final : public StoreFile
{
public:
    explicit SqliteFile(const std::string &path)
        : m_path(path)
        , m_db(madeForOwner(path), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
    {}

    Result<void> prepare();
    Result<std::vector<StoredResource>> load() override;
    Result<void> commit(const StoreChanges &changes) override;

private:
    std::string m_path;
    SQLite::Database m_db;
};

Result<void> SqliteFile::prepare()
{
    // One process only; a write-ahead log makes a commit one append instead of two synchronised writes.
    m_db.exec("PRAGMA locking_mode = EXCLUSIVE");
    m_db.exec("PRAGMA journal_mode = WAL");
    m_db.exec("PRAGMA synchronous = NORMAL");
    SQLite::Transaction transaction(m_db, SQLite::TransactionBehavior::EXCLUSIVE);
    const int id = m_db.execAndGet("PRAGMA application_id").getInt();
    const int tables = m_db.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
    if (id == 0 && tables == 0) {
        m_db.exec(kSchema);
        m_db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
        m_db.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
    } else if (id != kApplicationId) {
        return fail(Error::Code::Invalid, "the file is another program's database", m_path);
    } else if (const int version = m_db.execAndGet("PRAGMA user_version").getInt();
               version != kSchemaVersion) {
        return fail(Error::Code::Invalid,
                    "the store file has format " + std::to_string(version) + ", this program knows "
                        + std::to_string(kSchemaVersion),
                    m_path);
    }
    transaction.commit();
    return {};
}

Result<std::vector<StoredResource>> SqliteFile::load()
{
    try {
        std::vector<StoredResource> result;
        SQLite::Statement query(m_db,
                                "SELECT type, mesh, name, labels, spec, status, created, modified, version"
                                " FROM resource");
        while (query.executeStep()) {
            StoredResource resource;
            resource.type = query.getColumn(0).getString();
            resource.key = {query.getColumn(1).getString(), query.getColumn(2).getString()};
            resource.labels = nlohmann::json::parse(query.getColumn(3).getString()).get<Tags>();
            resource.spec = query.getColumn(4).getString();
            resource.status = query.getColumn(5).getString();
            resource.creationTime = toTime(query.getColumn(6).getInt64());
            resource.modificationTime = toTime(query.getColumn(7).getInt64());
            resource.version = static_cast<std::uint64_t>(query.getColumn(8).getInt64());
            if (!nlohmann::json::accept(resource.spec))
                return fail(Error::Code::Invalid,
                            "the store file is damaged: " + resource.type + " " + resource.key.name
                                + " is not JSON",
                            m_path);
            result.push_back(std::move(resource));
        }
        return result;
    } catch (const SQLite::Exception &e) {
        return fail(errorOf(e, m_path));
    } catch (const nlohmann::json::exception &) {
        return fail(Error::Code::Invalid, "the store file is damaged: labels are not JSON", m_path);
    }
}

Result<void> SqliteFile::commit(const StoreChanges &changes)
{
    try {
        SQLite::Transaction transaction(m_db);
        SQLite::Statement put(m_db, "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        SQLite::Statement erase(m_db, "DELETE FROM resource WHERE type = ? AND mesh = ? AND name = ?");
        for (const auto &change : changes) {
            auto &statement = change.after ? put : erase;
            const auto &resource = change.any();
            statement.bind(1, resource.type);
            statement.bind(2, resource.key.mesh);
            statement.bind(3, resource.key.name);
            if (change.after) {
                statement.bind(4, nlohmann::json(resource.labels).dump());
                statement.bind(5, resource.spec);
                statement.bind(6, resource.status);
                statement.bind(7, toNumber(resource.creationTime));
                statement.bind(8, toNumber(resource.modificationTime));
                statement.bind(9, static_cast<std::int64_t>(resource.version));
            }
            statement.exec();
            statement.reset();
        }
        transaction.commit();
        return {};
    } catch (const SQLite::Exception &e) {
        return fail(errorOf(e, m_path));
    } catch (const nlohmann::json::exception &) {
        return fail(Error::Code::Invalid, "a label is not UTF-8 text", m_path);
    }
}

}  // namespace

Result<std::unique_ptr<StoreFile>> openSqliteFile(const std::string &path)
{
    try {
        auto file = std::make_unique<SqliteFile>(path);
        if (auto ready = file->prepare(); !ready)
            return fail(ready.error());
        return file;
    } catch (const SQLite::Exception &e) {
        return fail(errorOf(e, path));
    }
}

}  // namespace meshscope
