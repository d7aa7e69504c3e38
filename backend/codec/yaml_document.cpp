#include "backend/codec/yaml_document.h"

#include "backend/codec/yaml_scalar.h"
#include "backend/codec/yaml_tree.h"

#include <algorithm>

namespace meshscope {

// A document's tree, the text it came from, and its JSON.
struct YamlDocument::Data {
    YamlTree tree;
    YamlText text;
    std::string json;
    std::vector<std::string> duplicates;
};

namespace {

// One step of a path: a name, a bracketed key (which points at the key itself) or an index.
struct Step {
    std::string name;
    std::size_t index = 0;
    bool isIndex = false;
    bool isKey = false;
};

std::vector<Step> stepsOf(std::string_view path)
{
    std::vector<Step> steps;
    std::size_t at = 0;
    while (at < path.size()) {
        if (path[at] == '.') {
            ++at;
        } else if (path.substr(at, 2) == "[\"") {
            const auto end = path.find("\"]", at + 2);
            if (end == std::string_view::npos)
                break;
            steps.push_back({std::string(path.substr(at + 2, end - at - 2)), 0, false, true});
            at = end + 2;
        } else if (path[at] == '[') {
            const auto end = path.find(']', at);
            if (end == std::string_view::npos)
                break;
            std::size_t index = 0;
            for (const char c : path.substr(at + 1, end - at - 1))
                index = c >= '0' && c <= '9'
                            ? std::min<std::size_t>(index * 10 + std::size_t(c - '0'), 1'000'000'000)
                            : 1'000'000'000;
            steps.push_back({{}, index, true, false});
            at = end + 1;
        } else {
            const auto end = std::min(path.find_first_of(".[", at), path.size());
            steps.push_back({std::string(path.substr(at, end - at)), 0, false, false});
            at = end;
        }
    }
    return steps;
}

std::string snakeOf(std::string_view camel)
{
    std::string out;
    for (const char c : camel) {
        if (c >= 'A' && c <= 'Z') {
            out += '_';
            out += static_cast<char>(c - 'A' + 'a');
        } else {
            out += c;
        }
    }
    return out;
}

struct Found {
    YamlMark mark;
    bool whole = true;  // the path exists to its end
};

Found follow(const YamlTree &tree, std::string_view path)
{
    const YamlNode *node = &tree.resolve(tree.root);
    Found found{tree.nodes[tree.root].mark, true};
    for (const Step &step : stepsOf(path)) {
        if (step.isIndex) {
            if (node->kind != YamlNode::Kind::Sequence || step.index >= node->children.size())
                return {found.mark, false};
            const auto child = node->children[step.index];
            found.mark = tree.nodes[child].mark;
            node = &tree.resolve(child);
            continue;
        }
        const auto *member = tree.member(*node, step.name);
        if (member == nullptr && !step.isKey)
            member = tree.member(*node, snakeOf(step.name));  // Kuma takes the proto spelling as well
        if (member == nullptr)
            return {found.mark, false};
        const YamlNode &value = tree.nodes[member->value];
        const YamlMark keyMark = tree.nodes[member->key].mark;
        // A block that begins below its key is best shown at the key.
        const bool atKey = step.isKey
                           || (value.kind != YamlNode::Kind::Scalar && value.mark.line != keyMark.line)
                           || value.isImplicitNull;
        found.mark = atKey ? keyMark : value.mark;
        node = &tree.resolve(member->value);
    }
    return found;
}

}  // namespace

tl::expected<std::vector<YamlDocument>, YamlError> YamlDocument::parseStream(const std::string &text)
{
    const YamlText lines(text);
    auto trees = parseYamlStream(text, lines);
    if (!trees)
        return tl::make_unexpected(trees.error());
    std::vector<YamlDocument> documents;
    for (YamlTree &tree : *trees) {
        auto data = std::make_shared<Data>();
        data->text = lines;
        auto json = jsonOfYaml(tree, lines);
        if (!json)
            return tl::make_unexpected(json.error());
        data->json = std::move(*json);
        data->duplicates = duplicateKeysOf(tree);
        data->tree = std::move(tree);
        documents.emplace_back().m_data = std::move(data);
    }
    return documents;
}

tl::expected<YamlDocument, YamlError> YamlDocument::parse(const std::string &text)
{
    auto documents = parseStream(text);
    if (!documents)
        return tl::make_unexpected(documents.error());
    if (documents->size() > 1) {
        const auto &second = *(*documents)[1].m_data;
        return tl::make_unexpected(
            YamlError{second.text.positionOf(second.tree.nodes[second.tree.root].mark),
                      "a second document begins here; one resource a text is expected"});
    }
    if (!documents->empty())
        return std::move(documents->front());
    YamlDocument document;
    auto data = std::make_shared<Data>();
    data->text = YamlText(text);
    data->tree.nodes.emplace_back().kind = YamlNode::Kind::Mapping;
    data->json = "{}";
    document.m_data = std::move(data);
    return document;
}

const std::string &YamlDocument::json() const { return m_data->json; }

Position YamlDocument::positionOf(std::string_view path) const
{
    return m_data->text.positionOf(follow(m_data->tree, path).mark);
}

bool YamlDocument::has(std::string_view path) const { return follow(m_data->tree, path).whole; }

const std::vector<std::string> &YamlDocument::duplicateKeys() const { return m_data->duplicates; }

}  // namespace meshscope
