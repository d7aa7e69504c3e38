// The commonly changed fields of a Dataplane as a form: a second view of the YAML. It never writes a document
// of its own; each change patches the text in place.
#pragma once

#include "backend/core/dataplane.h"

#include <QScrollArea>

#include <vector>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace meshscope::ui {

class TagChipsWidget;

class DataplaneForm : public QScrollArea
{
    Q_OBJECT

public:
    explicit DataplaneForm(QWidget *parent = nullptr);

    // From the editor, when typing pauses. A text that cannot be read leaves the form as it was, and switched
    // off.
    void setText(const QString &yaml);
    void setWritable(bool writable);

Q_SIGNALS:
    // The text with one field changed.
    void textEdited(const QString &yaml);

private:
    struct InboundFields {
        QLabel *title = nullptr;
        QLineEdit *port = nullptr;
        QLineEdit *servicePort = nullptr;
        QComboBox *state = nullptr;
        QComboBox *protocol = nullptr;
        TagChipsWidget *tags = nullptr;
    };
    void rebuild(const Dataplane &dataplane);
    void fill(const Dataplane &dataplane);
    void apply(const QString &path, const QString &key, const QString &value, const QString &after,
               QWidget *field);
    QLineEdit *addField(QFormLayout *form, const QString &label, const QString &objectName, bool number);
    QComboBox *addChoice(QFormLayout *form, const QString &label, const QString &objectName,
                         const QStringList &choices);

    QString m_text;
    QLabel *m_trouble;
    QWidget *m_page;
    QWidget *m_body = nullptr;
    QLabel *m_name = nullptr;
    QLineEdit *m_address = nullptr;
    std::vector<InboundFields> m_inbounds;
    QLabel *m_outbounds = nullptr;
    std::size_t m_outboundCount = 0;
    bool m_filling = false;
    bool m_writable = true;
};

}  // namespace meshscope::ui
