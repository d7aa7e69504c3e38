// Two texts compared line by line, and changed lines word by word. Pure.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace meshscope::ui {

struct LineDiff {
    struct Range {
        int line, from, to;  // from 0, in characters; to is behind the last
    };
    std::vector<int> removed;         // lines of the left text that the right one has not
    std::vector<int> added;           // lines of the right text that the left one has not
    std::vector<Range> removedWords;  // inside lines that were changed rather than replaced as a whole
    std::vector<Range> addedWords;
    bool isEmpty() const { return removed.empty() && added.empty(); }
};

LineDiff compareLines(const QString &left, const QString &right);

}  // namespace meshscope::ui
