#include "app/ctl/resource_files.h"

#include "backend/codec/yaml_document.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace meshscope::ctl {

namespace {

namespace fs = std::filesystem;

// "---" alone, or followed by a blank: in YAML that is a marker wherever it begins a line, even in a block
// scalar.
bool isMarker(std::string_view line, std::string_view marker)
{
    return line.substr(0, 3) == marker
           && (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

bool hasContent(std::string_view line)
{
    const auto first = line.find_first_not_of(" \t\r");
    return first != std::string_view::npos && line[first] != '#';
}

}  // namespace

Result<std::string> readFile(const std::string &path)
{
    if (path == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::error_code error;
    if (fs::is_directory(path, error))
        return fail(Error::Code::Invalid, path + " is a folder, not a file", path);
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad())
        return fail(Error::Code::NotFound, path + " cannot be read: " + std::strerror(errno), path);
    return text;
}

std::vector<DocumentText> splitDocuments(const std::string &text)
{
    std::vector<DocumentText> documents;
    std::string current;
    int line = 0;
    int begin = 1;
    bool filled = false;
    const auto finish = [&](int nextBegin) {
        if (filled)
            documents.push_back({std::string(static_cast<std::size_t>(begin - 1), '\n') + current, begin});
        current.clear();
        filled = false;
        begin = nextBegin;
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto newline = text.find('\n', at);
        const auto end = newline == std::string::npos ? text.size() : newline + 1;
        std::string content = text.substr(at, end - at);
        at = end;
        ++line;
        const auto bare = std::string_view(content).substr(0, content.find('\n'));
        if (isMarker(bare, "---")) {
            finish(line);
            content.replace(0, 3, "   ");  // what follows it on its line keeps its column
        } else if (isMarker(bare, "...")) {
            finish(line + 1);
            continue;
        } else if (!filled && bare.substr(0, 1) == "%") {
            content = "\n";  // a directive belongs to the marker that is gone
        }
        filled = filled || hasContent(std::string_view(content).substr(0, content.find('\n')));
        current += content;
    }
    finish(line + 1);
    return documents;
}

Result<std::vector<LoadedResource>> loadFolder(const std::string &path)
{
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto &entry : fs::directory_iterator(path, error)) {
        const auto extension = entry.path().extension();
        if (extension == ".yaml" || extension == ".yml" || extension == ".json")
            files.push_back(entry.path());
    }
    if (error)
        return fail(Error::Code::NotFound, "the folder " + path + " cannot be read: " + error.message(),
                    path);
    std::sort(files.begin(), files.end());

    std::vector<LoadedResource> resources;
    for (const auto &file : files) {
        const auto text = readFile(file.string());
        if (!text)
            return fail(text.error());
        for (const auto &part : splitDocuments(*text)) {
            const auto document = YamlDocument::parse(part.text);
            if (!document) {
                const auto &position = document.error().position;
                return fail(Error::Code::Invalid, document.error().message,
                            file.string() + ':' + std::to_string(position.line) + ':'
                                + std::to_string(position.column));
            }
            const auto json = nlohmann::json::parse(document->json(), nullptr, false);
            const std::string where = file.string() + ':' + std::to_string(part.line);
            if (!json.is_object() || !json.contains("type") || !json["type"].is_string())
                return fail(Error::Code::Invalid, "this is no resource: it has no type", where);
            resources.push_back({document->json(), json["type"].get<std::string>(), where});
        }
    }
    return resources;
}

}  // namespace meshscope::ctl
