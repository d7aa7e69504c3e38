// How well a typed pattern fits a name: for the palette and for opening objects by name. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// A pattern made ready: words split at blanks, ASCII letters lower. Every word must fit.
class FuzzyPattern
{
public:
    FuzzyPattern() = default;
    explicit FuzzyPattern(std::string_view typed);

    bool isEmpty() const { return m_words.empty(); }
    const std::vector<std::string> &words() const { return m_words; }

    // 0 = does not fit; higher fits better: the whole name, its beginning, the beginning of a part of it, a
    // piece of it, its letters in their order. Among equals a shorter name is better. An empty pattern fits
    // everything with 1.
    int score(std::string_view text) const;
    // Which bytes of the text the words fell on, ascending; for painting them.
    std::vector<int> matchedIn(std::string_view text) const;

private:
    std::vector<std::string> m_words;
};

}  // namespace meshscope
