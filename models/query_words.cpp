#include "models/query_words.h"

#include "backend/query/text.h"

#include <algorithm>

namespace meshscope {
namespace {

void collect(const query::Node &node, QueryWords &out)
{
    switch (node.kind) {
    case query::Node::Kind::Word:
        if (!node.values.empty())
            out.words.push_back(query::folded(node.values.front()));
        return;
    case query::Node::Kind::And:
        for (const query::Node &child : node.children)
            collect(child, out);
        return;
    case query::Node::Kind::Term:
    case query::Node::Kind::Or:
    case query::Node::Kind::Not:
    case query::Node::Kind::Inbound:
        out.hasTerms = true;
        return;
    }
}

}  // namespace

QueryWords wordsOf(const query::Query &query)
{
    QueryWords words;
    if (query.root())
        collect(*query.root(), words);
    return words;
}

bool hasWords(std::string_view text, const std::vector<std::string> &words)
{
    return std::all_of(words.begin(), words.end(),
                       [text](const std::string &word) { return query::containsFolded(text, word); });
}

}  // namespace meshscope
