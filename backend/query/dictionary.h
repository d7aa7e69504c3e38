// The distinct values of one field with the rows, or tag sets, that have each: posting lists. Values stand in
// one arena, as they are and folded, so that a substring is searched in all of them at once. Inner header of
// the room.
#pragma once

#include "backend/query/value_test.h"

#include <roaring/roaring.hh>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace meshscope::query {

class Dictionary
{
public:
    Dictionary();
    Dictionary(const Dictionary &) = delete;
    Dictionary &operator=(const Dictionary &) = delete;

    // Ids of one value come in ascending order.
    void add(std::string_view value, std::uint32_t id);

    // Ids whose value the test accepts.
    Roaring matching(const ValueTest &test) const;
    // Ids that have a value.
    const Roaring &all() const { return m_all; }

    std::size_t size() const { return m_postings.size(); }
    std::string_view value(std::size_t place) const;
    std::size_t count(std::size_t place) const;
    Roaring ids(std::size_t place) const;
    Roaring idsOf(std::string_view value) const;  // empty when nothing has it

private:
    struct Hash {
        using is_transparent = void;
        const Dictionary *dictionary;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
        std::size_t operator()(std::uint32_t place) const { return (*this)(dictionary->value(place)); }
    };
    struct Equal {
        using is_transparent = void;
        const Dictionary *dictionary;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(std::string_view a, std::uint32_t b) const { return a == dictionary->value(b); }
        bool operator()(std::uint32_t a, std::string_view b) const { return dictionary->value(a) == b; }
    };
    // Most values of a name or an address belong to one id; a bitmap for each would be most of the memory.
    struct Posting {
        std::uint32_t id;
        std::int32_t many;  // index into m_many; -1 = only id
    };

    void collect(const Posting &posting, std::vector<std::uint32_t> &single, Roaring &sum) const;

    std::string m_text;
    std::string m_folded;                  // the same places; values end with a zero byte in both
    std::vector<std::uint32_t> m_offsets;  // one more than there are values
    std::vector<Posting> m_postings;
    std::vector<Roaring> m_many;
    Roaring m_all;
    std::unordered_set<std::uint32_t, Hash, Equal> m_places;
};

// Ascending.
std::vector<std::uint32_t> elementsOf(const Roaring &set);
Roaring setOf(const std::vector<std::uint32_t> &elements);

}  // namespace meshscope::query
