#include "ui/shell/top_bar.h"

#include "models/text.h"
#include "ui/shell/actions.h"
#include "ui/shell/query_bar.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/palette.h"

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

TopBar::TopBar(const Actions &actions, const QString &connectionName, QWidget *parent)
    : QWidget(parent)
    , m_connection(new QComboBox(this))
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
    m_connection->addItem(icon(u"control-plane"_s), connectionName);
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
    layout->addWidget(m_mesh);
    layout->addWidget(m_query, 1);
    layout->addWidget(m_count);
    layout->addWidget(m_live);
    connect(m_mesh, &QComboBox::currentIndexChanged, this, [this] { Q_EMIT meshChosen(mesh()); });
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
    {
        const QSignalBlocker quiet(m_mesh);
        while (m_mesh->count() > 1)
            m_mesh->removeItem(1);
        for (const QString &name : names)
            m_mesh->addItem(icon(u"mesh"_s), name, name);
        m_mesh->setCurrentIndex(qMax(0, m_mesh->findData(chosen)));
        if (first && chosen.isEmpty() && !names.isEmpty())
            m_mesh->setCurrentIndex(qMax(1, m_mesh->findData(u"default"_s)));
    }
    if (mesh() != chosen)
        Q_EMIT meshChosen(mesh());
}

QString TopBar::mesh() const { return m_mesh->currentData().toString(); }

void TopBar::setMesh(const QString &name)
{
    if (const int at = m_mesh->findData(name); at >= 0)
        m_mesh->setCurrentIndex(at);
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
}

}  // namespace meshscope::ui
