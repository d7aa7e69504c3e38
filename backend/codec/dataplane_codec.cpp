#include "backend/codec/dataplane_codec.h"

#include "backend/codec/dataplane_reader.h"
#include "backend/codec/json_strings.h"
#include "backend/codec/proto_json.h"

#include <nlohmann/json.hpp>

namespace meshscope {

namespace {

const MessageSchema *schemaOf(std::string_view type)
{
    if (type == "Dataplane")
        return &kDataplaneSchema;
    return type == "Mesh" ? &kMeshSchema : nullptr;
}

// Kuma puts the parser's words in Go's quotes into its own.
tl::unexpected<Error> refused(std::string_view type, const ParserError &error)
{
    return fail(Error::Code::Invalid, "invalid " + std::string(type) + " object: " + goQuoted(error.what),
                error.where);
}

}  // namespace

Result<Dataplane> dataplaneFromJson(std::string_view json)
{
    const auto parsed = JsonText::parse(json);
    if (!parsed)
        return fail(Error::Code::Invalid, "this is not JSON: " + parsed.error());
    if (!parsed->root().is(JsonKind::Object))
        return fail(Error::Code::Invalid, "a Dataplane is a JSON object");
    Dataplane dataplane;
    ReadProblem problem;
    if (!readMeta(parsed->root(), dataplane, problem) || !readSpec(parsed->root(), dataplane, problem))
        return fail(Error::Code::Invalid, std::move(problem.what), std::move(problem.where));
    return dataplane;
}

Result<Canonical> canonicalDataplane(std::string_view json, KumaEra era)
{
    return canonicalResource("Dataplane", json, era);
}

Result<Canonical> canonicalResource(std::string_view type, std::string_view json, KumaEra era)
{
    const MessageSchema *schema = schemaOf(type);
    if (schema == nullptr)
        return fail(Error::Code::NotFound, "there is no schema for the type " + std::string(type));
    const auto parsed = JsonText::parse(json);
    if (!parsed)
        return refused(type, ParserError{parsed.error(), {}});
    const auto meta = resourceMetaFrom(*parsed);
    if (!meta)
        return refused(type, meta.error());
    Canonical canonical;
    const std::vector<std::string_view> metaNames{
        "type", "mesh", "name", "creationTime", "modificationTime", "labels", "kri"};
    auto spec = canonicalMessage(parsed->root(), *schema, era, metaNames, canonical.dropped);
    if (!spec)
        return refused(type, spec.error());

    nlohmann::ordered_json out = nlohmann::ordered_json::object();
    const std::pair<const char *, const std::string &> texts[] = {
        {"type", meta->type},
        {"mesh", meta->mesh},
        {"name", meta->name},
        {"creationTime", meta->creationTime},
        {"modificationTime", meta->modificationTime}};
    for (const auto &[name, text] : texts) {
        if (!text.empty())
            out[name] = text;
    }
    for (const auto &[key, value] : meta->labels)
        out["labels"][key] = value;
    for (auto &[name, value] : spec->items())
        out[name] = std::move(value);
    canonical.json = out.dump();
    return canonical;
}

}  // namespace meshscope
