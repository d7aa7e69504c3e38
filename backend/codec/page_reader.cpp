#include "backend/codec/page_reader.h"

#include "backend/codec/json_members.h"
#include "backend/codec/json_strings.h"

#include <algorithm>
#include <charconv>

namespace meshscope {

namespace {

constexpr std::size_t kQuotedLength = 120;  // of a foreign answer, in an error

std::optional<std::string> offsetOf(std::string_view url)
{
    const auto query = url.find('?');
    if (query == std::string_view::npos)
        return std::nullopt;
    for (std::string_view rest = url.substr(query + 1); !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        if (const auto part = rest.substr(0, end); part.starts_with("offset=") && part.size() > 7)
            return std::string(part.substr(7));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::nullopt;
}

// Walks over JSON text by its brackets and quotes only.
class Cutter
{
public:
    explicit Cutter(std::string_view text)
        : m_text(text)
    {}

    void skipBlanks()
    {
        while (
            m_at < m_text.size()
            && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\r' || m_text[m_at] == '\t'))
            ++m_at;
    }
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    bool take(char c)
    {
        skipBlanks();
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }
    // The value that begins here, of any kind; empty when there is none or the text ends within.
    std::string_view value()
    {
        skipBlanks();
        const std::size_t from = m_at;
        if (peek() == '{' || peek() == '[') {
            if (!skipNested())
                return {};
        } else if (peek() == '"') {
            if (!skipString())
                return {};
        } else {
            while (!atEnd() && peek() != ',' && peek() != '}' && peek() != ']' && peek() > ' ')
                ++m_at;
        }
        return m_text.substr(from, m_at - from);
    }

private:
    bool skipString()
    {
        for (++m_at; m_at < m_text.size();) {
            while (m_at < m_text.size() && isOrdinaryInJson(m_text[m_at]))
                ++m_at;
            if (atEnd())
                return false;
            if (m_text[m_at] == '"') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '\\')
                return false;
            m_at += 2;
        }
        return false;
    }

    bool skipNested()
    {
        int depth = 0;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '"') {
                if (!skipString())
                    return false;
                continue;
            }
            ++m_at;
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && --depth == 0)
                return true;
        }
        return false;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

std::optional<std::size_t> countFrom(std::string_view digits)
{
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(count) : std::nullopt;
}

}  // namespace

std::string beginningOf(std::string_view body)
{
    std::string out;
    for (const char c : body.substr(0, kQuotedLength))
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0)
        out.pop_back();  // perhaps half a character
    return body.size() > kQuotedLength ? out + "…" : out;
}

bool looksLikeHtml(std::string_view body)
{
    const auto start = body.find_first_not_of(" \t\r\n");
    return start != std::string_view::npos && body[start] == '<';
}

Result<JsonText> objectFrom(std::string_view body, std::string_view what)
{
    if (looksLikeHtml(body))
        return fail(Error::Code::Invalid, "the answer is a web page, not " + std::string(what)
                                              + "; is this address that of a control plane's API");
    auto parsed = JsonText::parse(body);
    if (!parsed)
        return fail(Error::Code::Invalid, "the answer is not JSON: " + parsed.error(), beginningOf(body));
    if (!parsed->root().is(JsonKind::Object))
        return fail(Error::Code::Invalid, "the answer is not " + std::string(what), beginningOf(body));
    return std::move(*parsed);
}

std::optional<ListCut> cutList(std::string_view json)
{
    Cutter cutter(json);
    ListCut cut;
    bool hasItems = false;
    if (!cutter.take('{'))
        return std::nullopt;
    for (bool isFirst = true; !cutter.take('}'); isFirst = false) {
        if (!isFirst && !cutter.take(','))
            return std::nullopt;
        cutter.skipBlanks();
        const auto name = cutter.peek() == '"' ? cutter.value() : std::string_view();
        if (name.empty() || !cutter.take(':'))
            return std::nullopt;
        if (name != "\"items\"") {
            const auto value = cutter.value();
            if (value.empty())
                return std::nullopt;
            if (name == "\"total\"")
                cut.total = countFrom(value);
            else if (name == "\"next\"" && value.starts_with('"')) {
                std::string url;
                appendDecoded(value.substr(1, value.size() - 2), url);
                cut.nextOffset = offsetOf(url);
            }
            continue;
        }
        if (hasItems || !cutter.take('['))
            return std::nullopt;
        hasItems = true;
        while (!cutter.take(']')) {
            if (!cut.items.empty() && !cutter.take(','))
                return std::nullopt;
            const auto item = cutter.value();
            if (!item.starts_with('{'))
                return std::nullopt;
            cut.items.push_back(item);
        }
    }
    cutter.skipBlanks();
    return hasItems && cutter.atEnd() ? std::optional(std::move(cut)) : std::nullopt;
}

Result<ListCut> readItems(std::string_view json, std::string_view what, const ReadItem &read)
{
    const auto parsed = objectFrom(json, what);
    if (!parsed)
        return fail(parsed.error());
    const JsonValue root = parsed->root();
    const JsonValue items = root.find("items");
    if (!items.is(JsonKind::Array) && !items.is(JsonKind::Null))
        return fail(Error::Code::Invalid, "the answer is not " + std::string(what) + ": it has no items",
                    beginningOf(json));
    std::size_t index = 0;
    for (JsonValue item = items.first(); item; item = item.next(), ++index) {
        ReadProblem problem;
        if (!item.is(JsonKind::Object))
            problem.what = "must be an object";
        else if (read(item, problem))
            continue;
        problem.prepend(index);
        return fail(Error::Code::Invalid, std::move(problem.what), "items" + problem.where);
    }
    ListCut cut;
    if (root.find("total").is(JsonKind::Number))
        cut.total = memberCount(root, "total");
    cut.nextOffset = offsetOf(memberText(root, "next"));
    return cut;
}

}  // namespace meshscope
