// Rows and tag sets have numbers that stay for as long as their object does; a changed row gets new ones, and
// the old ones, being dead, are masked out of every answer. When a quarter is dead everything is indexed
// anew. Fields of an inbound are indexed by tag set, the others by row; a set of tag sets becomes one of
// rows, and back, where a query goes from the one to the other.
#include "backend/query/tag_index.h"

#include "backend/query/dictionary.h"
#include "backend/query/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace meshscope::query {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Fields with a dictionary over rows, and over tag sets. Service is a tag; tags and labels have one for each
// key.
constexpr std::array kRowFields{Field::Name,         Field::Mesh,      Field::Status, Field::Gateway,
                                Field::EnvoyVersion, Field::DpVersion, Field::Nacks};
constexpr std::array kSetFields{Field::Zone, Field::Protocol, Field::Port};

bool isTimed(Field field) { return infoOf(field).kind == FieldKind::Duration; }

}  // namespace

struct TagIndex::Data {
    SnapshotPtr snapshot;
    std::vector<std::uint32_t> rowAtPlace;  // by place in the snapshot

    // By row number.
    std::vector<DataplanePtr> rows;
    std::vector<std::uint32_t> firstSet;  // one more than there are rows
    std::vector<std::uint32_t> placeOfRow;
    Roaring liveRows;
    // By number of the tag set.
    std::vector<std::uint32_t> rowOfSet;
    Roaring liveSets;
    Roaring setsWithOwnAddress;

    std::map<Field, Dictionary> ofRow;
    std::map<Field, Dictionary> ofSet;
    std::map<std::string, Dictionary> tags;    // by set
    std::map<std::string, Dictionary> labels;  // by row
    Dictionary address, advertised;            // by row
    Dictionary inboundAddress;                 // by set, of those that have their own

    TimePoint now{};  // of the evaluation under way
    PolicyMapPtr policies;

    void add(const DataplanePtr &row);
    void remove(std::uint32_t row);

    Roaring rowsOf(const Node &node) const;
    Roaring setsOf(const Node &node) const;
    Roaring combined(const Node &node, bool inSets) const;
    Roaring wordRows(const ValueTest &test) const;
    Roaring wordSets(const ValueTest &test) const;
    Roaring termRows(const Node &node) const;
    Roaring termSets(const Node &node) const;
    Roaring setsWithTag(const ValueTest &test) const;
    Roaring timedRows(const Node &node) const;
    Roaring policyRows(const Node &node) const;
    Roaring rowsOf(const Selector &selector) const;
    Roaring setAddresses(const ValueTest &test) const;
    const Dictionary *dictionaryOf(Field field, const std::string &key) const;

    Roaring rowsOfSets(const Roaring &sets) const;
    Roaring setsOfRows(const Roaring &set) const;
    std::size_t rowCount(const Roaring &ids, bool areSets) const;
};

void TagIndex::Data::add(const DataplanePtr &pointer)
{
    const DataplaneOverview &row = *pointer;
    const Dataplane &dataplane = *row.dataplane;
    const auto id = static_cast<std::uint32_t>(rows.size());
    rows.push_back(pointer);
    placeOfRow.push_back(kNone);
    liveRows.add(id);
    for (const Field field : kRowFields)
        anyValueOfRow(row, field, {}, [&](std::string_view value) {
            ofRow[field].add(value, id);
            return false;
        });
    if (!dataplane.address.empty())
        address.add(dataplane.address, id);
    if (!dataplane.advertisedAddress.empty())
        advertised.add(dataplane.advertisedAddress, id);
    for (const auto &[key, value] : dataplane.labels)
        labels[key].add(value, id);
    forEachTagSet(dataplane, [&](const TagSetView &set) {
        const auto setId = static_cast<std::uint32_t>(rowOfSet.size());
        rowOfSet.push_back(id);
        for (const auto &[key, value] : *set.tags)
            tags[key].add(value, setId);
        for (const Field field : kSetFields)
            anyValueOfTagSet(dataplane, set, field, {}, [&](std::string_view value) {
                ofSet[field].add(value, setId);
                return false;
            });
        if (set.inbound && !set.inbound->address.empty()) {
            inboundAddress.add(set.inbound->address, setId);
            setsWithOwnAddress.add(setId);
        }
    });
    const auto end = static_cast<std::uint32_t>(rowOfSet.size());
    liveSets.addRange(firstSet.back(), end);
    firstSet.push_back(end);
}

void TagIndex::Data::remove(std::uint32_t row)
{
    liveRows.remove(row);
    for (std::uint32_t set = firstSet[row]; set < firstSet[row + 1]; ++set)
        liveSets.remove(set);
    rows[row].reset();
    placeOfRow[row] = kNone;
}

Roaring TagIndex::Data::rowsOfSets(const Roaring &sets) const
{
    // Sets of a row are numbered in a run, so that equal rows stand together.
    auto elements = elementsOf(sets);
    for (std::uint32_t &element : elements)
        element = rowOfSet[element];
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return setOf(elements);
}

Roaring TagIndex::Data::setsOfRows(const Roaring &set) const
{
    std::vector<std::uint32_t> elements;
    for (const std::uint32_t row : elementsOf(set)) {
        for (std::uint32_t id = firstSet[row]; id < firstSet[row + 1]; ++id)
            elements.push_back(id);
    }
    return setOf(elements);
}

Roaring TagIndex::Data::combined(const Node &node, bool inSets) const
{
    const auto part = [&](const Node &child) { return inSets ? setsOf(child) : rowsOf(child); };
    const Roaring &live = inSets ? liveSets : liveRows;
    Roaring result = part(node.children.front());
    if (node.kind == Node::Kind::Not)
        return live - result;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
        if (node.kind == Node::Kind::Or)
            result |= part(node.children[i]);
        else if (!result.isEmpty())
            result &= part(node.children[i]);
    }
    return result;
}

// Each answers live ones only where it takes a complement; the rest may hold dead ones, which fall out at the
// end.
Roaring TagIndex::Data::rowsOf(const Node &node) const
{
    switch (node.kind) {
    case Node::Kind::Word:
        return wordRows(*node.test);
    case Node::Kind::Term: {
        const Roaring found = termRows(node);
        return node.op == Op::NotEqual ? liveRows - found : found;
    }
    case Node::Kind::And:
    case Node::Kind::Or:
    case Node::Kind::Not:
        return combined(node, false);
    case Node::Kind::Inbound:
        return rowsOfSets(setsOf(node.children.front()));
    }
    return {};
}

Roaring TagIndex::Data::setsOf(const Node &node) const
{
    switch (node.kind) {
    case Node::Kind::Word:
        return wordSets(*node.test);
    case Node::Kind::Term: {
        const Roaring found = termSets(node);
        return node.op == Op::NotEqual ? liveSets - found : found;
    }
    case Node::Kind::And:
    case Node::Kind::Or:
    case Node::Kind::Not:
        return combined(node, true);
    case Node::Kind::Inbound:
        break;  // the parser refuses it here
    }
    return {};
}

Roaring TagIndex::Data::setsWithTag(const ValueTest &test) const
{
    Roaring result;
    for (const auto &[key, dictionary] : tags)
        result |= dictionary.matching(test);
    return result;
}

Roaring TagIndex::Data::wordRows(const ValueTest &test) const
{
    Roaring result = dictionaryOf(Field::Name, {})->matching(test);
    result |= address.matching(test);
    result |= advertised.matching(test);
    return result | rowsOfSets(setsWithTag(test) | inboundAddress.matching(test));
}

Roaring TagIndex::Data::wordSets(const ValueTest &test) const
{
    return setsOfRows(dictionaryOf(Field::Name, {})->matching(test)) | setsWithTag(test) | setAddresses(test);
}

Roaring TagIndex::Data::setAddresses(const ValueTest &test) const
{
    return inboundAddress.matching(test) | (setsOfRows(address.matching(test)) - setsWithOwnAddress);
}

const Dictionary *TagIndex::Data::dictionaryOf(Field field, const std::string &key) const
{
    static const Dictionary kEmpty;
    const auto in = [](const auto &map, const auto &which) {
        const auto found = map.find(which);
        return found == map.end() ? &kEmpty : &found->second;
    };
    if (field == Field::Tag)
        return in(tags, key);
    if (field == Field::Service)
        return in(tags, std::string(kServiceTag));
    if (field == Field::Label)
        return in(labels, key);
    return infoOf(field).isOfInbound ? in(ofSet, field) : in(ofRow, field);
}

Roaring TagIndex::Data::termRows(const Node &node) const
{
    const ValueTest &test = *node.test;
    if (isTimed(node.field))
        return timedRows(node);
    if (node.field == Field::Policy)
        return policyRows(node);
    if (node.field == Field::Address)
        return address.matching(test) | advertised.matching(test) | rowsOfSets(inboundAddress.matching(test));
    const Roaring found = dictionaryOf(node.field, node.key)->matching(test);
    return infoOf(node.field).isOfInbound ? rowsOfSets(found) : found;
}

Roaring TagIndex::Data::termSets(const Node &node) const
{
    if (isTimed(node.field))
        return setsOfRows(timedRows(node));
    if (node.field == Field::Policy)
        return setsOfRows(policyRows(node));
    if (node.field == Field::Address)
        return setAddresses(*node.test);
    Roaring found = dictionaryOf(node.field, node.key)->matching(*node.test);
    return infoOf(node.field).isOfInbound ? std::move(found) : setsOfRows(found);
}

Roaring TagIndex::Data::timedRows(const Node &node) const
{
    std::vector<std::uint32_t> found;
    for (const std::uint32_t row : elementsOf(liveRows)) {
        const auto duration = durationOf(*rows[row], node.field, now);
        if (duration && node.test->accepts(*duration))
            found.push_back(row);
    }
    return setOf(found);
}

Roaring TagIndex::Data::policyRows(const Node &node) const
{
    Roaring result;
    if (!policies)
        return result;
    for (const auto &policy : policies->policies()) {
        if (!node.test->accepts(policy.key.name))
            continue;
        for (const auto &selector : policy.selectors)
            result |= rowsOf(selector);
    }
    return result;
}

// What the requirements leave, looked at one by one where more than tags or labels is asked.
Roaring TagIndex::Data::rowsOf(const Selector &selector) const
{
    Roaring result = selector.ofLabels ? liveRows : liveSets;
    for (const auto &requirement : selector.requirements) {
        const Dictionary &dictionary =
            *dictionaryOf(selector.ofLabels ? Field::Label : Field::Tag, requirement.key);
        result &= requirement.value == "*" ? dictionary.all() : dictionary.idsOf(requirement.value);
    }
    if (!selector.ofLabels)
        result = rowsOfSets(result);
    std::vector<std::uint32_t> chosen;
    for (const std::uint32_t row : elementsOf(result & liveRows)) {
        if (selects(selector, *rows[row]->dataplane))
            chosen.push_back(row);
    }
    return setOf(chosen);
}

std::size_t TagIndex::Data::rowCount(const Roaring &ids, bool areSets) const
{
    return areSets ? rowsOfSets(ids & liveSets).cardinality() : (ids & liveRows).cardinality();
}

Matched matchEach(const Query &query, const Snapshot &snapshot, TimePoint now)
{
    Matched matched;
    if (query.usesPolicies())
        matched.policies = PolicyMap::of(snapshot);
    matched.rows.reserve(snapshot.dataplanes.size());
    for (const auto &row : snapshot.dataplanes) {
        matched.rows.push_back(query.matches(*row, now, matched.policies.get()));
        matched.count += matched.rows.back() ? 1 : 0;
    }
    return matched;
}

TagIndex::TagIndex() = default;

TagIndex::~TagIndex() = default;

const SnapshotPtr &TagIndex::snapshot() const
{
    static const SnapshotPtr kNothing;
    return m_data ? m_data->snapshot : kNothing;
}

void TagIndex::update(const SnapshotPtr &next)
{
    if (snapshot() == next)
        return;
    const auto &rows = next->dataplanes;
    std::vector<std::uint32_t> rowAtPlace(rows.size(), kNone);
    if (m_data) {
        // Both are sorted by key: walk them side by side.
        const auto &before = m_data->snapshot->dataplanes;
        std::vector<std::uint32_t> gone;
        std::size_t kept = 0, old = 0;
        for (std::size_t place = 0; place < rows.size(); ++place) {
            while (old < before.size() && before[old] != rows[place]
                   && before[old]->key() <= rows[place]->key())
                gone.push_back(m_data->rowAtPlace[old++]);
            if (old < before.size() && before[old] == rows[place]) {
                rowAtPlace[place] = m_data->rowAtPlace[old++];
                ++kept;
            }
        }
        for (; old < before.size(); ++old)
            gone.push_back(m_data->rowAtPlace[old]);
        const std::size_t numbers = m_data->rows.size() + rows.size() - kept;
        if (numbers * 3 > rows.size() * 4 + 4096) {
            m_data.reset();  // too many dead ones
        } else {
            for (const std::uint32_t row : gone)
                m_data->remove(row);
        }
    }
    if (!m_data) {
        m_data = std::make_unique<Data>();
        m_data->firstSet.push_back(0);
        rowAtPlace.assign(rows.size(), kNone);
    }
    for (std::size_t place = 0; place < rows.size(); ++place) {
        if (rowAtPlace[place] == kNone) {
            rowAtPlace[place] = static_cast<std::uint32_t>(m_data->rows.size());
            m_data->add(rows[place]);
        }
        m_data->placeOfRow[rowAtPlace[place]] = static_cast<std::uint32_t>(place);
    }
    m_data->rowAtPlace = std::move(rowAtPlace);
    m_data->snapshot = next;
}

Matched TagIndex::evaluate(const Query &query, TimePoint now) const
{
    Matched matched;
    if (!m_data)
        return matched;
    matched.rows.assign(m_data->rowAtPlace.size(), query.isEmpty());
    if (query.isEmpty()) {
        matched.count = matched.rows.size();
        return matched;
    }
    m_data->now = now;
    if (query.usesPolicies())
        matched.policies = m_data->policies = PolicyMap::of(*m_data->snapshot, m_data->policies);
    const auto rows = elementsOf(m_data->rowsOf(*query.root()) & m_data->liveRows);
    for (const std::uint32_t row : rows)
        matched.rows[m_data->placeOfRow[row]] = true;
    matched.count = rows.size();
    return matched;
}

namespace {

// The order of completion.
void rank(std::vector<ValueCount> &values, std::string_view part, std::size_t most)
{
    const auto before = [part](const ValueCount &a, const ValueCount &b) {
        const bool left = startsWithFolded(a.value, part);
        const bool right = startsWithFolded(b.value, part);
        if (left != right)
            return left;
        return a.count != b.count ? a.count > b.count : a.value < b.value;
    };
    const std::size_t shown = std::min(most, values.size());
    std::partial_sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown), values.end(),
                      before);
    values.resize(shown);
}

}  // namespace

std::vector<ValueCount> TagIndex::values(Field field, const std::string &key, std::string_view part,
                                         std::size_t most) const
{
    std::vector<ValueCount> result;
    if (!m_data || isTimed(field))
        return result;
    const std::string lower = folded(part);
    const auto add = [&](const Dictionary &dictionary, bool areSets) {
        for (std::size_t place = 0; place < dictionary.size(); ++place) {
            if (!containsFolded(dictionary.value(place), lower))
                continue;
            // Of a value that one row has, nothing needs to be counted but whether it is still there.
            const std::size_t count = m_data->rowCount(dictionary.ids(place), areSets);
            if (count > 0)
                result.push_back({std::string(dictionary.value(place)), count});
        }
    };
    if (field == Field::Policy) {
        m_data->policies = PolicyMap::of(*m_data->snapshot, m_data->policies);
        for (const auto &policy : m_data->policies->policies()) {
            if (!containsFolded(policy.key.name, lower))
                continue;
            Roaring chosen;
            for (const auto &selector : policy.selectors)
                chosen |= m_data->rowsOf(selector);
            result.push_back({policy.key.name, chosen.cardinality()});
        }
    } else if (field == Field::Address) {
        add(m_data->address, false);
        add(m_data->advertised, false);
        add(m_data->inboundAddress, true);
        // One address may be in all three.
        std::sort(result.begin(), result.end(),
                  [](const auto &a, const auto &b) { return a.value < b.value; });
        result.erase(std::unique(result.begin(), result.end(),
                                 [](const auto &a, const auto &b) { return a.value == b.value; }),
                     result.end());
    } else {
        add(*m_data->dictionaryOf(field, key), infoOf(field).isOfInbound);
    }
    rank(result, part, most);
    return result;
}

std::vector<ValueCount> TagIndex::keys(Field tagOrLabel, std::string_view part, std::size_t most) const
{
    std::vector<ValueCount> result;
    if (!m_data)
        return result;
    const std::string lower = folded(part);
    const bool areSets = tagOrLabel == Field::Tag;
    for (const auto &[key, dictionary] : areSets ? m_data->tags : m_data->labels) {
        const std::size_t count =
            containsFolded(key, lower) ? m_data->rowCount(dictionary.all(), areSets) : 0;
        if (count > 0)
            result.push_back({key, count});
    }
    rank(result, part, most);
    return result;
}

}  // namespace meshscope::query
