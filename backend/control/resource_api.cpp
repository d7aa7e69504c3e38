// The generic handlers that serve every type of the table.
#include "backend/control/api_context.h"
#include "backend/control/list_page.h"
#include "backend/control/resource_json.h"
#include "backend/control/url.h"

namespace meshscope::control {

namespace {

constexpr char kCouldNotGet[] = "Could not retrieve a resource";

// What lists and items need to know of a route.
struct TypeRoutes {
    const ResourceType &type;
    ApiContext &context;

    bool isInMesh(const ApiCall &call) const
    {
        return type.scope == Scope::Mesh && call.pattern.starts_with("/meshes/");
    }

    ResourceKey key(const ApiCall &call) const
    {
        return {type.scope == Scope::Mesh ? call.arg("mesh") : std::string(), call.arg("name")};
    }

    bool hasMesh(const ApiCall &call, const StoreSnapshot &store) const
    {
        return !isInMesh(call) || store.find(kMeshType, {{}, call.arg("mesh")});
    }

    // Insights of proxies are the only ones there are.
    std::string insight(const ResourceKey &of) const
    {
        return type.name == kDataplaneType ? context.insights.json(of) : std::string();
    }
};

HttpResponse list(const TypeRoutes &target, const ApiCall &call, bool overview)
{
    const auto store = target.context.store.snapshot();
    if (!target.hasMesh(call, *store))
        return notFound("Failed to retrieve Mesh").response();
    if (const auto denied = accessRefusal(target.type, call.caller))
        return denied->response();
    const auto page = pageRequest(call);
    if (!page)
        return page.error().response();
    const auto *mesh = target.isInMesh(call) ? &call.arg("mesh") : nullptr;
    const auto rows = filtered(call, target.type, mesh, *store, target.context.cache);
    if (!rows)
        return rows.error().response();
    return pageResponse(call, *page, rows->size(), [&](std::size_t i) {
        const auto &row = *(*rows)[i];
        return overview ? overviewJson(target.type, row, target.insight(row.key), true)
                        : toJson(target.type, row);
    });
}

HttpResponse item(const TypeRoutes &target, const ApiCall &call, bool overview)
{
    const auto store = target.context.store.snapshot();
    if (!target.hasMesh(call, *store))
        return notFound("Failed to retrieve Mesh").response();
    if (const auto denied = accessRefusal(target.type, call.caller))
        return denied->response();
    const auto stored = store->find(target.type.name, target.key(call));
    const auto *format = find(call.query, "format");
    const bool universal = !format || format->empty() || *format == "universal";
    if (!universal && *format != "k8s" && *format != "kubernetes") {
        return notValid("invalid format",
                        {{"", R"("format" must be one of ["k8s", "kubernetes", "universal"])"}})
            .response();
    }
    if (!stored)
        return notFound(kCouldNotGet).response();
    if (overview)
        return jsonResponse(overviewJson(target.type, *stored, target.insight(stored->key), false));
    if (universal)
        return jsonResponse(toJson(target.type, *stored));
    const auto *space = find(call.query, "namespace");
    return jsonResponse(toKubernetesJson(target.type, *stored, space ? *space : std::string()));
}

HttpResponse put(const TypeRoutes &target, const ApiCall &call)
{
    const auto written =
        target.context.writer.put(target.type, target.key(call), call.request.body, call.caller);
    if (!written)
        return written.error().response();
    return {*written == ResourceWriter::Written::Created ? 201 : 200, {}, {}, {}};
}

HttpResponse erase(const TypeRoutes &target, const ApiCall &call)
{
    const auto erased = target.context.writer.erase(target.type, target.key(call), call.caller);
    return erased ? HttpResponse{200, {}, {}, {}} : erased.error().response();
}

}  // namespace

void addResourceRoutes(Router &router, ApiContext &context)
{
    for (const auto &type : resourceTypes()) {
        const TypeRoutes target{type, context};
        const auto path = std::string(type.path);
        const auto all = "/" + path;
        const auto base = (type.scope == Scope::Mesh ? "/meshes/{mesh}/" : "/") + path;
        // Insights that are computed when asked for have lists and items of their own.
        const bool isComputed =
            type.name == "DataplaneInsight" || type.name == "ServiceInsight" || type.name == "MeshInsight";
        router.add("PUT", base + "/{name}", [target](const ApiCall &call) { return put(target, call); });
        router.add("DELETE", base + "/{name}", [target](const ApiCall &call) { return erase(target, call); });
        if (!isComputed) {
            const auto lists = [target](const ApiCall &call) { return list(target, call, false); };
            router.add("GET", base + "/{name}",
                       [target](const ApiCall &call) { return item(target, call, false); });
            router.add("GET", base, lists);
            if (type.scope == Scope::Mesh)
                router.add("GET", all, lists);
        }
        if (type.overviewAlias.empty())
            continue;
        const auto overviews = [target](const ApiCall &call) { return list(target, call, true); };
        const auto overview = [target](const ApiCall &call) { return item(target, call, true); };
        const auto alias =
            (type.scope == Scope::Mesh ? "/meshes/{mesh}/" : "/") + std::string(type.overviewAlias);
        router.add("GET", base + "/_overview", overviews);
        router.add("GET", base + "/{name}/_overview", overview);
        router.add("GET", alias, overviews);
        router.add("GET", alias + "/{name}", overview);
        if (type.scope == Scope::Mesh) {
            router.add("GET", all + "/_overview", overviews);
            router.add("GET", "/" + std::string(type.overviewAlias), overviews);
        }
    }
}

}  // namespace meshscope::control
