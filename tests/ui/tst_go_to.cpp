// The palette, opening by name, commands, keys that can be changed, and what the clipboard and files get.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/table_view.h"
#include "ui/shell/keys_dialog.h"
#include "ui/shell/palette_box.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/shortcuts.h"
#include "ui/style/theme.h"

#include <QClipboard>
#include <QFile>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

QWidget *box(const WindowFixture &f) { return f.find<QWidget>(u"box.palette"_s); }
QLineEdit *field(const WindowFixture &f) { return f.find<QLineEdit>(u"field.palette"_s); }
QListView *list(const WindowFixture &f) { return f.find<QListView>(u"list.palette"_s); }
QString first(const WindowFixture &f) { return list(f)->model()->index(0, 0).data().toString(); }
QString inspectorTitle(const WindowFixture &f) { return f.find<QLabel>(u"label.inspectorTitle"_s)->text(); }
QString pageInFront(const WindowFixture &f)
{
    return f.find<QTabWidget>(u"tabs.pages"_s)->currentWidget()->objectName();
}

}  // namespace

class TestGoTo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anObjectIsOpenedByName()
    {
        WindowFixture f(helloMesh());
        auto *table = f.find<ui::TableView>(u"table.dataplanes"_s);
        table->setFocus();
        QTest::keyClick(f.window.get(), Qt::Key_P, Qt::ControlModifier);
        QTRY_VERIFY(field(f)->hasFocus());
        QTest::keyClicks(field(f), u"b2"_s);
        QCOMPARE(first(f), u"backend-2"_s);
        QTest::keyClick(field(f), Qt::Key_Return);
        QTRY_COMPARE(inspectorTitle(f), u"backend-2"_s);
        QVERIFY(!box(f)->isVisible());
        // A service goes to its own page.
        f.trigger(u"quickOpen"_s);
        QTest::keyClicks(field(f), u"backend"_s);
        QTest::keyClick(field(f), Qt::Key_Return);
        QTRY_COMPARE(pageInFront(f), u"page.services"_s);
        QTRY_COMPARE(inspectorTitle(f), u"backend"_s);
    }

    void escapeGivesTheFocusBack()
    {
        WindowFixture f(helloMesh());
        auto *table = f.find<ui::TableView>(u"table.dataplanes"_s);
        table->setFocus();
        f.trigger(u"quickOpen"_s);
        QTRY_VERIFY(field(f)->hasFocus());
        QTest::keyClick(field(f), Qt::Key_Escape);
        QVERIFY(!box(f)->isVisible());
        QTRY_VERIFY(table->hasFocus());
        // And a click elsewhere closes it without a word.
        f.trigger(u"quickOpen"_s);
        f.find<ui::QueryBar>(u"field.filter"_s)->setFocus();
        QTRY_VERIFY(!box(f)->isVisible());
    }

    void everyActionIsFoundAndRun()
    {
        WindowFixture f(helloMesh());
        QTest::keyClick(f.window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(field(f)->hasFocus());
        QCOMPARE(static_cast<std::size_t>(list(f)->model()->rowCount()),
                 f.window->workspace().actions.all().size());
        QTest::keyClicks(field(f), u"services"_s);
        QCOMPARE(first(f), u"Services"_s);
        QTest::keyClick(field(f), Qt::Key_Return);
        QTRY_COMPARE(pageInFront(f), u"page.services"_s);
        // What cannot run now does nothing, and the box stays.
        f.trigger(u"palette"_s);
        QTest::keyClicks(field(f), u"undo push"_s);
        QCOMPARE(first(f), u"Undo push"_s);
        QTest::keyClick(field(f), Qt::Key_Return);
        QVERIFY(box(f)->isVisible());
        QTest::keyClick(field(f), Qt::Key_Escape);
    }

    void signsChangeTheMode()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"quickOpen"_s);
        auto *palette = static_cast<ui::PaletteBox *>(box(f));
        QTest::keyClicks(field(f), u">ref"_s);
        QCOMPARE(palette->mode(), ui::PaletteBox::Mode::Actions);
        QCOMPARE(first(f), u"Refresh"_s);
        field(f)->setText(u":sv"_s);
        QCOMPARE(palette->mode(), ui::PaletteBox::Mode::Commands);
        QCOMPARE(first(f).section(u' ', 0, 0), u":svc"_s);
        field(f)->setText(u"web"_s);
        QCOMPARE(palette->mode(), ui::PaletteBox::Mode::Objects);
    }

    void commands_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("filter");
        QTest::newRow("by its name") << u":svc"_s << u"page.services"_s << QString();
        QTest::newRow("by another name") << u":services"_s << u"page.services"_s << QString();
        QTest::newRow("with a filter") << u":dp web"_s << u"page.dataplanes"_s << u"web"_s;
        QTest::newRow("by its beginning, from the list") << u":sidec"_s << u"page.sidecars"_s << QString();
        QTest::newRow("the graph") << u":g"_s << u"page.graph"_s << QString();
    }
    void commands()
    {
        QFETCH(QString, typed);
        QFETCH(QString, page);
        QFETCH(QString, filter);
        WindowFixture f(helloMesh());
        f.find<ui::TableView>(u"table.dataplanes"_s)->setFocus();
        QTest::keyClick(f.window->focusWidget(), ':');
        QTRY_VERIFY(field(f)->hasFocus());
        QCOMPARE(field(f)->text(), u":"_s);
        QTest::keyClicks(field(f), typed.mid(1));
        QTest::keyClick(field(f), Qt::Key_Return);
        QTRY_COMPARE(pageInFront(f), page);
        QTRY_COMPARE(f.find<ui::QueryBar>(u"field.filter"_s)->text(), filter);
        QVERIFY(!box(f)->isVisible());
    }

    void aWrongCommandStays()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"command"_s);
        QTest::keyClicks(field(f), u"xyzzy"_s);
        QTest::keyClick(field(f), Qt::Key_Return);
        QVERIFY(box(f)->isVisible());
    }

    void arrowsWalkTheList()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"quickOpen"_s);
        QTest::keyClicks(field(f), u"backend"_s);
        QTest::keyClick(field(f), Qt::Key_Down);
        QCOMPARE(list(f)->currentIndex().row(), 1);
        QTest::keyClick(field(f), Qt::Key_Up);
        QTest::keyClick(field(f), Qt::Key_Up);
        QCOMPARE(list(f)->currentIndex().row(), list(f)->model()->rowCount() - 1);
        QTest::keyClick(field(f), Qt::Key_Return);
        QTRY_COMPARE(inspectorTitle(f), u"backend-2"_s);
    }

    void keysCanBeChangedAndAreRemembered()
    {
        QTemporaryDir dir;
        QSettings settings(dir.filePath(u"keys.ini"_s), QSettings::IniFormat);
        {
            WindowFixture f(helloMesh());
            const auto actions = f.window->workspace().actions.all();
            QAction *refresh = f.action(u"refresh"_s);
            QAction *edit = f.action(u"editDataplane"_s);
            QCOMPARE(ui::ownerOf(QKeySequence(u"Ctrl+E"_s), actions, refresh), edit);
            ui::changeKeys(refresh, {QKeySequence(u"Ctrl+Shift+R"_s)}, &settings);
            ui::changeKeys(edit, {}, &settings);
        }
        // Another window starts with them.
        WindowFixture other(helloMesh());
        QAction *refresh = other.action(u"refresh"_s);
        ui::restoreKeys(other.window->workspace().actions.all(), &settings);
        QCOMPARE(refresh->shortcut(), QKeySequence(u"Ctrl+Shift+R"_s));
        QVERIFY(other.action(u"editDataplane"_s)->shortcuts().isEmpty());
        // Back to ours forgets.
        ui::changeKeys(refresh, ui::defaultKeys(refresh), &settings);
        QVERIFY(!settings.contains(u"keys/refresh"_s));
    }

    void theDialogMovesAKey()
    {
        WindowFixture f(helloMesh());
        QTest::keyClick(f.window.get(), Qt::Key_F1);
        auto *dialog = f.window->findChild<ui::KeysDialog *>(u"dialog.keys"_s);
        QTRY_VERIFY(dialog && dialog->isVisible());
        auto *keys = dialog->findChild<QTreeWidget *>(u"list.keys"_s);
        // The page's own keys stand first.
        QCOMPARE(keys->topLevelItem(0)->text(0), u"Dataplanes"_s);
        const auto found = keys->findItems(u"    Refresh"_s, Qt::MatchExactly);
        QCOMPARE(found.size(), 1);
        keys->setCurrentItem(found.first());
        dialog->findChild<QKeySequenceEdit *>(u"field.newKeys"_s)->setKeySequence(QKeySequence(u"Ctrl+E"_s));
        QVERIFY(dialog->findChild<QLabel *>(u"label.keysVerdict"_s)->text().contains(u"Edit dataplane"_s));
        dialog->findChild<QPushButton *>(u"button.useKeys"_s)->click();
        QCOMPARE(f.action(u"refresh"_s)->shortcut(), QKeySequence(u"Ctrl+E"_s));
        QVERIFY(f.action(u"editDataplane"_s)->shortcuts().isEmpty());
        dialog->findChild<QPushButton *>(u"button.defaultKeys"_s)->click();
        QCOMPARE(f.action(u"refresh"_s)->shortcut(), QKeySequence(u"F5"_s));
        dialog->close();
    }

    void severalRowsAreCopied()
    {
        WindowFixture f(helloMesh());
        f.editor.hold({"default", "backend-1"}, backend2Json("v1"));
        auto *table = f.find<ui::TableView>(u"table.dataplanes"_s);
        table->setFocus();
        const auto click = [table](int row, Qt::KeyboardModifiers keys) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, keys,
                              table->visualRect(table->model()->index(row, 0)).center());
        };
        click(0, {});
        click(1, Qt::ControlModifier);
        QTRY_COMPARE(inspectorTitle(f), u"backend-2"_s);
        QCOMPARE(table->selectedKeys().size(), std::size_t(2));
        // News of the mesh do not take the choice away.
        f.source.setSnapshot(fresh(helloMesh()));
        QApplication::processEvents();
        QCOMPARE(table->selectedKeys().size(), std::size_t(2));

        f.trigger(u"copyKumactl"_s);
        QCOMPARE(QApplication::clipboard()->text(),
                 u"kumactl get dataplane backend-1 --mesh default -o yaml\n"
                 u"kumactl get dataplane backend-2 --mesh default -o yaml\n"_s);
        f.trigger(u"copyCurl"_s);
        QCOMPARE(QApplication::clipboard()->text().count(u"curl"_s), 2);
        QVERIFY(QApplication::clipboard()->text().contains(
            u"http://127.0.0.1:5681/meshes/default/dataplanes/backend-1"_s));
        f.trigger(u"copyName"_s);
        QCOMPARE(QApplication::clipboard()->text(), u"backend-1\nbackend-2"_s);
        f.trigger(u"copyYaml"_s);
        QTRY_VERIFY(QApplication::clipboard()->text().contains(u"\n---\n"_s));
        QCOMPARE(QApplication::clipboard()->text().count(u"type: Dataplane"_s), 2);
        f.trigger(u"copyJson"_s);
        QTRY_VERIFY(QApplication::clipboard()->text().startsWith(u"[\n{"_s));
    }

    void aTableGoesIntoAFile_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("start");
        QTest::newRow("csv") << u"t.csv"_s << u"Name,"_s;
        QTest::newRow("json") << u"t.json"_s << u"[\n  {\"name\": \"backend-1\""_s;
        QTest::newRow("yaml") << u"t.yaml"_s << u"- name: backend-1"_s;
    }
    void aTableGoesIntoAFile()
    {
        QFETCH(QString, file);
        QFETCH(QString, start);
        QTemporaryDir dir;
        WindowFixture f(helloMesh());
        f.window->exportTableTo(dir.filePath(file));
        QTRY_VERIFY(QFile::exists(dir.filePath(file)));
        QFile written(dir.filePath(file));
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(written.readAll());
        QVERIFY2(text.startsWith(start), qPrintable(text));
    }
};

MESHSCOPE_UI_TEST_MAIN(TestGoTo)
#include "tst_go_to.moc"
