#include "backend/query/tag_lint.h"

#include "backend/query/query.h"
#include "backend/query/tag_set_view.h"
#include "backend/query/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace meshscope::query {

namespace {

// Reserved keys (kuma-api fact sheet §5.4), and the protocols that Kuma tells apart; others are opaque TCP.
constexpr std::array<std::string_view, 7> kReserved{"kuma.io/service",
                                                    "kuma.io/zone",
                                                    "kuma.io/protocol",
                                                    "kuma.io/instance",
                                                    "kuma.io/external-service-name",
                                                    "kuma.io/mesh",
                                                    "kuma.io/env"};
constexpr std::array<std::string_view, 5> kProtocols{"http", "http2", "grpc", "tcp", "kafka"};

constexpr std::size_t kMostCompared =
    400;  // values of a key; beyond, they are names of instances, not groups

// Which inbounds have something, with a few of their dataplanes.
struct Where {
    std::size_t inbounds = 0;
    std::vector<ResourceKey> dataplanes;
    void add(const ResourceKey &key)
    {
        ++inbounds;
        if (dataplanes.size() < TagFinding::kMostExamples && (dataplanes.empty() || dataplanes.back() != key))
            dataplanes.push_back(key);
    }
};

struct Census {
    std::map<std::string, std::map<std::string, Where>> values;  // by key, value
    struct Service {
        std::size_t inbounds = 0;
        std::map<std::string, std::size_t> keys;
    };
    std::map<std::string, Service> services;
};

std::string tick(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string fieldOf(const std::string &key)
{
    const std::string plain = "tag." + key;
    return key.find_first_of(" \"'(){},=!<>~:") == std::string::npos ? plain : "tag." + quotedValue(key);
}

class Linter
{
public:
    Linter(std::string mesh, const Census &census, std::vector<TagFinding> &out)
        : m_mesh(std::move(mesh))
        , m_census(census)
        , m_out(out)
    {}

    void keyVariants()
    {
        for (auto a = m_census.values.begin(); a != m_census.values.end(); ++a) {
            for (auto b = std::next(a); b != m_census.values.end(); ++b) {
                const bool reserved = a->first.starts_with("kuma.io/") && b->first.starts_with("kuma.io/");
                if (reserved || !looksAlike(a->first, b->first))
                    continue;
                const auto countOf = [](const auto &values) {
                    std::size_t sum = 0;
                    for (const auto &[value, where] : values)
                        sum += where.inbounds;
                    return sum;
                };
                const auto &rare = countOf(a->second) < countOf(b->second) ? *a : *b;
                const auto &common = &rare == &*a ? *b : *a;
                Where where;
                for (const auto &[value, one] : rare.second) {
                    where.inbounds += one.inbounds;
                    where.dataplanes.insert(where.dataplanes.end(), one.dataplanes.begin(),
                                            one.dataplanes.end());
                }
                std::sort(where.dataplanes.begin(), where.dataplanes.end());
                where.dataplanes.erase(std::unique(where.dataplanes.begin(), where.dataplanes.end()),
                                       where.dataplanes.end());
                if (where.dataplanes.size() > TagFinding::kMostExamples)
                    where.dataplanes.resize(TagFinding::kMostExamples);
                add(TagFinding::Kind::KeyVariant, TagFinding::Severity::Warning, rare.first, {},
                    "the key " + tick(rare.first) + " looks like " + tick(common.first) + ", which "
                        + std::to_string(countOf(common.second)) + " inbounds have",
                    where, fieldOf(rare.first) + " exists");
            }
        }
    }

    void valueVariants()
    {
        for (const auto &[key, values] : m_census.values) {
            if (values.size() > kMostCompared)
                continue;
            for (auto a = values.begin(); a != values.end(); ++a) {
                for (auto b = std::next(a); b != values.end(); ++b) {
                    if (!looksAlike(a->first, b->first))
                        continue;
                    const auto &rare = a->second.inbounds < b->second.inbounds ? *a : *b;
                    const auto &common = &rare == &*a ? *b : *a;
                    add(TagFinding::Kind::ValueVariant, TagFinding::Severity::Warning, key, rare.first,
                        tick(key + "=" + rare.first) + " looks like " + tick(common.first) + ", which "
                            + std::to_string(common.second.inbounds) + " inbounds have",
                        rare.second, fieldOf(key) + " == " + quotedValue(rare.first));
                }
            }
        }
    }

    void missingKeys(const std::vector<DataplanePtr> &rows)
    {
        for (const auto &[service, counted] : m_census.services) {
            for (const auto &[key, having] : counted.keys) {
                const std::size_t missing = counted.inbounds - having;
                if (missing == 0 || having < 3 || having * 4 < counted.inbounds * 3)
                    continue;
                Where where;
                for (const auto &row : rows) {
                    if (row->key().mesh != m_mesh)
                        continue;
                    forEachTagSet(
                        *row->dataplane, [&, &name = service, &wanted = key](const TagSetView &set) {
                            const auto tag = set.tags->find(kServiceTag);
                            if (tag != set.tags->end() && tag->second == name && !set.tags->contains(wanted))
                                where.add(row->key());
                        });
                }
                add(TagFinding::Kind::MissingKey, TagFinding::Severity::Warning, key, {},
                    std::to_string(missing) + " of " + std::to_string(counted.inbounds) + " inbounds of "
                        + tick(service) + " have no tag " + tick(key) + ", which the others have",
                    where,
                    "inbound(service == " + quotedValue(service) + " and not " + fieldOf(key) + " exists)");
            }
        }
    }

    void unusedValues(const std::vector<Selector> &selectors)
    {
        std::map<std::string, std::set<std::string>> used;
        for (const auto &selector : selectors) {
            for (const auto &requirement : selector.requirements) {
                if (!selector.ofLabels)
                    used[requirement.key].insert(requirement.value);
            }
        }
        for (const auto &[key, values] : m_census.values) {
            const auto wanted = used.find(key);
            if (wanted == used.end() || wanted->second.contains("*") || key.starts_with("kuma.io/"))
                continue;
            for (const auto &[value, where] : values) {
                if (!wanted->second.contains(value))
                    add(TagFinding::Kind::UnusedValue, TagFinding::Severity::Hint, key, value,
                        "policies select by " + tick(key) + ", but none chooses " + tick(value), where,
                        fieldOf(key) + " == " + quotedValue(value));
            }
        }
    }

    void reserved()
    {
        for (const auto &[key, values] : m_census.values) {
            const bool isKnown = std::find(kReserved.begin(), kReserved.end(), key) != kReserved.end();
            if (key.starts_with("kuma.io/") && !isKnown) {
                for (const auto &[value, where] : values)
                    add(TagFinding::Kind::UnknownReserved, TagFinding::Severity::Warning, key, value,
                        tick(key) + " is in Kuma's own name space, but no tag that Kuma knows", where,
                        fieldOf(key) + " == " + quotedValue(value));
            }
            for (const auto &[value, where] : values) {
                if (value.empty())
                    add(TagFinding::Kind::EmptyValue, TagFinding::Severity::Warning, key, value,
                        "the tag " + tick(key) + " has an empty value", where, fieldOf(key) + " == \"\"");
                else if (key == kProtocolTag
                         && std::find(kProtocols.begin(), kProtocols.end(), folded(value))
                                == kProtocols.end())
                    add(TagFinding::Kind::UnknownProtocol, TagFinding::Severity::Warning, key, value,
                        tick(value) + " is no protocol that Kuma knows, so it is treated as tcp", where,
                        fieldOf(key) + " == " + quotedValue(value));
            }
        }
    }

private:
    void add(TagFinding::Kind kind, TagFinding::Severity severity, const std::string &key,
             const std::string &value, std::string message, const Where &where, std::string query)
    {
        m_out.push_back({kind, severity, m_mesh, key, value, std::move(message), where.inbounds,
                         where.dataplanes, std::move(query)});
    }

    std::string m_mesh;
    const Census &m_census;
    std::vector<TagFinding> &m_out;
};

}  // namespace

std::vector<TagFinding> lintTags(const std::vector<DataplanePtr> &rows,
                                 const std::optional<std::vector<Selector>> &selectors)
{
    std::map<std::string, Census> meshes;
    for (const auto &row : rows) {
        Census &census = meshes[row->key().mesh];
        forEachTagSet(*row->dataplane, [&](const TagSetView &set) {
            const auto service = set.tags->find(kServiceTag);
            Census::Service *counted =
                service == set.tags->end() ? nullptr : &census.services[service->second];
            if (counted)
                ++counted->inbounds;
            for (const auto &[key, value] : *set.tags) {
                census.values[key][value].add(row->key());
                if (counted)
                    ++counted->keys[key];
            }
        });
    }
    std::vector<TagFinding> findings;
    for (const auto &[mesh, census] : meshes) {
        Linter linter(mesh, census, findings);
        linter.keyVariants();
        linter.valueVariants();
        linter.missingKeys(rows);
        linter.reserved();
        if (selectors)
            linter.unusedValues(*selectors);
    }
    std::stable_sort(findings.begin(), findings.end(), [](const TagFinding &a, const TagFinding &b) {
        return std::tie(a.severity, a.mesh, a.kind, a.key, a.value)
               < std::tie(b.severity, b.mesh, b.kind, b.key, b.value);
    });
    return findings;
}

}  // namespace meshscope::query
