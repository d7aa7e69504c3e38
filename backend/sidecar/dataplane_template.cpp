#include "backend/sidecar/dataplane_template.h"

#include "backend/codec/yaml_document.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <kainjow/mustache.hpp>

#include <algorithm>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

// Variables as a tree: "a.b" is b within a.
struct Node {
    std::string value;
    std::map<std::string, Node> inside;
};

data dataOf(const Node &node)
{
    if (node.inside.empty())
        return data(node.value);
    data object(data::type::object);
    for (const auto &[name, child] : node.inside)
        object.set(name, dataOf(child));
    return object;
}

std::string typeFor(const std::string &proxyType)
{
    return proxyType == "ingress" ? "ZoneIngress" : proxyType == "egress" ? "ZoneEgress" : "Dataplane";
}

}  // namespace

Result<TemplateVariables> templateVariables(const std::vector<std::string> &pairs)
{
    TemplateVariables result;
    for (const auto &pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(Error::Code::Invalid,
                        "\"" + pair + "\" is not a variable: write NAME=VALUE, as in address=127.0.0.1");
        result[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return result;
}

Result<std::string> renderDataplane(const std::string &text, const TemplateVariables &variables)
{
    Node root;
    for (const auto &[name, value] : variables) {
        Node *at = &root;
        std::size_t from = 0;
        for (std::size_t dot; (dot = name.find('.', from)) != std::string::npos; from = dot + 1)
            at = &at->inside[name.substr(from, dot - from)];
        at->inside[name.substr(from)].value = value;
    }
    mustache rendered(text);
    if (!rendered.is_valid())
        return fail(Error::Code::Invalid, "the template cannot be read: " + rendered.error_message());
    rendered.set_custom_escape([](const std::string &value) { return value; });
    data values(data::type::object);
    for (const auto &[name, child] : root.inside)
        values.set(name, dataOf(child));
    return rendered.render(values);
}

Result<GivenDataplane> readDataplane(const std::string &text, const TemplateVariables &variables,
                                     const std::string &proxyType, const std::string &where)
{
    const auto rendered = renderDataplane(text, variables);
    if (!rendered)
        return fail(Error::Code::Invalid, rendered.error().what, where);
    const auto document = YamlDocument::parse(*rendered);
    if (!document)
        return fail(Error::Code::Invalid, where + ':' + std::to_string(document.error().position.line) + ": "
                                              + document.error().message);
    const QByteArray json = QByteArray::fromStdString(document->json());
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    const auto field = [&object](QLatin1StringView name) {
        return object.value(name).toString().toStdString();
    };
    const std::string type = typeFor(proxyType);
    if (field("type"_L1) != type)
        return fail(Error::Code::Invalid,
                    where + " holds no resource of type " + type
                        + (field("type"_L1).empty() ? std::string() : ", but " + field("type"_L1)));
    GivenDataplane result;
    result.type = type;
    result.json = json.toStdString();
    result.key = {field("mesh"_L1), field("name"_L1)};
    if (result.key.mesh.empty() && type == "Dataplane")
        result.key.mesh = "default";
    if (result.key.name.empty())
        return fail(Error::Code::Invalid, "the " + type + " in " + where + " has no name");
    return result;
}

Result<std::string> checkedToken(std::string token, const std::string &where)
{
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r'))
        token.pop_back();
    if (token.empty())
        return fail(Error::Code::Invalid, "the dataplane token is empty", where);
    if (token.find_first_of(" \t\r\n") != std::string::npos)
        return fail(Error::Code::Invalid, "the dataplane token has a blank or a line break in it", where);
    if (std::count(token.begin(), token.end(), '.') != 2)
        return fail(Error::Code::Invalid, "the dataplane token is no JWT", where);
    return token;
}

}  // namespace meshscope
