#include "backend/query/selector.h"

#include "backend/query/tag_set_view.h"
#include "backend/query/text.h"

#include <algorithm>
#include <tuple>

namespace meshscope::query {

namespace {

// What a requirement is held against: first the place (mesh, name, section), then tags or labels.
class Trial
{
public:
    Trial(const Dataplane &dataplane, int inbound)
    {
        m_trial.dataplane = dataplane.key;
        m_trial.inbound = inbound;
    }

    void require(const Requirement &wanted, const std::string *found)
    {
        if (found && (wanted.value == "*" || *found == wanted.value)) {
            ++m_trial.held;
            return;
        }
        if (m_trial.failed++ > 0)
            return;
        m_trial.firstFailed = wanted;
        m_trial.isAbsent = found == nullptr;
        if (found) {
            m_trial.found = *found;
            m_trial.looksAlike = looksAlike(*found, wanted.value);
        }
    }
    void requireAll(const std::vector<Requirement> &wanted, const Tags &tags)
    {
        for (const auto &one : wanted) {
            const auto tag = tags.find(one.key);
            require(one, tag == tags.end() ? nullptr : &tag->second);
        }
    }
    SelectorTrial &result() { return m_trial; }

private:
    SelectorTrial m_trial;
};

bool isSection(const Inbound &inbound, const std::string &section)
{
    return inbound.name == section || std::to_string(inbound.port) == section;
}

}  // namespace

bool looksAlike(std::string_view a, std::string_view b)
{
    const auto bare = [](std::string_view text) {
        std::string result;
        for (const char c : folded(text)) {
            if (c != '-' && c != '_' && c != '.' && c != ' ')
                result += c;
        }
        return result;
    };
    const std::string left = bare(a);
    const std::string right = bare(b);
    if (a == b)
        return false;
    if (left == right)
        return true;
    const auto digitsOf = [](const std::string &text) {
        std::string digits;
        std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                     [](char c) { return c >= '0' && c <= '9'; });
        return digits;
    };
    if (std::min(left.size(), right.size()) < 5 || digitsOf(left) != digitsOf(right))
        return false;
    // Two letters that changed places are one slip, but two changes.
    std::string sortedLeft = left, sortedRight = right;
    std::sort(sortedLeft.begin(), sortedLeft.end());
    std::sort(sortedRight.begin(), sortedRight.end());
    const std::size_t distance = editDistance(left, right);
    return distance == 1 || (distance == 2 && sortedLeft == sortedRight);
}

std::string Selector::text() const
{
    std::string text;
    const auto add = [&text](const std::string &part) { text += (text.empty() ? "" : ", ") + part; };
    if (!mesh.empty())
        add("mesh " + mesh);
    if (!name.empty())
        add("name " + name);
    if (!section.empty())
        add("inbound " + section);
    for (const auto &requirement : requirements)
        add((ofLabels ? "label " : "") + requirement.key + "=" + requirement.value);
    return text.empty() ? "everything" : text;
}

bool selects(const Selector &selector, const Dataplane &dataplane)
{
    if ((!selector.mesh.empty() && selector.mesh != dataplane.key.mesh)
        || (!selector.name.empty() && selector.name != dataplane.key.name))
        return false;
    const auto holds = [&selector](const Tags &tags) {
        return std::all_of(selector.requirements.begin(), selector.requirements.end(),
                           [&tags](const auto &one) {
                               const auto tag = tags.find(one.key);
                               return tag != tags.end() && (one.value == "*" || tag->second == one.value);
                           });
    };
    if (selector.ofLabels && !holds(dataplane.labels))
        return false;
    if (selector.ofLabels && selector.section.empty())
        return true;
    return anyTagSet(dataplane, [&](const TagSetView &set) {
        const bool isThere =
            selector.section.empty() || (set.inbound && isSection(*set.inbound, selector.section));
        return isThere && (selector.ofLabels || holds(*set.tags));
    });
}

SelectorReport testSelector(const Selector &selector, const std::vector<DataplanePtr> &rows,
                            std::size_t mostNear)
{
    SelectorReport report;
    const auto take = [&](SelectorTrial trial) {
        if (trial.failed == 0)
            report.matches.push_back(std::move(trial));
        else if (trial.held > 0 || trial.looksAlike)
            report.near.push_back(std::move(trial));
        else
            ++report.others;
    };
    for (const auto &row : rows) {
        const Dataplane &dataplane = *row->dataplane;
        if (!selector.mesh.empty() && dataplane.key.mesh != selector.mesh)
            continue;
        const auto place = [&](Trial &trial, const Inbound *inbound) {
            if (!selector.name.empty())
                trial.require({"name", selector.name}, &dataplane.key.name);
            if (selector.section.empty())
                return;
            const std::string port = inbound ? std::to_string(inbound->port) : std::string();
            const std::string &own =
                inbound && isSection(*inbound, selector.section) ? selector.section : port;
            trial.require({"sectionName", selector.section}, inbound ? &own : nullptr);
        };
        if (selector.ofLabels && selector.section.empty()) {
            Trial trial(dataplane, -1);
            place(trial, nullptr);
            trial.requireAll(selector.requirements, dataplane.labels);
            take(std::move(trial.result()));
            continue;
        }
        forEachTagSet(dataplane, [&](const TagSetView &set) {
            Trial trial(dataplane, set.index);
            place(trial, set.inbound);
            trial.requireAll(selector.requirements, selector.ofLabels ? dataplane.labels : *set.tags);
            take(std::move(trial.result()));
        });
    }
    // Nearest: slips first, then those that fail least.
    std::stable_sort(report.near.begin(), report.near.end(), [](const auto &a, const auto &b) {
        const auto rank = [](const SelectorTrial &t) {
            return std::tuple(t.failed, !t.looksAlike, t.isAbsent);
        };
        return rank(a) < rank(b);
    });
    report.nearInAll = report.near.size();
    if (report.near.size() > mostNear)
        report.near.resize(mostNear);
    return report;
}

}  // namespace meshscope::query
