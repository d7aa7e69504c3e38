#include "backend/codec/resource_list_codec.h"

#include "backend/codec/json_members.h"
#include "backend/codec/page_reader.h"

#include <algorithm>

namespace meshscope {

namespace {

// "version=v1 app=web"
std::string pairsOf(JsonValue object)
{
    std::string out;
    for (JsonValue entry = object.is(JsonKind::Object) ? object.first() : JsonValue(); entry;
         entry = entry.next()) {
        if (entry.is(JsonKind::String))
            out += (out.empty() ? "" : " ") + entry.key() + "=" + entry.text();
    }
    return out;
}

void addWord(std::string &out, const std::string &word)
{
    if (!word.empty())
        out += (out.empty() ? "" : " ") + word;
}

// Kind, name, tags or labels, section.
std::string wordsOf(JsonValue targetRef)
{
    std::string out = memberText(targetRef, "kind");
    addWord(out, memberText(targetRef, "name"));
    addWord(out, pairsOf(memberObject(targetRef, "tags")));
    addWord(out, pairsOf(memberObject(targetRef, "labels")));
    if (const auto section = memberText(targetRef, "sectionName"); !section.empty())
        addWord(out, "[" + section + "]");
    return out;
}

// The matches of a legacy policy: services by their name, other tags with their key.
std::string matchesOf(JsonValue list)
{
    std::string out;
    for (JsonValue entry = list.first(); entry; entry = entry.next()) {
        const JsonValue match = memberObject(entry, "match");
        std::string words = memberText(match, "kuma.io/service");
        for (JsonValue tag = match ? match.first() : JsonValue(); tag; tag = tag.next()) {
            if (!tag.keyIs("kuma.io/service") && tag.is(JsonKind::String))
                addWord(words, tag.key() + "=" + tag.text());
        }
        if (!words.empty())
            out += (out.empty() ? "" : ", ") + words;
    }
    return out;
}

std::string selectionOf(JsonValue item, std::string_view type)
{
    const JsonValue spec = memberObject(item, "spec");
    if (const JsonValue ref = memberObject(spec, "targetRef"))
        return wordsOf(ref);
    if (const JsonValue selector = memberObject(spec, "selector")) {
        if (const JsonValue tags = memberObject(selector, "dataplaneTags"))
            return pairsOf(tags);
        if (const JsonValue ref = memberObject(selector, "dataplaneRef"))
            return "Dataplane " + memberText(ref, "name");
        for (JsonValue part = selector.first(); part; part = part.next()) {
            if (const JsonValue labels = memberObject(part, "matchLabels"))
                return pairsOf(labels);
        }
        return {};
    }
    if (spec
        && (memberList(spec, "to") || memberList(spec, "from") || memberList(spec, "rules")
            || memberObject(spec, "default")))
        return "Mesh";  // an absent targetRef selects all
    const JsonValue sources = memberList(item, "sources");
    const JsonValue destinations = memberList(item, "destinations");
    if (sources || destinations) {
        const auto from = matchesOf(sources), to = matchesOf(destinations);
        return from + (from.empty() || to.empty() ? "" : " → ") + to;
    }
    if (const JsonValue selectors = memberList(item, "selectors"))
        return matchesOf(selectors);
    if (type == "ExternalService")
        return memberText(memberObject(item, "tags"), "kuma.io/service");
    return {};
}

bool readResource(JsonValue item, std::string_view type, ResourceRecord &out, ReadProblem &problem)
{
    Dataplane meta;  // the same metadata
    if (!readMeta(item, meta, problem))
        return false;
    if (meta.key.name.empty()) {
        problem.what = "has no name";
        return false;
    }
    out.key = std::move(meta.key);
    out.labels = std::move(meta.labels);
    out.creationTime = meta.creationTime;
    out.modificationTime = meta.modificationTime;
    out.type = memberText(item, "type");
    if (out.type.empty())
        out.type = type;
    out.targetRef = selectionOf(item, out.type);
    out.json = item.raw();
    return true;
}

template <class T, class Read>
Result<Page<T>> plainPage(std::string_view json, std::string_view what, Read read)
{
    Page<T> page;
    auto list = readItems(json, what, [&](JsonValue item, ReadProblem &problem) {
        T row;
        if (!read(item, row, problem))
            return false;
        page.items.push_back(std::move(row));
        return true;
    });
    if (!list)
        return fail(list.error());
    page.total = list->total.value_or(page.items.size());
    page.nextOffset = std::move(list->nextOffset);
    return page;
}

Health linkOf(const DataplaneInsight &insight)
{
    if (insight.isOnline())
        return Health::Online;
    return insight.subscriptions.empty() ? Health::Unknown : Health::Offline;
}

bool readZone(JsonValue item, ZoneInfo &out, ReadProblem &problem)
{
    out.name = memberText(item, "name");
    if (out.name.empty()) {
        problem.what = "has no name";
        return false;
    }
    // In the list of plain zones the member stands beside the name.
    const JsonValue zone = memberObject(item, "zone");
    const JsonValue enabled = (zone ? zone : item).find("enabled");
    out.isEnabled = !enabled.is(JsonKind::Bool) || enabled.raw() == "true";
    DataplaneInsight insight;  // subscriptions have the same times
    if (const JsonValue value = memberObject(item, "zoneInsight")) {
        if (!readInsight(value, insight, problem)) {
            problem.prepend("zoneInsight");
            return false;
        }
        const JsonValue subscriptions = memberList(value, "subscriptions");
        JsonValue last;
        for (JsonValue one = subscriptions.first(); one; one = one.next())
            last = one;
        out.globalInstanceId = memberText(last, "globalInstanceId");
        out.zoneInstanceId = memberText(last, "zoneInstanceId");
        out.version = memberText(memberObject(memberObject(last, "version"), "kumaCp"), "version");
        // The zone's own configuration, as a text that holds JSON.
        const std::string config = memberText(last, "config");
        if (const auto parsed = JsonText::parse(config)) {
            out.environment = memberText(parsed->root(), "environment");
            out.storeType = memberText(memberObject(parsed->root(), "store"), "type");
        }
    }
    out.link = linkOf(insight);
    if (const auto *latest = insight.latest()) {
        out.connectTime = latest->connectTime;
        out.disconnectTime = latest->disconnectTime;
    }
    out.json = item.raw();
    return true;
}

bool readZoneProxy(JsonValue item, ZoneProxyInfo &out, ReadProblem &problem)
{
    out.name = memberText(item, "name");
    if (out.name.empty()) {
        problem.what = "has no name";
        return false;
    }
    const bool isIngress = memberText(item, "type").starts_with("ZoneIngress") || item.find("zoneIngress");
    out.type = isIngress ? "ZoneIngress" : "ZoneEgress";
    const JsonValue nested = memberObject(item, isIngress ? "zoneIngress" : "zoneEgress");
    const JsonValue spec = nested ? nested : item;
    const JsonValue networking = memberObject(spec, "networking");
    out.zone = memberText(spec, "zone");
    if (out.zone.empty())
        out.zone = memberText(memberObject(item, "labels"), "kuma.io/zone");
    out.address = memberText(networking, "address");
    out.port = static_cast<std::uint32_t>(memberCount(networking, "port"));
    out.advertisedAddress = memberText(networking, "advertisedAddress");
    out.advertisedPort = static_cast<std::uint32_t>(memberCount(networking, "advertisedPort"));
    const auto *insightName = isIngress ? "zoneIngressInsight" : "zoneEgressInsight";
    if (const JsonValue value = memberObject(item, insightName)) {
        if (!readInsight(value, out.insight, problem)) {
            problem.prepend(insightName);
            return false;
        }
    }
    out.link = linkOf(out.insight);
    out.json = item.raw();
    return true;
}

bool readServiceInsight(JsonValue item, ServiceInsightInfo &out, ReadProblem &problem)
{
    out.key = {memberText(item, "mesh"), memberText(item, "name")};
    if (out.key.name.empty()) {
        problem.what = "has no name";
        return false;
    }
    out.status = memberText(item, "status");
    out.type = memberText(item, "serviceType");
    if (out.type.empty())
        out.type = "internal";  // the zero value is left out
    out.addressPort = memberText(item, "addressPort");
    const JsonValue counts = memberObject(item, "dataplanes");
    out.total = memberCount(counts, "total");
    out.online = memberCount(counts, "online");
    out.offline = memberCount(counts, "offline");
    const JsonValue zones = memberList(item, "zones");
    for (JsonValue zone = zones.first(); zone; zone = zone.next())
        out.zones.push_back(zone.text());
    std::sort(out.zones.begin(), out.zones.end());
    return true;
}

}  // namespace

Result<Page<Listed<ResourceRecord>>> resourcesFromJson(std::string_view json, std::string_view type,
                                                       const KnownRows<ResourceRecord> &known)
{
    return listedPage<ResourceRecord>(json, "a list of " + std::string(type), known,
                                      [type](JsonValue item, ResourceRecord &out, ReadProblem &problem) {
                                          return readResource(item, type, out, problem);
                                      });
}

Result<ResourceRecord> resourceFromJson(std::string_view json)
{
    const auto parsed = objectFrom(json, "a resource");
    if (!parsed)
        return fail(parsed.error());
    ResourceRecord record;
    ReadProblem problem;
    if (!readResource(parsed->root(), {}, record, problem))
        return fail(Error::Code::Invalid, std::move(problem.what), std::move(problem.where));
    return record;
}

Result<Page<ZoneInfo>> zonesFromJson(std::string_view json)
{
    return plainPage<ZoneInfo>(json, "a list of zones", readZone);
}

Result<Page<ZoneProxyInfo>> zoneProxiesFromJson(std::string_view json)
{
    return plainPage<ZoneProxyInfo>(json, "a list of zone proxies", readZoneProxy);
}

Result<Page<ServiceInsightInfo>> serviceInsightsFromJson(std::string_view json)
{
    return plainPage<ServiceInsightInfo>(json, "a list of service insights", readServiceInsight);
}

Result<Page<std::pair<std::string, std::string>>> meshInsightsFromJson(std::string_view json)
{
    return plainPage<std::pair<std::string, std::string>>(
        json, "a list of mesh insights", [](JsonValue item, auto &row, ReadProblem &problem) {
            row = {memberText(item, "name"), std::string(item.raw())};
            if (row.first.empty())
                problem.what = "has no name";
            return !row.first.empty();
        });
}

}  // namespace meshscope
