#include "backend/snapshot/snapshot_file.h"

#include "backend/codec/capabilities_codec.h"
#include "backend/codec/go_duration.h"
#include "backend/codec/overview_codec.h"
#include "backend/codec/overview_writer.h"
#include "backend/codec/resource_list_codec.h"
#include "backend/snapshot/archive.h"
#include "backend/snapshot/redaction.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace meshscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kFormat[] = "meshscope-snapshot";
constexpr int kVersion = 1;
constexpr std::size_t kRowsAFile = 1'000;

std::string text(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// {"total":2,"items":[…]} of items that are JSON already.
std::string listOf(const std::vector<std::string> &items)
{
    std::string out = R"({"total":)" + std::to_string(items.size()) + R"(,"items":[)";
    for (std::size_t i = 0; i < items.size(); ++i)
        out += (i > 0 ? ",\n" : "\n") + items[i];
    return out + "\n],\"next\":null}\n";
}

std::string typesJson(const Capabilities &plane)
{
    Json list = Json::array();
    for (const auto &type : plane.types) {
        Json item{{"name", type.name},
                  {"scope", type.isGlobal ? "Global" : "Mesh"},
                  {"path", type.path},
                  {"readOnly", type.isReadOnly},
                  {"singularDisplayName", type.singularName},
                  {"pluralDisplayName", type.pluralName},
                  {"shortName", type.shortName}};
        if (type.isPolicy)
            item["policy"] = {{"isTargetRef", type.isTargetRef},
                              {"hasToTargetRef", type.hasTo},
                              {"hasFromTargetRef", type.hasFrom},
                              {"hasRulesTargetRef", type.hasRules}};
        list.push_back(std::move(item));
    }
    return text({{"resources", list}});
}

std::string serviceInsightJson(const ServiceInsightInfo &insight)
{
    return text(
        {{"type", "ServiceInsight"},
         {"mesh", insight.key.mesh},
         {"name", insight.key.name},
         {"status", insight.status},
         {"dataplanes", {{"total", insight.total}, {"online", insight.online}, {"offline", insight.offline}}},
         {"serviceType", insight.type},
         {"addressPort", insight.addressPort},
         {"zones", insight.zones}});
}

std::string headJson(const Snapshot &snapshot, const SnapshotFileOptions &options, Redaction &redaction)
{
    const ControlPlaneInfo &plane = snapshot.controlPlane;
    const Capabilities &can = *snapshot.capabilities;
    const bool isFederated = can.mode == ControlPlaneMode::FederatedZone;
    return Json{
        {"format", kFormat},
        {"version", kVersion},
        {"name", options.name},
        {"takenAt", rfc3339From(snapshot.fetchedAt)},
        {"hidesAddresses", options.hidesAddresses},
        {"isPartial", snapshot.isPartial},
        {"index",
         {{"product", plane.product},
          {"version", plane.version},
          {"hostname", redaction.address(plane.hostname)},
          {"instanceId", options.hidesAddresses ? std::string() : plane.instanceId}}},
        {"kumaVersion", can.version},
        {"hasTypeList", can.hasTypeList},
        {"isConfigReadable", can.isConfigReadable},
        {"config",
         {{"mode", can.mode == ControlPlaneMode::Global    ? "global"
                   : can.mode == ControlPlaneMode::Unknown ? ""
                                                           : "zone"},
          {"environment", std::string(textOf(can.environment))},
          {"apiServer", {{"readOnly", can.isApiReadOnly}}},
          {"multizone",
           {{"zone",
             {{"name", can.zone}, {"globalAddress", isFederated ? "grpcs://global.example" : ""}}}}}}}}
        .dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string numbered(std::size_t number)
{
    auto digits = std::to_string(number);
    return "dataplanes/" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + ".json";
}

// What is collected while files are read, before it is sorted into a snapshot.
struct Collected {
    std::vector<DataplanePtr> dataplanes;
    std::vector<MeshInfo> meshes;
    std::map<std::string, std::string> meshInsights;
    std::map<std::string, std::vector<ResourcePtr>> resources;
    std::vector<ZoneInfo> zones;
    std::vector<ZoneProxyInfo> proxies;
    std::vector<ServiceInsightInfo> services;
    std::size_t rows = 0;
};

template <class T>
bool addAll(Result<Page<T>> page, std::vector<T> &out, Collected &all)
{
    if (!page)
        return false;
    all.rows += page->items.size();
    std::move(page->items.begin(), page->items.end(), std::back_inserter(out));
    return true;
}

// A list of resources of one type, or one resource, as a list; the error says what is wrong with it.
Result<void> addList(const std::string &list, const std::string &type, Collected &all)
{
    const auto taken = [](auto page) -> Result<void> {
        return page ? Result<void>() : Result<void>(fail(page.error()));
    };
    if (type == "DataplaneOverview" || type == "Dataplane") {
        auto page = overviewsFromJson(list);
        if (page) {
            all.rows += page->items.size();
            std::move(page->items.begin(), page->items.end(), std::back_inserter(all.dataplanes));
        }
        return taken(std::move(page));
    }
    if (type == "Mesh") {
        auto page = meshesFromJson(list);
        if (page)
            addAll(page, all.meshes, all);
        return taken(std::move(page));
    }
    if (type == "MeshInsight") {
        auto page = meshInsightsFromJson(list);
        if (page)
            all.meshInsights.insert(page->items.begin(), page->items.end());
        return taken(std::move(page));
    }
    if (type == "ZoneOverview" || type == "Zone") {
        auto page = zonesFromJson(list);
        if (page)
            addAll(page, all.zones, all);
        return taken(std::move(page));
    }
    if (type.starts_with("ZoneIngress") || type.starts_with("ZoneEgress")) {
        auto page = zoneProxiesFromJson(list);
        if (page)
            addAll(page, all.proxies, all);
        return taken(std::move(page));
    }
    if (type == "ServiceInsight") {
        auto page = serviceInsightsFromJson(list);
        if (page)
            addAll(page, all.services, all);
        return taken(std::move(page));
    }
    if (type.ends_with("Insight") || type == "Secret" || type == "GlobalSecret")
        return {};
    auto page = resourcesFromJson(list, type, {});
    if (page) {
        all.rows += page->items.size();
        for (auto &item : page->items)
            all.resources[item.row->type].push_back(std::move(item.row));
    }
    return taken(std::move(page));
}

// Whatever JSON a foreign archive holds: lists, or single resources.
void addForeign(const std::string &name, const std::string &contents, Collected &all,
                std::vector<std::string> &notes)
{
    const auto json = Json::parse(contents, nullptr, false);
    std::map<std::string, std::vector<std::string>> byType;
    const auto add = [&byType](const Json &item) {
        if (item.is_object() && item.contains("type") && item["type"].is_string() && item.contains("name")) {
            // A plain Dataplane as if it were an overview without an insight.
            const auto type = item["type"].get<std::string>();
            Json one = item;
            if (type == "Dataplane" && item.contains("networking"))
                one["dataplane"] = item;
            byType[type].push_back(text(one));
        }
    };
    if (json.is_object() && json.contains("items") && json["items"].is_array()) {
        for (const auto &item : json["items"])
            add(item);
    } else if (json.is_array()) {
        for (const auto &item : json)
            add(item);
    } else {
        add(json);
    }
    for (const auto &[type, items] : byType) {
        if (auto added = addList(listOf(items), type, all); !added)
            notes.push_back(name + ": " + added.error().what);
    }
}

template <class T, class KeyOf>
void sortByKey(std::vector<T> &rows, KeyOf keyOf)
{
    std::stable_sort(rows.begin(), rows.end(), [&](const T &a, const T &b) { return keyOf(a) < keyOf(b); });
    const auto end =
        std::unique(rows.begin(), rows.end(), [&](const T &a, const T &b) { return keyOf(a) == keyOf(b); });
    rows.erase(end, rows.end());
}

void moveInto(Snapshot &snapshot, Collected all, const Capabilities &can)
{
    sortByKey(all.dataplanes, [](const DataplanePtr &row) -> const ResourceKey & { return row->key(); });
    snapshot.dataplanes = std::move(all.dataplanes);
    std::set<std::string> named;
    for (const auto &mesh : all.meshes)
        named.insert(mesh.name);
    for (const auto &row : snapshot.dataplanes) {
        if (named.insert(row->key().mesh).second)
            all.meshes.push_back({row->key().mesh});
    }
    sortByKey(all.meshes, [](const MeshInfo &mesh) -> const std::string & { return mesh.name; });
    for (auto &mesh : all.meshes) {
        if (const auto found = all.meshInsights.find(mesh.name); found != all.meshInsights.end())
            mesh.insightJson = found->second;
    }
    snapshot.meshes = std::move(all.meshes);
    sortByKey(all.zones, [](const ZoneInfo &zone) -> const std::string & { return zone.name; });
    snapshot.zones = std::make_shared<const std::vector<ZoneInfo>>(std::move(all.zones));
    sortByKey(all.proxies, [](const ZoneProxyInfo &proxy) { return std::tie(proxy.type, proxy.name); });
    snapshot.zoneProxies = std::make_shared<const std::vector<ZoneProxyInfo>>(std::move(all.proxies));
    sortByKey(all.services, [](const ServiceInsightInfo &row) -> const ResourceKey & { return row.key; });
    snapshot.serviceInsights =
        std::make_shared<const std::vector<ServiceInsightInfo>>(std::move(all.services));
    for (const auto &type : can.types) {
        if (!type.isInsight() && !type.isSecret() && type.name != "Dataplane" && type.name != "Mesh"
            && !type.name.starts_with("Zone"))
            all.resources.try_emplace(type.name);
    }
    for (auto &[type, rows] : all.resources) {
        sortByKey(rows, [](const ResourcePtr &row) -> const ResourceKey & { return row->key; });
        auto list = std::make_shared<ResourceList>();
        list->type = type;
        list->rows = std::move(rows);
        snapshot.resources.push_back(std::move(list));
    }
}

}  // namespace

Result<std::string> snapshotFileOf(const Snapshot &snapshot, const SnapshotFileOptions &options)
{
    Redaction redaction(options.hidesAddresses);
    ArchiveEntries entries;
    const auto put = [&](const std::string &name, const std::vector<std::string> &items) {
        std::vector<std::string> clean;
        clean.reserve(items.size());
        for (const auto &item : items)
            clean.push_back(redaction.apply(item));
        entries[name] = listOf(clean);
    };
    std::vector<std::string> items;
    for (const auto &mesh : snapshot.meshes)
        items.push_back(mesh.json.empty() ? text({{"type", "Mesh"}, {"name", mesh.name}}) : mesh.json);
    put("meshes.json", items);
    items.clear();
    for (const auto &mesh : snapshot.meshes) {
        if (!mesh.insightJson.empty())
            items.push_back(mesh.insightJson);
    }
    put("mesh-insights.json", items);
    if (!options.overviewPages.empty()) {
        for (std::size_t i = 0; i < options.overviewPages.size(); ++i)
            entries[numbered(i + 1)] = redaction.apply(options.overviewPages[i]);
    } else {
        for (std::size_t from = 0; from < snapshot.dataplanes.size(); from += kRowsAFile) {
            items.clear();
            for (std::size_t i = from; i < std::min(from + kRowsAFile, snapshot.dataplanes.size()); ++i)
                items.push_back(overviewJson(*snapshot.dataplanes[i]));
            put(numbered(from / kRowsAFile + 1), items);
        }
    }
    for (const auto &list : snapshot.resources) {
        items.clear();
        for (const auto &row : list->rows)
            items.push_back(row->json);
        if (!items.empty())
            put("resources/" + list->type + ".json", items);
    }
    items.clear();
    for (const auto &zone : *snapshot.zones)
        items.push_back(zone.json.empty() ? text({{"type", "ZoneOverview"}, {"name", zone.name}})
                                          : zone.json);
    put("zones.json", items);
    for (const char *type : {"ZoneIngress", "ZoneEgress"}) {
        items.clear();
        for (const auto &proxy : *snapshot.zoneProxies) {
            if (proxy.type == type && !proxy.json.empty())
                items.push_back(proxy.json);
        }
        put(std::string(type) + ".json", items);
    }
    items.clear();
    for (const auto &insight : *snapshot.serviceInsights)
        items.push_back(serviceInsightJson(insight));
    put("service-insights.json", items);
    entries["types.json"] = typesJson(*snapshot.capabilities);
    entries["snapshot.json"] = headJson(snapshot, options, redaction);
    return zipOf(entries);
}

Result<OpenedSnapshot> snapshotFrom(std::string_view file)
{
    const auto entries = entriesOf(file);
    if (!entries)
        return fail(entries.error());
    OpenedSnapshot opened;
    auto snapshot = std::make_shared<Snapshot>();
    Capabilities can;
    Collected all;
    const auto head = entries->find("snapshot.json");
    if (head == entries->end()) {
        for (const auto &[name, contents] : *entries) {
            if (name.ends_with(".json"))
                addForeign(name, contents, all, opened.notes);
        }
        if (all.rows == 0)
            return fail(Error::Code::Invalid,
                        "there is nothing of Kuma's in this file: neither a snapshot of Meshscope nor JSON "
                        "files with resources");
        opened.notes.emplace_back(
            "it was not written by Meshscope; what kind of control plane it comes from is "
            "not known");
        snapshot->controlPlane.product = "Kuma";
    } else {
        const auto json = Json::parse(head->second, nullptr, false);
        const auto textAt = [](const Json &object, const char *name) {
            return object.is_object() && object.contains(name) && object[name].is_string()
                       ? object[name].get<std::string>()
                       : std::string();
        };
        const auto isTrue = [&json](const char *name) { return json.contains(name) && json[name] == true; };
        if (!json.is_object() || textAt(json, "format") != kFormat)
            return fail(Error::Code::Invalid, "snapshot.json in this file is none of Meshscope's");
        if (!json.contains("version") || !json["version"].is_number_integer() || json["version"] != kVersion)
            return fail(Error::Code::Invalid, "this snapshot was written by a newer Meshscope");
        opened.name = textAt(json, "name");
        opened.takenAt = timeFromRfc3339(textAt(json, "takenAt")).value_or(TimePoint{});
        opened.hidesAddresses = isTrue("hidesAddresses");
        snapshot->isPartial = isTrue("isPartial");
        if (json.contains("index")) {
            snapshot->controlPlane.product = textAt(json["index"], "product");
            snapshot->controlPlane.version = textAt(json["index"], "version");
            snapshot->controlPlane.hostname = textAt(json["index"], "hostname");
            snapshot->controlPlane.instanceId = textAt(json["index"], "instanceId");
        }
        std::vector<ResourceTypeInfo> types;
        if (const auto list = entries->find("types.json"); list != entries->end()) {
            if (auto read = typesFromResources(list->second))
                types = std::move(*read);
        }
        std::optional<ConfigInfo> config;
        if (json.contains("config") && isTrue("isConfigReadable")) {
            if (auto read = configFromJson(text(json["config"])))
                config = std::move(*read);
        }
        can = capabilitiesFrom(textAt(json, "kumaVersion"), config, std::move(types), isTrue("hasTypeList"));
        snapshot->controlPlane.mode = config ? config->mode : std::string();
        snapshot->controlPlane.environment = config ? config->environment : std::string();
        for (const auto &[name, contents] : *entries) {
            std::string type;
            if (name.starts_with("dataplanes/"))
                type = "DataplaneOverview";
            else if (name.starts_with("resources/") && name.ends_with(".json"))
                type = name.substr(10, name.size() - 15);
            else if (name == "meshes.json")
                type = "Mesh";
            else if (name == "mesh-insights.json")
                type = "MeshInsight";
            else if (name == "zones.json")
                type = "ZoneOverview";
            else if (name == "ZoneIngress.json" || name == "ZoneEgress.json")
                type = name.substr(0, name.size() - 5);
            else if (name == "service-insights.json")
                type = "ServiceInsight";
            else
                continue;
            if (auto added = addList(contents, type, all); !added)
                opened.notes.push_back(name + " cannot be read and is missing: " + added.error().what);
        }
    }
    // Nothing is written into a file.
    can.isApiReadOnly = true;
    for (auto &type : can.types) {
        type.isReadOnly = true;
        type.readOnlyReason = "this is a snapshot file";
    }
    moveInto(*snapshot, std::move(all), can);
    snapshot->capabilities = std::make_shared<const Capabilities>(std::move(can));
    snapshot->fetchedAt =
        opened.takenAt != TimePoint{} ? opened.takenAt : TimePoint{std::chrono::milliseconds(1)};
    opened.snapshot = std::move(snapshot);
    return opened;
}

}  // namespace meshscope
