#include "backend/validation/addresses.h"

#include <algorithm>

namespace meshscope {

namespace {

bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool isLowerAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Four decimals into out[0..3].
bool readDotted(std::string_view text, std::uint8_t *out)
{
    for (int part = 0; part < 4; ++part) {
        const auto end = part < 3 ? text.find('.') : text.size();
        if (end == std::string_view::npos || end == 0 || end > 3)
            return false;
        const auto digits = text.substr(0, end);
        int number = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9')
                return false;
            number = number * 10 + (c - '0');
        }
        if (number > 255 || (digits.size() > 1 && digits.front() == '0'))
            return false;
        out[part] = static_cast<std::uint8_t>(number);
        text.remove_prefix(part < 3 ? end + 1 : end);
    }
    return text.empty();
}

bool readColoned(std::string_view text, IpAddress &out)
{
    std::array<std::uint16_t, 8> groups{};
    std::size_t count = 0;
    std::optional<std::size_t> gap;  // where `::` stands
    if (text.starts_with("::")) {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        if (count == 8)
            return false;
        const auto end = std::min(text.find(':'), text.size());
        const auto group = text.substr(0, end);
        if (group.find('.') != std::string_view::npos) {
            std::array<std::uint8_t, 4> dotted{};
            if (end != text.size() || count > 6 || !readDotted(group, dotted.data()))
                return false;
            groups[count++] = static_cast<std::uint16_t>(dotted[0] << 8 | dotted[1]);
            groups[count++] = static_cast<std::uint16_t>(dotted[2] << 8 | dotted[3]);
            text = {};
            break;
        }
        if (group.empty() || group.size() > 4)
            return false;
        unsigned number = 0;
        for (const char c : group) {
            if (hexDigit(c) < 0)
                return false;
            number = number << 4 | static_cast<unsigned>(hexDigit(c));
        }
        groups[count++] = static_cast<std::uint16_t>(number);
        text.remove_prefix(end);
        if (text.empty())
            break;
        text.remove_prefix(1);
        if (text.empty())
            return false;  // ends with one colon
        if (text.front() == ':') {
            if (gap)
                return false;
            gap = count;
            text.remove_prefix(1);
        }
    }
    if (gap ? count > 7 : count != 8)
        return false;
    if (gap) {
        const auto tail = count - *gap;
        std::move_backward(groups.begin() + static_cast<std::ptrdiff_t>(*gap),
                           groups.begin() + static_cast<std::ptrdiff_t>(count), groups.end());
        std::fill(groups.begin() + static_cast<std::ptrdiff_t>(*gap),
                  groups.end() - static_cast<std::ptrdiff_t>(tail), std::uint16_t{0});
    }
    for (std::size_t i = 0; i < 8; ++i) {
        out[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
        out[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFF);
    }
    return true;
}

bool isMapped(const IpAddress &address)
{
    return std::all_of(address.begin(), address.begin() + 10, [](auto byte) { return byte == 0; })
           && address[10] == 0xFF && address[11] == 0xFF;
}

}  // namespace

std::optional<IpAddress> ipAddressFrom(std::string_view text)
{
    IpAddress address{};
    if (text.find(':') != std::string_view::npos)
        return readColoned(text, address) ? std::optional(address) : std::nullopt;
    address[10] = address[11] = 0xFF;
    return readDotted(text, address.data() + 12) ? std::optional(address) : std::nullopt;
}

bool isUnspecified(const IpAddress &address)
{
    const auto from = isMapped(address) ? address.begin() + 12 : address.begin();
    return std::all_of(from, address.end(), [](auto byte) { return byte == 0; });
}

bool isLoopback(const IpAddress &address)
{
    if (isMapped(address))
        return address[12] == 127;
    return std::all_of(address.begin(), address.begin() + 15, [](auto byte) { return byte == 0; })
           && address[15] == 1;
}

bool overlaps(const IpAddress &a, const IpAddress &b)
{
    return a == b || isUnspecified(a) || isUnspecified(b);
}

bool isDnsName(std::string_view text)
{
    std::size_t letters = 0;
    for (const char c : text)
        letters += c != '.';
    if (text.empty() || letters > 255)
        return false;
    if (text.back() == '.')
        text.remove_suffix(1);
    while (true) {
        const auto end = std::min(text.find('.'), text.size());
        const auto label = text.substr(0, end);
        const auto isEdge = [](char c) { return isAlphanumeric(c) || c == '_'; };
        if (label.empty() || label.size() > 63 || !isEdge(label.front()) || !isEdge(label.back())
            || !std::all_of(label.begin(), label.end(), [&](char c) { return isEdge(c) || c == '-'; }))
            return false;
        if (end == text.size())
            return true;
        text.remove_prefix(end + 1);
    }
}

bool isSubdomain(std::string_view text)
{
    if (text.empty() || text.size() > 253)
        return false;
    while (true) {
        const auto end = std::min(text.find('.'), text.size());
        const auto label = text.substr(0, end);
        if (label.empty() || !isLowerAlphanumeric(label.front()) || !isLowerAlphanumeric(label.back())
            || !std::all_of(label.begin(), label.end(),
                            [](char c) { return isLowerAlphanumeric(c) || c == '-'; }))
            return false;
        if (end == text.size())
            return true;
        text.remove_prefix(end + 1);
    }
}

}  // namespace meshscope
