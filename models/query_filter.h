// What the query bar asks of one source's snapshots, and the answer: worked out against an index, in a thread
// of its own where there is much, so that proxies have one bit to read for a row. GUI thread.
#pragma once

#include "backend/core/result.h"
#include "backend/query/completion.h"
#include "backend/query/query.h"
#include "backend/query/tag_index.h"
#include "models/focus.h"

#include <QFuture>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace meshscope {

struct FilterAnswer {
    query::Query query;                 // never empty
    TimePoint at{};                     // ages are told from here
    SnapshotPtr snapshot;               // never null
    query::Matched matched;             // its rows
    std::vector<ResourceKey> services;  // of rows that match; sorted
};
using FilterAnswerPtr = std::shared_ptr<const FilterAnswer>;

// Rows that a query matches are tinted, whatever the bar asks.
struct ColourRule {
    QString name;
    query::Query query;
    int tint = 0;  // one of those that tags have, too
};

class QueryFilter : public QObject
{
    Q_OBJECT

public:
    // Up to this many dataplanes it is done at once, by asking each: below 5 ms, and pages agree within one
    // event.
    static constexpr std::size_t kAtOnce = 2000;

    explicit QueryFilter(QObject *parent = nullptr);
    ~QueryFilter() override;  // waits for what runs

    // Before the tables get the snapshot: for few dataplanes the answer is there then.
    void setSnapshot(const SnapshotPtr &snapshot);
    void setQuery(const query::Query &query);
    // Of text that parses; what does not is ignored, as in the bar.
    void setText(const QString &text);
    const query::Query &query() const { return m_query; }  // asked; its answer may still be on the way
    bool isWorking() const { return m_isWorking; }
    // Answers again when time alone may have changed what matches. Call it now and then while it is shown.
    void setNow(TimePoint now);
    // Makes the index before it is needed.
    void prepare();

    // nullptr: nothing is filtered away, or the first answer is not there yet.
    const FilterAnswerPtr &answer() const { return m_answer; }
    // Says of any row what the query of answer() does. `place` is where the row is likely to stand in the
    // snapshot.
    bool accepts(const DataplanePtr &row, std::size_t place) const;
    bool accepts(const DataplanePtr &row) const;
    // A service matches when a dataplane that offers it does; one that nobody offers, by its name and mesh.
    bool acceptsService(const ResourceKey &service, bool isOffered) const;
    // Which terms of the query of answer() the row matches; none without one.
    std::vector<query::Match> explain(const DataplaneOverview &row) const;
    // Of what a problem, a node of a tree or a line of a feed is about: a dataplane, one of its inbounds, a
    // service. What the query cannot know (a mesh, a sidecar without its dataplane) is accepted.
    bool acceptsTarget(const FocusTarget &target) const;

    // The first that matches a row counts.
    void setColourRules(std::vector<ColourRule> rules);
    const ColourRule *ruleOf(const DataplaneOverview &row) const;  // nullptr: no rule matches it

    // What can stand at the cursor, in bytes of the text. The latest call is the one that counts.
    QFuture<Result<query::Completion>> complete(const std::string &text, std::size_t cursor);

Q_SIGNALS:
    // Rows that did not change themselves may be accepted otherwise than before.
    void answerChanged();
    // After every answer, also one that is as before.
    void answered();
    void coloursChanged();

private:
    struct Engine;

    void ask();
    void take(const FilterAnswerPtr &answer);
    template <class Fn>
    auto inThread(Fn fn);

    std::shared_ptr<Engine> m_engine;
    QThreadPool m_pool;  // of one thread: the index is for one at a time
    SnapshotPtr m_snapshot;
    query::Query m_query;
    FilterAnswerPtr m_answer;
    std::vector<ColourRule> m_rules;
    TimePoint m_now{};
    bool m_isWorking = false;
    bool m_isAgainWanted = false;
};

}  // namespace meshscope
