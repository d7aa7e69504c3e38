// The list under the palette's field: what fits the typed text, best first. What can be chosen comes from a
// ChoiceSource: objects of the meshes, actions of the window, commands. GUI thread.
#pragma once

#include "models/focus.h"
#include "models/fuzzy.h"
#include "models/roles.h"

#include <QAbstractListModel>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

struct Choice {
    QString title;
    QString detail;         // muted, behind the title
    QString keys;           // at the right: a shortcut, a usage
    QString icon;           // of ui::icon; empty = none
    std::string matchText;  // what positions count in; empty = the title is not marked
    bool isEnabled = true;
};

class ChoiceSource
{
public:
    virtual ~ChoiceSource() = default;
    // The best `limit` choices for what was typed, best first, as numbers that at() and run() take.
    virtual std::vector<std::size_t> find(const FuzzyPattern &pattern, std::size_t limit) = 0;
    virtual Choice at(std::size_t number) const = 0;
    virtual std::size_t size() const = 0;
};

class ChoiceList : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        DetailRole = FirstFreeRole,  // QString
        KeysRole,                    // QString
        IconRole,                    // QString, a name of ui::icon
        MatchedRole,                 // QList<int>: letters of the title that were typed
    };
    static constexpr std::size_t kLimit = 200;

    using QAbstractListModel::QAbstractListModel;

    void setSource(std::unique_ptr<ChoiceSource> source);  // null = empty
    ChoiceSource *source() const { return m_source.get(); }
    void setTyped(const QString &typed);
    std::size_t numberAt(int row) const { return m_found[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    std::unique_ptr<ChoiceSource> m_source;
    FuzzyPattern m_pattern;
    std::vector<std::size_t> m_found;
};

// Keeps the best `limit` of scored numbers: highest score, then the lower number.
class BestChoices
{
public:
    explicit BestChoices(std::size_t limit)
        : m_limit(limit)
    {}
    void offer(int score, std::size_t number);
    std::vector<std::size_t> take();

private:
    struct Scored {
        int score;
        std::size_t number;
        bool operator<(const Scored &other) const
        {
            return score != other.score ? score > other.score : number < other.number;
        }
    };
    std::size_t m_limit;
    std::vector<Scored> m_heap;  // its top is the worst of the kept
};

}  // namespace meshscope
