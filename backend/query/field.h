// The fields of the query language (product document §3), what they take, and the operators.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::query {

enum class Field {
    Name,
    Mesh,
    Zone,
    Service,
    Protocol,
    Address,
    Port,
    Status,
    Gateway,
    Age,
    Changed,
    EnvoyVersion,
    DpVersion,
    CertExpires,
    Nacks,
    Policy,
    Tag,    // tag.KEY
    Label,  // label.KEY
};

enum class Op { Contains, Equal, NotEqual, Regex, Less, LessEqual, Greater, GreaterEqual, In, Exists };

// How values are compared.
enum class FieldKind {
    Text,      // : == != ~ in exists
    Word,      // as text, without case: a protocol, the kind of a gateway
    Number,    // text that is a number; also < <= > >=
    Version,   // == and < compare as versions
    Status,    // online < unknown < degraded < offline: better to worse
    Duration,  // < <= > >= exists only
    Tag,       // text; < <= > >= compare as versions ("v2", "1.10")
};

struct FieldInfo {
    Field field;
    std::string_view name;  // "envoy.version"; "tag." and "label." are followed by a key
    FieldKind kind;
    // Each inbound has its own; inside inbound( ) it is the one of that inbound. The others are of the
    // dataplane.
    bool isOfInbound;
    std::string_view about;  // a few words for completion
};

std::span<const FieldInfo> allFields();
const FieldInfo &infoOf(Field field);

struct FieldName {
    Field field;
    std::string key;  // of tag. and label.; may be empty while it is typed
};
// "status" or "tag.version"; nothing when there is no such field.
std::optional<FieldName> fieldFrom(std::string_view text);
std::string fieldText(Field field, std::string_view key = {});
// The field that was meant by a misspelled name; empty when none is near.
std::string_view nearestField(std::string_view text);

std::string_view opText(Op op);
std::vector<Op> opsOf(FieldKind kind);
bool takes(FieldKind kind, Op op);
// ": == != ~ in exists", for errors.
std::string opsText(FieldKind kind);

// Names of a field that has few; empty for others: of status, gateway, protocol.
std::vector<std::string_view> namesOf(Field field);

}  // namespace meshscope::query
