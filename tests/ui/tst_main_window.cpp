// The window as a person uses it: one focus for all panes, filter, keys, menus, states, and how it closes.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/inspector.h"
#include "ui/browse/table_view.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/graph/graph_layer.h"
#include "ui/graph/graph_page.h"
#include "ui/graph/graph_view.h"
#include "ui/shell/close_guard.h"
#include "ui/shell/query_bar.h"
#include "ui/shell/status_line.h"
#include "ui/shell/top_bar.h"
#include "ui/style/theme.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

QStringList firstColumn(const QAbstractItemModel *model)
{
    QStringList texts;
    for (int row = 0; row < model->rowCount(); ++row)
        texts << model->index(row, 0).data().toString();
    return texts;
}

ui::TableView *dataplanes(const WindowFixture &f) { return f.find<ui::TableView>(u"table.dataplanes"_s); }

QString inspectorTitle(const WindowFixture &f) { return f.find<QLabel>(u"label.inspectorTitle"_s)->text(); }

QString stateTitle(const QWidget *page)
{
    for (const QLabel *label : page->findChildren<QLabel *>()) {
        if (label->isVisible() && !label->text().isEmpty()
            && label->parentWidget()->inherits("meshscope::ui::StateView"))
            return label->text();
    }
    return {};
}

}  // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toursFindEverything()
    {
        const WindowFixture f(helloMesh());
        for (const char *name : {"tree.navigator",  "tabs.pages",   "page.dataplanes", "page.services",
                                 "page.graph",      "page.tagSets", "page.sidecars",   "table.dataplanes",
                                 "table.services",  "view.graph",   "table.sidecars",  "log.sidecars",
                                 "choice.call",     "button.call",  "list.callResult", "inspector",
                                 "tabs.inspector",  "dock",         "table.problems",  "table.requests",
                                 "log.application", "field.filter", "choice.mesh",     "button.live",
                                 "line.status"})
            QVERIFY2(f.window->findChild<QWidget *>(QString::fromLatin1(name)), name);
        for (const QAction *action : f.window->workspace().actions.all()) {
            QVERIFY(action->objectName().startsWith(u"action."_s));
            QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
        }
    }

    void allPanesFollowOneFocus()
    {
        WindowFixture f(helloMesh());
        auto *table = dataplanes(f);
        QCOMPARE(firstColumn(table->model()), (QStringList{u"backend-1"_s, u"backend-2"_s, u"web-1"_s}));
        // A click in the table leads the inspector, the navigator and the graph.
        const QRect row = table->visualRect(table->model()->index(1, 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row.center());
        QTRY_COMPARE(inspectorTitle(f), u"backend-2"_s);
        QTRY_COMPARE(f.find<QTreeView>(u"tree.navigator"_s)->currentIndex().data().toString(),
                     u"backend-2"_s);
        auto *graph = f.find<ui::GraphPage>(u"page.graph"_s);
        QTRY_VERIFY(!graph->isLayingOut());
        const auto *layer = graph->view()->layer();
        QTRY_VERIFY(layer->focusNode() >= 0);
        QCOMPARE(layer->graph().nodes[static_cast<std::size_t>(layer->focusNode())].title,
                 std::string("backend"));
        // And the navigator leads the table.
        f.window->focus()->set({FocusKind::Dataplane, &f.source, {"default", "web-1"}, -1});
        QTRY_COMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), u"web-1"_s);
        QVERIFY(table->selectionModel()->isSelected(table->currentIndex()));
    }

    void historyGoesBackByKey()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        f.look("backend-1");
        QTRY_COMPARE(inspectorTitle(f), u"backend-1"_s);
        QTest::keyClick(f.window.get(), Qt::Key_Left, Qt::AltModifier);
        QTRY_COMPARE(inspectorTitle(f), u"web-1"_s);
        QTest::keyClick(f.window.get(), Qt::Key_Right, Qt::AltModifier);
        QTRY_COMPARE(inspectorTitle(f), u"backend-1"_s);
    }

    void filterNarrowsAndCounts()
    {
        WindowFixture f(helloMesh());
        QTest::keyClick(f.window.get(), Qt::Key_F, Qt::ControlModifier);
        auto *field = f.find<ui::QueryBar>(u"field.filter"_s);
        QTRY_VERIFY(field->hasFocus());
        QTest::keyClicks(field, u"v2"_s);
        QTRY_COMPARE(firstColumn(dataplanes(f)->model()), QStringList{u"backend-2"_s});
        QTRY_COMPARE(f.find<QLabel>(u"label.shown"_s)->text(), u"1 of 3"_s);
        // Down goes to the rows; Escape clears.
        QTest::keyClick(field, Qt::Key_Down);
        QTRY_VERIFY(dataplanes(f)->hasFocus());
        QTRY_COMPARE(inspectorTitle(f), u"backend-2"_s);
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(dataplanes(f)->model()->rowCount(), 3);
    }

    void nothingFoundOffersToClear()
    {
        WindowFixture f(helloMesh());
        f.find<ui::QueryBar>(u"field.filter"_s)->setQuery(u"no such words"_s);
        auto *page = f.find<QWidget>(u"page.dataplanes"_s);
        QTRY_COMPARE(stateTitle(page), u"All 3 dataplanes are filtered away"_s);
        page->findChild<QPushButton *>(u"button.stateDeed"_s)->click();
        QTRY_COMPARE(dataplanes(f)->model()->rowCount(), 3);
        QTRY_VERIFY(dataplanes(f)->isVisible());
    }

    void meshIsChosen()
    {
        WindowFixture f(
            snapshotOf({dp("a").service("a").online(), dp("p").mesh("payments").service("p").online()}));
        auto *choice = f.find<QComboBox>(u"choice.mesh"_s);
        QCOMPARE(choice->currentText(), u"default"_s);
        QCOMPARE(firstColumn(dataplanes(f)->model()), QStringList{u"a"_s});
        choice->setCurrentIndex(0);  // all
        QCOMPARE(dataplanes(f)->model()->rowCount(), 2);
        choice->setCurrentText(u"default"_s);
        // What is looked at elsewhere takes the pages along.
        f.window->focus()->set({FocusKind::Dataplane, &f.source, {"payments", "p"}, -1});
        QTRY_COMPARE(choice->currentText(), u"payments"_s);
    }

    void statesOfThePages()
    {
        WindowFixture f;
        auto *page = f.find<QWidget>(u"page.dataplanes"_s);
        QVERIFY(stateTitle(page).startsWith(u"Asking "_s));
        f.source.fail({Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681/"});
        QTRY_COMPARE(stateTitle(page), u"Sandbox cannot be shown"_s);
        const int before = f.source.refreshCount();
        page->findChild<QPushButton *>(u"button.stateDeed"_s)->click();
        QCOMPARE(f.source.refreshCount(), before + 1);
        page->findChild<QPushButton *>(u"button.stateCopy"_s)->click();
        QVERIFY(QApplication::clipboard()->text().contains(u"connection refused"_s));
        f.source.setSnapshot(snapshotOf({}));
        QTRY_COMPARE(stateTitle(page), u"This control plane has no dataplanes"_s);
        f.source.setSnapshot(helloMesh());
        QTRY_VERIFY(dataplanes(f)->isVisible());
        f.source.fail({Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681/"});
        QTRY_VERIFY(dataplanes(f)->property("dimmed").toBool());
        QVERIFY(f.find<QToolButton>(u"button.live"_s)->text().startsWith(u"stale"_s));
        f.source.setSnapshot(helloMesh());
        QTRY_VERIFY(!dataplanes(f)->property("dimmed").toBool());
    }

    void refreshPausesAndResumes()
    {
        WindowFixture f(helloMesh());
        QCOMPARE(f.source.interval(), 5000);
        f.find<QToolButton>(u"button.live"_s)->click();
        QCOMPARE(f.source.interval(), 0);
        QVERIFY(f.find<QToolButton>(u"button.live"_s)->text().startsWith(u"paused"_s));
        f.trigger(u"pauseLive"_s);
        QCOMPARE(f.source.interval(), 5000);
        f.window->hide();
        QCOMPARE(f.source.interval(), 0);
        const int before = f.source.refreshCount();
        f.window->show();
        QTest::keyClick(f.window.get(), Qt::Key_F5);
        QTRY_COMPARE(f.source.refreshCount(), before + 1);
    }

    void actionsFitTheFocus()
    {
        WindowFixture f(helloMesh());
        QVERIFY(!f.action(u"editDataplane"_s)->isEnabled());
        QVERIFY(!f.action(u"showDataplanes"_s)->isEnabled());
        f.look("web-1");
        QTRY_VERIFY(f.action(u"editDataplane"_s)->isEnabled());
        QVERIFY(f.action(u"startSidecar"_s)->isEnabled());
        QVERIFY(!f.action(u"stopSidecar"_s)->isEnabled());
        f.trigger(u"startSidecar"_s);
        QTRY_VERIFY(f.action(u"stopSidecar"_s)->isEnabled());
        QVERIFY(!f.action(u"startSidecar"_s)->isEnabled());
        f.window->focus()->set({FocusKind::Service, &f.source, {"default", "backend"}, -1});
        QTRY_VERIFY(f.action(u"showDataplanes"_s)->isEnabled());
        f.trigger(u"showDataplanes"_s);
        QTRY_COMPARE(firstColumn(dataplanes(f)->model()), (QStringList{u"backend-1"_s, u"backend-2"_s}));
        f.find<QPushButton>(u"button.dropService"_s)->click();
        QTRY_COMPARE(dataplanes(f)->model()->rowCount(), 3);
    }

    void contextMenuFiltersByAValue()
    {
        WindowFixture f(helloMesh());
        auto *table = dataplanes(f);
        const QPoint pos = table->visualRect(table->model()->index(0, 0)).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, pos, table->viewport()->mapToGlobal(pos));
        QApplication::sendEvent(table->viewport(), &event);
        auto *menu = f.window->findChild<QMenu *>(u"menu.context"_s);
        QVERIFY(menu);
        QTRY_COMPARE(inspectorTitle(f), u"backend-1"_s);
        QStringList texts;
        QAction *v1 = nullptr;
        for (const QAction *entry : menu->actions()) {
            texts << entry->text();
            if (entry->menu()) {
                for (QAction *value : entry->menu()->actions()) {
                    texts << value->text();
                    if (value->text() == u"v1"_s && entry->text() == u"&Filter by"_s)
                        v1 = value;
                }
            }
        }
        QVERIFY(texts.contains(u"&Edit dataplane"_s));
        QVERIFY(texts.contains(u"Copy &name"_s));
        QVERIFY(v1);
        v1->trigger();
        QTRY_COMPARE(firstColumn(table->model()), QStringList{u"backend-1"_s});
        QCOMPARE(f.find<ui::QueryBar>(u"field.filter"_s)->text(), u"tag.version == v1"_s);
        // What is excluded stands beside it.
        for (QAction *entry : menu->actions()) {
            for (QAction *value : entry->menu() ? entry->menu()->actions() : QList<QAction *>()) {
                if (entry->text() == u"E&xclude"_s && value->text() == u"backend-1"_s)
                    value->trigger();
            }
        }
        QTRY_COMPARE(table->model()->rowCount(), 0);
        QCOMPARE(f.find<ui::QueryBar>(u"field.filter"_s)->text(),
                 u"tag.version == v1 not name == backend-1"_s);
        menu->close();
    }

    void copies()
    {
        WindowFixture f(helloMesh());
        f.look("backend-2");
        QTest::keyClick(f.window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(QApplication::clipboard()->text(), u"backend-2"_s);
        f.trigger(u"copyYaml"_s);
        QTRY_VERIFY(QApplication::clipboard()->text().startsWith(u"type: Dataplane"_s));
        f.trigger(u"exportCsv"_s);
        const QStringList lines = QApplication::clipboard()->text().split(u"\r\n"_s, Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines.at(0).startsWith(u"Name,"_s));
        QVERIFY(lines.at(1).startsWith(u"backend-1,"_s));
    }

    void inspectorShowsYamlAndEvents()
    {
        WindowFixture f(helloMesh());
        f.look("backend-2");
        auto *inspector = f.find<ui::Inspector>(u"inspector"_s);
        inspector->setTab(ui::Inspector::YamlTab);
        auto *yaml = f.find<QWidget>(u"text.inspectorYaml"_s);
        QTRY_VERIFY(yaml->isVisible());
        inspector->setTab(ui::Inspector::EventsTab);
        QTRY_VERIFY(f.find<QWidget>(u"facts.events"_s)->isVisible());
        // What is gone is said to be gone.
        f.source.setSnapshot(snapshotOf({dp("web-1").service("web").online()}));
        QTRY_COMPARE(stateTitle(inspector), u"backend-2 is not there any more"_s);
    }

    void graphIsWalkedByKeys()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageGraph"_s);
        auto *page = f.find<ui::GraphPage>(u"page.graph"_s);
        QTRY_VERIFY(!page->isLayingOut());
        ui::GraphView *view = page->view();
        QTRY_VERIFY(view->isVisible());
        QTest::keyClick(view, Qt::Key_Down);
        QTest::keyClick(view, Qt::Key_Return);
        QTRY_VERIFY(view->layer()->focusNode() >= 0);
        QCOMPARE(f.window->focus()->target().kind, FocusKind::Service);
        const double zoom = view->transform().m11();
        view->zoomBy(1.5);
        QVERIFY(view->transform().m11() > zoom);
        QTest::keyClick(view, Qt::Key_F);
        QTRY_COMPARE(view->transform().m11(), zoom);
        QTest::keyClick(view, Qt::Key_Escape);
        QTRY_VERIFY(f.window->focus()->target().isNone());
    }

    void graphZoomsAtThePointer()
    {
        WindowFixture f(shopMesh());
        f.trigger(u"pageGraph"_s);
        auto *page = f.find<ui::GraphPage>(u"page.graph"_s);
        QTRY_VERIFY(!page->isLayingOut());
        ui::GraphView *view = page->view();
        const QPoint pointer(200, 150);
        const QPointF before = view->mapToScene(pointer);
        QWheelEvent wheel(pointer, view->viewport()->mapToGlobal(pointer), {}, {0, 120}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(view->viewport(), &wheel);
        const QPointF after = view->mapToScene(pointer);
        QVERIFY(QLineF(before, after).length() < 2);
        // A double click on a card shows the dataplanes of its service.
        const int node = view->layer()->graph().indexOf({"default", "cart"});
        view->fit();
        const QPoint card = view->mapFromScene(view->layer()->cardRect(node).center());
        QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, card);
        QTRY_COMPARE(dataplanes(f)->model()->rowCount(), 4);
        QVERIFY(dataplanes(f)->isVisible());
    }

    void graphIsExported_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("begin");
        QTest::newRow("as SVG") << u"mesh.svg"_s << QByteArray("<?xml");
        QTest::newRow("as PNG") << u"mesh.png"_s << QByteArray("\x89PNG");
    }

    void graphIsExported()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, begin);
        WindowFixture f(shopMesh());
        auto *page = f.find<ui::GraphPage>(u"page.graph"_s);
        QTRY_VERIFY(!page->isLayingOut());
        const QTemporaryDir directory;
        QVERIFY(page->view()->exportTo(directory.filePath(name)));
        QFile file(directory.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.read(5).startsWith(begin));
        QVERIFY(file.size() > 2000);
        QVERIFY(!page->view()->exportTo(directory.filePath(u"no/such/place.svg"_s)));
    }

    void aCardThatChangesIsNotLaidOutAgain()
    {
        WindowFixture f(helloMesh());
        auto *page = f.find<ui::GraphPage>(u"page.graph"_s);
        QTRY_VERIFY(!page->isLayingOut());
        const QRectF before = page->view()->layer()->cardRect(0);
        auto rows = helloMesh()->dataplanes;
        rows[0] = dp("backend-1").service("backend", {{"version", "v1"}}).offline();
        f.source.setSnapshot(snapshotOf(rows));
        QVERIFY(!page->isLayingOut());
        QCOMPARE(page->view()->layer()->cardRect(0), before);
        QCOMPARE(page->view()->layer()->graph().nodes[0].health, Health::Degraded);
    }

    void closingWithoutWorkAsksNothing()
    {
        WindowFixture f(helloMesh());
        f.window->setConfirmClose(true);
        QVERIFY(f.window->close());
    }

    void closingNamesTheDeedAndStopsSidecars()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"startAllSidecars"_s);
        QCOMPARE(f.sidecars.started().size(), 3u);
        f.sidecars.setAutomatic(false);
        f.window->setConfirmClose(true);
        QVERIFY(!f.window->close());
        auto *dialog = f.window->findChild<QDialog *>(u"dialog.close"_s);
        QVERIFY(dialog);
        auto *deed = dialog->findChild<QPushButton *>(u"button.closeAnyway"_s);
        QCOMPARE(deed->text(), u"Stop 3 sidecars and close"_s);
        deed->click();
        QTRY_VERIFY(f.window->findChild<QDialog *>(u"dialog.stopping"_s));
        QCOMPARE(f.sidecars.stopped().size(), 3u);
        QVERIFY(f.window->isVisible());  // it waits
        for (const char *name : {"web-1", "backend-1", "backend-2"})
            f.sidecars.enter({"default", name}, SidecarPhase::Stopped);
        QTRY_VERIFY(!f.window->isVisible());
    }

    void stayingKeepsTheWindow()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"startAllSidecars"_s);
        f.window->setConfirmClose(true);
        QVERIFY(!f.window->close());
        f.window->findChild<QDialog *>(u"dialog.close"_s)
            ->findChild<QPushButton *>(u"button.keepWorking"_s)
            ->click();
        QTRY_VERIFY(!f.window->findChild<QDialog *>(u"dialog.close"_s));
        QVERIFY(f.window->isVisible());
        QVERIFY(f.sidecars.stopped().empty());
    }

    void deedsAreNamed_data()
    {
        QTest::addColumn<int>("sidecars");
        QTest::addColumn<QStringList>("modified");
        QTest::addColumn<QString>("deed");
        QTest::newRow("one sidecar") << 1 << QStringList{} << u"Stop 1 sidecar and close"_s;
        QTest::newRow("one text") << 0 << QStringList{u"web-1"_s} << u"Close without pushing web-1"_s;
        QTest::newRow("two texts") << 0 << QStringList{u"a"_s, u"b"_s}
                                   << u"Close without pushing 2 changes"_s;
        QTest::newRow("both") << 2 << QStringList{u"a"_s} << u"Stop 2 sidecars, drop a and close"_s;
    }

    void deedsAreNamed()
    {
        QFETCH(int, sidecars);
        QFETCH(QStringList, modified);
        QFETCH(QString, deed);
        QCOMPARE(ui::CloseGuard::deedText(sidecars, modified), deed);
    }

    void layoutIsRemembered()
    {
        const QTemporaryDir directory;
        QSettings settings(directory.filePath(u"layout.ini"_s), QSettings::IniFormat);
        FakeMeshSource source;
        ui::UiContext context;
        context.source = &source;
        context.connectionName = u"Sandbox"_s;
        context.settings = &settings;
        {
            ui::MainWindow window(context);
            window.show();
            window.setTheme(ui::ThemeMode::Dark);
            window.findChild<QAction *>(u"action.showDock"_s)->trigger();
            window.findChild<ui::TableView *>(u"table.dataplanes"_s)->setColumnWidth(0, 222);
            window.resize(1100, 700);
            window.close();
        }
        ui::MainWindow window(context);
        window.show();
        QVERIFY(!window.findChild<QWidget *>(u"dock"_s)->isVisible());
        QCOMPARE(window.findChild<ui::TableView *>(u"table.dataplanes"_s)->columnWidth(0), 222);
        QVERIFY(window.findChild<QAction *>(u"action.themeDark"_s)->isChecked());
        QVERIFY(ui::isDark(QApplication::palette()));
    }

    void worksWithoutEditorAndSidecars()
    {
        FakeMeshSource source;
        source.setSnapshot(helloMesh());
        ui::UiContext context;
        context.source = &source;
        context.connectionName = u"prod"_s;
        ui::MainWindow window(context);
        window.show();
        window.focus()->set({FocusKind::Dataplane, &source, {"default", "web-1"}, -1});
        QCoreApplication::processEvents();
        QVERIFY(!window.findChild<QAction *>(u"action.editDataplane"_s)->isEnabled());
        QVERIFY(!window.findChild<QAction *>(u"action.startSidecar"_s)->isEnabled());
        window.findChild<QAction *>(u"action.pageSidecars"_s)->trigger();
        QCOMPARE(stateTitle(window.findChild<QWidget *>(u"page.sidecars"_s)),
                 u"Sidecars cannot be run from here"_s);
        QVERIFY(window.close());
    }

    void dialogsOpenByKey()
    {
        WindowFixture f(helloMesh());
        QTest::keyClick(f.window.get(), Qt::Key_F1);
        QTRY_VERIFY(f.window->findChild<QDialog *>(u"dialog.keys"_s));
        f.trigger(u"about"_s);
        auto *about = f.window->findChild<QDialog *>(u"dialog.about"_s);
        QVERIFY(about);
        about->close();
    }

    void themeChangesUnderTheWindow()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"themeDark"_s);
        QTRY_VERIFY(ui::isDark(f.window->palette()));
        QVERIFY(f.action(u"themeDark"_s)->isChecked());
        f.trigger(u"themeLight"_s);
        QTRY_VERIFY(!ui::isDark(f.window->palette()));
        QVERIFY(!f.action(u"themeDark"_s)->isChecked());
    }
};

MESHSCOPE_UI_TEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
