// Several control planes in one window: how they come, take turns, are told apart, protected and closed.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/focus.h"
#include "ui/browse/table_view.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/shell/connect_page.h"
#include "ui/shell/start_page.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeView>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

ConnectionProfile profile(const QString &id, const QString &name)
{
    ConnectionProfile made;
    made.id = id;
    made.name = name;
    made.url = QUrl(u"https://%1.example.org:5682"_s.arg(name));
    return made;
}

QString pageInFront(const WindowFixture &f)
{
    return f.find<QTabWidget>(u"tabs.pages"_s)->currentWidget()->objectName();
}

QStringList rows(const WindowFixture &f)
{
    QStringList names;
    const auto *model = f.find<ui::TableView>(u"table.dataplanes"_s)->model();
    for (int row = 0; row < model->rowCount(); ++row)
        names << model->index(row, 0).data().toString();
    return names;
}

}  // namespace

class TestConnections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutAConnectionItStartsOnTheStartPage()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        QCOMPARE(pageInFront(f), u"page.start"_s);
        QCOMPARE(f.find<QComboBox>(u"choice.connection"_s)->currentText(), u"Nothing connected"_s);
        f.trigger(u"pageDataplanes"_s);
        QVERIFY(!f.find<QWidget>(u"table.dataplanes"_s)->isVisible());
        f.trigger(u"pageStart"_s);
        // One click and there is a mesh.
        f.doors.setSnapshot(helloMesh());
        f.find<QPushButton>(u"button.openSample"_s)->click();
        QTRY_COMPARE(f.find<QComboBox>(u"choice.connection"_s)->currentText(), u"Sandbox"_s);
        QTRY_COMPARE(rows(f).size(), 3);
        QVERIFY(pageInFront(f) != u"page.start"_s);
    }

    void anErrorIsSaidWhereItWasAskedFor()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        f.doors.failWith(Error{Error::Code::Unreachable, "connection refused", "http://127.0.0.1:5681"});
        f.find<QPushButton>(u"button.openSample"_s)->click();
        QTRY_VERIFY(!f.find<QLabel>(u"label.startSaid"_s)->text().isEmpty());
        QCOMPARE(pageInFront(f), u"page.start"_s);
    }

    void twoConnectionsTakeTurns()
    {
        WindowFixture f(helloMesh());
        f.doors.store()->setProfiles({profile(u"p"_s, u"prod"_s)});
        f.doors.setSnapshot(snapshotOf({dp("other-1").service("other").online().acks(1, 1)}));
        f.trigger(u"pageConnect"_s);
        QCOMPARE(pageInFront(f), u"page.connect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"prod"_s);
        QCOMPARE(rows(f), QStringList{u"other-1"_s});
        auto *tree = f.find<QTreeView>(u"tree.navigator"_s);
        QCOMPARE(tree->model()->rowCount(), 3);  // two control planes and the sidecars
        // What is chosen in the other one's part of the tree brings the other one to the front.
        f.look("web-1");
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"Sandbox"_s);
        QCOMPARE(rows(f).size(), 3);
        QTRY_COMPARE(
            f.find<ui::TableView>(u"table.dataplanes"_s)->currentIndex().siblingAtColumn(0).data().toString(),
            u"web-1"_s);
        // And so does the choice above.
        auto *choice = f.find<QComboBox>(u"choice.connection"_s);
        choice->setCurrentIndex(1);
        Q_EMIT choice->activated(1);
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"prod"_s);
        // Opening it again brings it to the front instead of opening it twice.
        f.look("web-1");
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"Sandbox"_s);
        f.trigger(u"pageConnect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"prod"_s);
        QCOMPARE(f.window->connections()->all().size(), std::size_t(2));
    }

    void newsOfTheOtherOneDoNotShowHere()
    {
        WindowFixture f(helloMesh());
        f.doors.store()->setProfiles({profile(u"p"_s, u"prod"_s)});
        f.doors.setSnapshot(snapshotOf({dp("other-1").service("other").online().acks(1, 1)}));
        f.trigger(u"pageConnect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(rows(f), QStringList{u"other-1"_s});
        f.source.setSnapshot(snapshotOf({dp("a").online(), dp("b").online()}));
        QApplication::processEvents();
        QCOMPARE(rows(f), QStringList{u"other-1"_s});
        f.window->focus()->set({FocusKind::ControlPlane, &f.source, {}, -1});
        QTRY_COMPARE(rows(f), (QStringList{u"a"_s, u"b"_s}));
    }

    void closingOneLeavesTheOther()
    {
        WindowFixture f(helloMesh());
        f.doors.store()->setProfiles({profile(u"p"_s, u"prod"_s)});
        f.doors.setSnapshot(snapshotOf({dp("other-1").service("other").online().acks(1, 1)}));
        f.trigger(u"pageConnect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(rows(f), QStringList{u"other-1"_s});
        f.doors.editorOf(u"prod"_s)->hold({"default", "other-1"}, backend2Json());
        f.window->openEditor({"default", "other-1"});
        QCOMPARE(f.window->editors().size(), 1);
        f.trigger(u"closeConnection"_s);
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"Sandbox"_s);
        QCOMPARE(f.doors.closed(), QStringList{u"prod"_s});
        QVERIFY(f.window->editors().isEmpty());
        QCOMPARE(rows(f).size(), 3);
        f.trigger(u"closeConnection"_s);
        QTRY_COMPARE(pageInFront(f), u"page.start"_s);
        QCOMPARE(rows(f).size(), 0);
    }

    void anEditorPushesToWhereItWasOpened()
    {
        WindowFixture f(helloMesh());
        ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
        QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
        f.doors.store()->setProfiles({profile(u"p"_s, u"prod"_s)});
        f.doors.setSnapshot(snapshotOf({dp("other-1").service("other").online().acks(1, 1)}));
        f.trigger(u"pageConnect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"prod"_s);
        f.find<QTabWidget>(u"tabs.pages"_s)->setCurrentWidget(editor);
        QVERIFY(f.action(u"push"_s)->text().endsWith(u"Sandbox"_s));
        QVERIFY(f.find<QPushButton>(u"button.push"_s)->text().endsWith(u"Sandbox"_s));
    }

    void aProtectedOneAsksForTheMeshByName()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        ConnectionProfile guarded = profile(u"p"_s, u"prod"_s);
        guarded.isProtected = true;
        f.doors.store()->setProfiles({guarded});
        f.doors.setSnapshot(helloMesh());
        f.trigger(u"pageConnect"_s);
        f.find<QPushButton>(u"button.openProfile"_s)->click();
        QTRY_COMPARE(f.find<QLabel>(u"label.connectionMarks"_s)->text(), u"protected"_s);
        f.doors.editorOf(u"prod"_s)->hold({"default", "backend-2"}, backend2Json());
        ui::DataplaneEditor *editor = f.window->openEditor({"default", "backend-2"});
        QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
        QString text = editor->session()->text();
        editor->session()->setText(text.replace(u"version: v2"_s, u"version: v3"_s));
        QTRY_VERIFY(editor->session()->canPush());
        f.trigger(u"push"_s);
        auto *box = f.window->findChild<QMessageBox *>(u"dialog.protected"_s);
        QVERIFY(box);
        auto *deed = box->findChild<QPushButton *>(u"button.pushProtected"_s);
        auto *typed = box->findChild<QLineEdit *>(u"field.protectedMesh"_s);
        QVERIFY(!deed->isEnabled());
        typed->setText(u"defaul"_s);
        QVERIFY(!deed->isEnabled());
        typed->setText(u"default"_s);
        QVERIFY(deed->isEnabled());
        deed->click();
        QTRY_VERIFY(f.doors.editorOf(u"prod"_s)->heldJson({"default", "backend-2"}).find("v3")
                    != std::string::npos);
    }

    void aNewConnectionIsTestedSavedAndOpened()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        f.doors.setSnapshot(helloMesh());
        f.trigger(u"pageConnect"_s);
        auto *url = f.find<QLineEdit>(u"field.profileUrl"_s);
        auto *open = f.find<QPushButton>(u"button.openProfile"_s);
        url->setText(u"kuma.example.org"_s);
        QVERIFY(!open->isEnabled());
        QVERIFY(f.find<QLabel>(u"label.testAnswer"_s)->text().contains(u"http://"_s));
        url->setText(u"https://user:secret@kuma.example.org"_s);
        QVERIFY(!open->isEnabled());
        url->setText(u"https://kuma.example.org:5682"_s);
        f.find<QLineEdit>(u"field.profileToken"_s)->setText(u"abc"_s);
        f.find<QCheckBox>(u"check.readOnly"_s)->setChecked(true);
        QVERIFY(open->isEnabled());
        f.find<QPushButton>(u"button.testProfile"_s)->click();
        QTRY_COMPARE(f.find<QLabel>(u"label.testAnswer"_s)->text(), u"Kuma 2.9.13 answers there."_s);
        open->click();
        QTRY_COMPARE(f.window->workspace().context.connectionName, u"kuma.example.org"_s);
        const auto kept = f.doors.store()->profiles();
        QCOMPARE(kept.size(), 1);
        QVERIFY(kept.first().isReadOnly);
        QVERIFY(kept.first().token == ConnectionProfile::TokenPlace::Secrets);
        QCOMPARE(f.find<QLabel>(u"label.connectionMarks"_s)->text(), u"read-only"_s);
    }

    void aCertificateNeedsItsKey()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        f.trigger(u"pageConnect"_s);
        f.find<QLineEdit>(u"field.profileUrl"_s)->setText(u"https://a.example"_s);
        f.find<QLineEdit>(u"field.profileCertificate"_s)->setText(u"/tmp/c.pem"_s);
        QVERIFY(!f.find<QPushButton>(u"button.testProfile"_s)->isEnabled());
        f.find<QLineEdit>(u"field.profileKey"_s)->setText(u"/tmp/k.pem"_s);
        QVERIFY(f.find<QPushButton>(u"button.testProfile"_s)->isEnabled());
    }

    void whatKumactlSaysIsNotChangedHere()
    {
        WindowFixture f(WindowFixture::Unconnected{});
        ConnectionProfile context = profile(u"kumactl:prod"_s, u"prod"_s);
        context.origin = ConnectionProfile::Origin::Kumactl;
        context.originFile = u"~/.kumactl/config"_s;
        context.originContext = u"prod"_s;
        f.doors.store()->setProfiles({context});
        f.trigger(u"pageConnect"_s);
        QVERIFY(f.find<QLineEdit>(u"field.profileUrl"_s)->isReadOnly());
        QVERIFY(!f.find<QPushButton>(u"button.removeProfile"_s)->isVisible());
        QVERIFY(f.find<QCheckBox>(u"check.protected"_s)->isEnabled());
        // It stands on the start page too.
        f.trigger(u"pageStart"_s);
        QCOMPARE(f.find<QListWidget>(u"list.recent"_s)->count(), 1);
    }
};

MESHSCOPE_UI_TEST_MAIN(TestConnections)
#include "tst_connections.moc"
