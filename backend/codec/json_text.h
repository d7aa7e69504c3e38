// JSON as text with a tree over it: numbers keep their spelling, strings stay where they are until asked for,
// and what is wrong is said in the words of Go's encoding/json, because a control plane repeats those to its
// users (nlohmann/json keeps neither the spelling nor the words). One flat array of nodes, so that neither
// parsing nor destroying recurses, whatever the nesting. Internal to codec. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace meshscope {

enum class JsonKind : std::uint8_t { Null, Bool, Number, String, Array, Object };

class JsonText;

// A node of a JsonText; valid while its JsonText and the text given to parse() are. Cheap to copy.
class JsonValue
{
public:
    JsonValue() = default;
    JsonValue(const JsonText *doc, std::uint32_t index)
        : m_doc(doc)
        , m_index(index)
    {}

    explicit operator bool() const { return m_doc != nullptr; }  // false = there is no such member
    JsonKind kind() const;
    bool is(JsonKind wanted) const { return m_doc != nullptr && kind() == wanted; }
    std::string_view raw() const;  // its spelling, without surrounding blanks
    std::string text() const;      // of a string: decoded, invalid UTF-8 replaced by U+FFFD
    void textInto(std::string &out) const;
    std::size_t size() const;  // of an array or object: its children, repeated keys included

    std::string key() const;  // of a member: its key, decoded
    bool keyIs(std::string_view name) const;
    JsonValue find(std::string_view name) const;  // the last member of that name, as Go's map has it

    JsonValue first() const;  // first child, or nothing
    JsonValue next() const;   // next sibling, or nothing

private:
    const JsonText *m_doc = nullptr;
    std::uint32_t m_index = 0;
};

class JsonText
{
public:
    // The text must outlive the result. The error is Go's: `invalid character 'x' after top-level value`.
    static tl::expected<JsonText, std::string> parse(std::string_view text);

    JsonValue root() const { return {this, 0}; }

private:
    friend class JsonValue;
    friend class JsonParser;
    struct Node {
        std::string_view raw;
        std::string_view key;  // between its quotes, not decoded
        std::uint32_t first = 0;
        std::uint32_t next = 0;
        std::uint32_t count = 0;
        JsonKind kind = JsonKind::Null;
        bool isKeyEscaped = false;
    };
    std::vector<Node> m_nodes;
};

// "array", "number", … as Go names kinds in its errors.
std::string_view goNameOf(JsonKind kind);
}  // namespace meshscope
