#include "backend/xds/policy/merging.h"

#include <algorithm>
#include <string_view>

namespace meshscope::xds {

namespace {

bool isAppended(std::string_view name) { return name.starts_with("append"); }

void clearAppended(Json &object)
{
    if (!object.is_object())
        return;
    for (auto &[name, value] : object.items()) {
        if (isAppended(name) && value.is_array())
            value = Json::array();
        else
            clearAppended(value);
    }
}

void append(Json &target, const Json &source)
{
    if (!target.is_object() || !source.is_object())
        return;
    for (auto &[name, value] : target.items()) {
        const auto found = source.find(name);
        if (found == source.end())
            continue;
        if (isAppended(name) && value.is_array() && found->is_array())
            value.insert(value.end(), found->begin(), found->end());
        else
            append(value, *found);
    }
}

// The first appearance from the strongest conf downwards gives a rule its place.
Json mergedRules(const std::vector<const Json *> &confs)
{
    struct Rule {
        const Json *matches = nullptr;
        std::vector<const Json *> defaults;  // from the strongest to the weakest
    };
    std::vector<Rule> rules;
    for (auto conf = confs.rbegin(); conf != confs.rend(); ++conf) {
        for (const auto &rule : listAt(**conf, "rules")) {
            const auto &matches = at(rule, "matches");
            const auto same = std::find_if(rules.begin(), rules.end(), [&matches](const Rule &known) {
                return *known.matches == matches;
            });
            auto &merged = same == rules.end() ? rules.emplace_back() : *same;
            merged.matches = &matches;
            merged.defaults.push_back(&at(rule, "default"));
        }
    }
    auto result = Json::array();
    for (auto &rule : rules) {
        std::reverse(rule.defaults.begin(), rule.defaults.end());
        Json merged{{"default", mergedConf(rule.defaults)}};
        if (!rule.matches->is_null())
            merged["matches"] = *rule.matches;
        result.push_back(std::move(merged));
    }
    return result;
}

}  // namespace

Json mergedConf(const std::vector<const Json *> &confs)
{
    if (confs.empty())
        return nullptr;
    Json result = *confs.front();
    for (std::size_t i = 1; i < confs.size(); ++i)
        result.merge_patch(*confs[i]);
    if (confs.size() > 1) {
        clearAppended(result);
        for (const auto *conf : confs)
            append(result, *conf);
    }
    if (result.is_object() && result.contains("rules"))
        result["rules"] = mergedRules(confs);
    return result;
}

}  // namespace meshscope::xds
