#include "models/fuzzy.h"

#include <algorithm>
#include <set>

namespace meshscope {
namespace {

constexpr int kLetters = 100;    // all letters, in their order
constexpr int kPiece = 400;      // the word as it stands, anywhere
constexpr int kPartStart = 200;  // … where a part of the name begins
constexpr int kStart = 300;      // … where the name begins
constexpr int kWhole = 300;      // … and it is the whole name
constexpr int kMaxLength = 90;   // what length and place may cost

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & '\x80');
}

bool startsPart(std::string_view text, std::size_t at)
{
    if (at == 0)
        return true;
    const char before = text[at - 1];
    const bool hump = before >= 'a' && before <= 'z' && text[at] >= 'A' && text[at] <= 'Z';
    return hump || (!isLetterOrDigit(before) && isLetterOrDigit(text[at]));
}

struct Hit {
    int score = 0;
    std::vector<int> at;
};

bool startsWithAt(std::string_view text, std::size_t at, std::string_view word)
{
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(text[at + i]) != word[i])
            return false;
    }
    return true;
}

// The best place of the word as a piece; npos when it is none.
std::size_t pieceIn(std::string_view text, std::string_view word)
{
    std::size_t best = std::string_view::npos;
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
        if (!startsWithAt(text, at, word))
            continue;
        if (startsPart(text, at))
            return at;
        best = std::min(best, at);
    }
    return best;
}

int costOf(std::size_t place, std::size_t length)
{
    return static_cast<int>(std::min<std::size_t>(kMaxLength, place + length / 2));
}

int pieceScore(std::string_view text, std::string_view word, std::size_t at)
{
    int score = kPiece - costOf(at, text.size());
    if (at == 0)
        score += kStart + (word.size() == text.size() ? kWhole : 0);
    else if (startsPart(text, at))
        score += kPartStart;
    return score;
}

// Letters in their order: from the left to know the end, then back from there, which finds the shortest run.
int lettersScore(std::string_view text, std::string_view word, std::vector<int> *at)
{
    std::size_t next = 0, end = 0;
    for (std::size_t i = 0; i < text.size() && next < word.size(); ++i) {
        if (lower(text[i]) == word[next]) {
            ++next;
            end = i;
        }
    }
    if (next < word.size())
        return 0;
    std::size_t left = word.size(), begin = end, parts = 0;
    for (std::size_t i = end + 1; i-- > 0 && left > 0;) {
        if (lower(text[i]) == word[left - 1]) {
            --left;
            begin = i;
            parts += startsPart(text, i) ? 1 : 0;
            if (at)
                at->push_back(static_cast<int>(i));
        }
    }
    if (at)
        std::reverse(at->begin(), at->end());
    const std::size_t gaps = end + 1 - begin - word.size();
    return kLetters + static_cast<int>(20 * parts) - costOf(gaps, text.size());
}

}  // namespace

FuzzyPattern::FuzzyPattern(std::string_view typed)
{
    std::string word;
    for (const char c : typed) {
        if (c == ' ' || c == '\t') {
            if (!word.empty())
                m_words.push_back(std::move(word));
            word.clear();
        } else {
            word += lower(c);
        }
    }
    if (!word.empty())
        m_words.push_back(std::move(word));
}

int FuzzyPattern::score(std::string_view text) const
{
    int sum = 0;
    for (const std::string &word : m_words) {
        const std::size_t at = pieceIn(text, word);
        const int score =
            at != std::string_view::npos ? pieceScore(text, word, at) : lettersScore(text, word, nullptr);
        if (score <= 0)
            return 0;
        sum += score;
    }
    return m_words.empty() ? 1 : sum;
}

std::vector<int> FuzzyPattern::matchedIn(std::string_view text) const
{
    std::set<int> all;
    for (const std::string &word : m_words) {
        if (const std::size_t at = pieceIn(text, word); at != std::string_view::npos) {
            for (std::size_t i = 0; i < word.size(); ++i)
                all.insert(static_cast<int>(at + i));
            continue;
        }
        std::vector<int> letters;
        lettersScore(text, word, &letters);
        all.insert(letters.begin(), letters.end());
    }
    return {all.begin(), all.end()};
}

}  // namespace meshscope
