// Base64 with padding, as secrets are stored. Standard C++.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshscope::pki {

std::string toBase64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text);  // nothing when it is no base64

}  // namespace meshscope::pki
