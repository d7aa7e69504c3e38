// The editor as a person uses it: findings while typing, the push and everything that can come of it.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/table_view.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/editors/yaml_view.h"
#include "ui/shell/page_frame.h"
#include "ui/style/theme.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;
using State = EditSession::State;

namespace {

const ResourceKey kBackend2{"default", "backend-2"};

// The window with the editor of backend-2 open and loaded.
struct Editing {
    Editing()
        : f(helloMesh())
    {
        editor = f.window->openEditor(kBackend2);
        [this] { QTRY_COMPARE(editor->session()->state(), State::Ready); }();
    }
    void replace(const QString &from, const QString &to) const
    {
        QString text = editor->text()->text();
        QVERIFY2(text.contains(from), qPrintable(text));
        editor->text()->setText(text.replace(from, to));
        QTRY_VERIFY(!editor->session()->isValidating());
    }
    QPushButton *button(const QString &name) const
    {
        return editor->findChild<QPushButton *>(u"button."_s + name);
    }
    QString notice() const { return editor->findChild<ui::NoticeStrip *>(u"strip.push"_s)->text(); }
    QStringList results() const
    {
        const auto *model = editor->findChild<ui::TableView *>(u"table.pushResult"_s)->model();
        QStringList rows;
        for (int row = 0; row < model->rowCount(); ++row)
            rows << model->index(row, 0).data().toString() + u' ' + model->index(row, 1).data().toString();
        return rows;
    }
    // What the control plane shows once the proxies have answered.
    void answer(std::uint64_t accepted, std::uint64_t rejected = 0)
    {
        auto rows = helloMesh()->dataplanes;
        for (DataplanePtr &row : rows) {
            auto next = std::make_shared<DataplaneOverview>(*row);
            ResponseCounts &total = next->insight.subscriptions.back().total;
            total.sent += accepted + rejected;
            total.acknowledged += accepted;
            total.rejected += rejected;
            if (rejected > 0)
                next->insight.subscriptions.back().lastRejection =
                    Rejection{"type", "duplicate address", at(1), {}};
            row = std::move(next);
        }
        f.source.setSnapshot(snapshotOf(std::move(rows)));
    }

    WindowFixture f;
    ui::DataplaneEditor *editor = nullptr;
};

}  // namespace

class TestEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensOnceAndShowsTheDocument()
    {
        Editing e;
        QVERIFY(e.editor->text()->text().startsWith(u"type: Dataplane"_s));
        QCOMPARE(e.editor->objectName(), u"editor.backend-2"_s);
        QCOMPARE(e.editor->text()->objectName(), u"editor.backend-2.text"_s);
        QCOMPARE(e.f.window->openEditor(kBackend2), e.editor);
        QCOMPARE(e.f.window->editors().size(), 1);
        auto *push = e.button(u"push"_s);
        QCOMPARE(push->text(), u"Push 1 dataplane to Sandbox"_s);
        QVERIFY(!push->isEnabled());
        QCOMPARE(push->toolTip(), u"Nothing was changed."_s);
    }

    void typingMarksAndFinds()
    {
        Editing e;
        auto *tabs = e.f.find<QTabWidget>(u"tabs.pages"_s);
        QCOMPARE(tabs->tabText(tabs->currentIndex()), u"backend-2"_s);
        e.replace(u"port: 21102"_s, u"port: 0"_s);
        QCOMPARE(tabs->tabText(tabs->currentIndex()), u"backend-2 ●"_s);
        auto *findings = e.editor->findChild<ui::TableView *>(u"table.findings"_s);
        QTRY_VERIFY(findings->model()->rowCount() >= 1);
        QVERIFY(!e.button(u"push"_s)->isEnabled());
        QVERIFY(!e.f.action(u"push"_s)->isEnabled());
        QVERIFY(e.button(u"push"_s)->toolTip().contains(u"mended"_s));
        QCOMPARE(e.editor->findChild<QLabel *>(u"label.whyNotPush"_s)->text(),
                 e.button(u"push"_s)->toolTip());
        // A click on the finding leads to its line.
        QTest::mouseClick(findings->viewport(), Qt::LeftButton, {},
                          findings->visualRect(findings->model()->index(0, 0)).center());
        int line = 0, column = 0;
        e.editor->text()->getCursorPosition(&line, &column);
        QVERIFY(e.editor->text()->text(line).contains(u"port: 0"_s));
        // Mended, it can be pushed.
        e.replace(u"port: 0"_s, u"port: 21103"_s);
        QTRY_VERIFY(e.button(u"push"_s)->isEnabled());
        QVERIFY(e.button(u"push"_s)->toolTip().contains(u"Ctrl+Return"_s));
    }

    void theFormAndTheTextAreOneDocument()
    {
        Editing e;
        auto *state = e.editor->findChild<QComboBox *>(u"form.inbound.0.state"_s);
        QTRY_VERIFY((state = e.editor->findChild<QComboBox *>(u"form.inbound.0.state"_s)));
        auto *port = e.editor->findChild<QLineEdit *>(u"form.inbound.0.servicePort"_s);
        QCOMPARE(port->text(), u"22102"_s);
        QCOMPARE(state->currentText(), u"Ready"_s);
        // A choice in the form is a line in the text.
        state->setCurrentText(u"NotReady"_s);
        Q_EMIT state->activated(state->currentIndex());
        QVERIFY2(e.editor->text()->text().contains(u"state: NotReady"_s),
                 qPrintable(e.editor->text()->text()));
        e.editor->text()->undo();
        QTRY_COMPARE(state->currentText(), u"Ready"_s);
        e.editor->text()->redo();
        QTRY_COMPARE(state->currentText(), u"NotReady"_s);
        port->setFocus();
        port->selectAll();
        QTest::keyClicks(port, u"8000"_s);
        QVERIFY(e.editor->text()->text().contains(u"servicePort: 8000"_s));
        QVERIFY(e.editor->session()->isModified());
        // And a line in the text is a choice in the form.
        e.replace(u"state: NotReady"_s, u"state: Ignored"_s);
        QTRY_COMPARE(state->currentText(), u"Ignored"_s);
        // What cannot be read leaves the form as it was, and switched off.
        e.editor->text()->setText(u"networking: ["_s);
        QTRY_VERIFY(!state->isEnabled());
        QCOMPARE(port->text(), u"8000"_s);
    }

    void aBrokenDocumentIsAFinding()
    {
        Editing e;
        e.editor->text()->setText(u"type: Dataplane\n  mesh: [default\n"_s);
        QTRY_VERIFY(!e.editor->session()->isValidating());
        QTRY_VERIFY(e.editor->findChild<ui::TableView *>(u"table.findings"_s)->model()->rowCount() >= 1);
        QVERIFY(!e.button(u"push"_s)->isEnabled());
    }

    void revertBringsTheTextBack()
    {
        Editing e;
        const QString before = e.editor->text()->text();
        e.replace(u"version: v2"_s, u"version: v3"_s);
        e.f.trigger(u"revert"_s);
        QTRY_COMPARE(e.editor->text()->text(), before);
        QVERIFY(!e.f.action(u"revert"_s)->isEnabled());
        // And Ctrl+Z brings the change back: nothing typed is lost.
        e.editor->text()->undo();
        QVERIFY(e.editor->text()->text().contains(u"version: v3"_s));
    }

    void pushIsWatchedUntilTheAck()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        QTRY_VERIFY(e.button(u"push"_s)->isEnabled());
        e.button(u"push"_s)->click();
        QTRY_COMPARE(e.editor->session()->state(), State::Watching);
        QVERIFY(e.f.editor.heldJson(kBackend2).find("v3") != std::string::npos);
        QCOMPARE(e.results().first(), u"PUT Sandbox holds backend-2 now"_s);
        QVERIFY(e.results().contains(u"Waiting backend-2, its own proxy"_s));
        e.answer(1);
        QTRY_VERIFY(e.results().contains(u"ACK backend-2, its own proxy"_s));
        QTRY_COMPARE_WITH_TIMEOUT(e.editor->session()->state(), State::Accepted, 10'000);
        QVERIFY2(e.notice().startsWith(u"Pushed, accepted by "_s), qPrintable(e.notice()));
        QVERIFY(e.button(u"undoPush"_s)->isVisible());
        // The undo is a push of its own.
        e.button(u"undoPush"_s)->click();
        QTRY_VERIFY(e.f.editor.heldJson(kBackend2).find("v2") != std::string::npos);
        QTRY_VERIFY(e.editor->text()->text().contains(u"version: v2"_s));
    }

    void keysPush()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        QTRY_VERIFY(e.f.action(u"push"_s)->isEnabled());
        e.editor->text()->setFocus();
        QTest::keyClick(e.editor->text(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(e.editor->session()->state(), State::Watching);
        QCOMPARE(e.editor->text()->text().count(u'\n'), e.editor->session()->baseText().count(u'\n'));
    }

    void aNackIsShownWithItsWords()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        e.editor->push();
        QTRY_COMPARE(e.editor->session()->state(), State::Watching);
        e.answer(0, 1);
        QTRY_VERIFY(e.results().contains(u"NACK backend-2, its own proxy"_s));
        QTRY_COMPARE_WITH_TIMEOUT(e.editor->session()->state(), State::Nacked, 10'000);
        QVERIFY(e.notice().startsWith(u"Pushed, but rejected by "_s));
        const auto *model = e.editor->findChild<ui::TableView *>(u"table.pushResult"_s)->model();
        bool said = false;
        for (int row = 0; row < model->rowCount(); ++row)
            said |= model->index(row, 2).data().toString() == u"duplicate address"_s;
        QVERIFY(said);
    }

    void aRefusalPutsItsFindingsInTheText()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        PushOutcome refused;
        refused.kind = PushOutcome::Kind::Rejected;
        refused.message = "Could not process a resource";
        refused.invalid = {{"networking.inbound[0].port", "port must be free"}};
        e.f.editor.scriptPut(refused);
        e.editor->push();
        QTRY_COMPARE(e.editor->session()->state(), State::Rejected);
        QVERIFY(e.notice().startsWith(u"Sandbox refused it: "_s));
        const auto *model = e.editor->findChild<ui::TableView *>(u"table.findings"_s)->model();
        bool said = false;
        for (int row = 0; row < model->rowCount(); ++row)
            said |= model->index(row, 3).data().toString() == u"port must be free"_s;
        QVERIFY(said);
    }

    void aFailedPushKeepsTheTextAndCanBeTriedAgain()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        e.f.editor.scriptPut(
            fail(Error::Code::Unreachable, "the connection was reset", "http://127.0.0.1:5681"));
        e.editor->push();
        QTRY_COMPARE(e.editor->session()->state(), State::PushFailed);
        QVERIFY(e.notice().contains(u"The connection was reset."_s));
        QVERIFY(e.editor->text()->text().contains(u"version: v3"_s));
        e.button(u"copyPushDetails"_s)->click();
        QVERIFY(QApplication::clipboard()->text().contains(u"the connection was reset"_s));
        QVERIFY(e.button(u"retryPush"_s)->isVisible());
        e.button(u"retryPush"_s)->click();
        QTRY_COMPARE(e.editor->session()->state(), State::Watching);
    }

    void aConflictShowsBothSides_data()
    {
        QTest::addColumn<bool>("keepMine");
        QTest::newRow("mine is kept") << true;
        QTest::newRow("theirs is taken") << false;
    }

    void aConflictShowsBothSides()
    {
        QFETCH(bool, keepMine);
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        e.f.editor.hold(kBackend2, backend2Json("v5"));
        e.editor->push();
        QTRY_COMPARE(e.editor->session()->state(), State::Conflict);
        auto *theirs = e.editor->findChild<ui::YamlView *>(u"editor.backend-2.theirs"_s);
        QVERIFY(theirs->isVisible());
        QVERIFY(theirs->text().contains(u"version: v5"_s));
        QVERIFY(e.f.editor.heldJson(kBackend2).find("v5") != std::string::npos);  // nothing was written
        e.button(keepMine ? u"keepMine"_s : u"takeTheirs"_s)->click();
        if (keepMine) {
            QTRY_VERIFY(e.f.editor.heldJson(kBackend2).find("v3") != std::string::npos);
        } else {
            QTRY_VERIFY(e.editor->text()->text().contains(u"version: v5"_s));
            QVERIFY(!e.editor->session()->isModified());
        }
        QTRY_VERIFY(!theirs->isVisible());
    }

    void aReadOnlyConnectionSaysSoFirst()
    {
        WindowFixture f(helloMesh());
        f.editor.setReadOnlyReason(u"This control plane is read-only."_s);
        auto *editor = f.window->openEditor(kBackend2);
        QTRY_COMPARE(editor->session()->state(), State::Ready);
        QCOMPARE(editor->findChild<ui::NoticeStrip *>(u"strip.push"_s)->text(),
                 u"This control plane is read-only."_s);
        QVERIFY(editor->text()->isReadOnly());
    }

    void whatCannotBeReadCanBeRetried()
    {
        WindowFixture f(helloMesh());
        f.editor.scriptFetch(fail(Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681"));
        auto *editor = f.window->openEditor(kBackend2);
        QTRY_COMPARE(editor->session()->state(), State::LoadFailed);
        auto *retry = editor->findChild<QPushButton *>(u"button.stateDeed"_s);
        QVERIFY(retry->isVisible());
        retry->click();
        QTRY_COMPARE(editor->session()->state(), State::Ready);
        QVERIFY(editor->text()->isVisible());
    }

    void closingAChangedTabAsks()
    {
        Editing e;
        e.replace(u"version: v2"_s, u"version: v3"_s);
        QTest::keyClick(e.f.window.get(), Qt::Key_W, Qt::ControlModifier);
        QTRY_VERIFY(e.f.window->findChild<QDialog *>(u"dialog.closeEditor"_s));
        auto *dialog = e.f.window->findChild<QDialog *>(u"dialog.closeEditor"_s);
        auto *deed = dialog->findChild<QPushButton *>(u"button.closeAnyway"_s);
        QCOMPARE(deed->text(), u"Close without pushing backend-2"_s);
        deed->click();
        QTRY_VERIFY(e.f.window->editors().isEmpty());
    }

    void findsInTheText()
    {
        Editing e;
        e.editor->text()->setFocus();
        QTest::keyClick(e.editor->text(), Qt::Key_F, Qt::ControlModifier);
        auto *field = e.editor->findChild<QLineEdit *>(u"field.find"_s);
        QTRY_VERIFY(field->isVisible());
        QTest::keyClicks(field, u"mysql"_s);
        QCOMPARE(e.editor->text()->selectedText(), u"mysql"_s);
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->isVisible());
    }
};

MESHSCOPE_UI_TEST_MAIN(TestEditor)
#include "tst_editor.moc"
