// Kuma's proto messages as tables: what a control plane's JSON parser knows, by name, kind and era. One table
// a message; a further resource type is one more table. Internal to codec, constant data.
#pragma once

#include "backend/codec/kuma_era.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace meshscope {

enum class FieldKind : std::uint8_t {
    Bool,
    UInt32,
    Double,
    String,
    Enum,
    Message,
    Duration,     // google.protobuf.Duration
    UInt32Value,  // google.protobuf.UInt32Value: zero is kept
    BoolValue,
    DoubleValue,
    Struct,  // google.protobuf.Struct: any JSON object
};

enum class FieldShape : std::uint8_t { Single, List, Map };

struct EnumValue {
    std::string_view name;
    std::int32_t number;
    KumaEra until = KumaEra::V3_0;  // last era that has it
};

struct EnumSchema {
    std::string_view fullName;  // as in Kuma's error: kuma.mesh.v1alpha1.Dataplane.…
    std::span<const EnumValue> values;
};

struct MessageSchema;

struct FieldSchema {
    std::string_view name;       // JSON name, what is written
    std::string_view protoName;  // accepted as well; the same where the .proto is in lowerCamel
    FieldKind kind;
    FieldShape shape = FieldShape::Single;
    const MessageSchema *message = nullptr;
    const EnumSchema *enumeration = nullptr;
    KumaEra since = KumaEra::V2_9;
    KumaEra until = KumaEra::V3_0;

    bool isIn(KumaEra era) const { return since <= era && era <= until; }
};

struct MessageSchema {
    std::span<const FieldSchema> fields;  // in the order of declaration, which is the order of output
};

extern const MessageSchema kDataplaneSchema;
extern const MessageSchema kMeshSchema;

}  // namespace meshscope
