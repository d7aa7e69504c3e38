#include "ui/shell/keys_dialog.h"

#include "ui/shell/shortcuts.h"
#include "ui/style/delegates.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kActionRole = Qt::UserRole;  // place in m_actions; -1 for keys that are the page's own

QString plainText(const QAction *action)
{
    QString text = action->text();
    return text.remove(u'&');
}

}  // namespace

KeysDialog::KeysDialog(std::vector<QAction *> actions, QSettings *settings, QWidget *parent)
    : QDialog(parent)
    , m_actions(std::move(actions))
    , m_settings(settings)
    , m_filter(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_what(new QLabel(this))
    , m_edit(new QKeySequenceEdit(this))
    , m_set(new QPushButton(tr("Use these keys"), this))
    , m_default(new QPushButton(tr("Back to ours"), this))
    , m_verdict(new QLabel(this))
{
    setObjectName(u"dialog.keys"_s);
    setWindowTitle(tr("Keys"));
    resize(480, 600);
    m_filter->setObjectName(u"field.keysFilter"_s);
    m_filter->setAccessibleName(tr("Find an action or a key"));
    m_filter->setPlaceholderText(tr("Find an action or a key"));
    m_filter->setClearButtonEnabled(true);
    m_list->setObjectName(u"list.keys"_s);
    m_list->setAccessibleName(tr("Keys"));
    m_list->setHeaderLabels({tr("Action"), tr("Keys")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new CellDelegate(m_list));
    m_list->header()->resizeSection(0, 300);
    m_edit->setObjectName(u"field.newKeys"_s);
    m_edit->setAccessibleName(tr("New keys"));
    m_set->setObjectName(u"button.useKeys"_s);
    m_default->setObjectName(u"button.defaultKeys"_s);
    m_verdict->setObjectName(u"label.keysVerdict"_s);
    m_verdict->setForegroundRole(QPalette::PlaceholderText);
    m_verdict->setWordWrap(true);

    auto *row = new QHBoxLayout;
    row->addWidget(m_edit, 1);
    row->addWidget(m_set);
    row->addWidget(m_default);
    auto *below = new QVBoxLayout;
    below->setContentsMargins(kPageMargin, 4, kPageMargin, kPageMargin);
    below->addWidget(m_what);
    below->addLayout(row);
    below->addWidget(m_verdict);
    auto *above = new QHBoxLayout;
    above->setContentsMargins(kPageMargin, kPageMargin, kPageMargin, 4);
    above->addWidget(m_filter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(above);
    layout->addWidget(m_list, 1);
    layout->addLayout(below);

    connect(m_filter, &QLineEdit::textChanged, this, &KeysDialog::filter);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &KeysDialog::chosen);
    connect(m_edit, &QKeySequenceEdit::keySequenceChanged, this, &KeysDialog::judge);
    connect(m_set, &QPushButton::clicked, this, &KeysDialog::apply);
    connect(m_default, &QPushButton::clicked, this, &KeysDialog::restoreDefault);
}

void KeysDialog::showFor(const QString &page, const PageKeys &keys)
{
    m_page = page;
    m_pageKeys = keys;
    fill();
    show();
    raise();
    m_filter->setFocus();
}

void KeysDialog::fill()
{
    m_list->clear();
    const auto heading = [this](const QString &text) {
        auto *item = new QTreeWidgetItem(m_list, {text, QString()});
        item->setFlags(Qt::ItemIsEnabled);
        item->setFont(0, strongFont(font()));
        item->setData(0, kActionRole, -1);
        return item;
    };
    if (!m_pageKeys.isEmpty()) {
        heading(m_page);
        for (const auto &[what, key] : m_pageKeys) {
            auto *item = new QTreeWidgetItem(m_list, {u"    "_s + what, key});
            item->setData(0, kActionRole, -1);
        }
        heading(tr("Everywhere"));
    }
    for (std::size_t i = 0; i < m_actions.size(); ++i) {
        auto *item = new QTreeWidgetItem(
            m_list, {(m_pageKeys.isEmpty() ? QString() : u"    "_s) + plainText(m_actions[i]),
                     keysText(m_actions[i])});
        item->setData(0, kActionRole, static_cast<int>(i));
        if (m_actions[i]->shortcuts() != defaultKeys(m_actions[i]))
            item->setFont(1, strongFont(font()));
    }
    filter(m_filter->text());
    chosen();
}

void KeysDialog::filter(const QString &words)
{
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
        QTreeWidgetItem *item = m_list->topLevelItem(i);
        item->setHidden(!words.isEmpty() && !item->text(0).contains(words, Qt::CaseInsensitive)
                        && !item->text(1).contains(words, Qt::CaseInsensitive));
    }
}

QAction *KeysDialog::action() const
{
    const QTreeWidgetItem *item = m_list->currentItem();
    const int at = item ? item->data(0, kActionRole).toInt() : -1;
    return at < 0 ? nullptr : m_actions[static_cast<std::size_t>(at)];
}

void KeysDialog::chosen()
{
    const QAction *now = action();
    m_what->setText(now ? tr("New keys for “%1”").arg(plainText(now))
                        : tr("Choose an action of the window to give it other keys."));
    m_edit->setEnabled(now);
    m_edit->setKeySequence(now ? now->shortcut() : QKeySequence());
    m_default->setEnabled(now && now->shortcuts() != defaultKeys(now));
    judge();
}

void KeysDialog::judge()
{
    const QAction *now = action();
    const QKeySequence key = m_edit->keySequence();
    m_set->setEnabled(now && key != now->shortcut());
    const QAction *owner = now ? ownerOf(key, m_actions, now) : nullptr;
    m_verdict->setText(owner ? tr("“%1” has these keys now and would lose them.").arg(plainText(owner))
                       : now && key.isEmpty() && !now->shortcuts().isEmpty()
                           ? tr("Without keys it stays in the menu and the palette.")
                           : QString());
}

void KeysDialog::apply()
{
    QAction *now = action();
    if (!now)
        return;
    const QKeySequence key = m_edit->keySequence();
    if (QAction *owner = ownerOf(key, m_actions, now)) {
        QList<QKeySequence> rest = owner->shortcuts();
        rest.removeAll(key);
        changeKeys(owner, rest, m_settings);
    }
    changeKeys(now, key.isEmpty() ? QList<QKeySequence>() : QList<QKeySequence>{key}, m_settings);
    const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
    fill();
    m_list->setCurrentItem(m_list->topLevelItem(row));
}

void KeysDialog::restoreDefault()
{
    QAction *now = action();
    if (!now)
        return;
    // Ours win over what was chosen for others meanwhile.
    for (const QKeySequence &key : defaultKeys(now)) {
        if (QAction *owner = ownerOf(key, m_actions, now)) {
            QList<QKeySequence> rest = owner->shortcuts();
            rest.removeAll(key);
            changeKeys(owner, rest, m_settings);
        }
    }
    changeKeys(now, defaultKeys(now), m_settings);
    const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
    fill();
    m_list->setCurrentItem(m_list->topLevelItem(row));
}

}  // namespace meshscope::ui
