#include "backend/codec/json_text.h"

#include "backend/codec/json_strings.h"

#include <algorithm>

namespace meshscope {

namespace {

constexpr std::size_t kMaxDepth = 10'000;  // Go's encoding/json stops there too

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view goNameOf(JsonKind kind)
{
    switch (kind) {
    case JsonKind::Null:
        return "null";
    case JsonKind::Bool:
        return "bool";
    case JsonKind::Number:
        return "number";
    case JsonKind::String:
        return "string";
    case JsonKind::Array:
        return "array";
    case JsonKind::Object:
        return "object";
    }
    return "value";
}

// One pass over the text with a stack of open containers. Errors stop it.
class JsonParser
{
public:
    explicit JsonParser(std::string_view text)
        : m_text(text)
    {
        m_doc.m_nodes.reserve(text.size() / 24 + 4);
    }

    tl::expected<JsonText, std::string> run()
    {
        skipBlanks();
        if (!value({}))
            return tl::make_unexpected(m_error);
        while (!m_open.empty()) {
            if (!step())
                return tl::make_unexpected(m_error);
        }
        skipBlanks();
        if (m_at < m_text.size()) {
            wrong("after top-level value");
            return tl::make_unexpected(m_error);
        }
        return std::move(m_doc);
    }

private:
    struct Open {
        std::uint32_t node;
        std::uint32_t last = 0;
        std::size_t from;
    };

    JsonText::Node &node(std::uint32_t index) { return m_doc.m_nodes[index]; }

    void skipBlanks()
    {
        while (m_at < m_text.size() && isBlank(m_text[m_at]))
            ++m_at;
    }

    bool wrong(std::string_view context)
    {
        if (m_at >= m_text.size())
            m_error = "unexpected end of JSON input";
        else
            m_error = "invalid character " + goQuotedCharacter(m_text[m_at]) + " " + std::string(context);
        return false;
    }

    // In an open container: its end, or one more child.
    bool step()
    {
        const std::uint32_t owner = m_open.back().node;
        const bool isObject = node(owner).kind == JsonKind::Object;
        const bool isFirst = m_open.back().last == 0;
        skipBlanks();
        const char here = m_at < m_text.size() ? m_text[m_at] : '\0';
        if (here == (isObject ? '}' : ']')) {
            ++m_at;
            node(owner).raw = m_text.substr(m_open.back().from, m_at - m_open.back().from);
            m_open.pop_back();
            return true;
        }
        if (!isFirst) {
            if (here != ',')
                return wrong(isObject ? "after object key:value pair" : "after array element");
            ++m_at;
            skipBlanks();
        }
        if (!isObject)
            return value({});
        if (m_at >= m_text.size() || m_text[m_at] != '"')
            return wrong("looking for beginning of object key string");
        const std::size_t from = m_at + 1;
        if (!string())
            return false;
        const auto key = m_text.substr(from, m_at - 1 - from);
        const bool isEscaped = m_hadEscape;
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != ':')
            return wrong("after object key");
        ++m_at;
        skipBlanks();
        return value(key, isEscaped);
    }

    bool value(std::string_view key, bool isKeyEscaped = false)
    {
        if (m_at >= m_text.size())
            return wrong({});
        const std::size_t from = m_at;
        const char c = m_text[m_at];
        JsonKind kind = JsonKind::Null;
        bool fine = true;
        if (c == '{' || c == '[') {
            if (m_open.size() >= kMaxDepth)
                return wrong("exceeded max depth");
            kind = c == '{' ? JsonKind::Object : JsonKind::Array;
            ++m_at;
        } else if (c == '"') {
            kind = JsonKind::String;
            fine = string();
        } else if (c == '-' || isDigit(c)) {
            kind = JsonKind::Number;
            fine = number();
        } else if (c == 't' || c == 'f') {
            kind = JsonKind::Bool;
            fine = literal(c == 't' ? "true" : "false");
        } else if (c == 'n') {
            fine = literal("null");
        } else {
            return wrong("looking for beginning of value");
        }
        if (!fine)
            return false;

        const auto index = static_cast<std::uint32_t>(m_doc.m_nodes.size());
        JsonText::Node &added = m_doc.m_nodes.emplace_back();
        added.kind = kind;
        added.key = key;
        added.isKeyEscaped = isKeyEscaped;
        added.raw = m_text.substr(from, m_at - from);
        if (!m_open.empty()) {
            Open &owner = m_open.back();
            (owner.last == 0 ? node(owner.node).first : node(owner.last).next) = index;
            owner.last = index;
            ++node(owner.node).count;
        }
        if (kind == JsonKind::Object || kind == JsonKind::Array)
            m_open.push_back({index, 0, from});
        return true;
    }

    bool string()
    {
        m_hadEscape = false;
        for (++m_at;; ++m_at) {
            const char *at = m_text.data() + m_at;
            const char *const end = m_text.data() + m_text.size();
            at = std::find_if_not(at, end, [](char c) { return isOrdinaryInJson(c); });
            m_at = static_cast<std::size_t>(at - m_text.data());
            if (at == end)
                return wrong({});
            const char c = *at;
            if (c == '"') {
                ++m_at;
                return true;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return wrong("in string literal");
            m_hadEscape = true;
            ++m_at;
            if (m_at >= m_text.size())
                return wrong({});
            if (m_text[m_at] == 'u') {
                for (int i = 0; i < 4; ++i) {
                    ++m_at;
                    if (m_at >= m_text.size() || hexValue(m_text[m_at]) < 0)
                        return wrong("in \\u hexadecimal character escape");
                }
            } else if (std::string_view("\"\\/bfnrt").find(m_text[m_at]) == std::string_view::npos) {
                return wrong("in string escape code");
            }
        }
    }

    void digits()
    {
        while (m_at < m_text.size() && isDigit(m_text[m_at]))
            ++m_at;
    }

    bool number()
    {
        if (m_text[m_at] == '-') {
            ++m_at;
            if (m_at >= m_text.size() || !isDigit(m_text[m_at]))
                return wrong("in numeric literal");
        }
        if (m_text[m_at] == '0')
            ++m_at;
        else
            digits();
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            ++m_at;
            if (m_at >= m_text.size() || !isDigit(m_text[m_at]))
                return wrong("after decimal point in numeric literal");
            digits();
        }
        if (m_at < m_text.size() && (m_text[m_at] == 'e' || m_text[m_at] == 'E')) {
            ++m_at;
            if (m_at < m_text.size() && (m_text[m_at] == '+' || m_text[m_at] == '-'))
                ++m_at;
            if (m_at >= m_text.size() || !isDigit(m_text[m_at]))
                return wrong("in exponent of numeric literal");
            digits();
        }
        return true;
    }

    bool literal(std::string_view word)
    {
        for (std::size_t i = 1; i < word.size(); ++i) {
            ++m_at;
            if (m_at >= m_text.size() || m_text[m_at] != word[i])
                return wrong("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
        }
        ++m_at;
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    bool m_hadEscape = false;  // the string just read
    std::string m_error;
    JsonText m_doc;
    std::vector<Open> m_open;
};

tl::expected<JsonText, std::string> JsonText::parse(std::string_view text) { return JsonParser(text).run(); }

JsonKind JsonValue::kind() const { return m_doc->m_nodes[m_index].kind; }

std::string_view JsonValue::raw() const { return m_doc->m_nodes[m_index].raw; }

void JsonValue::textInto(std::string &out) const
{
    out.clear();
    const auto quoted = raw();
    if (kind() == JsonKind::String)
        appendDecoded(quoted.substr(1, quoted.size() - 2), out);
}

std::string JsonValue::text() const
{
    std::string out;
    textInto(out);
    return out;
}

std::size_t JsonValue::size() const { return m_doc->m_nodes[m_index].count; }

std::string JsonValue::key() const
{
    std::string out;
    appendDecoded(m_doc->m_nodes[m_index].key, out);
    return out;
}

bool JsonValue::keyIs(std::string_view name) const
{
    const auto &node = m_doc->m_nodes[m_index];
    return node.isKeyEscaped ? key() == name : node.key == name;
}

JsonValue JsonValue::find(std::string_view name) const
{
    JsonValue found;
    for (JsonValue member = first(); member; member = member.next()) {
        if (member.keyIs(name))
            found = member;
    }
    return found;
}

JsonValue JsonValue::first() const
{
    if (m_doc == nullptr)
        return {};
    const auto index = m_doc->m_nodes[m_index].first;
    return index == 0 ? JsonValue() : JsonValue(m_doc, index);
}

JsonValue JsonValue::next() const
{
    const auto index = m_doc->m_nodes[m_index].next;
    return index == 0 ? JsonValue() : JsonValue(m_doc, index);
}

}  // namespace meshscope
