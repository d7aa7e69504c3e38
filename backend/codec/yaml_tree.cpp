#include "backend/codec/yaml_tree.h"

#include "backend/codec/proto_json.h"
#include "backend/codec/yaml_scalar.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace meshscope {

namespace {

constexpr std::size_t kMaxNodes = 2'000'000;
constexpr std::size_t kMaxDocuments = 10'000;

// yaml-cpp stops at U+0004 as if the text ended, and lets other things pass that no YAML may hold.
std::optional<YamlError> unreadableCharacter(const std::string &text, const YamlText &lines)
{
    const auto wrong = [&](std::size_t at, std::string message) {
        return YamlError{lines.positionAt(at), std::move(message)};
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
                std::array<char, 64> message{};
                std::snprintf(message.data(), message.size(), "the character U+%04X is not allowed in YAML",
                              byte);
                return wrong(at, message.data());
            }
            ++at;
            continue;
        }
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
        bool valid = byte >= 0xC2 && byte <= 0xF4 && at + length <= text.size();
        for (std::size_t i = 1; valid && i < length; ++i)
            valid = (static_cast<unsigned char>(text[at + i]) & 0xC0) == 0x80;
        if (valid && length > 2) {
            const auto second = static_cast<unsigned char>(text[at + 1]);
            valid = !(byte == 0xE0 && second < 0xA0) && !(byte == 0xED && second > 0x9F)
                    && !(byte == 0xF0 && second < 0x90) && !(byte == 0xF4 && second > 0x8F);
        }
        if (!valid)
            return wrong(at, "this is not UTF-8 text");
        at += length;
    }
    return std::nullopt;
}

struct TooBig {
    YAML::Mark mark;
};

// Builds one document's tree out of yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler
{
public:
    YamlTree tree;
    bool any = false;
    YamlMark start;
    std::optional<YamlMark> lastQuoted;

    void OnDocumentStart(const YAML::Mark &mark) override { start = YamlMark{mark.line, mark.column}; }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        YamlNode &node = add(mark, anchor, YamlNode::Kind::Scalar);
        node.isPlain = true;
        node.isImplicitNull = true;
        place();
    }

    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        const auto target = m_anchors.find(anchor);
        YamlNode &node = add(mark, YAML::NullAnchor, YamlNode::Kind::Alias);
        node.target = target == m_anchors.end() ? 0 : target->second;
        place();
    }

    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override
    {
        if (tag == "!")
            lastQuoted = YamlMark{mark.line, mark.column};
        YamlNode &node = add(mark, anchor, YamlNode::Kind::Scalar);
        node.text = value;
        // "?" is a plain scalar without a tag, "!" one in quotes.
        node.isPlain = tag != "!" && tag != "tag:yaml.org,2002:str" && tag != "tag:yaml.org,2002:binary";
        place();
    }

    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override
    {
        add(mark, anchor, YamlNode::Kind::Sequence);
        m_open.push_back({m_last, kNone});
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override
    {
        add(mark, anchor, YamlNode::Kind::Mapping);
        m_open.push_back({m_last, kNone});
    }
    void OnMapEnd() override { close(); }

private:
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;
    struct Open {
        std::uint32_t node;
        std::uint32_t pendingKey;
    };

    YamlNode &add(const YAML::Mark &mark, YAML::anchor_t anchor, YamlNode::Kind kind)
    {
        if (tree.nodes.size() >= kMaxNodes)
            throw TooBig{mark};
        any = true;
        m_last = static_cast<std::uint32_t>(tree.nodes.size());
        YamlNode &node = tree.nodes.emplace_back();
        node.kind = kind;
        node.mark = {mark.line, mark.column};
        if (anchor != YAML::NullAnchor)
            m_anchors[anchor] = m_last;
        return node;
    }

    // Hands the finished node m_last to what is open.
    void place()
    {
        if (m_open.empty()) {
            tree.root = m_last;
            return;
        }
        Open &owner = m_open.back();
        YamlNode &node = tree.nodes[owner.node];
        if (node.kind == YamlNode::Kind::Sequence) {
            node.children.push_back(m_last);
        } else if (owner.pendingKey == kNone) {
            owner.pendingKey = m_last;
        } else {
            node.members.push_back({owner.pendingKey, m_last});
            owner.pendingKey = kNone;
        }
    }

    void close()
    {
        m_last = m_open.back().node;
        m_open.pop_back();
        place();
    }

    std::uint32_t m_last = 0;
    std::vector<Open> m_open;
    std::map<YAML::anchor_t, std::uint32_t> m_anchors;
};

// yaml-cpp's terse words in plain ones.
std::string plainWords(const std::string &message)
{
    static const std::pair<const char *, const char *> kWords[] = {
        {"illegal map value", "a colon cannot stand here; a value that holds \": \" needs quotes"},
        {"end of map not found", "this line is not indented like the ones it belongs to"},
        {"end of sequence not found", "this line is not indented like the list it belongs to"},
        {"end of sequence flow not found", "a list that begins with [ is not closed with ]"},
        {"end of map flow not found", "a mapping that begins with { is not closed with }"},
        {"illegal block entry", "a list entry (- …) cannot stand here"},
        {"illegal map key", "a key cannot stand here"},
        {"unknown token", "this character cannot begin a value; put the value in quotes"},
        {"the referenced anchor is not defined", "this alias (*…) has no anchor (&…) above it"},
        {"illegal EOF in scalar", "this quote is never closed"},
    };
    for (const auto &[theirs, ours] : kWords) {
        if (message == theirs)
            return ours;
    }
    return message.empty() ? "this is not YAML" : message;
}

YamlError fromException(const YAML::Exception &exception, const YamlText &lines)
{
    const YamlMark mark{std::max(exception.mark.line, 0), std::max(exception.mark.column, 0)};
    if (dynamic_cast<const YAML::DeepRecursion *>(&exception) != nullptr)
        return {lines.positionOf(mark), "nested too deeply"};
    for (int number = mark.line; number >= std::max(mark.line - 1, 0); --number) {
        const auto line = lines.line(number);
        const auto tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
        if (tab != std::string_view::npos)
            return {lines.positionOf({number, static_cast<int>(tab)}),
                    "a tab cannot indent YAML; use spaces"};
    }
    return {lines.positionOf(mark), plainWords(exception.msg)};
}

// yaml-cpp takes a quote that is never closed for one closed at the end. Offset of the quote, or nothing.
std::optional<std::size_t> unclosedQuote(const std::string &text, std::size_t from)
{
    const std::size_t open = text.find_first_of("\"'", from);
    if (open == std::string::npos)
        return std::nullopt;
    const char quote = text[open];
    for (std::size_t at = open + 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            if (quote != '\'' || at + 1 >= text.size() || text[at + 1] != '\'')
                return std::nullopt;
            ++at;
        }
    }
    return open;
}

}  // namespace

YamlText::YamlText(const std::string &text)
    : m_text(std::make_shared<std::string>(text))
{
    auto starts = std::make_shared<std::vector<std::size_t>>(1, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
        starts->push_back(at + 1);
    m_starts = std::move(starts);
}

std::string_view YamlText::line(int number) const
{
    if (!m_starts || number < 0 || static_cast<std::size_t>(number) >= m_starts->size())
        return {};
    const auto index = static_cast<std::size_t>(number);
    const std::size_t from = (*m_starts)[index];
    const std::size_t to = index + 1 < m_starts->size() ? (*m_starts)[index + 1] - 1 : m_text->size();
    return std::string_view(*m_text).substr(from, to - from);
}

Position YamlText::positionOf(YamlMark mark) const
{
    const auto before = line(mark.line).substr(0, static_cast<std::size_t>(std::max(mark.column, 0)));
    const auto characters = std::count_if(
        before.begin(), before.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return {mark.line + 1, static_cast<int>(characters) + 1};
}

std::size_t YamlText::offsetOf(YamlMark mark) const
{
    const auto found = line(mark.line);
    if (found.data() == nullptr)
        return m_text->size();
    const auto start = static_cast<std::size_t>(found.data() - m_text->data());
    return start + std::min(found.size(), static_cast<std::size_t>(std::max(mark.column, 0)));
}

Position YamlText::positionAt(std::size_t offset) const
{
    offset = std::max(offset, m_starts->front());
    const auto after = std::upper_bound(m_starts->begin(), m_starts->end(), offset);
    const auto index = static_cast<std::size_t>(after - m_starts->begin()) - 1;
    return positionOf({static_cast<int>(index), static_cast<int>(offset - (*m_starts)[index])});
}

const YamlNode &YamlTree::resolve(std::uint32_t index) const
{
    const YamlNode *node = &nodes[index];
    if (node->kind == YamlNode::Kind::Alias)
        node = &nodes[node->target];  // an alias never points at an alias: yaml-cpp gives it no anchor
    return *node;
}

const YamlNode::Member *YamlTree::member(const YamlNode &mapping, std::string_view key) const
{
    if (mapping.kind != YamlNode::Kind::Mapping)
        return nullptr;
    const YamlNode::Member *found = nullptr;
    const YamlNode::Member *merge = nullptr;
    for (const auto &candidate : mapping.members) {
        const YamlNode &name = resolve(candidate.key);
        if (name.kind == YamlNode::Kind::Scalar && name.text == key)
            found = &candidate;
        if (name.isPlain && name.text == "<<")
            merge = &candidate;
    }
    if (found != nullptr || merge == nullptr)
        return found;
    const YamlNode &source = resolve(merge->value);
    const auto inOne = [&](const YamlNode &from) -> const YamlNode::Member * {
        for (const auto &candidate : from.members) {
            if (resolve(candidate.key).text == key)
                found = &candidate;
        }
        return found;
    };
    if (source.kind == YamlNode::Kind::Mapping)
        return inOne(source);
    for (const auto child : source.children) {
        if (const auto *hit = inOne(resolve(child)))
            return hit;
    }
    return nullptr;
}

tl::expected<std::vector<YamlTree>, YamlError> parseYamlStream(const std::string &text, const YamlText &lines)
{
    if (auto error = unreadableCharacter(text, lines))
        return tl::make_unexpected(std::move(*error));
    std::vector<YamlTree> trees;
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        std::optional<YamlMark> lastStart;
        for (;;) {
            TreeBuilder builder;
            if (!parser.HandleNextDocument(builder))
                break;
            // At some characters, such as a bracket that closes nothing, yaml-cpp finds empty documents for
            // ever.
            if (lastStart && lastStart->line == builder.start.line
                && lastStart->column == builder.start.column)
                return tl::make_unexpected(
                    YamlError{lines.positionOf(builder.start),
                              "this does not belong here: nothing is open that it could end"});
            lastStart = builder.start;
            if (builder.lastQuoted) {  // only the last one can be open
                if (const auto at = unclosedQuote(text, lines.offsetOf(*builder.lastQuoted)))
                    return tl::make_unexpected(
                        YamlError{lines.positionAt(*at), "this quote is never closed"});
            }
            const bool isEmpty = !builder.any || builder.tree.nodes[builder.tree.root].isImplicitNull;
            if (!isEmpty)
                trees.push_back(std::move(builder.tree));
            if (trees.size() > kMaxDocuments)
                return tl::make_unexpected(YamlError{{1, 1}, "more than 10,000 documents in one text"});
        }
    } catch (const YAML::Exception &exception) {
        return tl::make_unexpected(fromException(exception, lines));
    } catch (const TooBig &big) {
        return tl::make_unexpected(YamlError{lines.positionOf({big.mark.line, big.mark.column}),
                                             "the text is too large: more than 2,000,000 values"});
    }
    return trees;
}

std::vector<std::string> duplicateKeysOf(const YamlTree &tree)
{
    std::vector<std::string> found;
    struct Visit {
        std::uint32_t node;
        std::string path;
    };
    std::vector<Visit> open{{tree.root, {}}};
    while (!open.empty()) {
        const Visit visit = std::move(open.back());
        open.pop_back();
        const YamlNode &node = tree.nodes[visit.node];  // aliased parts are looked at where they stand
        std::set<std::string_view> seen;
        for (const auto &member : node.members) {
            const YamlNode &key = tree.resolve(member.key);
            const auto path = pathTo(visit.path, key.text);
            if (!seen.insert(key.text).second && std::find(found.begin(), found.end(), path) == found.end())
                found.push_back(path);
            open.push_back({member.value, path});
        }
        for (std::size_t i = 0; i < node.children.size(); ++i)
            open.push_back({node.children[i], visit.path + "[" + std::to_string(i) + "]"});
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace meshscope
