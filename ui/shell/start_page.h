// The first page: what this is, four ways in, and what was opened before.
#pragma once

#include "ui/shell/page.h"

class QLabel;
class QListWidget;
class QPushButton;

namespace meshscope::ui {

class StartCard;
class ConnectionDoors;
struct Workspace;

class StartPage : public Page
{
    Q_OBJECT

public:
    // doors may be null: then only what needs none of them is offered.
    StartPage(const Workspace &workspace, ConnectionDoors *doors, QWidget *parent = nullptr);

    bool hasFilter() const override { return false; }
    void takeFocus() override;
    QList<QPair<QString, QString>> keys() const override;
    // One line under the cards: what is under way, or why something did not open. Empty = nothing.
    void say(const QString &text, bool isError);

Q_SIGNALS:
    void connectWanted();                       // the page of connections
    void profileChosen(const QString &id);      // one of the recent ones
    void sandboxWanted(const QString &sample);  // "empty" = no sample
    void snapshotWanted(const QString &path);   // empty = ask which
    void sidecarsWanted();

private:
    void refresh();
    void chooseRecent();

    const Workspace &m_workspace;
    ConnectionDoors *m_doors;
    QList<StartCard *> m_cards;
    QPushButton *m_sample;
    QLabel *m_said;
    QLabel *m_recentTitle;
    QListWidget *m_recent;
};

}  // namespace meshscope::ui
