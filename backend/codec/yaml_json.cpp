// YAML tree to JSON text: aliases and merge keys written out, with a bound on what a few aliases can become.
#include "backend/codec/yaml_scalar.h"
#include "backend/codec/yaml_tree.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace meshscope {

namespace {

// Bytes of JSON: what the text itself can become, and some more for honest aliases.
constexpr std::size_t kMostFromAliases = 4U << 20U;
constexpr std::size_t kMostPerByte = 8;
constexpr int kMaxDepth = 1000;  // through aliases; yaml-cpp itself stops at 500 without

class JsonWriter
{
public:
    JsonWriter(const YamlTree &tree, const YamlText &lines)
        : m_tree(tree)
        , m_lines(lines)
        , m_most(lines.all().size() * kMostPerByte + kMostFromAliases)
    {}

    bool write(std::uint32_t index, int depth)
    {
        const YamlNode &asWritten = m_tree.nodes[index];
        const YamlNode &node = m_tree.resolve(index);
        const std::uint32_t resolved = asWritten.kind == YamlNode::Kind::Alias ? asWritten.target : index;
        if (out.size() > m_most)
            return fails(asWritten, "the aliases of this text make far too much of it");
        if (depth > kMaxDepth)
            return fails(asWritten, "nested too deeply");
        switch (node.kind) {
        case YamlNode::Kind::Scalar:
            scalar(node);
            return true;
        case YamlNode::Kind::Alias:
            return fails(asWritten, "this alias has no target");
        case YamlNode::Kind::Sequence:
        case YamlNode::Kind::Mapping:
            break;
        }
        if (std::find(m_open.begin(), m_open.end(), resolved) != m_open.end())
            return fails(asWritten, "this alias is inside of what it stands for");
        m_open.push_back(resolved);
        const bool fine =
            node.kind == YamlNode::Kind::Sequence ? sequence(node, depth) : mapping(node, depth);
        m_open.pop_back();
        return fine;
    }

    std::string out;
    std::optional<YamlError> error;

private:
    bool fails(const YamlNode &at, std::string message)
    {
        error = YamlError{m_lines.positionOf(at.mark), std::move(message)};
        return false;
    }

    void string(const std::string &text)
    {
        const bool isSimple = std::all_of(text.begin(), text.end(), [](char c) {
            return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
        });
        if (isSimple)
            out.append(1, '"').append(text).append(1, '"');
        else
            out += nlohmann::json(text).dump();
    }

    void scalar(const YamlNode &node)
    {
        const auto typed = node.isPlain ? jsonOfPlainScalar(node.text) : std::nullopt;
        if (typed)
            out += *typed;
        else
            string(node.text);
    }

    bool sequence(const YamlNode &node, int depth)
    {
        out += '[';
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            if (i > 0)
                out += ',';
            if (!write(node.children[i], depth + 1))
                return false;
        }
        out += ']';
        return true;
    }

    bool mapping(const YamlNode &node, int depth)
    {
        out += '{';
        std::set<std::string_view> written;
        if (!members(node, depth, true, written))
            return false;
        out += '}';
        return true;
    }

    // Members of `node` that are not written yet; of equal keys the last counts. Then what it merges.
    bool members(const YamlNode &node, int depth, bool isOwn, std::set<std::string_view> &written)
    {
        const YamlNode::Member *merge = nullptr;
        std::map<std::string_view, std::uint32_t> last;
        for (const auto &member : node.members)
            last[m_tree.resolve(member.key).text] = member.value;
        for (const auto &member : node.members) {
            const YamlNode &key = m_tree.resolve(member.key);
            if (key.kind != YamlNode::Kind::Scalar)
                return fails(m_tree.nodes[member.key], "a key must be a word, not a list or a mapping");
            if (key.isImplicitNull)
                return fails(m_tree.nodes[member.key], "a key is missing before the colon");
            if (key.isPlain && key.text == "<<") {
                merge = &member;
                continue;
            }
            if (!written.insert(key.text).second)
                continue;
            if (out.back() != '{')
                out += ',';
            string(key.text);
            out += ':';
            if (!write(last[key.text], depth + 1))
                return false;
        }
        if (merge == nullptr)
            return true;
        if (!isOwn || depth > kMaxDepth)
            return fails(m_tree.nodes[merge->key], "merging (<<) what itself merges is not supported");
        const YamlNode &source = m_tree.resolve(merge->value);
        if (source.kind == YamlNode::Kind::Mapping)
            return members(source, depth, false, written);
        for (const auto child : source.children) {
            const YamlNode &part = m_tree.resolve(child);
            if (part.kind != YamlNode::Kind::Mapping)
                return fails(m_tree.nodes[child], "only mappings can be merged (<<)");
            if (!members(part, depth, false, written))
                return false;
        }
        if (source.kind == YamlNode::Kind::Sequence)
            return true;
        return fails(m_tree.nodes[merge->key], "only mappings can be merged (<<)");
    }

    const YamlTree &m_tree;
    const YamlText &m_lines;
    std::size_t m_most;
    std::vector<std::uint32_t> m_open;
};

}  // namespace

tl::expected<std::string, YamlError> jsonOfYaml(const YamlTree &tree, const YamlText &lines)
{
    JsonWriter writer(tree, lines);
    if (!writer.write(tree.root, 0))
        return tl::make_unexpected(std::move(*writer.error));
    return std::move(writer.out);
}

}  // namespace meshscope
