#include "backend/codec/json_strings.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace meshscope {

namespace {

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

std::string escapedForGo(std::uint32_t code)
{
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), code < 0x80 ? "\\x%02x" : "\\u%04x", code);
    return buffer.data();
}

}  // namespace

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void appendDecoded(std::string_view inner, std::string &out)
{
    const auto isPlain = [](char c) { return isOrdinaryInJson(c) && static_cast<unsigned char>(c) < 0x80; };
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

}  // namespace meshscope
