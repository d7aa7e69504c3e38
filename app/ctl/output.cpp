#include "app/ctl/output.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>

namespace meshscope::ctl {

namespace {

const std::map<Format, std::string> kNames{
    {Format::Table, "table"}, {Format::Json, "json"}, {Format::Yaml, "yaml"}, {Format::Csv, "csv"}};

std::string cell(const JsonValue &value)
{
    if (value.is_string())
        return value.get<std::string>();
    return value.is_null() ? std::string() : value.dump();
}

// In characters, not bytes, as far as one column a code point goes.
std::size_t widthOf(const std::string &text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string table(const std::vector<std::string> &columns, const JsonValue &rows)
{
    std::vector<std::size_t> widths;
    for (const auto &column : columns) {
        std::size_t width = column.size();
        for (const auto &row : rows)
            width = std::max(width, widthOf(cell(row[column])));
        widths.push_back(width);
    }
    std::string text;
    const auto line = [&](auto &&cellOf) {
        std::string result;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string content = cellOf(columns[i]);
            result += content + std::string(widths[i] - widthOf(content) + 2, ' ');
        }
        result.erase(result.find_last_not_of(' ') + 1);
        text += result + '\n';
    };
    line([](const std::string &column) {
        std::string upper = column;
        std::transform(upper.begin(), upper.end(), upper.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        return upper;
    });
    for (const auto &row : rows)
        line([&row](const std::string &column) { return cell(row[column]); });
    return text;
}

// RFC 4180.
std::string csv(const std::vector<std::string> &columns, const JsonValue &rows)
{
    std::string text;
    const auto add = [&text](const std::string &content, bool last) {
        if (content.find_first_of(",\"\r\n") == std::string::npos) {
            text += content;
        } else {
            text += '"';
            for (const char c : content)
                text += c == '"' ? "\"\"" : std::string(1, c);
            text += '"';
        }
        text += last ? "\r\n" : ",";
    };
    for (const auto &column : columns)
        add(column, column == columns.back());
    for (const auto &row : rows) {
        for (const auto &column : columns)
            add(cell(row[column]), column == columns.back());
    }
    return text;
}

// A plain scalar that a reader would take for something else than a string.
bool needsQuotes(const std::string &text)
{
    if (text.empty() || text == "~" || text.find_first_of("\n\t") != std::string::npos)
        return true;
    const YAML::Node node(text);
    bool flag = false;
    double number = 0;
    return YAML::convert<bool>::decode(node, flag) || YAML::convert<double>::decode(node, number)
           || text == "null" || text == "Null" || text == "NULL" || text == "=" || text.rfind("0o", 0) == 0;
}

void emit(YAML::Emitter &out, const JsonValue &value)
{
    if (value.is_object()) {
        out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginMap;
        for (const auto &[key, member] : value.items()) {
            out << YAML::Key;
            emit(out, key);
            out << YAML::Value;
            emit(out, member);
        }
        out << YAML::EndMap;
    } else if (value.is_array()) {
        out << (value.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
        for (const auto &member : value)
            emit(out, member);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        const auto text = value.get<std::string>();
        if (needsQuotes(text))
            out << YAML::DoubleQuoted;
        out << text;
    } else if (value.is_null()) {
        out << YAML::Null;
    } else {
        out << value.dump();
    }
}

}  // namespace

void addFormat(CLI::App &command, Format &format, const std::vector<Format> &choices)
{
    format = choices.front();
    std::map<std::string, Format> byName;
    for (const Format choice : choices)
        byName[kNames.at(choice)] = choice;
    command.add_option("-o,--output", format, "Form of the output")
        ->transform(CLI::CheckedTransformer(byName, CLI::ignore_case).description("one of"))
        ->default_str(kNames.at(choices.front()));
}

std::string formatted(const std::vector<std::string> &columns, const JsonValue &rows, Format format)
{
    switch (format) {
    case Format::Table:
        return table(columns, rows);
    case Format::Json:
        return rows.dump(2, ' ', false, JsonValue::error_handler_t::replace) + '\n';
    case Format::Yaml:
        return yamlText(rows);
    case Format::Csv:
        return csv(columns, rows);
    }
    return {};
}

std::string yamlText(const JsonValue &value)
{
    YAML::Emitter out;
    emit(out, value);
    return std::string(out.c_str()) + '\n';
}

}  // namespace meshscope::ctl
