// Pages of a list whose rows are kept from one listing to the next: an item whose bytes are those of a row we
// have becomes that row, without being read. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace meshscope {

template <class T>
struct Page {
    std::size_t total = 0;
    std::vector<T> items;
    std::optional<std::string> nextOffset;  // taken from `next`, whose host may be wrong behind a proxy
};

// 64 bits of a hash of an item's JSON; only compared within one process.
inline std::uint64_t fingerprintOf(std::string_view item) { return std::hash<std::string_view>()(item); }

// A row and the fingerprint of the JSON it was read from.
template <class T>
struct Listed {
    std::uint64_t fingerprint = 0;
    std::shared_ptr<const T> row;
};

template <class T>
using KnownRows = std::unordered_map<std::uint64_t, std::shared_ptr<const T>>;

}  // namespace meshscope
