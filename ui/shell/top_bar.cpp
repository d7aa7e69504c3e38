#include "ui/shell/top_bar.h"

#include "models/text.h"
#include "ui/shell/actions.h"
#include "ui/shell/connections.h"
#include "ui/shell/query_bar.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/palette.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QToolButton *toolButton(QAction *action, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setObjectName(u"button."_s + action->objectName().section(u'.', -1));
    button->setFixedSize(26, 26);
    QString name = action->text();
    button->setAccessibleName(name.remove(u'&'));
    return button;
}

}  // namespace

TopBar::TopBar(const Actions &actions, Connections *connections, QWidget *parent)
    : QWidget(parent)
    , m_connections(connections)
    , m_connection(new QComboBox(this))
    , m_marks(new QLabel(this))
    , m_mesh(new QComboBox(this))
    , m_query(new QueryBar(this))
    , m_count(new QLabel(this))
    , m_live(new QToolButton(this))
{
    setFixedHeight(40);
    m_connection->setObjectName(u"choice.connection"_s);
    m_connection->setAccessibleName(tr("Connection"));
    m_connection->setToolTip(tr("The control plane whose meshes are shown"));
    m_connection->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_marks->setObjectName(u"label.connectionMarks"_s);
    m_marks->setFont(smallFont(font()));
    m_mesh->setObjectName(u"choice.mesh"_s);
    m_mesh->setAccessibleName(tr("Mesh"));
    m_mesh->setToolTip(tr("The mesh whose dataplanes and services are shown"));
    m_mesh->addItem(icon(u"mesh"_s), tr("All meshes"), QString());
    m_mesh->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_count->setObjectName(u"label.shown"_s);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_live->setObjectName(u"button.live"_s);
    m_live->setDefaultAction(actions.pauseLive);
    m_live->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_live->setAutoRaise(true);
    m_live->setFixedHeight(26);
    m_query->setMinimumWidth(160);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 0, 10, 1);
    layout->setSpacing(8);
    layout->addWidget(toolButton(actions.back, this));
    layout->addSpacing(-6);
    layout->addWidget(toolButton(actions.forward, this));
    layout->addWidget(m_connection);
    layout->addWidget(m_marks);
    layout->addWidget(m_mesh);
    layout->addWidget(m_query, 1);
    layout->addWidget(m_count);
    layout->addWidget(m_live);
    connect(m_mesh, &QComboBox::currentIndexChanged, this, [this] { Q_EMIT meshChosen(mesh()); });
    connect(m_connection, &QComboBox::activated, this, [this](int row) {
        auto *source = static_cast<MeshSource *>(m_connection->itemData(row).value<QObject *>());
        showConnections();  // until it comes to the front, the old one stays chosen
        if (source)
            Q_EMIT connectionChosen(source);
        else
            Q_EMIT connectWanted();
    });
    connect(connections, &Connections::added, this, &TopBar::showConnections);
    connect(connections, &Connections::removed, this, &TopBar::showConnections);
    connect(connections, &Connections::currentChanged, this, &TopBar::showConnections);
    showConnections();
}

void TopBar::showConnections()
{
    const QSignalBlocker quiet(m_connection);
    m_connection->clear();
    const Connection &current = m_connections->current();
    for (const Connection &one : m_connections->all()) {
        m_connection->addItem(one.colour.isValid() ? icon(u"control-plane"_s, one.colour)
                                                   : icon(u"control-plane"_s),
                              one.name, QVariant::fromValue<QObject *>(one.source));
        if (one.source == current.source)
            m_connection->setCurrentIndex(m_connection->count() - 1);
    }
    if (m_connections->isEmpty()) {
        m_connection->addItem(icon(u"control-plane"_s), tr("Nothing connected"));
    } else {
        m_connection->insertSeparator(m_connection->count());
        m_connection->addItem(icon(u"add"_s), tr("Connect…"));
    }
    m_live->setVisible(!m_connections->isEmpty());
    m_mesh->setEnabled(!m_connections->isEmpty());
    QStringList marks;
    if (current.isReadOnly)
        marks << tr("read-only");
    if (current.isProtected)
        marks << tr("protected");
    m_marks->setText(marks.join(u" · "_s));
    m_marks->setVisible(!marks.isEmpty());
    m_marks->setToolTip(current.isReadOnly    ? tr("Nothing is written through this connection")
                        : current.isProtected ? tr("A push asks for the mesh's name to be typed")
                                              : QString());
    update();
}

void TopBar::setMeshes(const QStringList &names)
{
    QStringList present;
    for (int i = 1; i < m_mesh->count(); ++i)
        present << m_mesh->itemData(i).toString();
    if (present == names)
        return;
    const bool first = present.isEmpty();
    const QString chosen = mesh();
    if (names.isEmpty() && first)
        return;
    {
        const QSignalBlocker quiet(m_mesh);
        while (m_mesh->count() > 1)
            m_mesh->removeItem(1);
        for (const QString &name : names)
            m_mesh->addItem(icon(u"mesh"_s), name, name);
        m_mesh->setCurrentIndex(qMax(0, m_mesh->findData(chosen)));
        if (first && chosen.isEmpty() && !names.isEmpty())
            m_mesh->setCurrentIndex(names.contains(m_wish) ? m_mesh->findData(m_wish)
                                                           : qMax(1, m_mesh->findData(u"default"_s)));
    }
    if (mesh() != chosen)
        Q_EMIT meshChosen(mesh());
}

void TopBar::forgetMeshes(const QString &wish)
{
    m_wish = wish;
    const QSignalBlocker quiet(m_mesh);
    while (m_mesh->count() > 1)
        m_mesh->removeItem(1);
    m_mesh->setCurrentIndex(0);
}

QString TopBar::mesh() const { return m_mesh->currentData().toString(); }

bool TopBar::setMesh(const QString &name)
{
    const int at = m_mesh->findData(name);
    if (at >= 0)
        m_mesh->setCurrentIndex(at);
    return at >= 0;
}

void TopBar::setCount(const QString &text) { m_count->setText(text); }

void TopBar::setFreshness(const SourceState &state, bool paused)
{
    const QString age =
        state.lastSuccess == TimePoint{} ? QString() : ageText(state.lastSuccess, currentTime());
    QString word, tip;
    Mark mark = Mark::None;
    switch (state.phase) {
    case SourceState::Phase::Connecting:
        word = tr("connecting");
        tip = tr("Waiting for the first answer");
        break;
    case SourceState::Phase::Live:
        word = paused ? tr("paused · %1").arg(age) : tr("live");
        tip = tr("The last answer is %1 old").arg(age);
        mark = paused ? Mark::Unknown : Mark::None;
        break;
    case SourceState::Phase::Stale:
        word = tr("stale · %1").arg(age);
        mark = Mark::Partly;
        break;
    case SourceState::Phase::Failed:
        word = tr("failed");
        mark = Mark::Bad;
        break;
    }
    if (state.error && state.phase != SourceState::Phase::Live)
        tip = errorLine(*state.error);
    m_live->setText(word);
    m_live->setAccessibleName(word);
    m_live->setIcon(mark == Mark::None ? icon(u"live"_s) : icon(u"live"_s, markColour(mark, palette())));
    m_live->setToolTip(
        tip + u'\n'
        + (paused ? tr("Click to refresh every 5 s again") : tr("Click to pause the live refresh")));
}

void TopBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, height() - 1, width(), 1), hairline(palette()));
    // Whose mesh is shown, at a glance and from every page.
    if (const QColor colour = m_connections->current().colour; colour.isValid())
        painter.fillRect(QRect(m_connection->x(), height() - 3, m_connection->width(), 3), colour);
    if (m_marks->isVisible()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_connections->current().colour.isValid() ? m_connections->current().colour
                                                                      : hairline(palette())));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(m_marks->geometry()).adjusted(-4.5, 3.5, 4.5, -3.5), 3, 3);
    }
}

}  // namespace meshscope::ui
