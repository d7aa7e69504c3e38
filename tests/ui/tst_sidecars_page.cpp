// Sidecars from the window: started, watched, called through, stopped; and every way it can go wrong.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/inspector.h"
#include "ui/browse/table_view.h"
#include "ui/shell/page_frame.h"
#include "ui/style/theme.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

CallReport inTurn()
{
    CallReport report;
    report.asked = 10;
    report.answers = {{"200 backend-1", 5}, {"200 backend-2", 5}};
    for (int i = 0; i < 10; ++i)
        report.inOrder << (i % 2 ? u"200 backend-2"_s : u"200 backend-1"_s);
    return report;
}

QStringList rowsOf(const QTreeWidget *list)
{
    QStringList rows;
    for (int i = 0; i < list->topLevelItemCount(); ++i)
        rows << list->topLevelItem(i)->text(0) + u" × "_s + list->topLevelItem(i)->text(1);
    return rows;
}

ui::NoticeStrip *noticeOf(const WindowFixture &f)
{
    return f.find<QWidget>(u"page.sidecars"_s)->findChild<ui::NoticeStrip *>();
}

}  // namespace

class TestSidecarsPage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theEmptyPageStartsThemAll()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        auto *page = f.find<QWidget>(u"page.sidecars"_s);
        auto *deed = page->findChild<QPushButton *>(u"button.stateDeed"_s);
        QTRY_VERIFY(deed->isVisible());
        QCOMPARE(deed->text(), u"Start 3 sidecars"_s);
        deed->click();
        QCOMPARE(f.sidecars.started().size(), 3u);
        QTRY_COMPARE(f.find<ui::TableView>(u"table.sidecars"_s)->model()->rowCount(), 3);
        QTRY_VERIFY(!f.action(u"startAllSidecars"_s)->isEnabled());
        QCOMPARE(f.action(u"stopAllSidecars"_s)->text(), u"Stop 3 sidecars"_s);
        f.trigger(u"stopAllSidecars"_s);
        QCOMPARE(f.sidecars.stopped().size(), 3u);
        QTRY_VERIFY(f.action(u"startAllSidecars"_s)->isEnabled());
    }

    void aCallShowsWhoAnswered()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        auto *call = f.find<QPushButton>(u"button.call"_s);
        QVERIFY(!call->isEnabled());
        f.trigger(u"startAllSidecars"_s);
        QTRY_VERIFY(call->isEnabled());
        QCOMPARE(f.find<QComboBox>(u"choice.call"_s)->currentText(), u"web-1 → backend :10001"_s);
        f.sidecars.scriptCall(inTurn());
        call->click();
        QTRY_COMPARE(rowsOf(f.find<QTreeWidget>(u"list.callResult"_s)),
                     (QStringList{u"200 backend-1 × 5"_s, u"200 backend-2 × 5"_s}));
        QCOMPARE(f.sidecars.called().back(), QUrl(u"http://127.0.0.1:10001/"_s));
        QCOMPARE(f.find<QLabel>(u"label.callSummary"_s)->text(),
                 u"10 calls: 5 × 200 backend-1, 5 × 200 backend-2"_s);
        f.sidecars.scriptCall(fail(Error::Code::Unreachable, "connection refused", "127.0.0.1:10001"));
        call->click();
        QTRY_COMPARE(f.find<QLabel>(u"label.callSummary"_s)->text(), u"Connection refused."_s);
        QTRY_VERIFY(call->isEnabled());
    }

    void theLiveViewFollowsTheFocus()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        f.trigger(u"startAllSidecars"_s);
        f.find<QTabWidget>(u"tabs.sidecarTools"_s)->setCurrentIndex(1);
        f.sidecars.setAdminAnswer(
            u"clusters"_s,
            R"({"cluster_statuses":[{"name":"backend","host_statuses":[{"address":{"socket_address":{"address":"10.0.0.2",
            "port_value":80}},"health_status":{"failed_active_health_check":true}}]},{"name":"nobody"}]})");
        f.sidecars.setAdminAnswer(u"logging"_s, "active loggers:\n  admin: info\n");
        f.sidecars.setAdminAnswer(u"config_dump"_s, R"({"configs":[]})");
        f.window->focus()->set({FocusKind::Sidecar, nullptr, {"default", "web-1"}, -1});
        auto *list = f.find<QTreeWidget>(u"list.live"_s);
        QTRY_COMPARE(list->topLevelItemCount(), 2);
        QCOMPARE(list->topLevelItem(0)->text(1), u"0 of 1"_s);
        QCOMPARE(list->topLevelItem(0)->child(0)->text(0), u"10.0.0.2:80"_s);
        QCOMPARE(list->topLevelItem(0)->child(0)->toolTip(1), u"failed active health check"_s);
        QCOMPARE(list->topLevelItem(1)->text(1), u"none"_s);

        auto *debug = f.find<QPushButton>(u"button.debugForAWhile"_s);
        Q_EMIT debug->menu()->aboutToShow();
        debug->menu()->actions().first()->trigger();
        QTRY_COMPARE(debug->text(), u"Debug: 60 s left"_s);
        QVERIFY(f.sidecars.posted().contains(u"logging?level=debug"_s));
        Q_EMIT debug->menu()->aboutToShow();
        debug->menu()->actions().first()->trigger();  // back
        QTRY_COMPARE(debug->text(), u"Debug 60 s"_s);
        QVERIFY(f.sidecars.posted().contains(u"logging?level=info"_s));

        f.find<QPushButton>(u"button.configuration"_s)->click();
        QTRY_VERIFY(f.window->findChild<QWidget *>(u"window.text"_s));
        auto *window = f.window->findChild<QWidget *>(u"window.text"_s);
        QVERIFY(window->findChild<QPlainTextEdit *>(u"text.content"_s)->toPlainText().contains(u"configs"_s));
        window->close();
    }

    void aPathIsTraced()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        auto *go = f.find<QPushButton>(u"button.trace"_s);
        f.find<QTabWidget>(u"tabs.sidecarTools"_s)->setCurrentIndex(2);
        QVERIFY(!go->isEnabled());
        f.trigger(u"startAllSidecars"_s);
        QTRY_VERIFY(go->isEnabled());
        QFile file(QStringLiteral(MESHSCOPE_TEST_DATA "/trace/web.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        f.sidecars.setAdminAnswer(u"config_dump"_s, file.readAll());
        auto *target = f.find<QLineEdit>(u"field.traceTo"_s);
        auto *reason = f.find<QLabel>(u"label.traceStop"_s);
        target->setText(u"127.0.0.1:10001/api/7"_s);
        go->click();
        QTRY_COMPARE(reason->text(), u"at 10.0.0.4:80"_s);
        QVERIFY(f.find<QTreeWidget>(u"list.traceSteps"_s)->topLevelItemCount() >= 4);
        target->setText(u"127.0.0.1:10003"_s);
        go->click();
        QTRY_VERIFY2(reason->text().startsWith(u"no endpoint"_s), qPrintable(reason->text()));
        target->setText(u"not a host"_s);
        go->click();
        QTRY_VERIFY2(reason->text().contains(u"not a host, port and path"_s), qPrintable(reason->text()));
    }

    void leftoversAreOfferedForRemoval()
    {
        WindowFixture f(helloMesh());
        f.sidecars.setLeftovers({{u"/run/ms-1-x"_s, {4711}, {u"sleep"_s}}});
        f.trigger(u"pageSidecars"_s);
        f.trigger(u"startAllSidecars"_s);
        auto *end = f.find<QPushButton>(u"button.endLeftovers"_s);
        QTRY_VERIFY(end->isVisible());
        QVERIFY(noticeOf(f)->text().contains(u"left running: sleep"_s));
        end->click();
        QVERIFY(f.sidecars.leftovers().isEmpty());
        QTRY_VERIFY(!end->isVisible());
    }

    void theInspectorCallsToo()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        QVERIFY(!f.window->findChild<QPushButton *>(u"button.callOutbound.10001"_s));
        f.trigger(u"startSidecar"_s);
        QTRY_VERIFY(f.window->findChild<QPushButton *>(u"button.callOutbound.10001"_s));
        f.sidecars.scriptCall(inTurn());
        f.find<QPushButton>(u"button.callOutbound.10001"_s)->click();
        QTRY_COMPARE(rowsOf(f.find<QTreeWidget>(u"list.inspectorCallResult"_s)).size(), 2);
        QVERIFY(f.find<QTreeWidget>(u"list.inspectorCallResult"_s)->isVisible());
    }

    void aRefusedStartSaysWhy()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        f.sidecars.refuseStarts(
            Error{Error::Code::Conflict, "port 10001 is in use by process 4711", "127.0.0.1:10001"});
        f.trigger(u"startSidecar"_s);
        auto *page = f.find<QWidget>(u"page.sidecars"_s);
        QTRY_VERIFY(page->isVisible());
        bool said = false;
        for (const QLabel *label : page->findChildren<QLabel *>())
            said |= label->isVisible() && label->text().contains(u"Port 10001 is in use by process 4711."_s);
        QVERIFY(said);
        page->findChild<QPushButton *>(u"button.stateDeed"_s)->click();  // Copy details
        QVERIFY(QApplication::clipboard()->text().contains(u"10001"_s));
    }

    void aFailureShowsCauseAndAdvice()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        f.trigger(u"startAllSidecars"_s);
        f.sidecars.failWith({"default", "backend-2"},
                            {Error::Code::Conflict, "port 21102 is in use", "127.0.0.1:21102"},
                            u"Stop the process that holds it."_s);
        QTRY_COMPARE(noticeOf(f)->text(),
                     u"backend-2: Port 21102 is in use. Stop the process that holds it."_s);
        QVERIFY(noticeOf(f)->isVisible());
        f.find<QPushButton>(u"button.copySidecarDetails"_s)->click();
        QVERIFY(QApplication::clipboard()->text().contains(u"127.0.0.1:21102"_s));
        QVERIFY(f.action(u"startAllSidecars"_s)->isEnabled());
        QCOMPARE(f.action(u"startAllSidecars"_s)->text(), u"Start 1 sidecar"_s);
    }

    void withoutEnvoyThePageSaysHowToGetIt()
    {
        WindowFixture f(helloMesh());
        f.sidecars.setEnvoy({u"envoy"_s, {}, {}, {u"PATH"_s}, u"Run ./installer/setup."_s});
        f.source.setSnapshot(helloMesh());
        f.trigger(u"pageSidecars"_s);
        auto *page = f.find<QWidget>(u"page.sidecars"_s);
        QStringList texts;
        for (const QLabel *label : page->findChildren<QLabel *>()) {
            if (label->isVisible())
                texts << label->text();
        }
        QVERIFY2(texts.contains(u"Envoy was not found on this machine"_s), qPrintable(texts.join(u'|')));
        QVERIFY(texts.join(u' ').contains(u"Run ./installer/setup."_s));
        QVERIFY(!f.action(u"startAllSidecars"_s)->isEnabled());
    }

    void theLogIsFiltered()
    {
        WindowFixture f(helloMesh());
        f.trigger(u"pageSidecars"_s);
        f.trigger(u"startAllSidecars"_s);
        auto *log = f.find<QListView>(u"log.sidecars"_s);
        const int before = log->model()->rowCount();
        f.sidecars.log({"default", "web-1"}, u"all clusters initialized"_s);
        f.sidecars.log({"default", "backend-1"}, u"upstream reset"_s, SidecarLogLine::Level::Warning);
        QTRY_COMPARE(log->model()->rowCount(), before + 2);
        f.find<QLineEdit>(u"field.logFilter"_s)->setText(u"reset"_s);
        QTRY_COMPARE(log->model()->rowCount(), 1);
        f.find<QLineEdit>(u"field.logFilter"_s)->clear();
        f.find<QComboBox>(u"choice.logLevel"_s)->setCurrentIndex(2);
        QTRY_COMPARE(log->model()->rowCount(), 1);
        f.find<QComboBox>(u"choice.logLevel"_s)->setCurrentIndex(0);
        f.find<QComboBox>(u"choice.logSidecar"_s)->setCurrentText(u"web-1"_s);
        QTRY_VERIFY(log->model()->rowCount() >= 1);
        for (int row = 0; row < log->model()->rowCount(); ++row)
            QVERIFY(!log->model()->index(row, 0).data().toString().contains(u"upstream reset"_s));
    }

    void manySidecarsAreAskedAbout()
    {
        WindowFixture f(shopMesh());
        f.trigger(u"startAllSidecars"_s);
        QVERIFY(f.sidecars.started().empty());
        auto *dialog = f.window->findChild<QDialog *>(u"dialog.startMany"_s);
        QVERIFY(dialog);
        dialog->close();
    }
};

MESHSCOPE_UI_TEST_MAIN(TestSidecarsPage)
#include "tst_sidecars_page.moc"
