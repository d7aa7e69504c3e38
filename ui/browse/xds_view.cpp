#include "ui/browse/xds_view.h"

#include "models/pool_job.h"
#include "models/sidecar_table.h"
#include "models/text.h"
#include "models/xds_table.h"
#include "ui/browse/table_view.h"
#include "ui/editors/yaml_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include "backend/support/when_done.h"

#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString kindText(XdsKind kind)
{
    switch (kind) {
    case XdsKind::Listeners:
        return XdsView::tr("Listeners");
    case XdsKind::Routes:
        return XdsView::tr("Routes");
    case XdsKind::Clusters:
        return XdsView::tr("Clusters");
    case XdsKind::Endpoints:
        return XdsView::tr("Endpoints");
    case XdsKind::Secrets:
        return XdsView::tr("Secrets");
    }
    return {};
}

}  // namespace

XdsView::XdsView(const Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_rows(new XdsTable(this))
    , m_kinds(new QTabBar(this))
    , m_search(new QLineEdit(this))
    , m_origin(new QLabel(this))
    , m_table(new TableView)
    , m_raw(new YamlView)
    , m_parts(new QSplitter(Qt::Vertical))
    , m_state(new StateView)
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"view.xds"_s);
    m_kinds->setObjectName(u"tabs.xds"_s);
    m_kinds->setAccessibleName(tr("Kinds of resources"));
    m_kinds->setProperty("plainTabs", true);
    m_kinds->setDrawBase(false);
    m_kinds->setExpanding(false);
    m_kinds->setUsesScrollButtons(true);
    m_kinds->setElideMode(Qt::ElideNone);
    m_kinds->setFont(smallFont(font()));
    for (int i = 0; i < kXdsKinds; ++i)
        m_kinds->addTab(kindText(static_cast<XdsKind>(i)));
    m_search->setObjectName(u"field.xdsSearch"_s);
    m_search->setAccessibleName(tr("Search in the configuration"));
    m_search->setPlaceholderText(tr("Search names, addresses and JSON"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(u"find"_s), QLineEdit::LeadingPosition);
    auto *again = new QToolButton(this);
    again->setObjectName(u"button.xdsReload"_s);
    again->setIcon(icon(u"refresh"_s));
    again->setAutoRaise(true);
    again->setAccessibleName(tr("Ask for the configuration again"));
    again->setToolTip(tr("Ask for the configuration again"));
    m_origin->setForegroundRole(QPalette::PlaceholderText);
    m_origin->setFont(smallFont(font()));
    m_origin->setContentsMargins(kPageMargin, 0, kPageMargin, 2);
    m_table->setObjectName(u"table.xds"_s);
    m_table->setAccessibleName(tr("Resources of the proxy"));
    m_table->setModel(m_rows);
    m_table->setItemDelegateForColumn(0, new StatusDelegate(m_table));
    m_raw->setObjectName(u"text.xdsRaw"_s);
    m_raw->setAccessibleName(tr("The chosen resource as JSON"));
    m_raw->setReadOnly(true);
    m_parts->setObjectName(u"splitter.xds"_s);
    m_parts->setChildrenCollapsible(false);
    m_parts->addWidget(m_table);
    m_parts->addWidget(m_raw);
    m_parts->setSizes({220, 200});
    m_stack->addWidget(m_parts);
    m_stack->addWidget(m_state);

    auto *row = new QHBoxLayout;
    row->setContentsMargins(kPageMargin, 4, kPageMargin, 4);
    row->setSpacing(6);
    row->addWidget(m_search, 1);
    row->addWidget(again);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(row);
    layout->addWidget(m_kinds);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_origin);

    connect(m_kinds, &QTabBar::currentChanged, this, [this](int kind) {
        m_rows->setKind(static_cast<XdsKind>(kind));
        showDump();
    });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_rows->setSearch(text);
        countTabs();
        showDump();
    });
    connect(again, &QToolButton::clicked, this, &XdsView::reload);
    connect(m_table, &TableView::rowChosen, this, &XdsView::showRow);
}

XdsView::~XdsView()
{
    m_asking.cancel();
    m_askingHere.cancel();
    m_reading.cancel();
    m_reading.waitForFinished();
}

void XdsView::follow(const FocusTarget &target)
{
    m_target = target;
    if (isVisible())
        load();
}

void XdsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    load();
}

void XdsView::reload()
{
    m_loadedFor = {};
    load();
}

void XdsView::load()
{
    if (m_target.isNone() || (m_loadedFor.key == m_target.key && m_loadedFor.source == m_target.source))
        return;
    m_loadedFor = m_target;
    m_asking.cancel();
    m_askingHere.cancel();
    m_reading.cancel();
    m_rows->setDump(nullptr);
    m_raw->replaceText({});
    countTabs();
    m_origin->clear();
    m_loading = true;
    m_state->showLoading(tr("Asking for the configuration of %1").arg(toQString(m_target.key.name)));
    m_stack->setCurrentWidget(m_state);
    // An Envoy of this machine answers itself; it needs no control plane and no token.
    const QModelIndex here = m_workspace.sidecars->indexOf(m_target.key);
    if (here.isValid() && m_workspace.context.sidecars
        && m_workspace.sidecars->statusAt(here.row()).phase == SidecarPhase::Ready) {
        m_askingHere = m_workspace.context.sidecars->admin(m_target.key, u"config_dump?include_eds"_s);
        whenDone(m_askingHere, this, [this, target = m_loadedFor](const Result<QByteArray> &answer) {
            if (target != m_loadedFor)
                return;
            if (answer) {
                m_origin->setText(tr("From the Envoy of this machine"));
                return take(answer->toStdString());
            }
            ask(u"xds"_s, false);
        });
        return;
    }
    ask(u"xds"_s, false);
}

// What the proxy has; where it cannot be reached, what the control plane would give it.
void XdsView::ask(const QString &operation, bool isLast)
{
    const QString path = u"/meshes/%1/dataplanes/%2/%3"_s.arg(toQString(m_loadedFor.key.mesh),
                                                              toQString(m_loadedFor.key.name), operation);
    QUrlQuery query;
    if (operation == u"xds"_s)
        query.addQueryItem(u"include_eds"_s, u"true"_s);
    m_asking = m_workspace.context.source->fetch(path, query);
    whenDone(m_asking, this,
             [this, target = m_loadedFor, operation, isLast, path](const Result<std::string> &answer) {
                 if (target != m_loadedFor)
                     return;
                 if (answer) {
                     m_origin->setText(
                         operation == u"xds"_s
                             ? tr("From the proxy, by way of the control plane")
                             : tr("What the control plane would send: the proxy itself cannot be asked"));
                     return take(*answer);
                 }
                 if (answer.error().code == Error::Code::Cancelled)
                     return;
                 if (!isLast)
                     return ask(u"_config"_s, true);
                 m_loading = false;
                 m_state->showFailed(tr("The configuration cannot be read"), answer.error(), u"GET "_s + path,
                                     [this] { reload(); });
                 m_stack->setCurrentWidget(m_state);
             });
}

void XdsView::take(const std::string &json)
{
    m_reading = runInPool([json] { return xdsDumpFrom(json); });
    whenDone(m_reading, this, [this, target = m_loadedFor](const Result<XdsDumpPtr> &dump) {
        if (target != m_loadedFor)
            return;
        m_loading = false;
        if (!dump) {
            if (dump.error().code == Error::Code::Cancelled)
                return;
            m_state->showFailed(tr("The configuration cannot be read"), dump.error(),
                                toQString(target.key.name), [this] { reload(); });
            return m_stack->setCurrentWidget(m_state);
        }
        m_rows->setDump(*dump);
        countTabs();
        showDump();
    });
}

void XdsView::countTabs()
{
    for (int i = 0; i < kXdsKinds; ++i) {
        const int count = m_rows->countOf(static_cast<XdsKind>(i));
        const QString name = kindText(static_cast<XdsKind>(i));
        m_kinds->setTabText(i, count > 0 ? u"%1 %2"_s.arg(name).arg(count) : name);
    }
}

void XdsView::showDump()
{
    if (m_loading)
        return;
    if (m_rows->rowCount() == 0) {
        if (m_search->text().isEmpty())
            m_state->showEmpty(u"inbound"_s, tr("The proxy has none of these"), {});
        else
            m_state->showEmpty(u"filter"_s, tr("None of these has “%1”").arg(m_search->text()),
                               tr("The numbers at the other kinds say where it was found."));
        m_stack->setCurrentWidget(m_state);
        return;
    }
    const int columns = m_rows->columnCount();
    for (int column = 0; column < columns; ++column)
        m_table->setColumn(column, column == 0 ? 190 : 110);
    m_stack->setCurrentWidget(m_parts);
    m_table->showRow(m_rows->index(0, 0));
    showRow();
}

void XdsView::showRow()
{
    const QModelIndex index = m_table->currentIndex();
    if (!index.isValid())
        return m_raw->replaceText({});
    const XdsRow &row = m_rows->rowAt(index.row());
    m_raw->replaceText(QString::fromUtf8(QJsonDocument(row.raw).toJson()));
}

}  // namespace meshscope::ui
