// The generations of Kuma's Dataplane schema and rules that we know apart (kuma-api fact sheet §5).
#pragma once

namespace meshscope {

enum class KumaEra { V2_9, V2_14, V3_0 };

}  // namespace meshscope
