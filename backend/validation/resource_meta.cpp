#include "backend/validation/resource_meta.h"

#include "backend/validation/addresses.h"
#include "backend/validation/rules.h"

#include <algorithm>

namespace meshscope {

namespace {

constexpr char kNameCharacters[] = "invalid characters. A lowercase RFC 1123 subdomain must consist of lower "
                                   "case alphanumeric characters, '-' or "
                                   "'.', and must start and end with an alphanumeric character";
constexpr char kOldNameCharacters[] =
    "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', '.' symbols";
constexpr char kNamePart[] =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr char kLabelValue[] = "a valid label must be an empty string or consist of alphanumeric characters, "
                               "'-', '_' or '.', and must start and "
                               "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
                               "'12345', regex used for validation is "
                               "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;

bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isLabelText(std::string_view text)
{
    return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back())
           && std::all_of(text.begin(), text.end(),
                          [](char c) { return isAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool isOldName(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
    });
}

std::string atMost(std::size_t count, KumaEra era)
{
    return "must be no more than " + std::to_string(count)
           + (era == KumaEra::V2_9 ? " characters" : " bytes");
}

void checkLabelKey(Violations &out, const std::string &key, KumaEra era)
{
    const std::string field = "labels[\"" + key + "\"]";
    const std::string advice = "Use letters, digits, - _ and ., with an optional prefix such as example.com/";
    std::string_view name = key;
    if (const auto slash = name.find('/'); slash != std::string_view::npos) {
        const auto prefix = name.substr(0, slash);
        name = name.substr(slash + 1);
        if (name.find('/') != std::string_view::npos) {
            out.add(field,
                    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must "
                    "start and "
                    "end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
                    "used for "
                    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS "
                    "subdomain prefix "
                    "and '/' (e.g. 'example.com/MyName')",
                    advice);
            return;
        }
        if (prefix.empty())
            out.add(field, "prefix part must be non-empty", advice);
        else if (!isSubdomain(prefix))
            out.add(field,
                    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                    "characters, "
                    "'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
                    "regex "
                    "used for validation is "
                    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
                    advice);
    }
    if (name.empty())
        out.add(field, "name part must be non-empty", advice);
    else if (name.size() > kMaxLabel)
        out.add(field, "name part " + atMost(kMaxLabel, era), advice);
    if (!isLabelText(name))
        out.add(field, kNamePart, advice);
}

void checkLabels(Violations &out, const Json &resource, KumaEra era)
{
    const Json &labels = memberAt(resource, "labels");
    if (!labels.is_object())
        return;
    for (const auto &[key, json] : labels.items()) {
        checkLabelKey(out, key, era);
        const auto value = json.is_string() ? json.get<std::string>() : std::string();
        const std::string field = "labels[\"" + key + "\"]";
        if (value.size() > kMaxLabel)
            out.add(field, atMost(kMaxLabel, era), "Shorten the value");
        if (!value.empty() && !isLabelText(value))
            out.add(field, kLabelValue,
                    "Use letters, digits, - _ and .; begin and end with a letter or digit");
    }
}

void checkOwnLabels(Violations &out, const Json &resource, const MetaExpectation &expected)
{
    const Json &labels = memberAt(resource, "labels");
    const auto has = [&](const char *key) { return labels.is_object() && labels.contains(key); };
    if (has("kuma.io/mesh") && !expected.key.mesh.empty()
        && textAt(labels, "kuma.io/mesh") != expected.key.mesh)
        out.add("labels[\"kuma.io/mesh\"]", "kuma.io/mesh label must not differ from mesh set on resource",
                "Remove the label; the control plane sets it");
    const auto origin = textAt(labels, "kuma.io/origin");
    if (has("kuma.io/origin") && origin != "global" && origin != "zone")
        out.add("labels[\"kuma.io/origin\"]", "unknown resource origin \"" + origin + "\"",
                "Remove the label; the control plane sets it");
    if (has("kuma.io/zone") && textAt(labels, "kuma.io/zone") != expected.zone)
        out.add("labels[\"kuma.io/zone\"]", "kuma.io/zone label should have " + expected.zone + " value",
                "Remove the label; the control plane sets it");
}

void checkName(Violations &out, const std::string &name, KumaEra era, bool exists)
{
    if (name.empty()) {
        out.add("name", "cannot be empty", "Set name");
        return;
    }
    if (name.size() > kMaxName)
        out.add("name", "value length must less or equal " + std::to_string(kMaxName), "Shorten the name");
    if (exists && era == KumaEra::V2_9 ? !isOldName(name) : !(name.size() > kMaxName || isSubdomain(name)))
        out.add("name", exists && era == KumaEra::V2_9 ? kOldNameCharacters : kNameCharacters,
                "Use lower case letters, digits, - and .");
}

void checkMeshName(Violations &out, const std::string &mesh)
{
    if (mesh.empty()) {
        out.add("mesh", "cannot be empty", "Set mesh");
        return;
    }
    if (mesh.size() > kMaxName)
        out.add("mesh", "value length must less or equal " + std::to_string(kMaxName), "Shorten the name");
    if (!isOldName(mesh))
        out.add("mesh", kOldNameCharacters, "Use lower case letters, digits, - _ and .");
}

}  // namespace

std::vector<Finding> validateMeta(std::string_view canonicalJson, const MetaExpectation &expected,
                                  KumaEra era)
{
    Violations out;
    const Json resource = Json::parse(canonicalJson, nullptr, false);
    const auto name = textAt(resource, "name"), mesh = textAt(resource, "mesh");
    const bool inMesh = !expected.key.mesh.empty();
    if (name != expected.key.name)
        out.add("name", "name from the URL has to be the same as in body", "Set name: " + expected.key.name);
    if (textAt(resource, "type") != expected.type)
        out.add("type", "type from the URL has to be the same as in body", "Set type: " + expected.type);
    if (inMesh && mesh != expected.key.mesh)
        out.add("mesh", "mesh from the URL has to be the same as in body", "Set mesh: " + expected.key.mesh);
    checkName(out, name, era, expected.exists);
    if (inMesh)
        checkMeshName(out, mesh);
    checkLabels(out, resource, era);
    checkOwnLabels(out, resource, expected);
    return out.take();
}

std::vector<Finding> validateNameAndLabels(std::string_view canonicalJson, KumaEra era, bool exists)
{
    Violations out;
    const Json resource = Json::parse(canonicalJson, nullptr, false);
    if (const auto name = textAt(resource, "name"); !name.empty())
        checkName(out, name, era, exists);
    if (const auto mesh = textAt(resource, "mesh"); !mesh.empty())
        checkMeshName(out, mesh);
    checkLabels(out, resource, era);
    return out.take();
}

std::string workloadLabelProblem(std::string_view canonicalJson, KumaEra era)
{
    const Json resource = Json::parse(canonicalJson, nullptr, false);
    const Json &labels = memberAt(resource, "labels");
    if (era == KumaEra::V2_9 || !labels.is_object() || !labels.contains("kuma.io/workload"))
        return {};
    const auto value = textAt(labels, "kuma.io/workload");
    const bool fine = !value.empty() && value.size() <= kMaxLabel && isSubdomain(value)
                      && value.find('.') == std::string::npos && value.front() >= 'a' && value.front() <= 'z';
    if (fine)
        return {};
    const std::string limit = value.size() > kMaxLabel ? atMost(kMaxLabel, era) + "; " : std::string();
    return "bad request: labels[\"kuma.io/workload\"]: must be a valid DNS-1035 label (at most 63 "
           "characters, matching "
           "regex [a-z]([-a-z0-9]*[a-z0-9])?): "
           + limit
           + "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
             "alphabetic "
             "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used "
             "for "
             "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
}

}  // namespace meshscope
