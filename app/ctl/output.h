// Tables of a command, in the form asked for with -o.
#pragma once

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace meshscope::ctl {

using JsonValue = nlohmann::ordered_json;

enum class Format { Table, Json, Yaml, Csv };

// Adds -o/--output with these choices; the first is the default.
void addFormat(CLI::App &command, Format &format, const std::vector<Format> &choices);

// Rows are objects with the same keys in the same order. JSON and YAML are one array of them.
std::string formatted(const std::vector<std::string> &columns, const JsonValue &rows, Format format);
std::string yamlText(const JsonValue &value);

}  // namespace meshscope::ctl
