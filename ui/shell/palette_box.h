// The box over the window in which a person types what they want: an object's name, ">" and an action, or ":"
// and a command. Not modal: it goes when it loses the focus, and gives the focus back to where it was.
#pragma once

#include "models/choice_list.h"
#include "models/focus.h"

#include <QFrame>
#include <QPointer>

#include <functional>
#include <memory>

class QLabel;
class QLineEdit;
class QListView;

namespace meshscope::ui {

class PaletteBox : public QFrame
{
    Q_OBJECT

public:
    enum class Mode { Objects, Actions, Commands };

    // What it is filled with each time it opens or its mode changes; run() is asked with the source's number
    // and the whole line.
    struct Filling {
        std::unique_ptr<ChoiceSource> source;
        std::function<void(std::size_t number, const QString &line)> run;
        // What Return does when nothing in the list is chosen; false = nothing is named like this.
        std::function<bool(const QString &line)> runLine;
    };
    using Fill = std::function<Filling(Mode)>;

    PaletteBox(Fill fill, QWidget *window);

    void open(Mode mode, const QString &typed = {});
    Mode mode() const { return m_mode; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void typed(const QString &text);
    void setMode(Mode mode);
    void place();
    void run();
    void closeBox(bool giveFocusBack);
    QString line() const;  // what was typed, without the sign of the mode

    Fill m_fill;
    Filling m_filling;
    Mode m_mode = Mode::Objects;
    QLineEdit *m_field;
    QListView *m_list;
    QLabel *m_hint;
    ChoiceList *m_choices;
    QPointer<QWidget> m_before;
    bool m_closing = false;
};

}  // namespace meshscope::ui
