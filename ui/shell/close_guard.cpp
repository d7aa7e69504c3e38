#include "ui/shell/close_guard.h"

#include "models/sidecar_table.h"
#include "ui/style/theme.h"

#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

CloseGuard::CloseGuard(QWidget *window, SidecarHost *host, std::function<QStringList()> modified)
    : QObject(window)
    , m_window(window)
    , m_host(host)
    , m_modified(std::move(modified))
{
    m_poll.setInterval(100);
    connect(&m_poll, &QTimer::timeout, this, &CloseGuard::step);
    if (host)
        connect(host, &SidecarHost::sidecarChanged, this, [this] {
            if (m_stopping)
                step();
        });
}

int CloseGuard::running() const
{
    if (!m_host)
        return 0;
    const auto sidecars = m_host->sidecars();
    return static_cast<int>(std::count_if(sidecars.begin(), sidecars.end(), [](const SidecarStatus &status) {
        return !hasEnded(status.phase);
    }));
}

bool CloseGuard::mayClose()
{
    if (m_stopping)
        return !m_host || !m_host->isBusy();
    const int sidecars = running();
    const QStringList modified = m_modified ? m_modified() : QStringList();
    if (m_confirm && !m_agreed && (sidecars > 0 || !modified.isEmpty())) {
        ask(sidecars, modified);
        return false;
    }
    if (m_host && m_host->isBusy()) {
        stopAndClose();
        return false;
    }
    return true;
}

QString CloseGuard::deedText(int sidecars, const QStringList &modified)
{
    const QString names = modified.size() == 1
                              ? modified.first()
                              : tr("%n change(s)", nullptr, static_cast<int>(modified.size()));
    if (sidecars > 0 && !modified.isEmpty())
        return tr("Stop %n sidecar(s), drop %1 and close", nullptr, sidecars).arg(names);
    if (sidecars > 0)
        return tr("Stop %n sidecar(s) and close", nullptr, sidecars);
    return tr("Close without pushing %1").arg(names);
}

void CloseGuard::ask(int sidecars, const QStringList &modified)
{
    if (m_dialog) {
        m_dialog->raise();
        return;
    }
    auto *box = new QMessageBox(m_window);
    m_dialog = box;
    box->setObjectName(u"dialog.close"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Close Meshscope"));
    QStringList why;
    if (!modified.isEmpty())
        why << tr("Changed and not pushed: %1.").arg(modified.join(u", "_s));
    if (sidecars > 0)
        why << tr("Running: %n sidecar(s). Each is drained, then stopped with its workload.", nullptr,
                  sidecars);
    box->setText(why.join(u'\n'));
    auto *deed = box->addButton(deedText(sidecars, modified), QMessageBox::DestructiveRole);
    deed->setObjectName(u"button.closeAnyway"_s);
    auto *stay = box->addButton(tr("Keep working"), QMessageBox::RejectRole);
    stay->setObjectName(u"button.keepWorking"_s);
    box->setDefaultButton(qobject_cast<QPushButton *>(stay));
    box->setEscapeButton(stay);
    connect(deed, &QAbstractButton::clicked, this, [this] {
        m_agreed = true;
        // After the box is gone: its own closing is under way.
        QMetaObject::invokeMethod(m_window, &QWidget::close, Qt::QueuedConnection);
    });
    box->open();
}

void CloseGuard::stopAndClose()
{
    m_stopping = true;
    m_host->stopAll();
    auto *dialog = new QDialog(m_window, Qt::Dialog | Qt::CustomizeWindowHint | Qt::WindowTitleHint);
    m_progress = dialog;
    dialog->setObjectName(u"dialog.stopping"_s);
    dialog->setWindowTitle(tr("Stopping sidecars"));
    dialog->setModal(true);
    m_progressText = new QLabel(dialog);
    m_progressText->setMinimumWidth(320);
    m_progressText->setWordWrap(true);
    auto *now = new QPushButton(tr("Stop at once"), dialog);
    now->setObjectName(u"button.stopAtOnce"_s);
    now->setToolTip(tr("Does not wait until their requests have ended"));
    connect(now, &QPushButton::clicked, this, [this] {
        if (m_host)
            m_host->stopAll();  // a second call ends what is draining
    });
    auto *row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(now);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(16, 16, 16, 12);
    layout->addWidget(m_progressText);
    layout->addSpacing(8);
    layout->addLayout(row);
    m_poll.start();
    step();
    if (m_progress)
        m_progress->open();
}

void CloseGuard::step()
{
    if (m_host && m_host->isBusy()) {
        const int left = running();
        const QString text = left > 0 ? tr("Draining and stopping %n sidecar(s)", nullptr, left)
                                      : tr("Waiting for the last processes to end");
        if (m_progressText)
            m_progressText->setText(text);
        Q_EMIT progress(text);
        return;
    }
    m_poll.stop();
    Q_EMIT progress({});
    if (m_progress) {
        m_progressText = nullptr;
        m_progress->hide();
        m_progress->deleteLater();
    }
    QMetaObject::invokeMethod(m_window, &QWidget::close, Qt::QueuedConnection);
}

}  // namespace meshscope::ui
