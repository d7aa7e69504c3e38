#include "models/choice_list.h"

#include "models/text.h"

#include <algorithm>

namespace meshscope {

void BestChoices::offer(int score, std::size_t number)
{
    const Scored scored{score, number};
    if (m_heap.size() < m_limit) {
        m_heap.push_back(scored);
        std::push_heap(m_heap.begin(), m_heap.end());
    } else if (m_limit > 0 && scored < m_heap.front()) {
        std::pop_heap(m_heap.begin(), m_heap.end());
        m_heap.back() = scored;
        std::push_heap(m_heap.begin(), m_heap.end());
    }
}

std::vector<std::size_t> BestChoices::take()
{
    std::sort_heap(m_heap.begin(), m_heap.end());
    std::vector<std::size_t> numbers;
    for (const Scored &scored : m_heap)
        numbers.push_back(scored.number);
    m_heap.clear();
    return numbers;
}

void ChoiceList::setSource(std::unique_ptr<ChoiceSource> source)
{
    beginResetModel();
    m_source = std::move(source);
    m_found.clear();
    endResetModel();
}

void ChoiceList::setTyped(const QString &typed)
{
    beginResetModel();
    m_pattern = FuzzyPattern(typed.toStdString());
    m_found = m_source ? m_source->find(m_pattern, kLimit) : std::vector<std::size_t>();
    endResetModel();
}

int ChoiceList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_found.size());
}

QVariant ChoiceList::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Choice choice = m_source->at(numberAt(index.row()));
    switch (role) {
    case Qt::DisplayRole:
    case TextRole:
        return choice.title;
    case Qt::AccessibleTextRole:
        return choice.detail.isEmpty() ? choice.title : choice.title + QStringLiteral(", ") + choice.detail;
    case DetailRole:
        return choice.detail;
    case KeysRole:
        return choice.keys;
    case IconRole:
        return choice.icon;
    case MatchedRole: {
        // Positions are bytes; letters of a title beyond ASCII are not marked.
        QList<int> matched;
        if (choice.matchText.size() == static_cast<std::size_t>(choice.title.size())) {
            for (const int at : m_pattern.matchedIn(choice.matchText))
                matched << at;
        }
        return QVariant::fromValue(matched);
    }
    default:
        return {};
    }
}

Qt::ItemFlags ChoiceList::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() && !m_source->at(numberAt(index.row())).isEnabled ? flags & ~Qt::ItemIsEnabled
                                                                             : flags;
}

}  // namespace meshscope
