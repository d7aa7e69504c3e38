// The generations of Kuma's API and rules that we know apart (kuma-api fact sheet §5, §11). Each is named by
// its last line.
#pragma once

namespace meshscope {

enum class KumaEra {
    V2_9,   // 2.0–2.9: tags, legacy policies beside targetRef ones
    V2_14,  // 2.10–2.14: tags and labels, both models
    V3_0,   // labels and backendRef; tags are dropped silently by the server
};

}  // namespace meshscope
