// A query of the query bar: text, parsed and ready to be asked of dataplanes (product document §3).
// Values; cheap to copy; any thread.
//
//   expr   := term { ("and" | "or") term } | "not" expr | "(" expr ")" | "inbound(" expr ")"
//   term   := field op value | word
//
// `not` binds closer than `and`, `and` closer than `or`; terms next to each other are joined by `and`. Words
// and values with blanks, parentheses or operators in them stand in quotes, single or double, where \ quotes
// the next character. `field != value` is `not field == value`: no inbound has that value, or, in inbound( ),
// this one has not. A comparison with a value that is absent does not hold. A word is looked for, without
// case, in the name, the addresses and the values of the tag set.
#pragma once

#include "backend/core/snapshot.h"
#include "backend/query/value_test.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::query {

// Bytes of the text: from begin, before end.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const Span &) const = default;
};

struct Node {
    enum class Kind { Word, Term, And, Or, Not, Inbound };
    Kind kind = Kind::Word;
    Span span;
    std::vector<Node> children;  // one for Not and Inbound
    // of Word and Term
    Field field = Field::Name;
    std::string key;  // of tag. and label.
    Op op = Op::Contains;
    std::vector<std::string> values;
    std::shared_ptr<const ValueTest> test;
};

// Good, or where it went wrong, and whether going on typing can mend it.
struct Diagnosis {
    enum class Verdict { Good, CouldGoOn, Wrong };
    Verdict verdict = Verdict::Good;
    Span span;
    std::size_t column = 0;  // from 1, in characters; 0 when it is good
    std::string what;        // what was expected, one sentence without a period

    std::string sentence() const;  // "column 14: a value was expected after =="; empty when it is good
    bool operator==(const Diagnosis &) const = default;
};

// The text in parts, for completion and colouring; up to where it went wrong.
struct Piece {
    enum class Role { Keyword, Parenthesis, Word, Field, Operator, Value };
    Role role = Role::Word;
    Span span;
    Field field = Field::Name;  // of Field, and of the Operator and the Value that follow it
    std::string key;
    Op op = Op::Contains;  // of Operator and Value
};

// One term that holds for a dataplane, and for which of its values.
struct Match {
    std::string field;   // "tag.version", "name", "status"
    std::string value;   // the value it found; empty for one that is absent
    int inbound = -1;    // index into Dataplane::inbounds; -1 = not of an inbound
    bool isNot = false;  // it holds because the value is not what the term names
    Span span;           // of the term in the text
    bool operator==(const Match &) const = default;
};

class PolicyMap;

class Query
{
public:
    Query() = default;  // of the empty text: everything matches

    bool isEmpty() const { return m_root == nullptr; }
    const std::string &text() const { return m_text; }
    const Node *root() const { return m_root.get(); }  // nullptr when empty
    // True when the answer may change with time alone: age, changed, cert.expires.
    bool usesTime() const { return m_usesTime; }

    // True when it asks for policies, so that matches() wants to know them.
    bool usesPolicies() const { return m_usesPolicies; }

    // Without policies, no dataplane has one.
    bool matches(const DataplaneOverview &row, TimePoint now, const PolicyMap *policies = nullptr) const;
    // Which terms hold, and where; in the order of the text. Empty when it does not match.
    std::vector<Match> explain(const DataplaneOverview &row, TimePoint now,
                               const PolicyMap *policies = nullptr) const;

private:
    friend class Parser;
    std::string m_text;
    std::shared_ptr<const Node> m_root;
    bool m_usesTime = false;
    bool m_usesPolicies = false;
};

struct Parsed {
    Query query;  // empty unless the verdict is Good
    Diagnosis diagnosis;
    std::vector<Piece> pieces;
};

Parsed parse(std::string_view text);

// Value of a term as it can stand in a query: quoted where it must be.
std::string quotedValue(std::string_view value);

}  // namespace meshscope::query
