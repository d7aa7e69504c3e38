#include "backend/xds/policy/target_ref.h"

#include <algorithm>
#include <array>

namespace meshscope::xds {

namespace {

constexpr std::array<std::string_view, 9> kKinds{
    "Mesh",         "Dataplane",           "MeshSubset",           "MeshGateway",
    "MeshService",  "MeshExternalService", "MeshMultiZoneService", "MeshServiceSubset",
    "MeshHTTPRoute"};

}  // namespace

std::string_view textOf(RefKind kind)
{
    return kind == RefKind::Unknown ? std::string_view("Unknown") : kKinds[static_cast<std::size_t>(kind)];
}

RefKind refKindFrom(std::string_view text)
{
    const auto kind = std::find(kKinds.begin(), kKinds.end(), text);
    return kind == kKinds.end() ? RefKind::Unknown : static_cast<RefKind>(kind - kKinds.begin());
}

TargetRef targetRefFrom(const Json &json)
{
    TargetRef ref;
    if (!json.is_object())
        return ref;
    ref.kind = refKindFrom(textAt(json, "kind"));
    ref.name = textAt(json, "name");
    ref.sectionName = textAt(json, "sectionName");
    ref.tags = textsAt(json, "tags");
    ref.labels = textsAt(json, "labels");
    if (const auto &types = listAt(json, "proxyTypes"); !types.empty()) {
        ref.sidecars = std::find(types.begin(), types.end(), "Sidecar") != types.end();
        ref.gateways = std::find(types.begin(), types.end(), "Gateway") != types.end();
    }
    return ref;
}

bool hasAll(const Tags &tags, const Tags &wanted)
{
    return std::all_of(wanted.begin(), wanted.end(), [&tags](const auto &tag) {
        const auto found = tags.find(tag.first);
        return found != tags.end() && (tag.second == "*" || found->second == tag.second);
    });
}

}  // namespace meshscope::xds
