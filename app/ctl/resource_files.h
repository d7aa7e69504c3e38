// Files of resources: YAML with any number of documents, or JSON.
#pragma once

#include "backend/core/result.h"

#include <string>
#include <vector>

namespace meshscope::ctl {

// "-" is standard input. Errors name the file and what the system says.
Result<std::string> readFile(const std::string &path);

// One document of a stream, with as many empty lines before it as stand before it in the stream, so that
// positions in it are positions in the file. Documents without content are left out.
struct DocumentText {
    std::string text;
    int line = 1;  // where it begins
};
std::vector<DocumentText> splitDocuments(const std::string &text);

struct LoadedResource {
    std::string json;
    std::string type;
    std::string where;  // "mesh/web.yaml:12"
};
// All resources of the *.yaml, *.yml and *.json files of a folder (not of folders in it), files in the order
// of their names. The first error ends it.
Result<std::vector<LoadedResource>> loadFolder(const std::string &path);

}  // namespace meshscope::ctl
