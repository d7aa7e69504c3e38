// The sandbox's resources: one writer at a time, immutable snapshots for readers, a feed of what changed.
// Knows no resource type: a resource is metadata and JSON text. Any thread may call anything here.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/core/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct StoredResource {
    std::string type;  // "Dataplane"
    ResourceKey key;
    Tags labels;
    std::string spec = "{}";  // JSON object text; of flat types all members beside the metadata
    std::string status;       // JSON object text; empty = it has none
    TimePoint creationTime{};
    TimePoint modificationTime{};
    std::uint64_t version = 0;  // set by the store: grows with every write, never used twice

    bool operator==(const StoredResource &) const = default;
};

using StoredPtr = std::shared_ptr<const StoredResource>;

// All resources at one moment.
class StoreSnapshot
{
public:
    StoredPtr find(std::string_view type, const ResourceKey &key) const;  // nullptr = there is none
    // Sorted by key, that is by mesh and then by name. Valid while the snapshot lives.
    std::span<const StoredPtr> list(std::string_view type) const;
    std::span<const StoredPtr> list(std::string_view type, std::string_view mesh) const;
    std::vector<std::string> types() const;  // those that have a resource; sorted

private:
    friend class Store;
    using Rows = std::vector<StoredPtr>;
    std::map<std::string, std::shared_ptr<const Rows>, std::less<>> m_rows;
};

using StoreSnapshotPtr = std::shared_ptr<const StoreSnapshot>;

struct StoreWrite {
    std::string type;
    ResourceKey key;
    std::optional<StoredResource> resource;  // nullopt = delete

    static StoreWrite put(StoredResource resource);
    static StoreWrite erase(std::string type, ResourceKey key);
};

// One changed resource; one of the two may be null, not both.
struct StoreChange {
    StoredPtr before;
    StoredPtr after;
    const StoredResource &any() const { return after ? *after : *before; }
};
using StoreChanges = std::vector<StoreChange>;

// Where a store outlives its process. Called by the store only, one call at a time.
class StoreFile
{
public:
    virtual ~StoreFile() = default;
    virtual Result<std::vector<StoredResource>> load() = 0;
    // All or nothing.
    virtual Result<void> commit(const StoreChanges &changes) = 0;
};

class Store
{
public:
    Store() = default;  // in memory
    static Result<std::unique_ptr<Store>> open(std::unique_ptr<StoreFile> file);

    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    StoreSnapshotPtr snapshot() const;

    // Reads and writes without another writer in between: `plan` sees the present state and says what to
    // write, or why not. All writes happen or none; a file that cannot be written refuses them all.
    using Plan = std::function<Result<std::vector<StoreWrite>>(const StoreSnapshot &now)>;
    Result<void> edit(const Plan &plan);
    Result<void> write(std::vector<StoreWrite> writes);

    // Listeners are called by the writing thread, in the order of the writes, when the snapshot has them
    // already. They must not write, and not subscribe. No call begins once the returned handle is gone.
    using Listener = std::function<void(const StoreChanges &)>;
    [[nodiscard]] std::shared_ptr<void> subscribe(Listener listener);

private:
    StoreChanges changesOf(std::vector<StoreWrite> writes);

    mutable std::mutex m_snapshotMutex;  // guards only the pointer
    StoreSnapshotPtr m_snapshot = std::make_shared<StoreSnapshot>();

    struct Writer {
        std::mutex mutex;
        std::map<std::uint64_t, Listener> listeners;
        std::uint64_t nextListener = 0;
    };
    std::shared_ptr<Writer> m_writer = std::make_shared<Writer>();  // outlives us while a handle lives
    std::uint64_t m_version = 0;
    std::unique_ptr<StoreFile> m_file;
};

}  // namespace meshscope
