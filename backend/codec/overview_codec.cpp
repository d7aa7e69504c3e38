#include "backend/codec/overview_codec.h"

#include "backend/codec/dataplane_reader.h"

#include <algorithm>

namespace meshscope {

namespace {

constexpr std::size_t kQuotedLength = 120;  // of a foreign answer, in an error

// The beginning of an answer that was not what we asked for, on one line.
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

std::string memberText(JsonValue object, std::string_view name)
{
    const JsonValue value = object.find(name);
    return value.is(JsonKind::String) ? value.text() : std::string();
}

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

// Total, next and the items of a list; read(item, out, problem) makes one of them.
template <class T, class Read>
Result<Page<T>> pageFrom(std::string_view json, std::string_view what, Read read)
{
    const auto parsed = objectFrom(json, what);
    if (!parsed)
        return fail(parsed.error());
    const JsonValue root = parsed->root();
    const JsonValue items = root.find("items");
    if (!items.is(JsonKind::Array) && !items.is(JsonKind::Null))
        return fail(Error::Code::Invalid, "the answer is not " + std::string(what) + ": it has no items",
                    beginningOf(json));
    Page<T> page;
    page.items.reserve(items.size());
    std::size_t index = 0;
    for (JsonValue item = items.first(); item; item = item.next(), ++index) {
        ReadProblem problem;
        T made;
        if (!item.is(JsonKind::Object))
            problem.what = "must be an object";
        else if (read(item, made, problem)) {
            page.items.push_back(std::move(made));
            continue;
        }
        problem.prepend(index);
        return fail(Error::Code::Invalid, std::move(problem.what), "items" + problem.where);
    }
    page.total = page.items.size();
    if (const JsonValue total = root.find("total"); total.is(JsonKind::Number)) {
        std::size_t count = 0;
        for (const char digit : total.raw())
            count = digit >= '0' && digit <= '9' ? count * 10 + static_cast<std::size_t>(digit - '0') : count;
        page.total = count;
    }
    page.nextOffset = offsetOf(memberText(root, "next"));
    return page;
}

bool readOverview(JsonValue item, DataplanePtr &out, ReadProblem &problem)
{
    auto dataplane = std::make_shared<Dataplane>();
    auto overview = std::make_shared<DataplaneOverview>();
    if (!readMeta(item, *dataplane, problem))
        return false;
    if (const JsonValue spec = item.find("dataplane"); spec.is(JsonKind::Object)) {
        if (!readSpec(spec, *dataplane, problem)) {
            problem.prepend("dataplane");
            return false;
        }
    }
    if (const JsonValue insight = item.find("dataplaneInsight"); insight.is(JsonKind::Object)) {
        if (!readInsight(insight, overview->insight, problem)) {
            problem.prepend("dataplaneInsight");
            return false;
        }
    }
    overview->status = statusOf(*dataplane, overview->insight);
    overview->dataplane = std::move(dataplane);
    out = std::move(overview);
    return true;
}

std::string firstOf(JsonValue object, std::initializer_list<std::string_view> names)
{
    for (const auto name : names) {
        if (auto text = memberText(object, name); !text.empty())
            return text;
    }
    return {};
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
    info.product = firstOf(root, {"product", "tagline"});  // 2.0 has only the latter
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
    return pageFrom<MeshInfo>(
        json, "a list of meshes", [](JsonValue item, MeshInfo &mesh, ReadProblem &problem) {
            mesh.name = memberText(item, "name");
            if (mesh.name.empty()) {
                problem.what = "has no name";
                return false;
            }
            const JsonValue mtls = item.find("mtls");
            mesh.mtlsEnabled = mtls.is(JsonKind::Object) && !memberText(mtls, "enabledBackend").empty();
            return true;
        });
}

Result<Page<DataplanePtr>> overviewsFromJson(std::string_view json)
{
    return pageFrom<DataplanePtr>(json, "a list of dataplane overviews", readOverview);
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
    error.detail = firstOf(root, {"detail", "details"});
    const JsonValue parameters = root.find("invalid_parameters");
    const JsonValue list = parameters.is(JsonKind::Array) ? parameters : root.find("causes");
    if (list.is(JsonKind::Array)) {
        for (JsonValue item = list.first(); item; item = item.next()) {
            if (item.is(JsonKind::Object))
                error.invalidParameters.emplace_back(memberText(item, "field"),
                                                     firstOf(item, {"reason", "message"}));
        }
    }
    return error;
}

}  // namespace meshscope
