// The keys of the page in front and of the window, and where they are changed. Beside the window, not modal.
#pragma once

#include <QDialog>
#include <QPair>

#include <vector>

class QAction;
class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QSettings;
class QTreeWidget;
class QTreeWidgetItem;

namespace meshscope::ui {

class KeysDialog : public QDialog
{
    Q_OBJECT

public:
    using PageKeys = QList<QPair<QString, QString>>;  // what it does, the key

    // Settings may be null: then changes last as long as the window.
    KeysDialog(std::vector<QAction *> actions, QSettings *settings, QWidget *parent);

    // Shows what the page in front takes, over the window's keys.
    void showFor(const QString &page, const PageKeys &keys);

private:
    void fill();
    void filter(const QString &words);
    void chosen();
    void judge();
    void apply();
    void restoreDefault();
    QAction *action() const;

    std::vector<QAction *> m_actions;
    QSettings *m_settings;
    QString m_page;
    PageKeys m_pageKeys;
    QLineEdit *m_filter;
    QTreeWidget *m_list;
    QLabel *m_what;
    QKeySequenceEdit *m_edit;
    QPushButton *m_set;
    QPushButton *m_default;
    QLabel *m_verdict;
};

}  // namespace meshscope::ui
