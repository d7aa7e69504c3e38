#include "backend/query/field.h"

#include "backend/query/text.h"

#include <algorithm>
#include <array>

namespace meshscope::query {

namespace {

constexpr std::array<FieldInfo, 18> kFields{{
    {Field::Name, "name", FieldKind::Text, false, "name of the dataplane"},
    {Field::Mesh, "mesh", FieldKind::Text, false, "mesh it belongs to"},
    {Field::Zone, "zone", FieldKind::Text, true, "kuma.io/zone"},
    {Field::Service, "service", FieldKind::Text, true, "kuma.io/service"},
    {Field::Protocol, "protocol", FieldKind::Word, true, "protocol of an inbound"},
    {Field::Address, "address", FieldKind::Text, true, "address it listens on, or advertises"},
    {Field::Port, "port", FieldKind::Number, true, "port of an inbound"},
    {Field::Status, "status", FieldKind::Status, false, "online, degraded, offline, unknown"},
    {Field::Gateway, "gateway", FieldKind::Word, false, "builtin or delegated"},
    {Field::Age, "age", FieldKind::Duration, false, "time since it was created"},
    {Field::Changed, "changed", FieldKind::Duration, false, "time since it was last written"},
    {Field::EnvoyVersion, "envoy.version", FieldKind::Version, false, "version of Envoy"},
    {Field::DpVersion, "dp.version", FieldKind::Version, false, "version of kuma-dp"},
    {Field::CertExpires, "cert.expires", FieldKind::Duration, false, "time left of its certificate"},
    {Field::Nacks, "nacks", FieldKind::Number, false, "refused configurations since it connected"},
    {Field::Policy, "policy", FieldKind::Text, false, "name of a policy that matches it"},
    {Field::Tag, "tag.", FieldKind::Tag, true, "a tag of an inbound"},
    {Field::Label, "label.", FieldKind::Tag, false, "a label of the dataplane"},
}};

constexpr std::array<std::pair<Op, std::string_view>, 10> kOps{{{Op::Contains, ":"},
                                                                {Op::Equal, "=="},
                                                                {Op::NotEqual, "!="},
                                                                {Op::Regex, "~"},
                                                                {Op::Less, "<"},
                                                                {Op::LessEqual, "<="},
                                                                {Op::Greater, ">"},
                                                                {Op::GreaterEqual, ">="},
                                                                {Op::In, "in"},
                                                                {Op::Exists, "exists"}}};

bool isKeyed(Field field) { return field == Field::Tag || field == Field::Label; }

}  // namespace

std::span<const FieldInfo> allFields() { return kFields; }

const FieldInfo &infoOf(Field field) { return kFields[static_cast<std::size_t>(field)]; }

std::optional<FieldName> fieldFrom(std::string_view text)
{
    for (const auto &info : kFields) {
        if (isKeyed(info.field) ? text.starts_with(info.name) : text == info.name)
            return FieldName{info.field,
                             std::string(isKeyed(info.field) ? text.substr(info.name.size()) : "")};
    }
    return {};
}

std::string fieldText(Field field, std::string_view key)
{
    return std::string(infoOf(field).name) + std::string(key);
}

std::string_view nearestField(std::string_view text)
{
    std::string_view best;
    std::size_t least = text.size() < 4 ? 2 : 3;  // more changes than that is another word
    for (const auto &info : kFields) {
        if (isKeyed(info.field)) {
            const auto dot = text.find('.');
            if (dot != std::string_view::npos && editDistance(text.substr(0, dot + 1), info.name) < 2)
                return info.name;
            continue;
        }
        const std::size_t distance = editDistance(text, info.name);
        if (distance < least) {
            least = distance;
            best = info.name;
        }
    }
    return best;
}

std::string_view opText(Op op) { return kOps[static_cast<std::size_t>(op)].second; }

std::vector<Op> opsOf(FieldKind kind)
{
    switch (kind) {
    case FieldKind::Text:
    case FieldKind::Word:
        return {Op::Contains, Op::Equal, Op::NotEqual, Op::Regex, Op::In, Op::Exists};
    case FieldKind::Number:
    case FieldKind::Version:
    case FieldKind::Status:
    case FieldKind::Tag:
        return {Op::Contains,  Op::Equal,   Op::NotEqual,     Op::Regex, Op::Less,
                Op::LessEqual, Op::Greater, Op::GreaterEqual, Op::In,    Op::Exists};
    case FieldKind::Duration:
        return {Op::Less, Op::LessEqual, Op::Greater, Op::GreaterEqual, Op::Exists};
    }
    return {};
}

bool takes(FieldKind kind, Op op)
{
    const auto ops = opsOf(kind);
    return std::find(ops.begin(), ops.end(), op) != ops.end();
}

std::string opsText(FieldKind kind)
{
    std::string text;
    for (const Op op : opsOf(kind))
        text += (text.empty() ? "" : " ") + std::string(opText(op));
    return text;
}

std::vector<std::string_view> namesOf(Field field)
{
    switch (field) {
    case Field::Status:
        return {"online", "unknown", "degraded", "offline"};
    case Field::Gateway:
        return {"builtin", "delegated"};
    default:
        return {};
    }
}

}  // namespace meshscope::query
