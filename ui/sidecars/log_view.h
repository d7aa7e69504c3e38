// The tail of the sidecars' logs: by sidecar, level and words; follows the end until it is scrolled away from
// it.
#pragma once

#include <QWidget>

class QComboBox;
class QLineEdit;
class QListView;
class QToolButton;

namespace meshscope {
class LogProxy;
}

namespace meshscope::ui {

struct Workspace;

class LogView : public QWidget
{
    Q_OBJECT

public:
    LogView(const Workspace &workspace, QWidget *parent = nullptr);
    void startFind();

private:
    void updateNames();
    void scrolled(int value);
    void setFollowing(bool following);
    void copySelected() const;

    const Workspace &m_workspace;
    LogProxy *m_proxy;
    QListView *m_list;
    QComboBox *m_sidecar;
    QComboBox *m_level;
    QLineEdit *m_filter;
    QToolButton *m_follow;
    bool m_following = true;
};

}  // namespace meshscope::ui
