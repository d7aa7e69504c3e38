// meshscopectl query, services: what the tables of the window show, filtered by the same language.
#include "app/ctl/command.h"
#include "app/ctl/mesh_input.h"
#include "app/ctl/output.h"
#include "app/ctl/query_input.h"
#include "backend/query/tag_index.h"
#include "backend/query/values.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <set>

namespace meshscope::ctl {

namespace {

struct Options {
    MeshInput input;
    std::vector<std::string> expression;
    Format format = Format::Table;
};

JsonValue jsonOf(const Tags &tags)
{
    JsonValue json = JsonValue::object();
    for (const auto &[key, value] : tags)
        json[key] = value;
    return json;
}

std::string joined(const std::vector<std::string> &parts)
{
    std::string text;
    for (const auto &part : parts)
        text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string textOf(const query::Match &match, const Dataplane &dataplane)
{
    std::string text = (match.isNot ? "not: " : "") + match.field;
    if (!match.value.empty())
        text += "=" + match.value;
    if (match.inbound >= 0)
        text += " (inbound "
                + std::to_string(dataplane.inbounds[static_cast<std::size_t>(match.inbound)].port) + ")";
    return text;
}

JsonValue rowOf(const DataplaneOverview &row, const query::Query &query, TimePoint now,
                const query::PolicyMap *policies)
{
    const Dataplane &dataplane = *row.dataplane;
    JsonValue sets = JsonValue::array();
    for (const auto &set : dataplane.tagSets())
        sets.push_back(jsonOf(set));
    std::vector<std::string> matched;
    for (const auto &match : query.explain(row, now, policies)) {
        auto text = textOf(match, dataplane);
        if (std::find(matched.begin(), matched.end(), text) == matched.end())
            matched.push_back(std::move(text));
    }
    return {{"mesh", row.key().mesh},
            {"name", row.key().name},
            {"service", joined(dataplane.services())},
            {"address", dataplane.address},
            {"status", query::statusName(row.status.overall)},
            {"matched", joined(matched)},
            {"tagSets", std::move(sets)}};
}

int runQuery(const Options &options)
{
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto query = queryFrom(options.expression);
    if (!query)
        return kUsage;
    const auto snapshot = loadMesh(options.input);
    if (!snapshot)
        return complainOfInput(options.input, snapshot.error());
    const auto matched = query::matchEach(*query, **snapshot, now);
    JsonValue rows = JsonValue::array();
    for (std::size_t i = 0; i < matched.rows.size(); ++i) {
        if (matched.rows[i])
            rows.push_back(rowOf(*(*snapshot)->dataplanes[i], *query, now, matched.policies.get()));
    }
    std::cout << formatted({"mesh", "name", "service", "address", "status", "matched"}, rows, options.format);
    return rows.empty() ? kFindings : kDone;
}

int runServices(const Options &options)
{
    const auto query = queryFrom(options.expression);
    if (!query)
        return kUsage;
    const auto snapshot = loadMesh(options.input);
    if (!snapshot)
        return complainOfInput(options.input, snapshot.error());
    const Snapshot filtered = matchingRows(*query, **snapshot);
    JsonValue rows = JsonValue::array();
    for (const auto &service : servicesOf(filtered)) {
        // With a filter, those that no dataplane of the answer offers are not part of it.
        if (!query->isEmpty() && service.total() == 0)
            continue;
        rows.push_back({{"mesh", service.key.mesh},
                        {"name", service.key.name},
                        {"status", query::statusName(service.health())},
                        {"online", service.online},
                        {"total", service.total()},
                        {"protocols", joined(service.protocols)},
                        {"calls", joined(service.callsServices)}});
    }
    std::cout << formatted({"mesh", "name", "status", "online", "total", "protocols", "calls"}, rows,
                           options.format);
    return rows.empty() ? kFindings : kDone;
}

}  // namespace

std::optional<query::Query> queryFrom(const std::vector<std::string> &words)
{
    std::string text;
    for (const auto &word : words)
        text += (text.empty() ? "" : " ") + word;
    auto parsed = query::parse(text);
    const auto &problem = parsed.diagnosis;
    if (problem.verdict == query::Diagnosis::Verdict::Good)
        return std::move(parsed.query);
    const std::size_t length = query::columnOf(text, problem.span.end) - problem.column;
    std::cerr << "meshscopectl: " << problem.sentence() << "\n  " << text << "\n  "
              << std::string(problem.column - 1, ' ') << std::string(std::max<std::size_t>(length, 1), '^')
              << std::endl;
    return {};
}

Snapshot matchingRows(const query::Query &query, const Snapshot &snapshot)
{
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    Snapshot result = snapshot;
    const auto policies = query.usesPolicies() ? query::PolicyMap::of(snapshot) : nullptr;
    std::erase_if(result.dataplanes,
                  [&](const auto &row) { return !query.matches(*row, now, policies.get()); });
    return result;
}

void addQuery(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command = app.add_subcommand("query", "Dataplanes that a query matches, and what of them it found");
    addMeshInput(*command, options->input);
    command
        ->add_option("expression", options->expression, "Query, as in: 'tag.version == v2 not status:online'")
        ->required();
    addFormat(*command, options->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->callback([options, &run] { run = [options] { return runQuery(*options); }; });

    auto services = std::make_shared<Options>();
    command = app.add_subcommand("services", "Services, of all dataplanes or of those that a query matches");
    addMeshInput(*command, services->input);
    command->add_option("expression", services->expression, "Query for the dataplanes that count");
    addFormat(*command, services->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->callback([services, &run] { run = [services] { return runServices(*services); }; });
}

}  // namespace meshscope::ctl
