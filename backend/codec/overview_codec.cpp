#include "backend/codec/overview_codec.h"

#include "backend/codec/json_members.h"
#include "backend/codec/page_reader.h"

namespace meshscope {

namespace {

bool readOverview(JsonValue item, DataplaneOverview &overview, ReadProblem &problem)
{
    auto dataplane = std::make_shared<Dataplane>();
    if (!readMeta(item, *dataplane, problem))
        return false;
    if (const JsonValue spec = item.find("dataplane"); spec.is(JsonKind::Object)) {
        if (!readSpec(spec, *dataplane, problem)) {
            problem.prepend("dataplane");
            return false;
        }
    }
    if (const JsonValue insight = item.find("dataplaneInsight"); insight.is(JsonKind::Object)) {
        if (!readInsight(insight, overview.insight, problem)) {
            problem.prepend("dataplaneInsight");
            return false;
        }
    }
    overview.status = statusOf(*dataplane, overview.insight);
    overview.dataplane = std::move(dataplane);
    return true;
}

// The text between <title> and </title>, else nothing.
std::string htmlTitle(std::string_view body)
{
    const auto from = body.find("<title>");
    const auto to = body.find("</title>");
    if (from == std::string_view::npos || to == std::string_view::npos || to < from + 7)
        return {};
    return beginningOf(body.substr(from + 7, to - from - 7));
}

}  // namespace

Result<ControlPlaneInfo> controlPlaneInfoFromJson(std::string_view json)
{
    const auto parsed = objectFrom(json, "the index of a control plane");
    if (!parsed)
        return fail(parsed.error());
    const JsonValue root = parsed->root();
    ControlPlaneInfo info;
    info.product = firstMember(root, {"product", "tagline"});  // 2.0 has only the latter
    info.version = memberText(root, "version");
    info.hostname = memberText(root, "hostname");
    info.instanceId = memberText(root, "instanceId");
    if (info.product.empty() || info.version.empty())
        return fail(
            Error::Code::Invalid,
            "something else answers here, no Kuma control plane: the answer names no product and version",
            beginningOf(json));
    return info;
}

Result<Page<MeshInfo>> meshesFromJson(std::string_view json)
{
    Page<MeshInfo> page;
    auto list = readItems(json, "a list of meshes", [&](JsonValue item, ReadProblem &problem) {
        MeshInfo mesh;
        mesh.name = memberText(item, "name");
        if (mesh.name.empty()) {
            problem.what = "has no name";
            return false;
        }
        const JsonValue mtls = memberObject(item, "mtls");
        mesh.mtlsBackend = memberText(mtls, "enabledBackend");
        mesh.mtlsEnabled = !mesh.mtlsBackend.empty();
        const JsonValue backends = memberList(mtls, "backends");
        for (JsonValue backend = backends.first(); backend && mesh.mtlsEnabled; backend = backend.next()) {
            if (memberText(backend, "name") != mesh.mtlsBackend)
                continue;
            mesh.mtlsMode = memberText(backend, "mode");
            if (mesh.mtlsMode.empty())
                mesh.mtlsMode = "STRICT";  // the zero value is left out
        }
        mesh.json = item.raw();
        page.items.push_back(std::move(mesh));
        return true;
    });
    if (!list)
        return fail(list.error());
    page.total = list->total.value_or(page.items.size());
    page.nextOffset = std::move(list->nextOffset);
    return page;
}

Result<Page<Listed<DataplaneOverview>>> overviewsFromJson(std::string_view json,
                                                          const KnownRows<DataplaneOverview> &known)
{
    return listedPage<DataplaneOverview>(json, "a list of dataplane overviews", known, readOverview);
}

Result<Page<DataplanePtr>> overviewsFromJson(std::string_view json)
{
    auto listed = overviewsFromJson(json, {});
    if (!listed)
        return fail(listed.error());
    Page<DataplanePtr> page;
    page.total = listed->total;
    page.nextOffset = std::move(listed->nextOffset);
    page.items.reserve(listed->items.size());
    for (auto &item : listed->items)
        page.items.push_back(std::move(item.row));
    return page;
}

ErrorBody errorBodyFrom(std::string_view body, std::string_view contentType)
{
    ErrorBody error;
    const auto parsed = JsonText::parse(body);
    if (!parsed || !parsed->root().is(JsonKind::Object)) {
        if (looksLikeHtml(body) || contentType.find("html") != std::string_view::npos) {
            error.title = htmlTitle(body);
            error.detail = "the answer is a web page; something between here and the control plane sent it";
        } else {
            error.title = beginningOf(body);
        }
        return error;
    }
    const JsonValue root = parsed->root();
    error.title = memberText(root, "title");
    error.detail = firstMember(root, {"detail", "details"});
    const JsonValue parameters = root.find("invalid_parameters");
    const JsonValue list = parameters.is(JsonKind::Array) ? parameters : root.find("causes");
    if (list.is(JsonKind::Array)) {
        for (JsonValue item = list.first(); item; item = item.next()) {
            if (item.is(JsonKind::Object))
                error.invalidParameters.emplace_back(memberText(item, "field"),
                                                     firstMember(item, {"reason", "message"}));
        }
    }
    return error;
}

}  // namespace meshscope
