// What a query says of things that are no dataplanes: policies and findings follow its plain words. Pure.
#pragma once

#include "backend/query/query.h"

#include <string>
#include <vector>

namespace meshscope {

struct QueryWords {
    std::vector<std::string> words;  // folded; those that must occur
    bool hasTerms = false;           // it also asks for fields, which only dataplanes have
};
QueryWords wordsOf(const query::Query &query);

// Every word is somewhere in the text.
bool hasWords(std::string_view text, const std::vector<std::string> &words);

}  // namespace meshscope
