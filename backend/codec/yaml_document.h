// A YAML text and where everything stands in it, so that a finding about a field can name its line, and JSON
// can be turned into YAML a person likes to read. Any thread; yaml-cpp stays inside.
#pragma once

#include "backend/core/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct Position {
    int line = 0;    // from 1
    int column = 0;  // from 1
    bool operator==(const Position &) const = default;
};

// A syntax error: position and message.
struct YamlError {
    Position position;
    std::string message;
};

class YamlDocument
{
public:
    // Exactly one document. A text of several is an error that says so; an empty one is an empty object.
    static tl::expected<YamlDocument, YamlError> parse(const std::string &text);
    // Splits a stream at `---` lines as YAML does; empty documents are left out. Positions count from the
    // stream's start.
    static tl::expected<std::vector<YamlDocument>, YamlError> parseStream(const std::string &text);

    // As JSON text, keys in the order they stand. Plain scalars become numbers, booleans or null as
    // YAML 1.2's core schema says ("v1" and "1.36.8" are strings); quoted ones are strings.
    const std::string &json() const;
    // Where the value (or, for a map key, the key) at Kuma's path stands:
    // networking.inbound[0].tags["kuma.io/service"]. The longest part of the path that exists answers, so a
    // missing field points at its parent.
    Position positionOf(std::string_view path) const;
    bool has(std::string_view path) const;
    // Keys that occur twice in one mapping, as paths. (YAML forbids it; yaml-cpp does not notice.)
    const std::vector<std::string> &duplicateKeys() const;

private:
    struct Data;
    std::shared_ptr<const Data> m_data;
};

// YAML for people from a resource's JSON: type, mesh, name first, then labels and the rest in the schema's
// order, block style, strings quoted only where needed. Times that the server adds are left out.
Result<std::string> yamlFromJson(std::string_view json);

}  // namespace meshscope
