// A long text in a window of its own, to search, copy and keep: Envoy's configuration.
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace meshscope::ui {

class TextWindow : public QWidget
{
    Q_OBJECT

public:
    // Deletes itself when closed. `fileName` is what Save offers.
    TextWindow(const QString &title, const QByteArray &text, const QString &fileName, QWidget *parent);

private:
    void find(bool backward);
    void save();

    QPlainTextEdit *m_text;
    QLineEdit *m_find;
    QLabel *m_message;
    QString m_fileName;
};

}  // namespace meshscope::ui
