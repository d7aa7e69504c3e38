#include "backend/xds/vips.h"

#include "backend/xds/json_access.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <optional>
#include <set>

namespace meshscope::xds {

namespace {

std::optional<std::uint32_t> numberOf(const std::string &address)
{
    in_addr parsed{};
    if (inet_pton(AF_INET, address.c_str(), &parsed) != 1)
        return std::nullopt;
    return ntohl(parsed.s_addr);
}

bool isIn(VipRange range, std::uint32_t address)
{
    return address >= range.first && address - range.first < range.size;
}

std::string hexOf(std::uint32_t value)
{
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return {digits.data(), end};
}

}  // namespace

std::string vipConfigName(const std::string &mesh) { return "kuma-" + mesh + "-dns-vips"; }

VipTable vipsFromJson(std::string_view json)
{
    VipTable table;
    const auto document = Json::parse(json, nullptr, false);
    if (!document.is_object())
        return table;
    for (const auto &[key, value] : document.items()) {
        if (key.size() < 2 || key[1] != ':' || key[0] < '0' || key[0] > '2')
            continue;
        Vip vip;
        vip.address = textAt(value, "address");
        if (!numberOf(vip.address))
            continue;
        for (const auto &item : listAt(value, "outbounds"))
            vip.outbounds.push_back(
                {numberAt(item, "port").value_or(0), textsAt(item, "tags"), textAt(item, "origin")});
        table.emplace(VipName{static_cast<VipKind>(key[0] - '0'), key.substr(2)}, std::move(vip));
    }
    return table;
}

std::string toJson(const VipTable &table)
{
    auto document = Json::object();
    for (const auto &[name, vip] : table) {
        auto outbounds = Json::array();
        for (const auto &outbound : vip.outbounds)
            outbounds.push_back(
                {{"port", outbound.port}, {"tags", outbound.tags}, {"origin", outbound.origin}});
        document[std::to_string(static_cast<int>(name.first)) + ":" + name.second] = {
            {"address", vip.address}, {"outbounds", std::move(outbounds)}};
    }
    return document.dump();
}

std::string vipText(std::uint32_t address)
{
    const in_addr raw{htonl(address)};
    std::array<char, INET_ADDRSTRLEN> text{};
    return inet_ntop(AF_INET, &raw, text.data(), text.size());
}

std::string mappedVip(const std::string &address)
{
    const auto number = numberOf(address).value_or(0);
    return "::ffff:" + hexOf(number >> 16) + ":" + hexOf(number & 0xffff);
}

VipTable allocate(const VipTable &before, const std::map<VipName, std::vector<VipOutbound>> &wanted,
                  VipRange range)
{
    std::set<std::uint32_t> used;
    std::map<VipName, std::uint32_t> kept;
    for (const auto &[name, outbounds] : wanted) {
        const auto had = before.find(name);
        const auto number = had == before.end() ? std::nullopt : numberOf(had->second.address);
        if (number && isIn(range, *number) && used.insert(*number).second)
            kept.emplace(name, *number);
    }
    VipTable table;
    std::uint32_t next = 0;
    for (const auto &[name, outbounds] : wanted) {
        auto has = kept.find(name);
        if (has == kept.end()) {
            while (next < range.size && used.contains(range.first + next))
                ++next;
            if (next == range.size)
                continue;
            has = kept.emplace(name, range.first + next).first;
            used.insert(has->second);
        }
        table.emplace(name, Vip{vipText(has->second), outbounds});
    }
    return table;
}

}  // namespace meshscope::xds
