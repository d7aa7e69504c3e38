// The characters of JSON strings, and how Go quotes a text in its errors. Internal to codec. Any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace meshscope {

// Neither a quote, a backslash nor a control character: most of any JSON.
inline bool isOrdinaryInJson(char c)
{
    static constexpr auto kTable = [] {
        std::array<bool, 256> table{};
        for (std::size_t code = 0x20; code < table.size(); ++code)
            table[code] = code != '"' && code != '\\';
        return table;
    }();
    return kTable[static_cast<unsigned char>(c)];
}

int hexValue(char c);  // -1 when it is no hexadecimal digit

// Appends what stands between the quotes of a well-formed JSON string; invalid UTF-8 and half surrogate pairs
// become U+FFFD.
void appendDecoded(std::string_view inner, std::string &out);

// Go's %q of a text, and of one byte as encoding/json names it in its errors.
std::string goQuoted(std::string_view text);
std::string goQuotedCharacter(char c);

}  // namespace meshscope
