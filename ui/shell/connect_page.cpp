#include "ui/shell/connect_page.h"

#include "ui/shell/connection_doors.h"
#include "ui/shell/page_frame.h"
#include "ui/style/delegates.h"
#include "ui/style/error_text.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include "backend/support/when_done.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr int kIdRole = Qt::UserRole;

struct NamedColour {
    const char *name;
    const char *value;
};
constexpr NamedColour kColours[] = {
    {QT_TRANSLATE_NOOP("ConnectPage", "Blue"), "#2563eb"},
    {QT_TRANSLATE_NOOP("ConnectPage", "Green"), "#15803d"},
    {QT_TRANSLATE_NOOP("ConnectPage", "Orange"), "#b45309"},
    {QT_TRANSLATE_NOOP("ConnectPage", "Red"), "#b91c1c"},
    {QT_TRANSLATE_NOOP("ConnectPage", "Violet"), "#7c3aed"},
    {QT_TRANSLATE_NOOP("ConnectPage", "Grey"), "#52525b"},
};

QIcon swatch(const QString &colour)
{
    QPixmap pixmap(14, 14);
    pixmap.fill(QColor(colour));
    return pixmap;
}

void colourText(QLabel *label, Mark mark)
{
    QPalette colours = label->parentWidget()->palette();
    colours.setColor(QPalette::WindowText,
                     mark == Mark::None ? mutedText(colours) : markTextColour(mark, colours));
    label->setPalette(colours);
}

}  // namespace

ConnectPage::ConnectPage(ConnectionDoors *doors, QWidget *parent)
    : Page(parent)
    , m_doors(doors)
    , m_list(new QListWidget)
    , m_title(new QLabel)
    , m_origin(new QLabel)
    , m_answer(new QLabel)
    , m_where(new QLabel)
    , m_notice(new NoticeStrip(this))
{
    setObjectName(u"page.connect"_s);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_list->setObjectName(u"list.profiles"_s);
    m_list->setAccessibleName(tr("Connections"));
    m_list->setFrameShape(QFrame::NoFrame);
    CellDelegate::Look look;
    look.icon = u"control-plane"_s;
    m_list->setItemDelegate(new CellDelegate(look, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMinimumWidth(160);

    auto *form = new QWidget;
    buildForm(form);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(form);
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->setObjectName(u"splitter.connect"_s);
    parts->setChildrenCollapsible(false);
    parts->addWidget(m_list);
    parts->addWidget(scroll);
    parts->setStretchFactor(1, 1);
    parts->setSizes({220, 500});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_notice);
    layout->addWidget(parts, 1);

    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        if (m_filling)
            return;
        const QListWidgetItem *item = m_list->currentItem();
        choose(item ? item->data(kIdRole).toString() : QString());
    });
    connect(m_list, &QListWidget::itemActivated, this, [this](const QListWidgetItem *item) {
        if (const QString id = item->data(kIdRole).toString(); !id.isEmpty())
            Q_EMIT openWanted(id);
    });
    connect(doors->store(), &ConnectionStore::profilesChanged, this, &ConnectPage::fillList);
    connect(doors->store(), &ConnectionStore::findingsChanged, this, &ConnectPage::fillList);
    fillList();
    choose(doors->store()->profiles().isEmpty() ? QString() : doors->store()->profiles().first().id);
}

ConnectPage::~ConnectPage() { m_testing.cancel(); }

void ConnectPage::buildForm(QWidget *form)
{
    form->setBackgroundRole(QPalette::Base);
    form->setAutoFillBackground(true);
    const auto field = [form, this](const QString &id, const QString &name, const QString &hint) {
        auto *edit = new QLineEdit(form);
        edit->setObjectName(u"field."_s + id);
        edit->setAccessibleName(name);
        edit->setPlaceholderText(hint);
        connect(edit, &QLineEdit::textChanged, this, &ConnectPage::judge);
        return edit;
    };
    m_title->setObjectName(u"label.connectTitle"_s);
    m_title->setFont(headingFont(font()));
    m_origin->setForegroundRole(QPalette::PlaceholderText);
    m_origin->setWordWrap(true);
    m_name = field(u"profileName"_s, tr("Name"), tr("prod"));
    m_url = field(u"profileUrl"_s, tr("URL"), u"https://kuma.example.org:5682"_s);
    m_token = field(u"profileToken"_s, tr("Token"), tr("none: anonymous, or local admin on this machine"));
    m_token->setEchoMode(QLineEdit::Password);
    m_ca = field(u"profileCa"_s, tr("Authority file"), tr("PEM; the system's authorities without one"));
    m_certificate =
        field(u"profileCertificate"_s, tr("Client certificate file"), tr("PEM, if the server asks for one"));
    m_key = field(u"profileKey"_s, tr("Client key file"), tr("PEM, without a passphrase"));
    m_mesh = field(u"profileMesh"_s, tr("Mesh shown first"), tr("all meshes"));
    m_dpServer =
        field(u"profileDpServer"_s, tr("Dp-server"), tr("https://host:5678, for sidecars of this machine"));
    m_skipVerify = new QCheckBox(tr("Do not verify the certificate: others could read the token"), form);
    m_skipVerify->setObjectName(u"check.skipVerify"_s);
    m_protected = new QCheckBox(tr("Protected: a push asks for the mesh's name"), form);
    m_protected->setObjectName(u"check.protected"_s);
    m_readOnly = new QCheckBox(tr("Read-only: nothing is written through it"), form);
    m_readOnly->setObjectName(u"check.readOnly"_s);
    m_colour = new QPushButton(form);
    m_colour->setObjectName(u"button.profileColour"_s);
    m_colour->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *colours = new QMenu(m_colour);
    for (const NamedColour &colour : kColours) {
        const QString value = QString::fromLatin1(colour.value);
        connect(colours->addAction(swatch(value), tr(colour.name)), &QAction::triggered, this,
                [this, value] { setColour(value); });
    }
    m_colour->setMenu(colours);
    m_answer->setObjectName(u"label.testAnswer"_s);
    m_answer->setWordWrap(true);
    m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_where->setForegroundRole(QPalette::PlaceholderText);
    m_where->setFont(smallFont(font()));
    m_where->setWordWrap(true);
    const auto button = [form](const QString &id, const QString &text) {
        auto *made = new QPushButton(text, form);
        made->setObjectName(u"button."_s + id);
        return made;
    };
    m_open = button(u"openProfile"_s, tr("Connect"));
    m_open->setProperty("primary", true);
    m_test = button(u"testProfile"_s, tr("Test"));
    m_save = button(u"saveProfile"_s, tr("Save"));
    m_remove = button(u"removeProfile"_s, tr("Forget"));

    auto *rows = new QFormLayout;
    rows->setLabelAlignment(Qt::AlignLeft);
    rows->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    rows->setHorizontalSpacing(16);
    rows->setVerticalSpacing(8);
    rows->addRow(tr("Name"), m_name);
    rows->addRow(tr("URL"), m_url);
    rows->addRow(tr("Token"), m_token);
    rows->addRow(QString(), m_where);
    rows->addRow(tr("Authority"), m_ca);
    rows->addRow(tr("Certificate"), m_certificate);
    rows->addRow(tr("Key"), m_key);
    rows->addRow(QString(), m_skipVerify);
    rows->addRow(tr("Mesh first"), m_mesh);
    rows->addRow(tr("Dp-server"), m_dpServer);
    rows->addRow(tr("Colour"), m_colour);
    rows->addRow(QString(), m_protected);
    rows->addRow(QString(), m_readOnly);
    auto *deeds = new QHBoxLayout;
    deeds->setSpacing(8);
    deeds->addWidget(m_open);
    deeds->addWidget(m_test);
    deeds->addWidget(m_save);
    deeds->addStretch();
    deeds->addWidget(m_remove);
    auto *layout = new QVBoxLayout(form);
    layout->setContentsMargins(20, 14, 20, 14);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_origin);
    layout->addLayout(rows);
    layout->addLayout(deeds);
    layout->addWidget(m_answer);
    layout->addStretch();
    form->setMaximumWidth(680);

    connect(m_skipVerify, &QCheckBox::toggled, this, &ConnectPage::judge);
    connect(m_protected, &QCheckBox::toggled, this, &ConnectPage::judge);
    connect(m_readOnly, &QCheckBox::toggled, this, &ConnectPage::judge);
    connect(m_test, &QPushButton::clicked, this, &ConnectPage::test);
    connect(m_save, &QPushButton::clicked, this, [this] { save(false); });
    connect(m_open, &QPushButton::clicked, this, [this] { save(true); });
    connect(m_remove, &QPushButton::clicked, this, &ConnectPage::removeProfile);
}

void ConnectPage::fillList()
{
    m_filling = true;
    m_list->clear();
    for (const ConnectionProfile &profile : m_doors->store()->profiles()) {
        auto *item = new QListWidgetItem(icon(u"control-plane"_s),
                                         profile.origin == ConnectionProfile::Origin::Kumactl
                                             ? tr("%1 · kumactl").arg(profile.name)
                                             : profile.name,
                                         m_list);
        item->setToolTip(profile.url.toDisplayString());
        item->setData(kIdRole, profile.id);
        if (profile.id == m_profile.id)
            m_list->setCurrentItem(item);
    }
    auto *fresh = new QListWidgetItem(icon(u"add"_s), tr("New connection"), m_list);
    fresh->setData(kIdRole, QString());
    if (m_profile.id.isEmpty())
        m_list->setCurrentItem(fresh);
    m_filling = false;
    const auto findings = m_doors->store()->findings();
    if (findings.isEmpty())
        return m_notice->clear();
    const ConnectionFinding &first = findings.first();
    const QString where = first.line > 0 ? tr("%1, line %2").arg(first.file).arg(first.line) : first.file;
    m_notice->setNotice(Mark::Partly,
                        findings.size() == 1
                            ? tr("%1: %2.").arg(where, first.what)
                            : tr("%1: %2, and %3 more.").arg(where, first.what).arg(findings.size() - 1));
}

void ConnectPage::choose(const QString &id)
{
    ConnectionProfile chosen;
    chosen.url = QUrl(u"http://127.0.0.1:5681"_s);
    for (const ConnectionProfile &profile : m_doors->store()->profiles()) {
        if (profile.id == id)
            chosen = profile;
    }
    m_testing.cancel();
    showProfile(chosen);
    fillList();
}

void ConnectPage::showProfile(const ConnectionProfile &profile)
{
    m_profile = profile;
    const bool isNew = profile.id.isEmpty();
    const bool ofKumactl = profile.origin == ConnectionProfile::Origin::Kumactl;
    m_filling = true;
    m_title->setText(isNew ? tr("New connection") : profile.name);
    m_origin->setText(ofKumactl ? tr("Context %1 of %2, followed as that file changes. What stands there is "
                                     "changed there.")
                                      .arg(profile.originContext, profile.originFile)
                                : QString());
    m_origin->setVisible(ofKumactl);
    m_name->setText(profile.name);
    m_url->setText(isNew ? profile.url.toString() : profile.url.toDisplayString(QUrl::RemoveUserInfo));
    m_token->clear();
    switch (profile.token) {
    case ConnectionProfile::TokenPlace::None:
        m_token->setPlaceholderText(tr("none: anonymous, or local admin on this machine"));
        break;
    case ConnectionProfile::TokenPlace::Secrets:
        m_token->setPlaceholderText(tr("one is kept; type to replace it"));
        break;
    case ConnectionProfile::TokenPlace::Kumactl:
        m_token->setPlaceholderText(tr("the one of kumactl, read when it is needed"));
        break;
    }
    m_ca->setText(profile.caFile);
    m_certificate->setText(profile.clientCertificateFile);
    m_key->setText(profile.clientKeyFile);
    m_mesh->setText(profile.defaultMesh);
    m_dpServer->setText(profile.dpServer.toString());
    m_skipVerify->setChecked(profile.skipVerify);
    m_protected->setChecked(profile.isProtected);
    m_readOnly->setChecked(profile.isReadOnly);
    setColour(profile.colour);
    for (QLineEdit *edit : {m_name, m_url, m_token, m_ca, m_certificate, m_key})
        edit->setReadOnly(ofKumactl);
    m_skipVerify->setEnabled(!ofKumactl);
    m_remove->setVisible(!isNew && !ofKumactl);
    m_filling = false;
    m_answer->clear();
    judge();
}

void ConnectPage::setColour(const QString &colour)
{
    m_colourName = colour;
    m_colour->setIcon(colour.isEmpty() ? QIcon() : swatch(colour));
    QString name = colour.isEmpty() ? tr("Made of its name") : tr("Own colour");
    for (const NamedColour &known : kColours) {
        if (colour == QLatin1String(known.value))
            name = tr(known.name);
    }
    m_colour->setText(name);
    m_colour->setAccessibleName(tr("Colour: %1").arg(name));
    judge();
}

ConnectionProfile ConnectPage::edited() const
{
    ConnectionProfile profile = m_profile;
    profile.url = QUrl(m_url->text().trimmed(), QUrl::StrictMode);
    profile.name = m_name->text().trimmed();
    if (profile.name.isEmpty())
        profile.name = profile.url.host();
    profile.caFile = m_ca->text().trimmed();
    profile.clientCertificateFile = m_certificate->text().trimmed();
    profile.clientKeyFile = m_key->text().trimmed();
    profile.skipVerify = m_skipVerify->isChecked();
    if (!m_token->text().isEmpty())
        profile.token = ConnectionProfile::TokenPlace::Secrets;
    profile.defaultMesh = m_mesh->text().trimmed();
    profile.dpServer = QUrl(m_dpServer->text().trimmed());
    profile.isProtected = m_protected->isChecked();
    profile.isReadOnly = m_readOnly->isChecked();
    profile.colour = m_colourName;
    return profile;
}

ProfileSecrets ConnectPage::editedSecrets() const
{
    ProfileSecrets secrets;
    secrets.token = m_token->text().trimmed().toStdString();
    return secrets;
}

QString ConnectPage::whyNotUsable() const
{
    const QUrl url(m_url->text().trimmed(), QUrl::StrictMode);
    if (m_url->text().trimmed().isEmpty())
        return tr("A URL is needed, such as https://kuma.example.org:5682.");
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1))
        return tr("The URL must begin with http:// or https:// and name a host.");
    if (!url.userInfo().isEmpty())
        return tr("The URL must not carry a name or password; a token belongs in its own field.");
    if (m_certificate->text().trimmed().isEmpty() != m_key->text().trimmed().isEmpty())
        return tr("A client certificate needs its key, and a key its certificate.");
    return {};
}

void ConnectPage::judge()
{
    if (m_filling || !m_open)
        return;
    const QString why = whyNotUsable();
    for (QPushButton *deed : {m_open, m_test, m_save}) {
        deed->setEnabled(why.isEmpty());
        deed->setToolTip(why);
    }
    m_save->setEnabled(why.isEmpty()
                       && (m_profile.id.isEmpty() || edited() != m_profile || !m_token->text().isEmpty()));
    QPalette colours = palette();
    if (m_skipVerify->isChecked())
        colours.setColor(QPalette::WindowText, markTextColour(Mark::Bad, colours));
    m_skipVerify->setPalette(colours);
    const QString warning = m_doors->secretWarning();
    m_where->setText(warning.isEmpty() ? tr("Tokens are kept in %1.").arg(m_doors->secretPlace()) : warning);
    if (!why.isEmpty()) {
        m_answer->setText(why);
        colourText(m_answer, Mark::None);
    } else if (m_testing.isFinished() || !m_testing.isRunning()) {
        m_answer->clear();
    }
}

void ConnectPage::test()
{
    if (!whyNotUsable().isEmpty())
        return;
    m_testing.cancel();
    say(tr("Asking %1 …").arg(m_url->text().trimmed()), false);
    m_testing = m_doors->test(edited(), editedSecrets());
    whenDone(m_testing, this, [this](const Result<QString> &answer) {
        if (answer) {
            m_answer->setText(tr("%1 answers there.").arg(*answer));
            colourText(m_answer, Mark::Good);
        } else if (answer.error().code != Error::Code::Cancelled) {
            say(errorLine(answer.error()), true);
        }
    });
}

void ConnectPage::save(bool thenOpen)
{
    if (!whyNotUsable().isEmpty())
        return;
    if (thenOpen && !m_profile.id.isEmpty() && edited() == m_profile && m_token->text().isEmpty())
        return Q_EMIT openWanted(m_profile.id);
    const auto secrets = m_token->text().isEmpty() ? std::nullopt : std::optional(editedSecrets());
    whenDone(m_doors->store()->save(edited(), secrets), this, [this, thenOpen](const Result<QString> &id) {
        if (!id)
            return say(errorLine(id.error()), true);
        choose(*id);
        if (thenOpen)
            Q_EMIT openWanted(*id);
    });
}

void ConnectPage::removeProfile()
{
    auto *box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(u"dialog.forget"_s);
    box->setWindowTitle(tr("Forget connection"));
    box->setText(
        tr("%1 and its token are forgotten here. The control plane is not touched.").arg(m_profile.name));
    auto *deed = box->addButton(tr("Forget %1").arg(m_profile.name), QMessageBox::DestructiveRole);
    deed->setObjectName(u"button.forgetNow"_s);
    box->addButton(tr("Keep it"), QMessageBox::RejectRole);
    connect(deed, &QAbstractButton::clicked, this, [this, id = m_profile.id] {
        whenDone(m_doors->store()->remove(id), this, [this](const Result<void> &done) {
            if (!done)
                return say(errorLine(done.error()), true);
            choose({});
        });
    });
    box->open();
}

void ConnectPage::say(const QString &text, bool isError)
{
    m_answer->setText(text);
    colourText(m_answer, isError ? Mark::Bad : Mark::None);
}

void ConnectPage::takeFocus()
{
    if (m_profile.id.isEmpty())
        m_url->setFocus(Qt::OtherFocusReason);
    else
        m_list->setFocus(Qt::OtherFocusReason);
}

QList<QPair<QString, QString>> ConnectPage::keys() const
{
    return {{tr("Connect to the chosen one"), tr("Return in the list")}};
}

}  // namespace meshscope::ui
