// Reads JSON as Kuma does (golang's jsonpb after encoding/json) and writes what it would store: unknown
// fields dropped, proto names accepted, zero values left out. Internal to codec. Any thread.
#pragma once

#include "backend/codec/json_text.h"
#include "backend/codec/proto_schema.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct ParserError {
    std::string what;   // Kuma's own words, without "invalid Dataplane object"
    std::string where;  // path of the value that could not be read; empty = the whole text
};

// The metadata beside the spec, as Kuma's ResourceMeta reads it: names of members in any case.
struct ResourceMeta {
    std::string type, mesh, name, creationTime, modificationTime;
    std::vector<std::pair<std::string, std::string>> labels;  // sorted by key, no repetition
};
tl::expected<ResourceMeta, ParserError> resourceMetaFrom(const JsonText &json);

// The members of `schema` found in the object, in the schema's order. Members named in `skip` belong to
// somebody else; any other unknown one is added to `dropped` as a path.
tl::expected<nlohmann::ordered_json, ParserError> canonicalMessage(JsonValue object,
                                                                   const MessageSchema &schema, KumaEra era,
                                                                   const std::vector<std::string_view> &skip,
                                                                   std::vector<std::string> &dropped);

// encoding/json's words for a value that does not fit its Go type.
std::string cannotUnmarshal(JsonKind kind, std::string_view goType);

// "networking" + "inbound" → "networking.inbound"; keys that are no identifiers in brackets.
std::string pathTo(const std::string &parent, std::string_view member);

}  // namespace meshscope
