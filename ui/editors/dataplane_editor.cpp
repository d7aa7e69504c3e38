#include "ui/editors/dataplane_editor.h"

#include "models/finding_table.h"
#include "models/text.h"
#include "ui/browse/table_view.h"
#include "ui/editors/dataplane_form.h"
#include "ui/editors/find_bar.h"
#include "ui/editors/line_diff.h"
#include "ui/editors/push_result.h"
#include "ui/editors/yaml_view.h"
#include "ui/shell/page_frame.h"
#include "ui/shell/workspace.h"
#include "ui/style/delegates.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

std::vector<YamlView::Range> rangesOf(const std::vector<LineDiff::Range> &ranges)
{
    std::vector<YamlView::Range> result;
    for (const auto &range : ranges)
        result.push_back({range.line, range.from, range.to});
    return result;
}

}  // namespace

DataplaneEditor::DataplaneEditor(const Workspace &workspace, const ResourceKey &key, QWidget *parent)
    : Page(parent)
    , m_context(workspace.context)
    , m_session(new EditSession(workspace.context.editor, workspace.context.source, key, this))
    , m_form(new DataplaneForm)
    , m_text(new YamlView)
    , m_theirs(new YamlView)
    , m_theirsPane(new QWidget)
    , m_theirsTitle(new QLabel(m_theirsPane))
    , m_findings(new FindingTable(this))
    , m_findingView(new TableView)
    , m_result(new PushResultTable(this))
    , m_resultView(new TableView)
    , m_lowerTabs(new QTabBar)
    , m_lower(new QStackedWidget)
    , m_noFindings(new QLabel)
    , m_why(new QLabel)
    , m_push(new QPushButton)
{
    const QString name = toQString(key.name);
    setObjectName(u"editor."_s + name);
    m_text->setObjectName(u"editor.%1.text"_s.arg(name));
    m_text->setAccessibleName(tr("YAML of %1").arg(name));
    m_theirs->setObjectName(u"editor.%1.theirs"_s.arg(name));
    m_theirs->setAccessibleName(tr("What the server holds"));
    m_theirs->setReadOnly(true);
    m_find = new FindBar(m_text);

    // What the server holds, beside what is edited; only while they conflict.
    m_theirsTitle->setForegroundRole(QPalette::PlaceholderText);
    m_theirsTitle->setFont(smallFont(font()));
    m_theirsTitle->setContentsMargins(kPageMargin, 4, kPageMargin, 4);
    auto *theirs = new QVBoxLayout(m_theirsPane);
    theirs->setContentsMargins(0, 0, 0, 0);
    theirs->setSpacing(0);
    theirs->addWidget(m_theirsTitle);
    theirs->addWidget(m_theirs, 1);
    auto *mine = new QWidget;
    auto *mineLayout = new QVBoxLayout(mine);
    mineLayout->setContentsMargins(0, 0, 0, 0);
    mineLayout->setSpacing(0);
    mineLayout->addWidget(m_find);
    mineLayout->addWidget(m_text, 1);
    auto *sides = new QSplitter(Qt::Horizontal);
    sides->addWidget(m_form);
    sides->addWidget(mine);
    sides->addWidget(m_theirsPane);
    sides->setSizes({226, 500, 400});
    sides->setStretchFactor(1, 1);
    sides->setStretchFactor(2, 1);
    sides->setChildrenCollapsible(false);
    m_theirsPane->hide();

    m_findingView->setObjectName(u"table.findings"_s);
    m_findingView->setAccessibleName(tr("Findings"));
    m_findingView->setModel(m_findings);
    CellDelegate::Look field, position, advice;
    field.fixed = field.cutLeft = true;
    position.fixed = position.muted = true;
    advice.muted = true;
    m_findingView->setItemDelegateForColumn(FindingTable::SeverityColumn, new StatusDelegate(m_findingView));
    m_findingView->setItemDelegateForColumn(FindingTable::PositionColumn,
                                            new CellDelegate(position, m_findingView));
    m_findingView->setItemDelegateForColumn(FindingTable::FieldColumn,
                                            new CellDelegate(field, m_findingView));
    m_findingView->setItemDelegateForColumn(FindingTable::AdviceColumn,
                                            new CellDelegate(advice, m_findingView));
    m_findingView->setColumn(FindingTable::SeverityColumn, 84);
    m_findingView->setColumn(FindingTable::PositionColumn, 54);
    m_findingView->setColumn(FindingTable::FieldColumn, 180);
    m_findingView->setColumn(FindingTable::AdviceColumn, 150);
    m_findingView->setStretch(FindingTable::MessageColumn);
    m_resultView->setObjectName(u"table.pushResult"_s);
    m_resultView->setAccessibleName(tr("Result of the push"));
    m_resultView->setModel(m_result);
    m_resultView->setItemDelegateForColumn(PushResultTable::StateColumn, new StatusDelegate(m_resultView));
    m_resultView->setItemDelegateForColumn(PushResultTable::MessageColumn,
                                           new CellDelegate(advice, m_resultView));
    m_resultView->setColumn(PushResultTable::StateColumn, 116);
    m_resultView->setColumn(PushResultTable::WhatColumn, 250);
    m_resultView->setStretch(PushResultTable::MessageColumn);
    m_noFindings->setForegroundRole(QPalette::PlaceholderText);
    m_noFindings->setContentsMargins(kPageMargin, 8, kPageMargin, 8);
    m_noFindings->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_noFindings->setAutoFillBackground(true);
    m_noFindings->setBackgroundRole(QPalette::Base);
    m_lower->addWidget(m_findingView);
    m_lower->addWidget(m_resultView);
    m_lower->addWidget(m_noFindings);

    m_lowerTabs->setObjectName(u"tabs.editorLower"_s);
    m_lowerTabs->setAccessibleName(tr("Findings and result"));
    m_lowerTabs->setProperty("plainTabs", true);
    m_lowerTabs->setDrawBase(false);
    m_lowerTabs->setExpanding(false);
    m_lowerTabs->addTab(tr("Findings"));
    m_lowerTabs->addTab(tr("Push"));
    auto *lower = new QWidget;
    lower->setAutoFillBackground(true);
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->setSpacing(0);
    auto *lowerHead = new QHBoxLayout;
    lowerHead->setContentsMargins(0, 0, kPageMargin, 0);
    lowerHead->addWidget(m_lowerTabs);
    lowerHead->addWidget(m_why, 1);
    lowerLayout->addLayout(lowerHead);
    lowerLayout->addWidget(m_lower, 1);
    auto *parts = new QSplitter(Qt::Vertical);
    parts->addWidget(sides);
    parts->addWidget(lower);
    parts->setStretchFactor(0, 1);
    parts->setSizes({420, 132});
    parts->setChildrenCollapsible(false);

    m_frame = new PageFrame(tr("Edit %1").arg(name), parts, this);
    m_why->setObjectName(u"label.whyNotPush"_s);
    m_why->setForegroundRole(QPalette::PlaceholderText);
    m_why->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_frame->addAction(workspace.actions.revert);
    m_push->setObjectName(u"button.push"_s);
    m_push->setText(tr("Push 1 dataplane to %1").arg(connectionName()));
    m_push->setProperty("primary", true);
    if (m_context.connectionColour.isValid())
        m_push->setProperty("accentColour", m_context.connectionColour);
    m_frame->addWidget(m_push);
    if (auto *retrySource = m_frame->findChild<QPushButton *>(u"button.retry"_s))
        retrySource->hide();
    NoticeStrip *notice = m_frame->notice();
    notice->setObjectName(u"strip.push"_s);
    m_keepMine = notice->addButton(tr("Keep mine"), u"button.keepMine"_s);
    m_takeTheirs = notice->addButton(tr("Take theirs"), u"button.takeTheirs"_s);
    m_retry = notice->addButton(tr("Retry"), u"button.retryPush"_s);
    m_copy = notice->addButton(tr("Copy details"), u"button.copyPushDetails"_s);
    m_undoPush = notice->addButton(tr("Undo push"), u"button.undoPush"_s);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_frame);

    connect(m_push, &QPushButton::clicked, workspace.actions.push, &QAction::trigger);
    connect(m_retry, &QPushButton::clicked, workspace.actions.push, &QAction::trigger);
    connect(m_undoPush, &QPushButton::clicked, workspace.actions.undoPush, &QAction::trigger);
    connect(m_keepMine, &QPushButton::clicked, m_session, &EditSession::resolveKeepMine);
    connect(m_takeTheirs, &QPushButton::clicked, m_session, &EditSession::resolveTakeTheirs);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        if (m_session->error())
            QApplication::clipboard()->setText(
                errorDetails(*m_session->error(), tr("push of %1").arg(toQString(this->key().name))));
    });
    connect(m_lowerTabs, &QTabBar::currentChanged, this, &DataplaneEditor::showLower);
    connect(m_text, &QsciScintilla::textChanged, this, [this] {
        if (!m_adopting)
            m_session->setText(m_text->text());
        updateChangedLines();
        m_formPause.start();
    });
    m_formPause.setSingleShot(true);
    m_formPause.setInterval(120);
    connect(&m_formPause, &QTimer::timeout, this, [this] { m_form->setText(m_text->text()); });
    connect(m_form, &DataplaneForm::textEdited, m_text, &YamlView::replaceText);
    connect(m_text, &YamlView::findWanted, m_find, &FindBar::open);
    connect(m_text, &YamlView::leftByKey, this, [this] { m_find->hide(); });
    const auto goTo = [this](const QModelIndex &index) {
        if (const int line = index.data(FindingTable::LineRole).toInt(); line > 0)
            m_text->goTo(line, index.data(FindingTable::ColumnRole).toInt());
    };
    connect(m_findingView, &QAbstractItemView::clicked, this, goTo);
    connect(m_findingView, &QAbstractItemView::activated, this, goTo);
    connect(m_session, &EditSession::textReplaced, this, [this] {
        const QScopedValueRollback adopting(m_adopting, true);
        m_text->replaceText(m_session->text());
        m_form->setText(m_session->text());
    });
    connect(m_session, &EditSession::stateChanged, this, &DataplaneEditor::showState);
    connect(m_session, &EditSession::findingsChanged, this, &DataplaneEditor::showFindings);
    connect(m_session, &EditSession::validatingChanged, this, &DataplaneEditor::showFindings);
    connect(m_session, &EditSession::watchChanged, this, &DataplaneEditor::showPush);
    connect(m_session, &EditSession::canPushChanged, this, &DataplaneEditor::showFindings);
    connect(m_session, &EditSession::modifiedChanged, this, [this] {
        showFindings();
        updateChangedLines();
        Q_EMIT tabTitleChanged();
    });
    showState();
    m_session->load();
}

QString DataplaneEditor::connectionName() const { return m_context.connectionName; }

QString DataplaneEditor::tabTitle() const
{
    const QString name = toQString(key().name);
    return m_session->isModified() ? name + u" ●"_s : name;
}

void DataplaneEditor::takeFocus() { m_text->setFocus(Qt::ShortcutFocusReason); }

void DataplaneEditor::push() { m_session->push(); }

void DataplaneEditor::revert() { m_session->revert(); }

void DataplaneEditor::undoPush() { m_session->undoPush(); }

bool DataplaneEditor::startFind()
{
    m_find->open();
    return true;
}

void DataplaneEditor::updateChangedLines()
{
    m_text->setChangedLines(compareLines(m_session->baseText(), m_text->text()).added);
    if (m_session->state() == EditSession::State::Conflict)
        showConflict();
}

void DataplaneEditor::showFindings()
{
    m_findings->setFindings(m_session->findings());
    m_text->setFindings(m_session->findings());
    const int errors = m_findings->errorCount(), warnings = m_findings->warningCount();
    QStringList counts;
    if (errors > 0)
        counts << tr("%n error(s)", nullptr, errors);
    if (warnings > 0)
        counts << tr("%n warning(s)", nullptr, warnings);
    m_frame->setCount(counts.join(u" · "_s), errors > 0     ? Mark::Bad
                                             : warnings > 0 ? Mark::Partly
                                                            : Mark::None);
    const int all = m_findings->rowCount();
    m_lowerTabs->setTabText(FindingsTab, all > 0 ? tr("Findings %1").arg(all) : tr("Findings"));
    m_noFindings->setText(m_session->isValidating() ? tr("Checking")
                                                    : tr("Nothing found. The rules are those of the "
                                                         "control plane's version."));
    showLower(m_lowerTabs->currentIndex());

    const QString why = m_session->whyNotPush();
    m_push->setEnabled(why.isEmpty());
    m_push->setToolTip(
        why.isEmpty()
            ? tr("Writes it to %1 and watches what the proxies say (Ctrl+Return)").arg(connectionName())
            : why);
    m_push->setAccessibleDescription(why);
    // Only where it says more than the empty page or the strip do.
    const bool shown = m_session->isModified() && m_session->state() != EditSession::State::Pushing;
    m_why->setText(shown ? why : QString());
    m_undoPush->setEnabled(m_session->canUndoPush());
    Q_EMIT pushableChanged();
}

void DataplaneEditor::showLower(int tab)
{
    if (tab == PushTab)
        m_lower->setCurrentWidget(m_resultView);
    else
        m_lower->setCurrentWidget(m_findings->rowCount() > 0 ? static_cast<QWidget *>(m_findingView)
                                                             : m_noFindings);
}

void DataplaneEditor::showState()
{
    using State = EditSession::State;
    const QString name = toQString(key().name);
    switch (m_session->state()) {
    case State::Loading:
        m_frame->state()->showLoading(tr("Reading %1 from %2").arg(name, connectionName()));
        m_frame->showState();
        break;
    case State::LoadFailed:
        m_frame->state()->showFailed(tr("%1 could not be read").arg(name),
                                     m_session->error().value_or(Error{}),
                                     u"GET "_s + m_context.source->address().toString() + u"/meshes/"_s
                                         + toQString(key().mesh) + u"/dataplanes/"_s + name,
                                     [this] { m_session->load(); });
        m_frame->showState();
        break;
    default:
        m_frame->showData();
    }
    const bool conflict = m_session->state() == State::Conflict;
    m_theirsPane->setVisible(conflict);
    m_form->setVisible(!conflict);  // two texts need the room
    if (conflict) {
        showConflict();
    } else {
        m_text->setTintedLines({}, {});
        m_text->setTintedWords({}, palette().color(QPalette::Text));
    }
    const bool readOnly = m_session->state() == State::Pushing
                          || (m_context.editor && !m_context.editor->readOnlyReason().isEmpty());
    m_text->setReadOnly(readOnly);
    m_form->setWritable(!readOnly);
    switch (m_session->state()) {
    case State::Watching:
    case State::Accepted:
    case State::Nacked:
        m_lowerTabs->setCurrentIndex(PushTab);
        break;
    case State::Rejected:
        m_lowerTabs->setCurrentIndex(FindingsTab);
        break;
    default:
        break;
    }
    showPush();
    showFindings();
}

void DataplaneEditor::showPush()
{
    using State = EditSession::State;
    const State state = m_session->state();
    const bool written = state == State::Watching || state == State::Accepted || state == State::Nacked;
    if (written) {
        const QString put = tr("%1 holds %2 now").arg(connectionName(), toQString(key().name));
        m_result->setResult(put, m_session->readBackDifferences(), m_session->warnings(),
                            m_session->watchReport());
    } else if (state == State::Pushing || state == State::Loading) {
        m_result->setResult({}, {}, {}, {});
    }
    m_lowerTabs->setTabEnabled(PushTab, m_result->rowCount() > 0);
    showNotice();
}

void DataplaneEditor::showNotice()
{
    using State = EditSession::State;
    NoticeStrip *notice = m_frame->notice();
    const QString name = toQString(key().name);
    const State state = m_session->state();
    const bool written = state == State::Watching || state == State::Accepted || state == State::Nacked;
    m_undoPush->setVisible(written);
    m_retry->setVisible(state == State::PushFailed);
    m_copy->setVisible(state == State::PushFailed || state == State::Rejected);
    m_keepMine->setVisible(state == State::Conflict);
    m_takeTheirs->setVisible(state == State::Conflict);
    const std::size_t changes = m_session->readBackDifferences().size();
    const QString server =
        changes == 0 ? QString()
                     : u" · "_s + tr("the server changed %n field(s)", nullptr, static_cast<int>(changes));
    const QString why = m_session->error() ? errorLine(*m_session->error()) : QString();
    switch (state) {
    case State::Pushing:
        return notice->setNotice(Mark::Working, tr("Pushing %1 to %2").arg(name, connectionName()));
    case State::Watching:
        return notice->setNotice(Mark::Working, tr("Pushed, %1").arg(m_session->watchNote()) + server);
    case State::Accepted:
        return notice->setNotice(Mark::Good, tr("Pushed, %1").arg(m_session->watchNote()) + server);
    case State::Nacked:
        return notice->setNotice(Mark::Bad, tr("Pushed, but %1").arg(m_session->watchNote()) + server);
    case State::Conflict:
        return notice->setNotice(
            Mark::Partly,
            m_session->isDeletedThere()
                ? tr("%1 was deleted on the server while you edited it.").arg(name)
                : tr("%1 was changed on the server while you edited it. Nothing was pushed.").arg(name));
    case State::Rejected:
        return notice->setNotice(Mark::Bad, tr("%1 refused it: %2").arg(connectionName(), why));
    case State::PushFailed:
        return notice->setNotice(Mark::Bad, tr("The push failed: %1 Your text is as it was.").arg(why));
    case State::Loading:
    case State::LoadFailed:
    case State::Ready:
        break;
    }
    const QString readOnly = m_context.editor ? m_context.editor->readOnlyReason() : QString();
    notice->setNotice(Mark::Partly, readOnly);
}

void DataplaneEditor::showConflict()
{
    m_theirsTitle->setText(m_session->isDeletedThere() ? tr("Deleted on the server")
                                                       : tr("On the server now"));
    m_theirs->replaceText(m_session->theirsText());
    const LineDiff diff = compareLines(m_session->theirsText(), m_text->text());
    m_theirs->setTintedLines(diff.removed, removedTint(palette()));
    m_theirs->setTintedWords(rangesOf(diff.removedWords), markColour(Mark::Bad, palette()));
    m_text->setTintedLines(diff.added, addedTint(palette()));
    m_text->setTintedWords(rangesOf(diff.addedWords), markColour(Mark::Good, palette()));
}

}  // namespace meshscope::ui
