// meshscopectl validate: the findings of the editor and of the control plane, for files.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "backend/codec/yaml_document.h"
#include "backend/validation/validate.h"

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

struct Options {
    std::vector<std::string> files;
    std::string kuma = "2.9";
    Format format = Format::Table;
};

std::string_view textOf(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Error:
        return "error";
    case Finding::Severity::Warning:
        return "warning";
    case Finding::Severity::Hint:
        return "hint";
    }
    return {};
}

// A document of a type that has no rules here yet; empty for a Dataplane and for what cannot be told.
std::string otherTypeOf(const std::string &text)
{
    const auto document = YamlDocument::parse(text);
    if (!document)
        return {};
    const auto json = JsonValue::parse(document->json(), nullptr, false);
    if (!json.is_object() || !json.contains("type") || !json["type"].is_string())
        return {};
    const auto type = json["type"].get<std::string>();
    return type == "Dataplane" ? std::string() : type;
}

std::vector<Finding> findingsOf(const DocumentText &document, KumaEra era)
{
    const std::string other = otherTypeOf(document.text);
    if (other.empty())
        return validateDataplaneYaml(document.text, era);
    Finding finding;
    finding.severity = Finding::Severity::Hint;
    finding.field = "type";
    finding.message = "resources of type " + other + " are not checked yet";
    finding.line = document.line;
    finding.column = 1;
    return {finding};
}

int validate(const Options &options)
{
    const auto era = kumaEraFromText(options.kuma);
    if (!era)
        return complain(kUsage, "there are rules of Kuma 2.9, 2.14 and 3.0, not of \"" + options.kuma + "\"");
    JsonValue rows = JsonValue::array();
    bool wrong = false;
    for (const auto &file : options.files) {
        const auto text = readFile(file);
        if (!text)
            return complain(kUsage, text.error());
        const auto documents = splitDocuments(*text);
        if (documents.empty())
            return complain(kUsage, (file == "-" ? "standard input" : file) + " holds no document");
        for (const auto &document : documents) {
            for (const auto &finding : findingsOf(document, *era)) {
                wrong = wrong || finding.severity == Finding::Severity::Error;
                const std::string advice =
                    finding.advice.empty() ? std::string() : " (" + finding.advice + ')';
                rows.push_back({{"file", file},
                                {"line", finding.line},
                                {"column", finding.column},
                                {"field", finding.field},
                                {"severity", textOf(finding.severity)},
                                {"message", finding.message + advice}});
            }
        }
    }
    if (!rows.empty() || options.format != Format::Table)
        std::cout << formatted({"file", "line", "column", "field", "severity", "message"}, rows,
                               options.format);
    return wrong ? kFindings : kDone;
}

}  // namespace

void addValidate(CLI::App &app, Run &run)
{
    auto options = std::make_shared<Options>();
    auto *command =
        app.add_subcommand("validate", "Check Dataplanes as a control plane would, and more closely");
    command->add_option("FILE", options->files, "YAML or JSON, any number of documents; - is standard input")
        ->required();
    command->add_option("--kuma", options->kuma, "Whose rules: 2.9, 2.14 or 3.0")->capture_default_str();
    addFormat(*command, options->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->footer("Exits 1 when a finding is an error; warnings and hints alone are exit 0.");
    command->callback([options, &run] { run = [options] { return validate(*options); }; });
}

}  // namespace meshscope::ctl
