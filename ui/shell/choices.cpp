#include "ui/shell/choices.h"

#include "models/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

ActionChoices::ActionChoices(const std::vector<QAction *> &actions)
{
    for (QAction *action : actions) {
        QString text = action->text();
        m_entries.push_back({action, text.remove(u'&').toStdString()});
    }
}

std::vector<std::size_t> ActionChoices::find(const FuzzyPattern &pattern, std::size_t limit)
{
    BestChoices best(limit);
    for (std::size_t number = 0; number < m_entries.size(); ++number) {
        const Entry &entry = m_entries[number];
        if (!entry.action)
            continue;
        if (const int score = pattern.score(entry.text); score > 0)
            best.offer(2 * score + (entry.action->isEnabled() ? 1 : 0), number);
    }
    return best.take();
}

Choice ActionChoices::at(std::size_t number) const
{
    const Entry &entry = m_entries[number];
    Choice choice;
    choice.matchText = entry.text;
    choice.title = toQString(entry.text);
    if (!entry.action)
        return choice;
    choice.isEnabled = entry.action->isEnabled();
    choice.keys = entry.action->shortcut().toString(QKeySequence::NativeText);
    QString plain = entry.action->text();
    const QString tip = entry.action->toolTip();
    if (tip != plain.remove(u'&'))
        choice.detail = tip;
    if (entry.action->isCheckable())
        choice.detail = entry.action->isChecked() ? QCoreApplication::translate("ActionChoices", "on")
                                                  : QCoreApplication::translate("ActionChoices", "off");
    return choice;
}

CommandCall commandFor(const std::vector<Command> &commands, const QString &line)
{
    const QString trimmed = line.trimmed();
    const QString name = trimmed.section(u' ', 0, 0).toLower();
    const auto at = std::find_if(commands.begin(), commands.end(),
                                 [&name](const Command &command) { return command.names.contains(name); });
    if (at == commands.end())
        return {};
    return {&*at, trimmed.section(u' ', 1).trimmed()};
}

CommandChoices::CommandChoices(const std::vector<Command> &commands)
    : m_commands(commands)
{}

std::vector<std::size_t> CommandChoices::find(const FuzzyPattern &pattern, std::size_t limit)
{
    // What follows the first word is the command's argument.
    const FuzzyPattern name(pattern.isEmpty() ? std::string() : pattern.words().front());
    BestChoices best(limit);
    for (std::size_t number = 0; number < m_commands.size(); ++number) {
        int score = 0;
        for (const QString &alias : m_commands[number].names)
            score = std::max(score, name.score(alias.toStdString()));
        if (score > 0)
            best.offer(score, number);
    }
    return best.take();
}

Choice CommandChoices::at(std::size_t number) const
{
    const Command &command = m_commands[number];
    Choice choice;
    choice.title = u':' + command.names.first();
    if (!command.argument.isEmpty())
        choice.title += u' ' + command.argument;
    choice.detail = command.what;
    QStringList others = command.names.mid(1);
    for (QString &other : others)
        other.prepend(u':');
    choice.keys = others.join(u' ');
    return choice;
}

}  // namespace meshscope::ui
