#include "backend/trace/permission.h"

#include "backend/trace/config_dump.h"

#include <algorithm>
#include <optional>

namespace meshscope {

using Json = nlohmann::json;

namespace {

// True, false, or not to be told from a configuration.
using Answer = std::optional<bool>;

Answer anyOf(const Json &list, const std::function<Answer(const Json &)> &judge)
{
    Answer result = false;
    for (const auto &one : list) {
        const Answer answer = judge(one);
        if (answer == true)
            return true;
        if (!answer)
            result = std::nullopt;
    }
    return result;
}

Answer allOf(const Json &list, const std::function<Answer(const Json &)> &judge)
{
    Answer result = true;
    for (const auto &one : list) {
        const Answer answer = judge(one);
        if (answer == false)
            return false;
        if (!answer)
            result = std::nullopt;
    }
    return result;
}

struct Judge {
    const std::vector<std::string> &identities;
    const CallSight &call;

    bool anyIdentity(const Json &matcher) const
    {
        return std::any_of(identities.begin(), identities.end(),
                           [&matcher](const std::string &id) { return matchesString(matcher, id); });
    }

    Answer principal(const Json &value) const
    {
        const auto self = [this](const Json &one) { return principal(one); };
        if (at(value, "any") == true)
            return true;
        if (value.contains("and_ids"))
            return allOf(listAt(value["and_ids"], "ids"), self);
        if (value.contains("or_ids"))
            return anyOf(listAt(value["or_ids"], "ids"), self);
        if (value.contains("not_id")) {
            const Answer inner = principal(value["not_id"]);
            return inner ? Answer(!*inner) : inner;
        }
        if (value.contains("authenticated")) {
            const Json &name = at(value["authenticated"], "principal_name");
            return name.is_null() ? !identities.empty() : anyIdentity(name);
        }
        return std::nullopt;
    }

    Answer permission(const Json &value) const
    {
        const auto self = [this](const Json &one) { return permission(one); };
        if (at(value, "any") == true)
            return true;
        if (value.contains("and_rules"))
            return allOf(listAt(value["and_rules"], "rules"), self);
        if (value.contains("or_rules"))
            return anyOf(listAt(value["or_rules"], "rules"), self);
        if (value.contains("not_rule")) {
            const Answer inner = permission(value["not_rule"]);
            return inner ? Answer(!*inner) : inner;
        }
        if (value.contains("url_path"))
            return matchesString(at(value["url_path"], "path"), call.pathOnly());
        if (value.contains("header"))
            return whatDoesNotMatch(Json{{"headers", Json::array({value["header"]})}}, call).empty();
        return std::nullopt;
    }

    // A predicate of the matcher API on the caller's URI.
    Answer predicate(const Json &value) const
    {
        const auto self = [this](const Json &one) { return predicate(one); };
        if (value.contains("single_predicate")) {
            const Json &single = value["single_predicate"];
            if (textAt(at(single, "input"), "name").find("uri_san") == std::string::npos)
                return std::nullopt;
            return anyIdentity(at(single, "value_match"));
        }
        if (value.contains("or_matcher"))
            return anyOf(listAt(value["or_matcher"], "predicate"), self);
        if (value.contains("and_matcher"))
            return allOf(listAt(value["and_matcher"], "predicate"), self);
        if (value.contains("not_matcher")) {
            const Answer inner = predicate(value["not_matcher"]);
            return inner ? Answer(!*inner) : inner;
        }
        return std::nullopt;
    }
};

Permission verdictOf(const Json &onMatch)
{
    const Json &action = at(at(onMatch, "action"), "typed_config");
    const std::string name = textAt(action, "name");
    return {textAt(action, "action") == "DENY" ? Verdict::Denied : Verdict::Allowed, name};
}

}  // namespace

Permission permissionFor(const Json &rbac, const std::vector<std::string> &identities, const CallSight &call)
{
    const Judge judge{identities, call};
    const Json &matcher = at(rbac, "matcher");
    if (matcher.is_object()) {
        for (const auto &one : listAt(at(matcher, "matcher_list"), "matchers")) {
            const Answer answer = judge.predicate(at(one, "predicate"));
            if (!answer)
                return {Verdict::Unknown, "a rule asks for more than the caller's identity"};
            if (*answer)
                return verdictOf(at(one, "on_match"));
        }
        return verdictOf(at(matcher, "on_no_match"));
    }
    const Json &rules = at(rbac, "rules");
    if (!rules.is_object())
        return {Verdict::Allowed, "no rules"};
    const bool denies = textAt(rules, "action") == "DENY";
    const Json &policies = at(rules, "policies");
    bool isOpen = false;
    if (policies.is_object()) {
        for (const auto &[name, policy] : policies.items()) {
            const auto principals =
                anyOf(listAt(policy, "principals"), [&](const Json &one) { return judge.principal(one); });
            const auto permissions =
                anyOf(listAt(policy, "permissions"), [&](const Json &one) { return judge.permission(one); });
            if (principals == true && permissions == true)
                return {denies ? Verdict::Denied : Verdict::Allowed, name};
            isOpen = isOpen || (principals != false && permissions != false);
        }
    }
    if (isOpen)
        return {Verdict::Unknown, "a rule asks for more than the caller's identity"};
    return {denies ? Verdict::Allowed : Verdict::Denied, "no permission names the caller"};
}

}  // namespace meshscope
