// meshscopectl tagsets: what the page Tag sets shows. One table a call: the sets, keys and values (--facets),
// the selector tester (--select), what looks wrong (--lint).
#include "app/ctl/command.h"
#include "app/ctl/mesh_input.h"
#include "app/ctl/output.h"
#include "app/ctl/query_input.h"
#include "app/ctl/resource_files.h"
#include "backend/query/facets.h"
#include "backend/query/selector.h"
#include "backend/query/tag_lint.h"
#include "backend/query/tag_set_view.h"

#include <iostream>
#include <map>
#include <memory>

namespace meshscope::ctl {

namespace {

struct Options {
    MeshInput input;
    std::vector<std::string> expression;
    bool facets = false;
    bool lint = false;
    std::string select;
    Format format = Format::Table;
};

std::string textOf(const Tags &tags)
{
    std::string text;
    for (const auto &[key, value] : tags)
        text += (text.empty() ? "" : " ") + key + "=" + value;
    return text.empty() ? "(no tags)" : text;
}

int print(const std::vector<std::string> &columns, const JsonValue &rows, Format format)
{
    std::cout << formatted(columns, rows, format);
    return rows.empty() ? kFindings : kDone;
}

int printSets(const Snapshot &snapshot, Format format)
{
    struct Count {
        std::size_t inbounds = 0, dataplanes = 0;
        const DataplaneOverview *last = nullptr;
    };
    std::map<std::pair<std::string, Tags>, Count> sets;
    for (const auto &row : snapshot.dataplanes) {
        query::forEachTagSet(*row->dataplane, [&](const query::TagSetView &set) {
            Count &count = sets[{row->key().mesh, *set.tags}];
            ++count.inbounds;
            count.dataplanes += count.last == row.get() ? 0 : 1;
            count.last = row.get();
        });
    }
    JsonValue rows = JsonValue::array();
    for (const auto &[set, count] : sets) {
        JsonValue tags = JsonValue::object();
        for (const auto &[key, value] : set.second)
            tags[key] = value;
        rows.push_back({{"mesh", set.first},
                        {"inbounds", count.inbounds},
                        {"dataplanes", count.dataplanes},
                        {"set", textOf(set.second)},
                        {"tags", std::move(tags)}});
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto &a, const auto &b) { return a["inbounds"] > b["inbounds"]; });
    return print({"mesh", "inbounds", "dataplanes", "set"}, rows, format);
}

int printFacets(const Snapshot &snapshot, Format format)
{
    JsonValue rows = JsonValue::array();
    for (const auto &facet : query::facetsOf(snapshot.dataplanes)) {
        for (const auto &value : facet.values)
            rows.push_back({{"key", facet.key},
                            {"value", value.value},
                            {"inbounds", value.inbounds},
                            {"dataplanes", value.dataplanes}});
    }
    return print({"key", "value", "inbounds", "dataplanes"}, rows, format);
}

// A finding has file, line, column, field, severity and message (product document §9); here the object of the
// mesh takes the place of a file.
int printLint(const Snapshot &snapshot, Format format)
{
    JsonValue rows = JsonValue::array();
    for (const auto &finding : query::lintTags(snapshot.dataplanes)) {
        JsonValue names = JsonValue::array();
        for (const auto &key : finding.dataplanes)
            names.push_back(key.name);
        rows.push_back(
            {{"mesh", finding.mesh},
             {"field", finding.key},
             {"severity", finding.severity == query::TagFinding::Severity::Warning ? "warning" : "hint"},
             {"inbounds", finding.inbounds},
             {"message", finding.message},
             {"query", finding.query},
             {"dataplanes", std::move(names)}});
    }
    std::cout << formatted({"mesh", "field", "severity", "inbounds", "message", "query"}, rows, format);
    return rows.empty() ? kDone : kFindings;
}

JsonValue rowOf(const query::SelectorTrial &trial, const Snapshot &snapshot, const char *result)
{
    const auto row = snapshot.find(trial.dataplane);
    const std::string inbound =
        trial.inbound >= 0
            ? std::to_string(row->dataplane->inbounds[static_cast<std::size_t>(trial.inbound)].port)
            : std::string();
    std::string why;
    if (trial.failed > 0) {
        why = trial.firstFailed.key + "=" + trial.firstFailed.value;
        why += trial.isAbsent ? ", but it has no " + trial.firstFailed.key : ", but it is " + trial.found;
        if (trial.looksAlike)
            why += " (a slip?)";
    }
    return {{"mesh", trial.dataplane.mesh},
            {"name", trial.dataplane.name},
            {"inbound", inbound},
            {"result", result},
            {"held", trial.held},
            {"failed", trial.failed},
            {"firstFailed", why}};
}

int printSelected(const Snapshot &snapshot, const Options &options)
{
    std::string text = options.select;
    if (text.starts_with('@')) {
        auto file = readFile(text.substr(1));
        if (!file)
            return complain(kUsage, file.error());
        text = *file;
    }
    const auto selectors = query::parseSelectors(text);
    if (!selectors)
        return complain(kUsage, selectors.error());
    JsonValue rows = JsonValue::array();
    bool matched = false;
    for (const auto &selector : *selectors) {
        const auto report = query::testSelector(selector, snapshot.dataplanes);
        const auto add = [&](const query::SelectorTrial &trial, const char *result) {
            JsonValue row = rowOf(trial, snapshot, result);
            row["selector"] = (selector.where.empty() ? "" : selector.where + ": ") + selector.text();
            rows.push_back(std::move(row));
        };
        for (const auto &trial : report.matches)
            add(trial, "match");
        for (const auto &trial : report.near)
            add(trial, "near");
        matched = matched || !report.matches.empty();
    }
    std::cout << formatted({"mesh", "name", "inbound", "result", "firstFailed", "selector"}, rows,
                           options.format);
    return matched ? kDone : kFindings;
}

int runTagSets(const Options &options)
{
    const auto query = queryFrom(options.expression);
    if (!query)
        return kUsage;
    const auto loaded = loadMesh(options.input);
    if (!loaded)
        return complainOfInput(options.input, loaded.error());
    const Snapshot snapshot = matchingRows(*query, **loaded);
    if (!options.select.empty())
        return printSelected(snapshot, options);
    if (options.lint)
        return printLint(snapshot, options.format);
    return options.facets ? printFacets(snapshot, options.format) : printSets(snapshot, options.format);
}

}  // namespace

void addTagSets(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command =
        app.add_subcommand("tagsets", "Tag sets of inbounds, with counts; test a selector; find slips");
    addMeshInput(*command, options->input);
    auto *facets = command->add_flag("--facets", options->facets, "Keys and values with counts instead");
    auto *lint = command->add_flag(
        "--lint", options->lint, "What looks wrong: spelling variants, missing keys, misused reserved tags");
    command
        ->add_option("--select", options->select,
                     "Whom a selector chooses, and near misses: key=value,…, a targetRef or policy, or @FILE")
        ->excludes(facets)
        ->excludes(lint);
    facets->excludes(lint);
    command->add_option("expression", options->expression, "Query for the dataplanes that count");
    addFormat(*command, options->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->callback([options, &run] { run = [options] { return runTagSets(*options); }; });
}

}  // namespace meshscope::ctl
