// The connections a person knows: their own and the contexts of kumactl's configuration file at the left, the
// chosen one as a form at the right, with a test that says what answers there.
#pragma once

#include "ui/shell/page.h"

#include "backend/api/connection_store.h"

#include <QFuture>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QScrollArea;

namespace meshscope::ui {

class ConnectionDoors;
class NoticeStrip;

class ConnectPage : public Page
{
    Q_OBJECT

public:
    ConnectPage(ConnectionDoors *doors, QWidget *parent = nullptr);
    ~ConnectPage() override;

    bool hasFilter() const override { return false; }
    void takeFocus() override;
    QList<QPair<QString, QString>> keys() const override;
    // Shows one; an empty or unknown id begins a new one.
    void choose(const QString &id);
    // While it is being opened, or why it was not.
    void say(const QString &text, bool isError);

Q_SIGNALS:
    void openWanted(const QString &profileId);

private:
    void buildForm(QWidget *form);
    void fillList();
    void showProfile(const ConnectionProfile &profile);
    ConnectionProfile edited() const;
    ProfileSecrets editedSecrets() const;
    QString whyNotUsable() const;  // one sentence; empty = it can be tested and saved
    void judge();
    void test();
    void save(bool thenOpen);
    void removeProfile();
    void setColour(const QString &colour);

    ConnectionDoors *m_doors;
    ConnectionProfile m_profile;  // as stored, before the form's changes
    QString m_colourName;
    QListWidget *m_list;
    QLabel *m_title;
    QLabel *m_origin;
    QLineEdit *m_name, *m_url, *m_token, *m_ca, *m_certificate, *m_key, *m_mesh, *m_dpServer;
    QCheckBox *m_skipVerify, *m_protected, *m_readOnly;
    QPushButton *m_colour, *m_test, *m_save, *m_open, *m_remove;
    QLabel *m_answer;
    QLabel *m_where;
    NoticeStrip *m_notice;
    QFuture<Result<QString>> m_testing;
    bool m_filling = false;
};

}  // namespace meshscope::ui
