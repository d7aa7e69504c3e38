#include "ui/shell/start_page.h"

#include "ui/shell/connection_doors.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/icons.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QStyleOption>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kWidth = 880;
constexpr int kMaxRecent = 8;
constexpr int kIdRole = Qt::UserRole;

}  // namespace

// A button with an icon, a word and what it leads to.
class StartCard : public QAbstractButton
{
public:
    StartCard(const QString &id, const QString &iconName, const QString &title, const QString &what,
              QWidget *parent)
        : QAbstractButton(parent)
        , m_icon(iconName)
        , m_what(what)
    {
        setObjectName(u"card."_s + id);
        setText(title);
        setAccessibleName(title);
        setAccessibleDescription(what);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setFixedHeight(132);
    }
    void setWhat(const QString &what)
    {
        m_what = what;
        setAccessibleDescription(what);
        update();
    }
    QSize sizeHint() const override { return {206, 132}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        const bool lit = isEnabled() && (underMouse() || hasFocus());
        painter.setPen(QPen(lit ? accent(palette()) : hairline(palette()), hasFocus() ? 2 : 1));
        QColor ground = palette().color(QPalette::Base);
        if (isDown())
            ground = blend(ground, accent(palette()), 0.12);
        else if (lit)
            ground = blend(ground, accent(palette()), 0.05);
        painter.setBrush(ground);
        painter.drawRoundedRect(frame, 6, 6);
        const auto mode = isEnabled() ? QIcon::Normal : QIcon::Disabled;
        ui::icon(m_icon).paint(&painter, 16, 16, 24, 24, Qt::AlignCenter, mode);
        const QColor muted = mutedText(palette());
        painter.setPen(isEnabled() ? palette().color(QPalette::Text) : muted);
        painter.setFont(headingFont(font()));
        const QRect title(16, 46, width() - 32, 24);
        painter.drawText(title, Qt::AlignVCenter, text());
        painter.setPen(muted);
        painter.setFont(font());
        painter.drawText(QRect(16, 72, width() - 32, height() - 80), Qt::TextWordWrap, m_what);
    }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
            return click();
        QAbstractButton::keyPressEvent(event);
    }
    void enterEvent(QEnterEvent *) override { update(); }
    void leaveEvent(QEvent *) override { update(); }

private:
    QString m_icon, m_what;
};

StartPage::StartPage(const Workspace &workspace, ConnectionDoors *doors, QWidget *parent)
    : Page(parent)
    , m_workspace(workspace)
    , m_doors(doors)
    , m_sample(new QPushButton(this))
    , m_said(new QLabel(this))
    , m_recentTitle(new QLabel(tr("Recent"), this))
    , m_recent(new QListWidget(this))
{
    setObjectName(u"page.start"_s);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto *logo = new QLabel(this);
    logo->setPixmap(QApplication::windowIcon().pixmap(48, 48));
    logo->setAccessibleName(tr("Meshscope"));
    auto *name = new QLabel(tr("Meshscope"), this);
    QFont big = headingFont(font());
    big.setPointSizeF(big.pointSizeF() + 6);
    name->setFont(big);
    auto *what = new QLabel(
        tr("See a Kuma mesh, find what is wrong, change one thing and know its effect before."), this);
    what->setForegroundRole(QPalette::PlaceholderText);
    what->setWordWrap(true);

    const auto card = [this](const QString &id, const QString &iconName, const QString &title,
                             const QString &words) {
        auto *made = new StartCard(id, iconName, title, words, this);
        m_cards << made;
        return made;
    };
    auto *connectCard = card(u"connect"_s, u"control-plane"_s, tr("Connect"),
                             tr("A control plane: its URL, or a context of kumactl"));
    auto *sandbox = card(u"sandbox"_s, u"server"_s, tr("Sandbox"), tr("A control plane of your own, empty"));
    auto *open = card(u"open"_s, u"open"_s, tr("Open"), tr("A snapshot of a mesh from a file"));
    auto *sidecars =
        card(u"sidecars"_s, u"sidecar"_s, tr("Sidecars"), tr("Local proxies, started and watched here"));
    connectCard->setEnabled(doors);
    sandbox->setEnabled(doors);
    open->setEnabled(doors && doors->whyNoSnapshots().isEmpty());
    if (doors && !doors->whyNoSnapshots().isEmpty())
        open->setWhat(doors->whyNoSnapshots());

    m_sample->setObjectName(u"button.openSample"_s);
    m_sample->setProperty("primary", true);
    m_said->setObjectName(u"label.startSaid"_s);
    m_said->setWordWrap(true);
    m_recentTitle->setFont(smallFont(font()));
    m_recentTitle->setForegroundRole(QPalette::PlaceholderText);
    m_recent->setObjectName(u"list.recent"_s);
    m_recent->setAccessibleName(tr("Recent connections and files"));
    m_recent->setFrameShape(QFrame::NoFrame);
    CellDelegate::Look look;
    look.icon = u"control-plane"_s;
    m_recent->setItemDelegate(new CellDelegate(look, m_recent));
    m_recent->setUniformItemSizes(true);

    auto *head = new QHBoxLayout;
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(name);
    words->addWidget(what);
    head->addWidget(logo);
    head->addSpacing(8);
    head->addLayout(words, 1);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    for (StartCard *one : m_cards)
        row->addWidget(one);
    auto *shortest = new QHBoxLayout;
    shortest->addWidget(m_sample);
    shortest->addWidget(m_said, 1);
    auto *column = new QVBoxLayout;
    column->setSpacing(16);
    column->addLayout(head);
    column->addLayout(row);
    column->addLayout(shortest);
    column->addWidget(m_recentTitle);
    column->addWidget(m_recent, 1);
    auto *body = new QWidget(this);
    body->setMaximumWidth(kWidth);
    body->setLayout(column);
    column->setContentsMargins(0, 40, 0, 12);
    auto *middle = new QHBoxLayout(this);
    middle->setContentsMargins(24, 0, 24, 0);
    middle->addStretch(1);
    middle->addWidget(body, 100);
    middle->addStretch(1);

    connect(connectCard, &QAbstractButton::clicked, this, &StartPage::connectWanted);
    connect(sandbox, &QAbstractButton::clicked, this, [this] { Q_EMIT sandboxWanted(u"empty"_s); });
    connect(open, &QAbstractButton::clicked, this, [this] { Q_EMIT snapshotWanted({}); });
    connect(sidecars, &QAbstractButton::clicked, this, &StartPage::sidecarsWanted);
    connect(m_sample, &QPushButton::clicked, this, [this] {
        if (m_doors && !m_doors->samples().isEmpty())
            Q_EMIT sandboxWanted(m_doors->samples().first());
    });
    connect(m_recent, &QListWidget::itemActivated, this, &StartPage::chooseRecent);
    connect(m_recent, &QListWidget::itemClicked, this, &StartPage::chooseRecent);
    if (doors)
        connect(doors->store(), &ConnectionStore::profilesChanged, this, &StartPage::refresh);
    connect(workspace.connections, &Connections::removed, this, &StartPage::refresh);
    connect(workspace.connections, &Connections::added, this, &StartPage::refresh);
    refresh();
}

void StartPage::refresh()
{
    const QStringList samples = m_doors ? m_doors->samples() : QStringList();
    const bool running = m_doors && m_doors->isSandboxRunning();
    m_sample->setVisible(!samples.isEmpty());
    if (!samples.isEmpty())
        m_sample->setText(tr("Open the sample mesh %1").arg(samples.first()));
    m_sample->setEnabled(!running);
    m_sample->setToolTip(running ? tr("The sandbox runs already")
                                 : tr("Starts the sandbox with it; nothing leaves this machine"));
    m_recent->clear();
    const QStringList recent = m_workspace.context.settings
                                   ? m_workspace.context.settings->value(u"recent"_s).toStringList()
                                   : QStringList();
    const QList<ConnectionProfile> profiles =
        m_doors ? m_doors->store()->profiles() : QList<ConnectionProfile>();
    const auto addProfile = [this](const ConnectionProfile &profile) {
        auto *item =
            new QListWidgetItem(icon(u"control-plane"_s),
                                tr("%1 · %2").arg(profile.name, profile.url.toDisplayString()), m_recent);
        item->setData(kIdRole, profile.id);
    };
    QStringList listed;
    for (const QString &id : recent) {
        if (listed.size() >= kMaxRecent)
            break;
        if (id.startsWith(u"file:"_s)) {
            auto *item = new QListWidgetItem(icon(u"snapshot"_s), id.mid(5), m_recent);
            item->setData(kIdRole, id);
            listed << id;
            continue;
        }
        for (const ConnectionProfile &profile : profiles) {
            if (profile.id == id) {
                addProfile(profile);
                listed << id;
            }
        }
    }
    // Contexts of kumactl that were never opened here are as good as recent ones.
    for (const ConnectionProfile &profile : profiles) {
        if (!listed.contains(profile.id) && listed.size() < kMaxRecent) {
            addProfile(profile);
            listed << profile.id;
        }
    }
    m_recentTitle->setVisible(m_recent->count() > 0);
    m_recent->setVisible(m_recent->count() > 0);
}

void StartPage::chooseRecent()
{
    const QListWidgetItem *item = m_recent->currentItem();
    if (!item)
        return;
    const QString id = item->data(kIdRole).toString();
    if (id.startsWith(u"file:"_s))
        Q_EMIT snapshotWanted(id.mid(5));
    else
        Q_EMIT profileChosen(id);
}

void StartPage::say(const QString &text, bool isError)
{
    m_said->setText(text);
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, isError ? markTextColour(Mark::Bad, colours) : mutedText(colours));
    m_said->setPalette(colours);
}

void StartPage::takeFocus()
{
    if (m_sample->isVisible() && m_sample->isEnabled())
        m_sample->setFocus(Qt::OtherFocusReason);
    else
        m_cards.first()->setFocus(Qt::OtherFocusReason);
}

QList<QPair<QString, QString>> StartPage::keys() const
{
    return {{tr("Walk over the cards"), tr("Tab")}, {tr("Open the card"), tr("Return or Space")}};
}

}  // namespace meshscope::ui
