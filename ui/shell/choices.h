// What the palette offers beside objects: the actions of the window, and commands as in k9s (":dp web").
#pragma once

#include "models/choice_list.h"

#include <QAction>
#include <QPointer>

#include <functional>
#include <vector>

namespace meshscope::ui {

// Enabled ones first among equal fits; an action that cannot run now is listed, greyed, with its reason.
class ActionChoices : public ChoiceSource
{
public:
    explicit ActionChoices(const std::vector<QAction *> &actions);

    std::vector<std::size_t> find(const FuzzyPattern &pattern, std::size_t limit) override;
    Choice at(std::size_t number) const override;
    std::size_t size() const override { return m_entries.size(); }
    QAction *actionAt(std::size_t number) const { return m_entries[number].action; }

private:
    struct Entry {
        QPointer<QAction> action;
        std::string text;  // without the mnemonic's mark
    };
    std::vector<Entry> m_entries;
};

struct Command {
    QStringList names;  // the first is the usual one
    QString argument;   // what may follow, for the list: "FILTER"; empty = nothing may
    QString what;       // what it does, a few words
    std::function<void(const QString &argument)> run;
};

// The command that a typed line names, and the rest of the line. Null when there is none of that name.
struct CommandCall {
    const Command *command = nullptr;
    QString argument;
};
CommandCall commandFor(const std::vector<Command> &commands, const QString &line);

class CommandChoices : public ChoiceSource
{
public:
    // The commands outlive it.
    explicit CommandChoices(const std::vector<Command> &commands);

    std::vector<std::size_t> find(const FuzzyPattern &pattern, std::size_t limit) override;
    Choice at(std::size_t number) const override;
    std::size_t size() const override { return m_commands.size(); }
    const Command &commandAt(std::size_t number) const { return m_commands[number]; }

private:
    const std::vector<Command> &m_commands;
};

}  // namespace meshscope::ui
