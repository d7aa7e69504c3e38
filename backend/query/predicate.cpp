// The meaning of a query: a node asked of one dataplane, or of one of its tag sets inside inbound( ).
#include "backend/query/policy_map.h"
#include "backend/query/query.h"
#include "backend/query/values.h"

#include <algorithm>

namespace meshscope::query {

namespace {

struct Subject {
    const DataplaneOverview &row;
    const TagSetView *set;  // nullptr outside of inbound( )
    TimePoint now;
    const PolicyMap *policies;  // nullptr = none are known
};

using Matches = std::vector<Match>;

void add(Matches *out, const Node &node, std::string field, std::string_view value, const TagSetView *set)
{
    if (out)
        out->push_back({std::move(field), std::string(value), set ? set->index : -1, false, node.span});
}

// Calls visit(text, set) for the values that the term looks at; set is nullptr for those of the dataplane.
template <class Visit>
bool anyValue(const Node &node, const Subject &subject, Visit &&visit)
{
    const Dataplane &dataplane = *subject.row.dataplane;
    const auto ofSet = [&](const TagSetView &set) {
        return anyValueOfTagSet(dataplane, set, node.field, node.key,
                                [&](std::string_view value) { return visit(value, &set); });
    };
    if (node.field == Field::Policy)
        return subject.policies && subject.policies->anyPolicyOf(dataplane, [&](std::string_view name) {
            return visit(name, static_cast<const TagSetView *>(nullptr));
        });
    if (!infoOf(node.field).isOfInbound || (node.field == Field::Address && !subject.set)) {
        if (anyValueOfRow(subject.row, node.field, node.key, [&](std::string_view value) {
                return visit(value, static_cast<const TagSetView *>(nullptr));
            }))
            return true;
    }
    if (!infoOf(node.field).isOfInbound)
        return false;
    return subject.set ? ofSet(*subject.set) : anyTagSet(dataplane, ofSet);
}

bool termHolds(const Node &node, const Subject &subject, Matches *out)
{
    const auto name = [&node] { return fieldText(node.field, node.key); };
    if (infoOf(node.field).kind == FieldKind::Duration) {
        const auto duration = durationOf(subject.row, node.field, subject.now);
        const bool holds = duration && node.test->accepts(*duration);
        if (holds)
            add(out, node, name(), {}, nullptr);
        return holds;
    }
    const bool found = anyValue(node, subject, [&](std::string_view value, const TagSetView *set) {
        const bool accepted = node.test->accepts(value);
        if (accepted && node.op != Op::NotEqual)
            add(out, node, name(), value, set);
        return accepted;
    });
    if (node.op != Op::NotEqual)
        return found;
    if (!found && out) {
        Match match{name(), {}, -1, true, node.span};
        anyValue(node, subject, [&match](std::string_view value, const TagSetView *set) {
            match.value = value;
            match.inbound = set ? set->index : -1;
            return true;
        });
        out->push_back(std::move(match));
    }
    return !found;
}

bool wordHolds(const Node &node, const Subject &subject, Matches *out)
{
    const Dataplane &dataplane = *subject.row.dataplane;
    bool held = false;
    // All places are wanted for an explanation, one is enough for an answer.
    const auto check = [&](std::string_view value, auto &&field, const TagSetView *set) {
        if (!node.test->accepts(value))
            return false;
        held = true;
        if (out)
            add(out, node, field(), value, set);
        return out == nullptr;
    };
    const auto asField = [](Field field) { return [field] { return fieldText(field); }; };
    const auto inSet = [&](const TagSetView &set) {
        for (const auto &[key, value] : *set.tags) {
            const auto field = [&key = key] {
                return key == kServiceTag ? fieldText(Field::Service) : fieldText(Field::Tag, key);
            };
            if (check(value, field, &set))
                return true;
        }
        const bool hasOwnAddress = set.inbound && !set.inbound->address.empty();
        if (!subject.set && !hasOwnAddress)
            return false;  // it is the dataplane's, which was looked at
        return anyValueOfTagSet(dataplane, set, Field::Address, {}, [&](std::string_view value) {
            return check(value, asField(Field::Address), &set);
        });
    };
    if (check(dataplane.key.name, asField(Field::Name), nullptr))
        return true;
    if (subject.set)
        return inSet(*subject.set) || held;
    if (anyValueOfRow(subject.row, Field::Address, {},
                      [&](std::string_view value) { return check(value, asField(Field::Address), nullptr); }))
        return true;
    return anyTagSet(dataplane, inSet) || held;
}

bool holds(const Node &node, const Subject &subject, Matches *out)
{
    switch (node.kind) {
    case Node::Kind::Word:
        return wordHolds(node, subject, out);
    case Node::Kind::Term:
        return termHolds(node, subject, out);
    case Node::Kind::And: {
        const std::size_t before = out ? out->size() : 0;
        for (const Node &child : node.children) {
            if (holds(child, subject, out))
                continue;
            if (out)
                out->resize(before);
            return false;
        }
        return true;
    }
    case Node::Kind::Or: {
        bool held = false;
        for (const Node &child : node.children) {
            held = holds(child, subject, out) || held;
            if (held && !out)
                return true;
        }
        return held;
    }
    case Node::Kind::Not: {
        const Node &child = node.children.front();
        if (holds(child, subject, nullptr))
            return false;
        if (out && child.kind == Node::Kind::Term) {
            Match match{fieldText(child.field, child.key), {}, -1, true, node.span};
            anyValue(child, subject, [&match](std::string_view value, const TagSetView *set) {
                match.value = value;
                match.inbound = set ? set->index : -1;
                return true;
            });
            out->push_back(std::move(match));
        }
        return true;
    }
    case Node::Kind::Inbound:
        return anyTagSet(*subject.row.dataplane, [&](const TagSetView &set) {
            return holds(node.children.front(), {subject.row, &set, subject.now, subject.policies}, out);
        });
    }
    return false;
}

}  // namespace

bool Query::matches(const DataplaneOverview &row, TimePoint now, const PolicyMap *policies) const
{
    return !m_root || holds(*m_root, {row, nullptr, now, policies}, nullptr);
}

std::vector<Match> Query::explain(const DataplaneOverview &row, TimePoint now,
                                  const PolicyMap *policies) const
{
    Matches matches;
    if (m_root)
        holds(*m_root, {row, nullptr, now, policies}, &matches);
    return matches;
}

}  // namespace meshscope::query
