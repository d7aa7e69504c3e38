#include "backend/codec/json_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace meshscope {

namespace {

constexpr std::size_t kMaxDepth = 10'000;  // Go's encoding/json stops there too

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Neither a quote, a backslash nor a control character: most of any JSON.
bool isOrdinary(char c)
{
    static constexpr auto kTable = [] {
        std::array<bool, 256> table{};
        for (std::size_t code = 0x20; code < table.size(); ++code)
            table[code] = code != '"' && code != '\\';
        return table;
    }();
    return kTable[static_cast<unsigned char>(c)];
}

int hexValue(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void appendUtf8(std::string &out, std::uint32_t code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// Length of the valid UTF-8 sequence at `at`, 0 when there is none.
std::size_t utf8Length(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const unsigned char lead = byte(at);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return follows(at + 1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!follows(at + 1) || !follows(at + 2))
            return 0;
        const unsigned char second = byte(at + 1);
        return (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!follows(at + 1) || !follows(at + 2) || !follows(at + 3))
            return 0;
        const unsigned char second = byte(at + 1);
        return (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F) ? 0 : 4;
    }
    return 0;
}

std::uint32_t hexAt(std::string_view text, std::size_t at)
{
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < 4; ++i)
        code = code << 4 | static_cast<std::uint32_t>(hexValue(text[at + i]));
    return code;
}

// `inner` is between the quotes and has passed the parser.
void decodeString(std::string_view inner, std::string &out)
{
    const auto isPlain = [](char c) { return isOrdinary(c) && static_cast<unsigned char>(c) < 0x80; };
    const auto firstOdd = std::find_if_not(inner.begin(), inner.end(), isPlain);
    out.append(inner.begin(), firstOdd);
    auto at = static_cast<std::size_t>(firstOdd - inner.begin());
    while (at < inner.size()) {
        const char c = inner[at];
        if (c != '\\') {
            const std::size_t length = utf8Length(inner, at);
            if (length == 0) {
                appendUtf8(out, 0xFFFD);
                ++at;
            } else {
                out.append(inner, at, length);
                at += length;
            }
            continue;
        }
        const char escape = inner[at + 1];
        at += 2;
        switch (escape) {
        case 'b':
            out += '\b';
            break;
        case 'f':
            out += '\f';
            break;
        case 'n':
            out += '\n';
            break;
        case 'r':
            out += '\r';
            break;
        case 't':
            out += '\t';
            break;
        case 'u': {
            std::uint32_t code = hexAt(inner, at);
            at += 4;
            if (code >= 0xD800 && code < 0xDC00 && inner.substr(at, 2) == "\\u") {
                const std::uint32_t low = hexAt(inner, at + 2);
                if (low >= 0xDC00 && low < 0xE000) {
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    at += 6;
                }
            }
            appendUtf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
            break;
        }
        default:
            out += escape;  // quote, backslash, slash
        }
    }
}

std::string escapedForGo(std::uint32_t code)
{
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), code < 0x80 ? "\\x%02x" : "\\u%04x", code);
    return buffer.data();
}

std::string goQuotedCharacter(char c)
{
    if (c == '\'')
        return R"('\'')";
    if (c == '"')
        return R"('"')";
    const auto code = static_cast<unsigned char>(c);
    // Go takes the byte for a code point of its own.
    std::string inside;
    if (code >= 0x7F && (code <= 0xA0 || code == 0xAD)) {
        inside = escapedForGo(code);
    } else if (code >= 0x80) {
        appendUtf8(inside, code);
    } else {
        inside = goQuoted(std::string_view(&c, 1));
        inside = inside.substr(1, inside.size() - 2);
    }
    return "'" + inside + "'";
}

}  // namespace

std::string goQuoted(std::string_view text)
{
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const std::size_t length = utf8Length(text, at);
        if (length == 0) {
            std::array<char, 8> buffer{};
            std::snprintf(buffer.data(), buffer.size(), "\\x%02x", static_cast<unsigned char>(c));
            out += buffer.data();
            ++at;
            continue;
        }
        if (length > 1) {
            out.append(text, at, length);
            at += length;
            continue;
        }
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\a':
            out += "\\a";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\v':
            out += "\\v";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                out += escapedForGo(static_cast<unsigned char>(c));
            else
                out += c;
        }
        ++at;
    }
    return out + "\"";
}

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
            at = std::find_if_not(at, end, isOrdinary);
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
        decodeString(quoted.substr(1, quoted.size() - 2), out);
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
    decodeString(m_doc->m_nodes[m_index].key, out);
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
    const auto index = m_doc->m_nodes[m_index].first;
    return index == 0 ? JsonValue() : JsonValue(m_doc, index);
}

JsonValue JsonValue::next() const
{
    const auto index = m_doc->m_nodes[m_index].next;
    return index == 0 ? JsonValue() : JsonValue(m_doc, index);
}

}  // namespace meshscope
