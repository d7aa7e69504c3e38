// Answers queries over a whole snapshot from posting lists: every distinct value of a field is asked once,
// not every dataplane. The answer is always what Query::matches says of each row. Not thread-safe: one thread
// at a time.
#pragma once

#include "backend/query/policy_map.h"
#include "backend/query/query.h"
#include "backend/query/value_source.h"

#include <memory>
#include <vector>

namespace meshscope::query {

// Rows of a snapshot that match, by their place in Snapshot::dataplanes.
struct Matched {
    std::vector<bool> rows;
    std::size_t count = 0;
    PolicyMapPtr policies;  // that it was asked with; nullptr when the query asks for none
    bool operator==(const Matched &other) const { return count == other.count && rows == other.rows; }
};

// Without an index: asks each row.
Matched matchEach(const Query &query, const Snapshot &snapshot, TimePoint now);

class TagIndex final : public ValueSource
{
public:
    TagIndex();
    ~TagIndex() override;
    TagIndex(const TagIndex &) = delete;
    TagIndex &operator=(const TagIndex &) = delete;

    // Takes over what is the same object as before, and indexes the rest; anew from the beginning when much
    // has changed. The snapshot must not be null.
    void update(const SnapshotPtr &next);
    const SnapshotPtr &snapshot() const;  // nullptr before the first update

    Matched evaluate(const Query &query, TimePoint now) const;

    std::vector<ValueCount> values(Field field, const std::string &key, std::string_view part,
                                   std::size_t most) const override;
    std::vector<ValueCount> keys(Field tagOrLabel, std::string_view part, std::size_t most) const override;

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

}  // namespace meshscope::query
