#include "backend/query/dictionary.h"

#include "backend/query/text.h"

#include <algorithm>

namespace meshscope::query {

Dictionary::Dictionary()
    : m_offsets{0}
    , m_places(16, Hash{this}, Equal{this})
{}

void Dictionary::add(std::string_view value, std::uint32_t id)
{
    m_all.add(id);
    if (const auto found = m_places.find(value); found != m_places.end()) {
        Posting &posting = m_postings[*found];
        if (posting.many < 0) {
            if (posting.id == id)
                return;
            posting.many = static_cast<std::int32_t>(m_many.size());
            m_many.emplace_back().add(posting.id);
        }
        m_many[static_cast<std::size_t>(posting.many)].add(id);
        return;
    }
    m_text.append(value) += '\0';
    m_folded.append(folded(value)) += '\0';
    m_offsets.push_back(static_cast<std::uint32_t>(m_text.size()));
    m_postings.push_back({id, -1});
    m_places.insert(static_cast<std::uint32_t>(m_postings.size() - 1));
}

std::string_view Dictionary::value(std::size_t place) const
{
    return std::string_view(m_text).substr(m_offsets[place], m_offsets[place + 1] - m_offsets[place] - 1);
}

std::size_t Dictionary::count(std::size_t place) const
{
    const Posting &posting = m_postings[place];
    return posting.many < 0 ? 1 : m_many[static_cast<std::size_t>(posting.many)].cardinality();
}

Roaring Dictionary::ids(std::size_t place) const
{
    std::vector<std::uint32_t> single;
    Roaring sum;
    collect(m_postings[place], single, sum);
    sum.addMany(single.size(), single.data());
    return sum;
}

Roaring Dictionary::idsOf(std::string_view value) const
{
    const auto found = m_places.find(value);
    return found == m_places.end() ? Roaring() : ids(*found);
}

void Dictionary::collect(const Posting &posting, std::vector<std::uint32_t> &single, Roaring &sum) const
{
    if (posting.many < 0)
        single.push_back(posting.id);
    else
        sum |= m_many[static_cast<std::size_t>(posting.many)];
}

Roaring Dictionary::matching(const ValueTest &test) const
{
    if (test.acceptsEverything())
        return m_all;
    std::vector<std::uint32_t> single;
    Roaring sum;
    const std::string *needle = test.substring();
    if (const std::string *exact = test.exactText()) {
        if (const auto found = m_places.find(std::string_view(*exact)); found != m_places.end())
            collect(m_postings[*found], single, sum);
    } else if (needle && !needle->empty() && needle->find('\0') == std::string::npos) {
        // One search through all values: after a hit it goes on with the next value.
        std::size_t place = 0;
        for (auto at = m_folded.find(*needle); at != std::string::npos;
             at = m_folded.find(*needle, m_offsets[place])) {
            const auto next = std::upper_bound(m_offsets.begin() + static_cast<std::ptrdiff_t>(place),
                                               m_offsets.end(), static_cast<std::uint32_t>(at));
            place = static_cast<std::size_t>(next - m_offsets.begin());
            collect(m_postings[place - 1], single, sum);
        }
    } else {
        for (std::size_t place = 0; place < m_postings.size(); ++place) {
            if (test.accepts(value(place)))
                collect(m_postings[place], single, sum);
        }
    }
    sum.addMany(single.size(), single.data());
    return sum;
}

std::vector<std::uint32_t> elementsOf(const Roaring &set)
{
    std::vector<std::uint32_t> elements(set.cardinality());
    if (!elements.empty())
        set.toUint32Array(elements.data());
    return elements;
}

Roaring setOf(const std::vector<std::uint32_t> &elements)
{
    return elements.empty() ? Roaring() : Roaring(elements.size(), elements.data());
}

}  // namespace meshscope::query
