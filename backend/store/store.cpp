#include "backend/store/store.h"

#include <algorithm>
#include <utility>

namespace meshscope {

namespace {

constexpr auto kByKey = [](const StoredPtr &row, const ResourceKey &key) { return row->key < key; };

template <class Rows>
auto lowerBound(Rows &rows, const ResourceKey &key)
{
    return std::lower_bound(rows.begin(), rows.end(), key, kByKey);
}

}  // namespace

StoredPtr StoreSnapshot::find(std::string_view type, const ResourceKey &key) const
{
    const auto rows = list(type);
    const auto found = lowerBound(rows, key);
    return found != rows.end() && (*found)->key == key ? *found : nullptr;
}

std::span<const StoredPtr> StoreSnapshot::list(std::string_view type) const
{
    const auto found = m_rows.find(type);
    return found == m_rows.end() ? std::span<const StoredPtr>() : std::span<const StoredPtr>(*found->second);
}

std::span<const StoredPtr> StoreSnapshot::list(std::string_view type, std::string_view mesh) const
{
    const auto rows = list(type);
    const auto begin = lowerBound(rows, ResourceKey{std::string(mesh), {}});
    const auto end =
        std::find_if(begin, rows.end(), [mesh](const auto &row) { return row->key.mesh != mesh; });
    return {begin, end};
}

std::vector<std::string> StoreSnapshot::types() const
{
    std::vector<std::string> result;
    for (const auto &[type, rows] : m_rows)
        if (!rows->empty())
            result.push_back(type);
    return result;
}

StoreWrite StoreWrite::put(StoredResource resource)
{
    StoreWrite write{resource.type, resource.key, std::nullopt};
    write.resource = std::move(resource);
    return write;
}

StoreWrite StoreWrite::erase(std::string type, ResourceKey key)
{
    return {std::move(type), std::move(key), std::nullopt};
}

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<StoreFile> file)
{
    auto loaded = file->load();
    if (!loaded)
        return fail(loaded.error());
    auto store = std::make_unique<Store>();
    std::map<std::string, StoreSnapshot::Rows> rows;
    for (auto &resource : *loaded) {
        store->m_version = std::max(store->m_version, resource.version);
        auto &list = rows[resource.type];
        list.push_back(std::make_shared<const StoredResource>(std::move(resource)));
    }
    auto snapshot = std::make_shared<StoreSnapshot>();
    for (auto &[type, list] : rows) {
        std::sort(list.begin(), list.end(), [](const auto &a, const auto &b) { return a->key < b->key; });
        snapshot->m_rows[type] = std::make_shared<const StoreSnapshot::Rows>(std::move(list));
    }
    store->m_snapshot = std::move(snapshot);
    store->m_file = std::move(file);
    return store;
}

StoreSnapshotPtr Store::snapshot() const
{
    const std::lock_guard lock(m_snapshotMutex);
    return m_snapshot;
}

StoreChanges Store::changesOf(std::vector<StoreWrite> writes)
{
    const auto now = snapshot();
    StoreChanges changes;
    for (auto &write : writes) {
        // The last of several writes to one key counts, as if they had come one by one.
        const auto same = [&write](const StoreChange &c) {
            return c.any().type == write.type && c.any().key == write.key;
        };
        const auto earlier = std::find_if(changes.begin(), changes.end(), same);
        auto before = earlier == changes.end() ? now->find(write.type, write.key) : earlier->before;
        if (earlier != changes.end())
            changes.erase(earlier);
        StoredPtr after;
        if (write.resource) {
            write.resource->version = ++m_version;
            after = std::make_shared<const StoredResource>(std::move(*write.resource));
        }
        if (before || after)
            changes.push_back({std::move(before), std::move(after)});
    }
    return changes;
}

Result<void> Store::edit(const Plan &plan)
{
    const std::lock_guard writer(m_writer->mutex);
    const auto now = snapshot();
    auto writes = plan(*now);
    if (!writes)
        return fail(writes.error());
    const auto changes = changesOf(std::move(*writes));
    if (changes.empty())
        return {};
    if (m_file) {
        if (auto saved = m_file->commit(changes); !saved)
            return saved;
    }
    auto next = std::make_shared<StoreSnapshot>(*now);
    std::map<std::string, StoreSnapshot::Rows> touched;
    for (const auto &change : changes) {
        const auto &type = change.any().type;
        const auto old = now->list(type);
        auto &rows = touched.try_emplace(type, old.begin(), old.end()).first->second;
        const auto at = lowerBound(rows, change.any().key);
        if (!change.after)
            rows.erase(at);
        else if (change.before)
            *at = change.after;
        else
            rows.insert(at, change.after);
    }
    for (auto &[type, rows] : touched)
        next->m_rows[type] = std::make_shared<const StoreSnapshot::Rows>(std::move(rows));
    {
        const std::lock_guard lock(m_snapshotMutex);
        m_snapshot = std::move(next);
    }
    for (const auto &[id, listener] : m_writer->listeners)
        listener(changes);
    return {};
}

Result<void> Store::write(std::vector<StoreWrite> writes)
{
    return edit([&writes](const StoreSnapshot &) { return std::move(writes); });
}

std::shared_ptr<void> Store::subscribe(Listener listener)
{
    const std::lock_guard lock(m_writer->mutex);
    const auto id = m_writer->nextListener++;
    m_writer->listeners.emplace(id, std::move(listener));
    return {nullptr, [writer = m_writer, id](void *) {
                const std::lock_guard guard(writer->mutex);
                writer->listeners.erase(id);
            }};
}

}  // namespace meshscope
