// Rules over policies: selectors that select nobody, rules that cannot match, values that reach no proxy.
// What a policy selects is read as Kuma's schema has it (kuma-api fact sheet §8); a policy that cannot be
// read as such yields nothing.
#include "backend/findings/rules.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

namespace meshscope::findings {

namespace {

using Json = nlohmann::json;

constexpr char kEffectLabel[] = "kuma.io/effect";

MeshFinding ofPolicy(Kind kind, Severity severity, const ResourceRecord &policy)
{
    MeshFinding finding;
    finding.kind = kind;
    finding.severity = severity;
    finding.subject = Subject::Policy;
    finding.type = policy.type;
    finding.key = policy.key;
    return finding;
}

std::string nameOf(const ResourceRecord &policy) { return policy.type + " " + policy.key.name; }

const Json *member(const Json &object, const char *name)
{
    if (!object.is_object())
        return nullptr;
    const auto at = object.find(name);
    return at == object.end() || at->is_null() ? nullptr : &*at;
}

std::string text(const Json &object, const char *name)
{
    const Json *found = member(object, name);
    return found && found->is_string() ? found->get<std::string>() : std::string();
}

const Json &items(const Json &object, const char *name)
{
    static const Json none = Json::array();
    const Json *found = member(object, name);
    return found && found->is_array() ? *found : none;
}

Tags tagsOf(const Json *object)
{
    Tags tags;
    if (object && object->is_object()) {
        for (const auto &[key, value] : object->items()) {
            if (value.is_string())
                tags[key] = value.get<std::string>();
        }
    }
    return tags;
}

bool holds(const Tags &wanted, const Tags &set)
{
    return std::all_of(wanted.begin(), wanted.end(), [&set](const auto &tag) {
        const auto at = set.find(tag.first);
        return at != set.end() && (tag.second == "*" || at->second == tag.second);
    });
}

std::string selectorText(const Tags &tags)
{
    std::string words;
    for (const auto &[key, value] : tags)
        words += (words.empty() ? "" : " ") + key + "=" + value;
    return words;
}

// Calls fn with every object below, itself included.
void walk(const Json &value, const std::function<void(const Json &)> &fn)
{
    if (value.is_object()) {
        fn(value);
        for (const auto &[key, child] : value.items())
            walk(child, fn);
    } else if (value.is_array()) {
        for (const Json &child : value)
            walk(child, fn);
    }
}

// What a policy of one mesh can select, as distinct tag and label sets: far fewer than dataplanes.
struct MeshSets {
    std::set<Tags> tagSets;
    std::set<Tags> labelSets;
    std::set<std::string> services;
};

class Rules
{
public:
    Rules(const Index &index, Out &out)
        : m_index(index)
        , m_out(out)
    {}

    void add(const ResourceRecord &policy)
    {
        const Json json = Json::parse(policy.json, nullptr, false);
        if (!json.is_object())
            return;
        const Json *wrapped = member(json, "spec");
        const Json &spec = wrapped ? *wrapped : json;
        if (const auto effect = policy.labels.find(kEffectLabel);
            effect != policy.labels.end() && effect->second == "shadow")
            addShadowLabel(policy);
        if (const Json *target = member(spec, "targetRef"))
            addTarget(policy, *target);
        for (const char *side : {"sources", "destinations"}) {
            for (const Json &selector : items(spec, side)) {
                if (const Json *match = member(selector, "match"))
                    addSelector(policy, tagsOf(match), side);
            }
        }
        for (const Json &selector : items(spec, "selectors")) {
            if (const Json *match = member(selector, "match"))
                addSelector(policy, tagsOf(match), "selectors");
        }
        if (policy.type == "MeshHTTPRoute")
            addShadowedRoutes(policy, spec);
        addUnsendable(policy, spec);
    }

private:
    const MeshSets &setsOf(const std::string &mesh)
    {
        const auto known = m_sets.find(mesh);
        if (known != m_sets.end())
            return known->second;
        MeshSets &sets = m_sets[mesh];
        const auto rows = m_index.byMesh.find(mesh);
        if (rows != m_index.byMesh.end()) {
            for (const DataplanePtr &row : rows->second) {
                for (Tags &tags : row->dataplane->tagSets())
                    sets.tagSets.insert(std::move(tags));
                sets.labelSets.insert(row->dataplane->labels);
            }
        }
        for (const ResourceKey &service : m_index.offered) {
            if (service.mesh == mesh)
                sets.services.insert(service.name);
        }
        return sets;
    }

    void addShadowLabel(const ResourceRecord &policy)
    {
        MeshFinding finding = ofPolicy(Kind::ShadowLabel, Severity::Note, policy);
        finding.what =
            nameOf(policy) + " is only shown, not enforced: it has the label kuma.io/effect: shadow";
        finding.evidence =
            "a write that does not send the label takes it away, and the policy is enforced from then on";
        finding.versions = "all";
        finding.wayOut =
            "Send the labels with every write of it; kumactl apply with a file that has them does";
        m_out.push_back(std::move(finding));
    }

    void addTarget(const ResourceRecord &policy, const Json &target)
    {
        const std::string kind = text(target, "kind");
        const Tags tags = tagsOf(member(target, "tags"));
        const Tags labels = tagsOf(member(target, "labels"));
        const std::string name = text(target, "name");
        const MeshSets &sets = setsOf(policy.key.mesh);
        if (sets.tagSets.empty())
            return;  // an empty mesh matches nothing, and that is no news
        bool found = true;
        std::string selector;
        if (kind == "MeshSubset" || kind == "MeshServiceSubset" || kind == "MeshService") {
            Tags wanted = tags;
            if (kind != "MeshSubset" && !name.empty())
                wanted[kServiceTag] = name;
            if (wanted.empty())
                return;
            selector = selectorText(wanted);
            if (isZoneOnly(policy, wanted, sets.tagSets))
                return;
            found = anyHolds(wanted, sets.tagSets);
        } else if (kind == "Dataplane" && !labels.empty()) {
            selector = selectorText(labels);
            found = anyHolds(labels, sets.labelSets);
        } else if (kind == "Dataplane" && !name.empty()) {
            selector = "name " + name;
            found = m_index.snapshot.find({policy.key.mesh, name}) != nullptr;
        }
        if (!found)
            noMatch(policy, "targetRef " + kind, selector);
    }

    void addSelector(const ResourceRecord &policy, const Tags &wanted, const std::string &side)
    {
        const MeshSets &sets = setsOf(policy.key.mesh);
        if (wanted.empty() || sets.tagSets.empty() || isZoneOnly(policy, wanted, sets.tagSets))
            return;
        if (anyHolds(wanted, sets.tagSets))
            return;
        // External services are destinations too.
        const auto service = wanted.find(kServiceTag);
        if (service != wanted.end() && (service->second == "*" || sets.services.count(service->second)))
            return;
        noMatch(policy, side, selectorText(wanted));
    }

    static bool anyHolds(const Tags &wanted, const std::set<Tags> &sets)
    {
        return std::any_of(sets.begin(), sets.end(),
                           [&wanted](const Tags &set) { return holds(wanted, set); });
    }

    // The zone is the one thing of a selector that matches nobody: the server writes its own there.
    bool isZoneOnly(const ResourceRecord &policy, const Tags &wanted, const std::set<Tags> &sets)
    {
        const auto zone = wanted.find(kZoneTag);
        if (zone == wanted.end() || anyHolds(wanted, sets))
            return false;
        Tags rest = wanted;
        rest.erase(kZoneTag);
        if (!anyHolds(rest, sets))
            return false;
        std::set<std::string> zones;
        for (const Tags &set : sets) {
            if (const auto at = set.find(kZoneTag); at != set.end())
                zones.insert(at->second);
        }
        MeshFinding finding = ofPolicy(Kind::OverwrittenZone, Severity::Warning, policy);
        finding.what = nameOf(policy) + " selects kuma.io/zone=" + zone->second + ", which no inbound has";
        finding.evidence =
            "there is " + (zones.empty() ? std::string("no zone") : someOf({zones.begin(), zones.end()}))
            + "; the control plane overwrites a kuma.io/zone that a dataplane brings with its own";
        finding.versions = "all";
        finding.wayOut = "Select by the real zone's name, or by a tag of your own";
        m_out.push_back(std::move(finding));
        return true;
    }

    void noMatch(const ResourceRecord &policy, const std::string &where, const std::string &selector)
    {
        MeshFinding finding = ofPolicy(Kind::NoMatch, Severity::Warning, policy);
        finding.what = nameOf(policy) + ": " + where + " selects nobody";
        finding.evidence = selector + " holds on no tag set of the mesh " + policy.key.mesh;
        finding.wayOut = "Correct the selector, or delete the policy if it is not needed any more";
        m_out.push_back(std::move(finding));
    }

    // Kuma orders exact, longer prefix, shorter prefix, then regex, then header and query matches.
    void addShadowedRoutes(const ResourceRecord &policy, const Json &spec)
    {
        for (const Json &to : items(spec, "to")) {
            bool all = false;
            std::vector<std::string> shadowed;
            for (const Json &rule : items(to, "rules")) {
                for (const Json &match : items(rule, "matches")) {
                    const Json *path = member(match, "path");
                    const std::string type = path ? text(*path, "type") : std::string();
                    const bool more =
                        member(match, "headers") || member(match, "queryParams") || member(match, "method");
                    if (type == "PathPrefix" && text(*path, "value") == "/" && !more)
                        all = true;
                    else if (type == "RegularExpression")
                        shadowed.push_back("regular expression " + text(*path, "value"));
                    else if (!path && more)
                        shadowed.push_back(member(match, "headers") ? "headers" : "query or method");
                }
            }
            if (!all || shadowed.empty())
                continue;
            MeshFinding finding = ofPolicy(Kind::ShadowedRoute, Severity::Problem, policy);
            finding.what = nameOf(policy) + ": a rule for the prefix / hides "
                           + countOf(shadowed.size(), "rule", "rules") + " that can never match";
            finding.evidence = someOf(shadowed) + (shadowed.size() == 1 ? " comes" : " come")
                               + " after every prefix in Envoy's order, " + "whatever their order here";
            finding.versions = "all";
            finding.wayOut =
                "Give those rules a path of their own, an exact one or a prefix, beside their match";
            m_out.push_back(std::move(finding));
        }
    }

    void addUnsendable(const ResourceRecord &policy, const Json &spec)
    {
        const bool is29 = m_index.snapshot.capabilities->era == KumaEra::V2_9;
        if (is29 && policy.type == "MeshLoadBalancingStrategy") {
            walk(spec, [&](const Json &object) {
                const Json *least = member(object, "leastRequest");
                if (!least || !member(*least, "activeRequestBias"))
                    return;
                MeshFinding finding = ofPolicy(Kind::Unsendable, Severity::Problem, policy);
                finding.what =
                    nameOf(policy) + ": activeRequestBias stops all configuration of the proxies it selects";
                finding.evidence =
                    "the control plane accepts it, fails its own check of the result, logs that and "
                    "sends nothing any more";
                finding.versions = "Kuma 2.9";
                finding.wayOut = "Leave activeRequestBias out";
                m_out.push_back(std::move(finding));
            });
        }
        if (is29 && policy.type == "MeshTCPRoute") {
            const Json *target = member(spec, "targetRef");
            bool missing = false;
            walk(spec, [&missing](const Json &object) {
                for (const Json &ref : items(object, "backendRefs"))
                    missing = missing || !member(ref, "weight");
            });
            if (target && text(*target, "kind") == "MeshGateway" && missing) {
                MeshFinding finding = ofPolicy(Kind::Unsendable, Severity::Problem, policy);
                finding.what = nameOf(policy) + ": a backendRef without weight breaks the gateway it selects";
                finding.evidence =
                    "the control plane's generator fails each second and the gateway gets nothing at all";
                finding.versions = "Kuma 2.9";
                finding.wayOut = "Give every backendRef a weight";
                m_out.push_back(std::move(finding));
            }
        }
        if (is29 && policy.type == "MeshHealthCheck") {
            walk(spec, [&](const Json &object) {
                const Json *tcp = member(object, "tcp");
                if (!tcp || (!member(*tcp, "send") && !member(*tcp, "receive")))
                    return;
                MeshFinding finding = ofPolicy(Kind::UndecodedBytes, Severity::Warning, policy);
                finding.what = nameOf(policy)
                               + ": the TCP health check sends the base64 text, not the bytes it stands for";
                finding.evidence =
                    "send and receive are hex-encoded as they are written; a server that expects the "
                    "bytes looks unhealthy";
                finding.versions = "Kuma 2.9";
                finding.wayOut = "Check without send and receive, by HTTP or gRPC instead";
                m_out.push_back(std::move(finding));
            });
        }
        if (policy.type == "MeshRateLimit")
            addUnknownStatus(policy, spec);
    }

    void addUnknownStatus(const ResourceRecord &policy, const Json &spec)
    {
        walk(spec, [&](const Json &object) {
            const Json *on = member(object, "onRateLimit");
            const Json *status = on ? member(*on, "status") : nullptr;
            if (!status || !status->is_number_integer())
                return;
            const int code = status->get<int>();
            if (isEnvoyStatus(code))
                return;
            MeshFinding finding = ofPolicy(Kind::UnknownStatus, Severity::Problem, policy);
            finding.what = nameOf(policy) + ": Envoy does not know the status " + std::to_string(code);
            finding.evidence = "the control plane stores it, and every proxy it selects refuses its listener";
            finding.versions = "all";
            finding.wayOut = "Use one that Envoy knows, such as 429 or 503";
            m_out.push_back(std::move(finding));
        });
    }

    // envoy.type.v3.StatusCode
    static bool isEnvoyStatus(int code)
    {
        static const std::set<int> more{100, 426, 428, 429, 431, 500, 501, 502,
                                        503, 504, 505, 506, 507, 508, 510, 511};
        return (code >= 200 && code <= 208) || code == 226 || (code >= 300 && code <= 308 && code != 306)
               || (code >= 400 && code <= 417) || (code >= 421 && code <= 424) || more.count(code);
    }

    const Index &m_index;
    Out &m_out;
    std::map<std::string, MeshSets> m_sets;
};

}  // namespace

void addPolicyFindings(const Index &index, Out &out)
{
    Rules rules(index, out);
    for (const ResourceListPtr &list : index.snapshot.resources) {
        for (const ResourcePtr &policy : list->rows)
            rules.add(*policy);
    }
}

}  // namespace meshscope::findings
