#include "backend/codec/snapshot_diff.h"

#include "backend/codec/overview_writer.h"
#include "backend/codec/proto_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace meshscope {

namespace {

using Json = nlohmann::json;

constexpr int kMostDepth = 200;

std::string valueText(const Json &value)
{
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Every leaf by its path; empty objects and lists are leaves too.
void flatten(const Json &value, const std::string &path, std::map<std::string, std::string> &out,
             int depth = 0)
{
    if (value.is_object() && !value.empty() && depth < kMostDepth) {
        for (const auto &[name, member] : value.items())
            flatten(member, pathTo(path, name), out, depth + 1);
    } else if (value.is_array() && !value.empty() && depth < kMostDepth) {
        for (std::size_t i = 0; i < value.size(); ++i)
            flatten(value[i], path + "[" + std::to_string(i) + "]", out, depth + 1);
    } else {
        out[path] = valueText(value);
    }
}

std::vector<FieldChange> fieldsBetween(const std::map<std::string, std::string> &before,
                                       const std::map<std::string, std::string> &after)
{
    std::vector<FieldChange> fields;
    for (const auto &[path, value] : before) {
        const auto found = after.find(path);
        if (found == after.end())
            fields.push_back({path, value, {}});
        else if (found->second != value)
            fields.push_back({path, value, found->second});
    }
    for (const auto &[path, value] : after) {
        if (before.count(path) == 0)
            fields.push_back({path, {}, value});
    }
    std::sort(fields.begin(), fields.end(),
              [](const FieldChange &a, const FieldChange &b) { return a.path < b.path; });
    return fields;
}

std::map<std::string, std::string> leavesOf(const std::string &json)
{
    std::map<std::string, std::string> leaves;
    auto value = Json::parse(json, nullptr, false);
    if (value.is_object()) {
        value.erase("creationTime");
        value.erase("modificationTime");
        flatten(value, {}, leaves);
    }
    return leaves;
}

std::string wordOf(Health health)
{
    switch (health) {
    case Health::Online:
        return "online";
    case Health::Degraded:
        return "partially degraded";
    case Health::Offline:
        return "offline";
    case Health::Unknown:
        return "never connected";
    }
    return {};
}

std::map<std::string, std::string> leavesOf(const DataplaneOverview &overview)
{
    std::map<std::string, std::string> leaves;
    const auto json = Json::parse(overviewJson(overview), nullptr, false);
    if (json.contains("labels"))
        flatten(json["labels"], "labels", leaves);
    flatten(json["dataplane"], {}, leaves);
    leaves["status"] = wordOf(overview.status.overall);
    if (const auto *latest = overview.insight.latest()) {
        leaves["version.kumaDp"] = latest->kumaDpVersion;
        leaves["version.envoy"] = latest->envoyVersion;
    }
    return leaves;
}

// Walks two sorted lists; same(a, b) says that two rows of one key are equal without looking into them.
template <class Row, class KeyOf, class Same, class Leaves>
void compare(const std::vector<Row> &before, const std::vector<Row> &after, const std::string &type,
             KeyOf keyOf, Same same, Leaves leaves, std::vector<ResourceChange> &out)
{
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && keyOf(*old) < keyOf(*now))) {
            out.push_back({ResourceChange::Kind::Removed, type, keyOf(*old), {}});
            ++old;
        } else if (old == before.end() || keyOf(*now) < keyOf(*old)) {
            out.push_back({ResourceChange::Kind::Added, type, keyOf(*now), {}});
            ++now;
        } else {
            if (!same(*old, *now)) {
                auto fields = fieldsBetween(leaves(*old), leaves(*now));
                if (!fields.empty())
                    out.push_back({ResourceChange::Kind::Changed, type, keyOf(*now), std::move(fields)});
            }
            ++old;
            ++now;
        }
    }
}

}  // namespace

std::vector<ResourceChange> differencesOf(const Snapshot &before, const Snapshot &after)
{
    std::vector<ResourceChange> changes;
    compare(
        before.dataplanes, after.dataplanes, "Dataplane",
        [](const DataplanePtr &row) -> const ResourceKey & { return row->key(); },
        [](const DataplanePtr &a, const DataplanePtr &b) { return a == b || *a == *b; },
        [](const DataplanePtr &row) { return leavesOf(*row); }, changes);
    compare(
        before.meshes, after.meshes, "Mesh",
        [](const MeshInfo &mesh) {
            return ResourceKey{{}, mesh.name};
        },
        [](const MeshInfo &a, const MeshInfo &b) { return a.json == b.json; },
        [](const MeshInfo &mesh) { return leavesOf(mesh.json); }, changes);
    compare(
        *before.zones, *after.zones, "Zone",
        [](const ZoneInfo &zone) {
            return ResourceKey{{}, zone.name};
        },
        [](const ZoneInfo &a, const ZoneInfo &b) { return a == b; },
        [](const ZoneInfo &zone) {
            return std::map<std::string, std::string>{{"enabled", zone.isEnabled ? "true" : "false"},
                                                      {"status", wordOf(zone.link)},
                                                      {"version", zone.version}};
        },
        changes);

    std::set<std::string> types;
    for (const auto *snapshot : {&before, &after}) {
        for (const auto &list : snapshot->resources)
            types.insert(list->type);
    }
    const ResourceList none;
    for (const auto &type : types) {
        const auto old = before.list(type), now = after.list(type);
        // A list that could not be read says nothing about what is gone.
        if ((old && old->problem) || (now && now->problem) || old == now)
            continue;
        compare((old ? *old : none).rows, (now ? *now : none).rows, type,
                [](const ResourcePtr &row) -> const ResourceKey & { return row->key; },
                [](const ResourcePtr &a, const ResourcePtr &b) { return a == b || a->json == b->json; },
                [](const ResourcePtr &row) { return leavesOf(row->json); }, changes);
    }
    std::stable_sort(changes.begin(), changes.end(), [](const ResourceChange &a, const ResourceChange &b) {
        return std::tie(a.type, a.key) < std::tie(b.type, b.key);
    });
    return changes;
}

}  // namespace meshscope
