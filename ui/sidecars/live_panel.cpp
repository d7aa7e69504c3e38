#include "ui/sidecars/live_panel.h"

#include "backend/support/when_done.h"
#include "models/roles.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "ui/shell/workspace.h"
#include "ui/sidecars/sparkline.h"
#include "ui/sidecars/text_window.h"
#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kDebugMilliseconds = 60'000;

enum Column { NameColumn, HealthColumn, RequestsColumn, ErrorsColumn, ColumnCount };

QVariant valuesOf(const RateHistory &history)
{
    return QVariant::fromValue(QList<double>(history.rates().begin(), history.rates().end()));
}

// The loggers that explain most calls; all of them are in Envoy.
const QStringList &usualLoggers()
{
    static const QStringList loggers{u"http"_s, u"router"_s, u"upstream"_s, u"connection"_s,
                                     u"rbac"_s, u"dns"_s,    u"config"_s,   u"filter"_s};
    return loggers;
}

}  // namespace

LivePanel::LivePanel(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_live(workspace.context.sidecars)
    , m_logging(workspace.context.sidecars)
    , m_title(new QLabel(this))
    , m_state(new QLabel(this))
    , m_debug(new QPushButton(this))
    , m_dump(new QPushButton(this))
    , m_list(new QTreeWidget(this))
{
    setObjectName(u"panel.live"_s);
    m_title->setFont(strongFont(font()));
    m_state->setObjectName(u"label.liveState"_s);
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_state->setWordWrap(true);
    m_debug->setObjectName(u"button.debugForAWhile"_s);
    m_debug->setText(tr("Debug 60 s"));
    m_debug->setToolTip(tr("Raise Envoy's log level for a minute; then it goes back to what it was"));
    auto *menu = new QMenu(m_debug);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillLoggers(menu); });
    m_debug->setMenu(menu);
    m_dump->setObjectName(u"button.configuration"_s);
    m_dump->setText(tr("Configuration"));
    m_dump->setToolTip(tr("All that Envoy got from the control plane, as it says itself"));
    connect(m_dump, &QPushButton::clicked, this, &LivePanel::showConfiguration);

    m_list->setObjectName(u"list.live"_s);
    m_list->setAccessibleName(tr("Clusters of the sidecar"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformRowHeights(true);
    m_list->setIndentation(14);
    m_list->setHeaderLabels({tr("Cluster"), tr("Health"), tr("Requests/s"), tr("Errors/s")});
    CellDelegate::Look name;
    name.cutLeft = false;
    m_list->setItemDelegate(new CellDelegate(name, m_list));
    m_list->setItemDelegateForColumn(HealthColumn, new StatusDelegate(m_list));
    m_list->setItemDelegateForColumn(RequestsColumn,
                                     new SparklineDelegate(SparklineDelegate::Meaning::Traffic, m_list));
    m_list->setItemDelegateForColumn(ErrorsColumn,
                                     new SparklineDelegate(SparklineDelegate::Meaning::Trouble, m_list));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(NameColumn, QHeaderView::Stretch);
    m_list->header()->resizeSection(HealthColumn, 78);
    m_list->header()->resizeSection(RequestsColumn, 92);
    m_list->header()->resizeSection(ErrorsColumn, 84);

    auto *row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_title, 1);
    row->addWidget(m_debug);
    row->addWidget(m_dump);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(kPageMargin, 6, kPageMargin, 2);
    head->setSpacing(4);
    head->addLayout(row);
    head->addWidget(m_state);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_list, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &LivePanel::updateLogging);
    connect(&m_live, &EnvoyLive::changed, this, &LivePanel::refresh);
    connect(&m_logging, &EnvoyLogging::changed, this, &LivePanel::updateLogging);
    connect(&m_logging, &EnvoyLogging::failed, this,
            [this](const ResourceKey &, const Error &error) { m_state->setText(errorLine(error)); });
    refresh();
}

void LivePanel::showSidecar(const ResourceKey &key)
{
    m_live.watch(key);
    refresh();
}

void LivePanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_live.setActive(true);
}

void LivePanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_live.setActive(false);
}

QTreeWidgetItem *LivePanel::topItem(const QString &name, int at)
{
    while (QTreeWidgetItem *item = m_list->topLevelItem(at)) {
        if (item->text(NameColumn) == name)
            return item;
        delete m_list->takeTopLevelItem(at);  // they come in the order of their names
    }
    auto *item = new QTreeWidgetItem;
    item->setText(NameColumn, name);
    m_list->insertTopLevelItem(at, item);
    return item;
}

void LivePanel::refresh()
{
    const ResourceKey &key = m_live.key();
    const QModelIndex index = m_workspace.sidecars->indexOf(key);
    const bool runs = index.isValid() && m_workspace.sidecars->statusAt(index.row()).envoyPid != 0;
    m_title->setText(key.name.empty() ? tr("Live") : toQString(key.name));
    m_debug->setEnabled(runs);
    m_dump->setEnabled(runs);
    if (key.name.empty())
        m_state->setText(tr("Choose a sidecar to see what its Envoy does."));
    else if (!runs)
        m_state->setText(tr("Its Envoy does not run."));
    else if (m_live.failure())
        m_state->setText(errorLine(*m_live.failure()));
    else
        m_state->setText(m_workspace.sidecars->statusAt(index.row()).dnsServer.isEmpty()
                             ? QString()
                             : tr("Names: %1, port %2")
                                   .arg(m_workspace.sidecars->statusAt(index.row()).dnsServer)
                                   .arg(m_workspace.sidecars->statusAt(index.row()).dnsPort));
    m_state->setVisible(!m_state->text().isEmpty());

    int at = 0;
    for (const auto &cluster : m_live.clusters()) {
        QTreeWidgetItem *item = topItem(cluster.name, at++);
        item->setToolTip(NameColumn, cluster.name);
        const auto &rates = m_live.ratesOf(cluster.name);
        const int all = static_cast<int>(cluster.endpoints.size());
        const int healthy = cluster.healthy();
        item->setText(HealthColumn, all == 0 ? tr("none") : tr("%1 of %2").arg(healthy).arg(all));
        item->setData(HealthColumn, HealthRole,
                      QVariant::fromValue(all == 0         ? Health::Offline
                                          : healthy == all ? Health::Online
                                          : healthy == 0   ? Health::Offline
                                                           : Health::Degraded));
        item->setToolTip(HealthColumn, all == 0 ? tr("Nobody offers this service") : QString());
        item->setData(RequestsColumn, SparklineDelegate::kValuesRole, valuesOf(rates.requests));
        item->setText(RequestsColumn, rateText(rates.requests.last()));
        item->setData(ErrorsColumn, SparklineDelegate::kValuesRole, valuesOf(rates.errors));
        item->setText(ErrorsColumn, rateText(rates.errors.last()));
        while (item->childCount() > all)
            delete item->takeChild(item->childCount() - 1);
        for (int i = 0; i < all; ++i) {
            const auto &endpoint = cluster.endpoints[static_cast<std::size_t>(i)];
            if (item->childCount() <= i)
                item->addChild(new QTreeWidgetItem);
            QTreeWidgetItem *child = item->child(i);
            child->setText(NameColumn, endpoint.address);
            child->setText(HealthColumn, endpoint.isHealthy ? tr("healthy") : tr("out"));
            child->setToolTip(HealthColumn, endpoint.health);
            child->setData(HealthColumn, HealthRole,
                           QVariant::fromValue(endpoint.isHealthy ? Health::Online : Health::Offline));
            child->setToolTip(NameColumn, tr("%1 requests, %2 errors, %3 connections")
                                              .arg(endpoint.requests)
                                              .arg(endpoint.errors)
                                              .arg(endpoint.connections));
        }
    }
    const QString certificates = tr("Certificates");
    if (!m_live.certificates().empty()) {
        QTreeWidgetItem *group = topItem(certificates, at++);
        qDeleteAll(group->takeChildren());
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (const auto &certificate : m_live.certificates()) {
            auto *child = new QTreeWidgetItem(group);
            child->setText(NameColumn, certificate.subject);
            const bool isOver = certificate.expires < now;
            child->setText(HealthColumn, isOver                    ? tr("expired")
                                         : certificate.isAuthority ? tr("CA")
                                                                   : tr("valid"));
            child->setData(HealthColumn, HealthRole,
                           QVariant::fromValue(isOver ? Health::Offline : Health::Online));
            child->setToolTip(
                NameColumn, tr("Until %1").arg(QLocale().toString(certificate.expires, QLocale::LongFormat)));
        }
    }
    while (m_list->topLevelItemCount() > at)
        delete m_list->takeTopLevelItem(at);
    updateLogging();
}

void LivePanel::fillLoggers(QMenu *menu)
{
    menu->clear();
    const ResourceKey key = m_live.key();
    if (m_logging.isRaised(key))
        menu->addAction(tr("Back to what it was"), this, [this, key] { m_logging.putBack(key); });
    menu->addAction(tr("All of Envoy"), this,
                    [this, key] { m_logging.raise(key, {}, u"debug"_s, kDebugMilliseconds); });
    menu->addSeparator();
    for (const auto &logger : usualLoggers())
        menu->addAction(logger, this, [this, key, logger] {
            m_logging.raise(key, logger, u"debug"_s, kDebugMilliseconds);
        });
}

void LivePanel::updateLogging()
{
    const int left = m_logging.secondsLeft(m_live.key());
    m_debug->setText(left > 0 ? tr("Debug: %1 s left").arg(left) : tr("Debug 60 s"));
    if (left > 0 && !m_second.isActive())
        m_second.start();
    else if (left == 0)
        m_second.stop();
}

void LivePanel::showConfiguration()
{
    const ResourceKey key = m_live.key();
    m_asking = m_workspace.context.sidecars->admin(key, u"config_dump?include_eds"_s);
    whenDone(m_asking, this, [this, key](const Result<QByteArray> &dump) {
        if (!dump) {
            m_state->setText(errorLine(dump.error()));
            m_state->show();
            return;
        }
        auto *window = new TextWindow(tr("Configuration of %1").arg(toQString(key.name)), *dump,
                                      u"config_dump-%1.json"_s.arg(toQString(key.name)), this);
        window->show();
    });
}

}  // namespace meshscope::ui
