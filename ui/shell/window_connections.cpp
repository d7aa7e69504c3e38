// Control planes that come, go and take turns in the window.
#include "ui/shell/main_window.h"

#include "models/change_feed.h"
#include "models/focus.h"
#include "models/request_table.h"
#include "models/text.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/shell/connect_page.h"
#include "ui/shell/connection_doors.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/sidecars/sidecars_page.h"
#include "ui/style/error_text.h"

#include "backend/support/log.h"
#include "backend/support/when_done.h"

#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kMaxRecent = 12;

}  // namespace

void MainWindow::buildConnections()
{
    connect(m_workspace.connections, &Connections::added, this, [this](MeshSource *source) {
        m_workspace.requests->follow(source);
        m_workspace.changes->follow(source);
        setLive();
    });
    connect(m_workspace.connections, &Connections::aboutToRemove, this, &MainWindow::forgetConnection);
    connect(m_bar, &TopBar::connectionChosen, this, [this](MeshSource *source) {
        m_workspace.focus->set({FocusKind::ControlPlane, source, {}, -1});
    });
    connect(m_bar, &TopBar::connectWanted, this, &MainWindow::showConnect);
    connect(m_startPage, &StartPage::connectWanted, this, &MainWindow::showConnect);
    connect(m_startPage, &StartPage::profileChosen, this, &MainWindow::openProfile);
    connect(m_startPage, &StartPage::sandboxWanted, this, &MainWindow::startSandbox);
    connect(m_startPage, &StartPage::snapshotWanted, this, &MainWindow::openSnapshot);
    connect(m_startPage, &StartPage::sidecarsWanted, this, [this] { goTo(m_sidecarsPage); });
    if (m_workspace.connections->isEmpty())
        showStart();
}

void MainWindow::addConnection(const Connection &connection)
{
    m_workspace.connections->add(connection);
    m_workspace.focus->set({FocusKind::ControlPlane, connection.source, {}, -1});
}

// Its doors become the workspace's; whoever reads them next reads these.
void MainWindow::adoptConnection()
{
    const Connection &one = m_workspace.connections->current();
    UiContext &doors = m_workspace.context;
    doors.source = one.source;
    doors.editor = one.editor;
    doors.sidecarSpec = one.sidecarSpec;
    doors.connectionName = one.name;
    doors.connectionColour = one.colour;
    doors.refreshMilliseconds = one.refreshMilliseconds;
    doors.profileId = one.profileId;
    doors.isProtected = one.isProtected;
    doors.isReadOnly = one.isReadOnly;
    setWindowTitle(one.name.isEmpty() ? tr("Meshscope") : tr("%1 — Meshscope").arg(one.name));
    if (!m_status)
        return;
    m_status->setConnection(one.name, one.colour);
    m_bar->forgetMeshes(m_meshOf.value(one.source));
    updateActions();
}

void MainWindow::forgetConnection(MeshSource *source)
{
    for (DataplaneEditor *editor : editors()) {
        if (editor->source() != source)
            continue;
        m_tabs->removeTab(m_tabs->indexOf(editor));
        delete editor;  // its session asks the source, which goes
    }
    m_workspace.focus->forget(source);
    m_workspace.changes->forget(source);
    m_meshOf.remove(source);
}

void MainWindow::showStart()
{
    if (m_tabs->indexOf(m_startPage) < 0) {
        m_tabs->insertTab(0, m_startPage, tr("Start"));
        if (QWidget *close = m_tabs->tabBar()->tabButton(0, QTabBar::RightSide)) {
            close->setAccessibleName(tr("Close the start page"));
            close->setToolTip(tr("Close (Ctrl+W)"));
        }
    }
    goTo(m_startPage);
}

void MainWindow::showConnect()
{
    ConnectionDoors *doors = m_workspace.context.doors;
    if (!doors)
        return;
    if (!m_connectPage) {
        m_connectPage = new ConnectPage(doors, this);
        connect(m_connectPage, &ConnectPage::openWanted, this, &MainWindow::openProfile);
    }
    if (m_tabs->indexOf(m_connectPage) < 0) {
        const int index =
            m_tabs->insertTab(m_tabs->indexOf(m_startPage) + 1, m_connectPage, tr("Connections"));
        if (QWidget *close = m_tabs->tabBar()->tabButton(index, QTabBar::RightSide)) {
            close->setAccessibleName(tr("Close the page of connections"));
            close->setToolTip(tr("Close (Ctrl+W)"));
        }
    }
    goTo(m_connectPage);
}

void MainWindow::openProfile(const QString &id)
{
    for (const Connection &one : m_workspace.connections->all()) {
        if (one.profileId == id)
            return m_workspace.focus->set({FocusKind::ControlPlane, one.source, {}, -1});
    }
    if (!m_workspace.context.doors)
        return;
    m_startPage->say(tr("Connecting …"), false);
    whenDone(m_workspace.context.doors->open(id), this, [this, id](const Result<Connection> &opened) {
        if (opened)
            remember(id);
        addOpened(opened);
    });
}

void MainWindow::startSandbox(const QString &sample)
{
    if (!m_workspace.context.doors)
        return;
    Result<Connection> opened = m_workspace.context.doors->startSandbox(sample, false);
    // The usual ports are taken: any others do, and the status line says which.
    if (!opened && opened.error().code == Error::Code::Conflict
        && !m_workspace.context.doors->isSandboxRunning())
        opened = m_workspace.context.doors->startSandbox(sample, true);
    addOpened(opened);
}

void MainWindow::openSnapshot(const QString &path)
{
    if (!m_workspace.context.doors)
        return;
    if (path.isEmpty()) {
        auto *dialog = new QFileDialog(this, tr("Open a snapshot"));
        dialog->setObjectName(u"dialog.openSnapshot"_s);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openSnapshot);
        return dialog->open();
    }
    m_startPage->say(tr("Reading %1 …").arg(path), false);
    whenDone(m_workspace.context.doors->openSnapshot(path), this,
             [this, path](const Result<Connection> &opened) {
                 if (opened)
                     remember(u"file:"_s + path);
                 addOpened(opened);
             });
}

void MainWindow::addOpened(const Result<Connection> &opened)
{
    if (!opened) {
        if (opened.error().code == Error::Code::Cancelled)
            return;
        m_startPage->say(errorLine(opened.error()), true);
        if (m_connectPage)
            m_connectPage->say(errorLine(opened.error()), true);
        return say(errorLine(opened.error()));
    }
    qCInfo(lcUi) << "connected to" << opened->name;
    m_startPage->say({}, false);
    addConnection(*opened);
    for (QWidget *way : {static_cast<QWidget *>(m_startPage), static_cast<QWidget *>(m_connectPage)}) {
        if (const int at = way ? m_tabs->indexOf(way) : -1; at >= 0)
            m_tabs->removeTab(at);
    }
    openFocus();
}

void MainWindow::closeConnection()
{
    MeshSource *source = m_workspace.context.source;
    if (!m_workspace.connections->find(source))
        return;
    QStringList modified;
    for (const DataplaneEditor *editor : editors()) {
        if (editor->source() == source && editor->session()->isModified())
            modified << toQString(editor->key().name);
    }
    const auto drop = [this, source] {
        m_workspace.connections->remove(source);
        if (m_workspace.context.doors)
            m_workspace.context.doors->close(source);
        if (m_workspace.connections->isEmpty())
            showStart();
        updateActions();
    };
    if (modified.isEmpty())
        return drop();
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"dialog.closeConnection"_s);
    box->setWindowTitle(tr("Close connection"));
    box->setText(tr("%1 was changed and not pushed.").arg(modified.join(u", "_s)));
    auto *deed = box->addButton(tr("Close without pushing"), QMessageBox::DestructiveRole);
    deed->setObjectName(u"button.closeConnectionAnyway"_s);
    box->addButton(tr("Keep it open"), QMessageBox::RejectRole);
    connect(deed, &QAbstractButton::clicked, this, drop);
    box->open();
}

void MainWindow::remember(const QString &recent)
{
    QSettings *settings = m_workspace.context.settings;
    if (!settings)
        return;
    QStringList all = settings->value(u"recent"_s).toStringList();
    all.removeAll(recent);
    all.prepend(recent);
    settings->setValue(u"recent"_s, all.mid(0, kMaxRecent));
}

// On a protected connection the mesh's name is typed first: a write to the wrong window must not be one key
// away.
void MainWindow::write(const QString &deedText, void (DataplaneEditor::*how)())
{
    DataplaneEditor *editor = currentEditor();
    if (!editor)
        return;
    if (!editor->context().isProtected)
        return (editor->*how)();
    const QString mesh = toQString(editor->key().mesh);
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"dialog.protected"_s);
    box->setWindowTitle(tr("Protected connection"));
    box->setText(tr("%1 is protected. Type the name of the mesh, %2, to write %3.")
                     .arg(editor->context().connectionName, mesh, toQString(editor->key().name)));
    auto *typed = new QLineEdit(box);
    typed->setObjectName(u"field.protectedMesh"_s);
    typed->setAccessibleName(tr("Name of the mesh"));
    auto *deed = box->addButton(deedText, QMessageBox::AcceptRole);
    deed->setObjectName(u"button.pushProtected"_s);
    deed->setEnabled(false);
    auto *stay = box->addButton(tr("Write nothing"), QMessageBox::RejectRole);
    box->setDefaultButton(qobject_cast<QPushButton *>(stay));
    if (auto *grid = qobject_cast<QGridLayout *>(box->layout()))
        grid->addWidget(typed, grid->rowCount(), 0, 1, grid->columnCount());
    connect(typed, &QLineEdit::textChanged, deed,
            [deed, mesh](const QString &text) { deed->setEnabled(text == mesh); });
    connect(deed, &QAbstractButton::clicked, editor, how);
    box->open();
    typed->setFocus();
}

}  // namespace meshscope::ui
