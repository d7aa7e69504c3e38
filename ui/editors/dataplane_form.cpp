#include "ui/editors/dataplane_form.h"

#include "models/text.h"
#include "ui/editors/yaml_patch.h"
#include "ui/style/tag_chips.h"
#include "ui/style/theme.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/yaml_document.h"

#include <QComboBox>
#include <QFormLayout>
#include <QIntValidator>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QVBoxLayout>
#include <QWheelEvent>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

constexpr std::size_t kMaxInbounds = 12;  // more are edited in the text

// Scrolling over the form must not change the document.
class StillComboBox : public QComboBox
{
public:
    using QComboBox::QComboBox;

protected:
    void wheelEvent(QWheelEvent *event) override { event->ignore(); }
};

QString stateWord(InboundState state)
{
    switch (state) {
    case InboundState::Ready:
        return u"Ready"_s;
    case InboundState::NotReady:
        return u"NotReady"_s;
    case InboundState::Ignored:
        break;
    }
    return u"Ignored"_s;
}

QString numberText(std::uint32_t number) { return number == 0 ? QString() : QString::number(number); }

// Without disturbing a caret that stands in it.
void put(QLineEdit *field, const QString &text)
{
    if (field->text() != text)
        field->setText(text);
}

void put(QComboBox *field, const QString &text)
{
    int at = field->findText(text);
    if (at < 0) {
        field->addItem(text);
        at = field->count() - 1;
    }
    field->setCurrentIndex(at);
}

QLabel *sectionTitle(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setFont(smallFont(parent->font()));
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setContentsMargins(0, 6, 0, 0);
    return label;
}

}  // namespace

DataplaneForm::DataplaneForm(QWidget *parent)
    : QScrollArea(parent)
    , m_trouble(new QLabel)
    , m_page(new QWidget)
{
    setObjectName(u"form.dataplane"_s);
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMinimumWidth(190);
    m_trouble->setWordWrap(true);
    m_trouble->setForegroundRole(QPalette::PlaceholderText);
    m_trouble->setText(tr("The text cannot be read as YAML. Mend it to use the form."));
    m_trouble->hide();
    auto *layout = new QVBoxLayout(m_page);
    layout->setContentsMargins(kPageMargin, 0, kPageMargin, 8);
    layout->setSpacing(4);
    layout->addWidget(m_trouble);
    layout->addStretch();
    m_page->setBackgroundRole(QPalette::Base);
    viewport()->setBackgroundRole(QPalette::Base);
    setWidget(m_page);
}

void DataplaneForm::setWritable(bool writable)
{
    m_writable = writable;
    if (m_body)
        m_body->setEnabled(writable && !m_trouble->isVisible());
}

void DataplaneForm::setText(const QString &yaml)
{
    m_text = yaml;
    const auto document = YamlDocument::parse(yaml.toStdString());
    const auto dataplane = document ? dataplaneFromJson(document->json())
                                    : Result<Dataplane>(fail(Error::Code::Invalid, "no YAML"));
    m_trouble->setVisible(!dataplane);
    if (dataplane) {
        const std::size_t inbounds = std::min(dataplane->inbounds.size(), kMaxInbounds);
        if (!m_body || inbounds != m_inbounds.size() || dataplane->outbounds.size() != m_outboundCount)
            rebuild(*dataplane);
        fill(*dataplane);
    }
    if (m_body)
        m_body->setEnabled(m_writable && dataplane);
}

QLineEdit *DataplaneForm::addField(QFormLayout *form, const QString &label, const QString &objectName,
                                   bool number)
{
    auto *field = new QLineEdit(m_body);
    field->setObjectName(objectName);
    field->setAccessibleName(label);
    field->setFont(fixedFont());
    if (number)
        field->setValidator(new QIntValidator(1, 65535, field));
    auto *name = new QLabel(label, m_body);
    name->setForegroundRole(QPalette::PlaceholderText);
    name->setBuddy(field);
    form->addRow(name, field);
    return field;
}

QComboBox *DataplaneForm::addChoice(QFormLayout *form, const QString &label, const QString &objectName,
                                    const QStringList &choices)
{
    auto *field = new StillComboBox(m_body);
    field->setObjectName(objectName);
    field->setAccessibleName(label);
    field->addItems(choices);
    auto *name = new QLabel(label, m_body);
    name->setForegroundRole(QPalette::PlaceholderText);
    name->setBuddy(field);
    form->addRow(name, field);
    return field;
}

void DataplaneForm::rebuild(const Dataplane &dataplane)
{
    delete m_body;
    m_inbounds.clear();
    m_body = new QWidget(m_page);
    auto *form = new QFormLayout(m_body);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(10);
    form->setVerticalSpacing(5);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->addRow(sectionTitle(tr("Dataplane"), m_body));
    auto *nameLabel = new QLabel(tr("Name"), m_body);
    nameLabel->setForegroundRole(QPalette::PlaceholderText);
    m_name = new QLabel(m_body);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addRow(nameLabel, m_name);
    m_address = addField(form, tr("Address"), u"form.address"_s, false);
    connect(m_address, &QLineEdit::textEdited, this,
            [this](const QString &value) { apply(u"networking"_s, u"address"_s, value, {}, m_address); });
    for (std::size_t i = 0; i < std::min(dataplane.inbounds.size(), kMaxInbounds); ++i) {
        InboundFields fields;
        const QString path = u"networking.inbound[%1]"_s.arg(i);
        const QString id = u"form.inbound.%1."_s.arg(i);
        fields.title = sectionTitle({}, m_body);
        form->addRow(fields.title);
        fields.port = addField(form, tr("Port"), id + u"port"_s, true);
        fields.servicePort = addField(form, tr("Service port"), id + u"servicePort"_s, true);
        fields.servicePort->setPlaceholderText(tr("the same"));
        fields.state =
            addChoice(form, tr("State"), id + u"state"_s, {u"Ready"_s, u"NotReady"_s, u"Ignored"_s});
        fields.protocol = addChoice(form, tr("Protocol"), id + u"protocol"_s,
                                    {u"http"_s, u"http2"_s, u"grpc"_s, u"tcp"_s, u"kafka"_s});
        fields.tags = new TagChipsWidget({}, m_body);
        auto *tagsLabel = new QLabel(tr("Tags"), m_body);
        tagsLabel->setForegroundRole(QPalette::PlaceholderText);
        tagsLabel->setAlignment(Qt::AlignTop);
        form->addRow(tagsLabel, fields.tags);
        connect(fields.port, &QLineEdit::textEdited, this,
                [this, path, field = fields.port](const QString &value) {
                    apply(path, u"port"_s, value, {}, field);
                });
        connect(fields.servicePort, &QLineEdit::textEdited, this,
                [this, path, field = fields.servicePort](const QString &value) {
                    apply(path, u"servicePort"_s, value, u"port"_s, field);
                });
        connect(fields.state, &QComboBox::activated, this, [this, path, field = fields.state] {
            apply(path, u"state"_s, field->currentText(), u"port"_s, field);
        });
        connect(fields.protocol, &QComboBox::activated, this, [this, path, field = fields.protocol] {
            apply(path + u".tags"_s, QString::fromLatin1(kProtocolTag), field->currentText(),
                  QString::fromLatin1(kServiceTag), field);
        });
        m_inbounds.push_back(fields);
    }
    m_outboundCount = dataplane.outbounds.size();
    m_outbounds = nullptr;
    if (m_outboundCount > 0) {
        form->addRow(sectionTitle(tr("Outbounds"), m_body));
        m_outbounds = new QLabel(m_body);
        m_outbounds->setTextFormat(Qt::PlainText);
        m_outbounds->setFont(fixedFont());
        m_outbounds->setTextInteractionFlags(Qt::TextSelectableByMouse);
        form->addRow(m_outbounds);
    }
    static_cast<QVBoxLayout *>(m_page->layout())->insertWidget(1, m_body);
}

void DataplaneForm::fill(const Dataplane &dataplane)
{
    const QScopedValueRollback filling(m_filling, true);
    m_name->setText(toQString(dataplane.key.name));
    put(m_address, toQString(dataplane.address));
    for (std::size_t i = 0; i < m_inbounds.size(); ++i) {
        const Inbound &inbound = dataplane.inbounds[i];
        const InboundFields &fields = m_inbounds[i];
        fields.title->setText(inbound.name.empty() ? tr("Inbound %1").arg(inbound.port)
                                                   : tr("Inbound %1").arg(toQString(inbound.name)));
        put(fields.port, numberText(inbound.port));
        put(fields.servicePort, numberText(inbound.servicePort));
        put(fields.state, stateWord(inbound.state));
        put(fields.protocol, toQString(inbound.effectiveProtocol()));
        fields.tags->setTags(inbound.tags);
    }
    if (m_outbounds) {
        QStringList lines;
        for (const Outbound &outbound : dataplane.outbounds)
            lines << u":%1  %2"_s.arg(outbound.port).arg(toQString(outbound.service()));
        m_outbounds->setText(lines.join(u'\n'));
    }
}

void DataplaneForm::apply(const QString &path, const QString &key, const QString &value, const QString &after,
                          QWidget *field)
{
    if (m_filling)
        return;
    // A field that is being emptied to be written anew: the text keeps the old value until there is one.
    if (value.isEmpty() && after.isEmpty())
        return;
    const auto next = withValue(m_text, path, key, value, after);
    field->setToolTip(next ? QString()
                           : tr("Here the text is written in a way that only the YAML side can change"));
    if (!next || *next == m_text)
        return;
    m_text = *next;
    Q_EMIT textEdited(m_text);
}

}  // namespace meshscope::ui
