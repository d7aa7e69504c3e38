// Longest common subsequence, by dynamic programming over what remains between the common start and end.
// Dataplanes have tens of lines; above kMaxCells the middle counts as replaced, so that no text makes the
// window wait.
#include "ui/editors/line_diff.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kMaxCells = 4'000'000;

struct Unmatched {
    std::vector<int> left, right;
};

Unmatched unmatched(const QStringList &left, const QStringList &right)
{
    int start = 0;
    int leftEnd = static_cast<int>(left.size()), rightEnd = static_cast<int>(right.size());
    while (start < leftEnd && start < rightEnd && left.at(start) == right.at(start))
        ++start;
    while (leftEnd > start && rightEnd > start && left.at(leftEnd - 1) == right.at(rightEnd - 1)) {
        --leftEnd;
        --rightEnd;
    }
    const auto rows = static_cast<std::size_t>(leftEnd - start),
               columns = static_cast<std::size_t>(rightEnd - start);
    Unmatched result;
    std::vector<int> lengths;
    const bool small = rows * columns <= kMaxCells;
    if (small) {
        lengths.assign((rows + 1) * (columns + 1), 0);
        for (std::size_t i = rows; i-- > 0;) {
            for (std::size_t j = columns; j-- > 0;) {
                int &cell = lengths[i * (columns + 1) + j];
                if (left.at(start + static_cast<int>(i)) == right.at(start + static_cast<int>(j)))
                    cell = lengths[(i + 1) * (columns + 1) + j + 1] + 1;
                else
                    cell = std::max(lengths[(i + 1) * (columns + 1) + j], lengths[i * (columns + 1) + j + 1]);
            }
        }
    }
    std::size_t i = 0, j = 0;
    while (i < rows || j < columns) {
        const int l = start + static_cast<int>(i), r = start + static_cast<int>(j);
        if (small && i < rows && j < columns && left.at(l) == right.at(r)) {
            ++i;
            ++j;
        } else if (j == columns
                   || (i < rows
                       && (!small
                           || lengths[(i + 1) * (columns + 1) + j] >= lengths[i * (columns + 1) + j + 1]))) {
            result.left.push_back(l);
            ++i;
        } else {
            result.right.push_back(r);
            ++j;
        }
    }
    return result;
}

struct Word {
    QString text;
    int from;
};

std::vector<Word> wordsOf(const QString &line)
{
    static const QRegularExpression word(u"\\w+|\\s+|[^\\w\\s]"_s,
                                         QRegularExpression::UseUnicodePropertiesOption);
    std::vector<Word> words;
    for (auto found = word.globalMatch(line); found.hasNext();) {
        const auto match = found.next();
        words.push_back({match.captured(), static_cast<int>(match.capturedStart())});
    }
    return words;
}

QStringList textsOf(const std::vector<Word> &words)
{
    QStringList texts;
    for (const Word &word : words)
        texts << word.text;
    return texts;
}

void compareWords(const QString &left, int leftLine, const QString &right, int rightLine, LineDiff &diff)
{
    const auto leftWords = wordsOf(left), rightWords = wordsOf(right);
    const Unmatched differing = unmatched(textsOf(leftWords), textsOf(rightWords));
    const auto note = [](const std::vector<int> &at, const std::vector<Word> &words, int line,
                         std::vector<LineDiff::Range> &ranges) {
        for (const int i : at) {
            const Word &word = words[static_cast<std::size_t>(i)];
            const int to = word.from + static_cast<int>(word.text.size());
            if (!ranges.empty() && ranges.back().line == line && ranges.back().to == word.from)
                ranges.back().to = to;
            else
                ranges.push_back({line, word.from, to});
        }
    };
    note(differing.left, leftWords, leftLine, diff.removedWords);
    note(differing.right, rightWords, rightLine, diff.addedWords);
}

}  // namespace

LineDiff compareLines(const QString &left, const QString &right)
{
    const QStringList leftLines = left.split(u'\n'), rightLines = right.split(u'\n');
    const Unmatched differing = unmatched(leftLines, rightLines);
    LineDiff diff;
    diff.removed = differing.left;
    diff.added = differing.right;
    // A run of removed lines beside a run of added ones: line by line, the words that differ. The number of
    // equal lines before a run says which runs belong together.
    std::size_t i = 0, j = 0;
    while (i < diff.removed.size() && j < diff.added.size()) {
        const int before = diff.removed[i] - static_cast<int>(i);
        const int beforeRight = diff.added[j] - static_cast<int>(j);
        if (before < beforeRight) {
            ++i;
        } else if (beforeRight < before) {
            ++j;
        } else {
            compareWords(leftLines.at(diff.removed[i]), diff.removed[i], rightLines.at(diff.added[j]),
                         diff.added[j], diff);
            ++i;
            ++j;
        }
    }
    return diff;
}

}  // namespace meshscope::ui
