#include "ui/shell/page_frame.h"

#include "models/text.h"
#include "ui/style/icons.h"
#include "ui/style/status_mark.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString plainText(const QString &text)
{
    QString plain = text;
    plain.remove(u'&');
    return plain;
}

}  // namespace

BusyBar::BusyBar(QWidget *parent)
    : QWidget(parent)
{
    setFixedHeight(3);
    setAccessibleName(tr("Working"));
    m_timer.setInterval(40);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_at = m_at > 1.2 ? -0.2 : m_at + 0.02;
        update();
    });
}

void BusyBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), hairline(palette()));
    painter.fillRect(QRectF(m_at * width(), 0, width() * 0.25, height()), accent(palette()));
}

void BusyBar::showEvent(QShowEvent *)
{
    if (style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) > 0)
        m_timer.start();
}

void BusyBar::hideEvent(QHideEvent *) { m_timer.stop(); }

StateView::StateView(QWidget *parent)
    : QWidget(parent)
    , m_bar(new BusyBar(this))
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_advice(new QLabel(this))
    , m_first(new QPushButton(this))
    , m_second(new QPushButton(this))
{
    m_title->setFont(headingFont(font()));
    m_advice->setForegroundRole(QPalette::PlaceholderText);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_first->setObjectName(u"button.stateDeed"_s);
    m_second->setObjectName(u"button.stateCopy"_s);
    m_first->setProperty("primary", true);
    for (QLabel *label : {m_icon, m_title, m_detail, m_advice}) {
        label->setAlignment(Qt::AlignHCenter);
        label->setWordWrap(label != m_icon);
        label->setMaximumWidth(560);
    }
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    buttons->addWidget(m_first);
    buttons->addWidget(m_second);
    buttons->addStretch();

    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(24, 0, 24, 0);
    middle->setSpacing(8);
    middle->addStretch(2);
    for (QLabel *label : {m_icon, m_title, m_detail, m_advice}) {
        auto *row = new QHBoxLayout;
        row->addStretch();
        row->addWidget(label, label == m_icon ? 0 : 100);
        row->addStretch();
        middle->addLayout(row);
    }
    middle->addSpacing(6);
    middle->addLayout(buttons);
    middle->addStretch(3);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addLayout(middle);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    connect(m_first, &QPushButton::clicked, this, [this] {
        if (m_firstDeed.run)
            m_firstDeed.run();
    });
    connect(m_second, &QPushButton::clicked, this, [this] {
        if (m_secondDeed.run)
            m_secondDeed.run();
    });
}

void StateView::setDeeds(const Deed &first, const Deed &second)
{
    m_firstDeed = first;
    m_secondDeed = second;
    const auto show = [](QPushButton *button, const Deed &deed) {
        button->setVisible(!deed.text.isEmpty());
        button->setText(deed.text);
    };
    show(m_first, first);
    show(m_second, second);
}

void StateView::setPicture(const QString &iconName, Mark mark)
{
    m_iconName = iconName;
    m_mark = mark;
    if (mark != Mark::None)
        m_icon->setPixmap(markPixmap(mark, 24, palette(), devicePixelRatioF()));
    else
        m_icon->setPixmap(icon(iconName, mutedText(palette())).pixmap(QSize(32, 32), devicePixelRatioF()));
    m_icon->show();
}

void StateView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    const bool hasPicture = m_mark != Mark::None || !m_iconName.isEmpty();
    if (event->type() == QEvent::PaletteChange && hasPicture && !m_icon->isHidden())
        setPicture(m_iconName, m_mark);
}

void StateView::showLoading(const QString &text, const Deed &cancel)
{
    m_bar->show();
    m_icon->hide();
    m_title->setFont(font());
    m_title->setText(text);
    m_title->setForegroundRole(QPalette::PlaceholderText);
    m_detail->hide();
    m_advice->hide();
    setDeeds(cancel, {});
}

void StateView::showEmpty(const QString &iconName, const QString &why, const QString &advice,
                          const Deed &deed)
{
    m_bar->hide();
    setPicture(iconName, Mark::None);
    m_title->setFont(headingFont(font()));
    m_title->setText(why);
    m_title->setForegroundRole(QPalette::WindowText);
    m_detail->hide();
    m_advice->setText(advice);
    m_advice->setVisible(!advice.isEmpty());
    setDeeds(deed, {});
}

void StateView::showFailed(const QString &title, const Error &error, const QString &tried,
                           std::function<void()> retry)
{
    const ErrorText text = errorText(error);
    m_bar->hide();
    setPicture({}, Mark::Bad);
    m_title->setFont(headingFont(font()));
    m_title->setText(title.isEmpty() ? text.title : title);
    m_title->setForegroundRole(QPalette::WindowText);
    m_detail->setText(tried.isEmpty() ? text.detail : tr("Tried: %1\n%2").arg(tried, text.detail));
    m_detail->show();
    m_advice->setText(text.advice);
    m_advice->setVisible(!text.advice.isEmpty());
    const QString details = errorDetails(error, tried);
    setDeeds({retry ? tr("Retry") : QString(), {}, std::move(retry)},
             {tr("Copy details"), {}, [details] { QApplication::clipboard()->setText(details); }});
}

NoticeStrip::NoticeStrip(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
    , m_text(new QLabel(this))
{
    m_layout->setContentsMargins(kPageMargin + 18, 3, kPageMargin, 3);
    m_layout->setSpacing(8);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(m_text, 1);
    setMinimumHeight(32);
    hide();
}

void NoticeStrip::setNotice(Mark mark, const QString &text)
{
    m_mark = mark;
    m_text->setText(text);
    setVisible(!text.isEmpty());
    update();
}

QPushButton *NoticeStrip::addButton(const QString &text, const QString &objectName)
{
    auto *button = new QPushButton(text, this);
    button->setObjectName(objectName);
    m_layout->addWidget(button);
    return button;
}

void NoticeStrip::clear() { setNotice(Mark::None, {}); }

void NoticeStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), blend(palette().color(QPalette::Base), markColour(m_mark, palette()), 0.08));
    painter.fillRect(QRect(0, height() - 1, width(), 1), hairline(palette()));
    paintMark(&painter, QRectF(kPageMargin, (height() - kMarkSize) / 2.0, kMarkSize, kMarkSize), m_mark,
              palette());
}

PageFrame::PageFrame(const QString &title, QWidget *data, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(title, this))
    , m_count(new QLabel(this))
    , m_row(new QHBoxLayout)
    , m_notice(new NoticeStrip(this))
    , m_stack(new QStackedWidget(this))
    , m_state(new StateView(this))
    , m_data(data)
{
    m_title->setFont(headingFont(font()));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_count->setObjectName(u"label.count"_s);
    m_row->setContentsMargins(kPageMargin, 10, kPageMargin, 10);
    m_row->setSpacing(8);
    m_row->addWidget(m_title);
    m_row->addSpacing(4);
    m_row->addWidget(m_count, 1);
    m_retry = m_notice->addButton(tr("Retry"), u"button.retry"_s);
    connect(m_retry, &QPushButton::clicked, this, [this] {
        if (m_source)
            m_source->refresh();
    });
    m_cancel = m_notice->addButton(tr("Cancel"), u"button.cancelRefresh"_s);
    m_cancel->hide();
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_source)
            m_source->cancelRefresh();
    });
    m_stack->addWidget(m_state);
    m_stack->addWidget(data);
    m_stack->setCurrentWidget(data);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(m_row);
    layout->addWidget(m_notice);
    layout->addWidget(m_stack, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
}

void PageFrame::setTitle(const QString &title) { m_title->setText(title); }

void PageFrame::setCount(const QString &count, Mark mark)
{
    m_count->setText(count);
    m_countMark = mark;
    QPalette words;  // what is not set here follows the theme
    if (mark != Mark::None)
        words.setColor(QPalette::PlaceholderText, markTextColour(mark, QApplication::palette()));
    m_count->setPalette(words);
}

void PageFrame::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_countMark != Mark::None)
        setCount(m_count->text(), m_countMark);
}

QPushButton *PageFrame::addAction(QAction *action, bool primary)
{
    auto *button = new ActionButton(action, this);
    button->setProperty("primary", primary);
    m_row->addWidget(button);
    return button;
}

void PageFrame::addWidget(QWidget *widget) { m_row->addWidget(widget); }

bool PageFrame::followSource(MeshSource *source)
{
    m_source = source;
    const SourceState state = source->state();
    const QString address = source->address().toString();
    if (address.isEmpty() && source->displayName().isEmpty()) {
        m_notice->clear();
        m_state->showEmpty(
            u"control-plane"_s, tr("Nothing is connected"),
            tr("A control plane, the sandbox or a snapshot file is opened from the start page."),
            {tr("Start page"), {}, [this] {
                 if (auto *start = window()->findChild<QAction *>(u"action.pageStart"_s))
                     start->trigger();
             }});
        showState();
        return false;
    }
    m_retry->setVisible(state.phase == SourceState::Phase::Stale);
    m_cancel->hide();
    m_count->setToolTip(
        state.lastSuccess == TimePoint{}
            ? QString()
            : tr("As the control plane told it %1 ago").arg(ageText(state.lastSuccess, currentTime())));
    const QLocale locale;
    const QString soFar = state.progress
                              ? tr("%1 of %2 dataplanes")
                                    .arg(locale.toString(static_cast<qulonglong>(state.progress->rows)),
                                         locale.toString(static_cast<qulonglong>(state.progress->total)))
                              : QString();
    switch (state.phase) {
    case SourceState::Phase::Connecting:
        m_notice->clear();
        // Rows are shown as they come.
        if (source->snapshot()->isPartial && !source->snapshot()->dataplanes.empty()) {
            m_notice->setNotice(Mark::Working, soFar.isEmpty() ? tr("More dataplanes are on their way")
                                                               : tr("%1 so far").arg(soFar));
            m_cancel->show();
            return true;
        }
        if (state.progress)
            m_state->showLoading(soFar, {tr("Cancel"), {}, [this] {
                                             if (m_source)
                                                 m_source->cancelRefresh();
                                         }});
        else
            m_state->showLoading(tr("Asking %1 for its meshes and dataplanes").arg(address));
        showState();
        return false;
    case SourceState::Phase::Failed:
        m_notice->clear();
        m_state->showFailed(tr("%1 cannot be shown").arg(source->displayName()),
                            state.error.value_or(Error{}), address, [this] {
                                if (m_source)
                                    m_source->refresh();
                            });
        showState();
        return false;
    case SourceState::Phase::Stale: {
        const Error error = state.error.value_or(Error{});
        m_notice->setNotice(Mark::Partly,
                            tr("Stale for %1: %2 What you see is the last answer.")
                                .arg(ageText(state.lastSuccess, currentTime()), errorLine(error)));
        m_notice->setToolTip(errorDetails(error, address));
        break;
    }
    case SourceState::Phase::Live:
        m_notice->clear();
        if (source->snapshot()->isPartial) {
            m_notice->setNotice(Mark::Partly, soFar.isEmpty()
                                                  ? tr("The listing was ended early: dataplanes are missing")
                                                  : tr("%1 so far").arg(soFar));
            m_cancel->setVisible(state.progress.has_value());
            m_retry->setVisible(!state.progress);
        }
        break;
    }
    return true;
}

ActionButton::ActionButton(QAction *action, QWidget *parent, const QString &words)
    : QPushButton(parent)
    , m_action(action)
    , m_words(words)
{
    setObjectName(u"button."_s + action->objectName().section(u'.', -1));
    connect(this, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, this, &ActionButton::adopt);
    adopt();
}

void ActionButton::adopt()
{
    setText(m_words.isEmpty() ? plainText(m_action->text()) : m_words);
    setAccessibleName(plainText(m_action->text()));
    setEnabled(m_action->isEnabled());
    const QString keys = m_action->shortcut().toString(QKeySequence::NativeText);
    const QString tip = m_action->toolTip();
    setToolTip(keys.isEmpty() ? tip : tip + u" ("_s + keys + u')');
}

}  // namespace meshscope::ui
