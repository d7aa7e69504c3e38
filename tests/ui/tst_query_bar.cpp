// The query bar in the window: colours, words, suggestions, history, named queries, and what follows it.
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"
#include "tests/ui/window_fixture.h"

#include "models/navigator_tree.h"
#include "models/query_filter.h"
#include "models/roles.h"
#include "ui/browse/table_view.h"
#include "ui/shell/completion_popup.h"
#include "ui/shell/query_bar.h"
#include "ui/style/theme.h"

#include <QLabel>
#include <QListView>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

namespace {

ui::QueryBar *bar(const WindowFixture &f) { return f.find<ui::QueryBar>(u"field.filter"_s); }

QAbstractItemModel *rows(const WindowFixture &f)
{
    return f.find<ui::TableView>(u"table.dataplanes"_s)->model();
}

void type(const WindowFixture &f, const QString &text)
{
    bar(f)->setFocus();
    QTRY_VERIFY(bar(f)->hasFocus());
    QTest::keyClicks(bar(f), text);
}

QStringList suggestions(const WindowFixture &f)
{
    QStringList texts;
    const auto *popup = f.window->findChild<ui::CompletionPopup *>();
    if (!popup || !popup->isVisible())
        return texts;
    const auto *list = f.find<QListView>(u"list.completion"_s);
    for (int row = 0; row < list->model()->rowCount(); ++row)
        texts << list->model()->index(row, 0).data().toString();
    return texts;
}

class TestQueryBar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatDoesNotParseKeepsTheFilter()
    {
        WindowFixture f(helloMesh());
        type(f, u"tag.version == v2"_s);
        QTRY_COMPARE(rows(f)->rowCount(), 1);
        QCOMPARE(bar(f)->diagnosis().verdict, query::Diagnosis::Verdict::Good);
        QTest::keyClicks(bar(f), u" and"_s);
        QCOMPARE(bar(f)->diagnosis().verdict, query::Diagnosis::Verdict::CouldGoOn);
        QVERIFY(bar(f)->accessibleDescription().startsWith(u"column 22: "_s));
        QTest::keyClicks(bar(f), u" nmae:a"_s);
        QCOMPARE(bar(f)->diagnosis().verdict, query::Diagnosis::Verdict::Wrong);
        auto *popup = f.window->findChild<ui::CompletionPopup *>();
        QVERIFY(popup);
        QTRY_VERIFY(popup->isVisible());
        QVERIFY(f.find<QLabel>(u"label.queryProblem"_s)->text().contains(u"there is no field `nmae`"_s));
        QCOMPARE(rows(f)->rowCount(), 1);
    }

    void suggestionsAreAccepted()
    {
        WindowFixture f(helloMesh());
        type(f, u"tag.ver"_s);
        QTRY_COMPARE(suggestions(f), QStringList{u"tag.version"_s});
        QTest::keyClick(bar(f), Qt::Key_Tab);
        QCOMPARE(bar(f)->text(), u"tag.version"_s);
        QVERIFY(bar(f)->hasFocus());
        QTRY_COMPARE(suggestions(f).value(1), u"=="_s);
        QTest::keyClick(bar(f), Qt::Key_Down);
        QTest::keyClick(bar(f), Qt::Key_Down);
        QTest::keyClick(bar(f), Qt::Key_Return);
        QCOMPARE(bar(f)->text(), u"tag.version == "_s);
        QTRY_COMPARE(suggestions(f), (QStringList{u"v1"_s, u"v2"_s}));
        QTest::keyClick(bar(f), Qt::Key_Down);
        QTest::keyClick(bar(f), Qt::Key_Return);
        QCOMPARE(bar(f)->text(), u"tag.version == v1"_s);
        QTRY_COMPARE(rows(f)->rowCount(), 1);
        QTRY_VERIFY(suggestions(f).isEmpty());
        QTest::keyClick(bar(f), Qt::Key_Return);
        QTRY_VERIFY(f.find<ui::TableView>(u"table.dataplanes"_s)->hasFocus());
    }

    void escapeHidesSuggestionsThenClears()
    {
        WindowFixture f(helloMesh());
        type(f, u"stat"_s);
        QTRY_VERIFY(!suggestions(f).isEmpty());
        QTest::keyClick(bar(f), Qt::Key_Escape);
        QVERIFY(suggestions(f).isEmpty());
        QCOMPARE(bar(f)->text(), u"stat"_s);
        QTest::keyClick(bar(f), Qt::Key_Escape);
        QVERIFY(bar(f)->text().isEmpty());
    }

    void earlierQueriesComeBackWithUp()
    {
        WindowFixture f(helloMesh());
        for (const auto &text : {u"v1"_s, u"v2"_s}) {
            bar(f)->clear();
            type(f, text);
            QTest::keyClick(bar(f), Qt::Key_Return);
        }
        bar(f)->clear();
        type(f, u"xy"_s);
        QTest::keyClick(bar(f), Qt::Key_Up);
        QCOMPARE(bar(f)->text(), u"v2"_s);
        QTest::keyClick(bar(f), Qt::Key_Up);
        QCOMPARE(bar(f)->text(), u"v1"_s);
        QTest::keyClick(bar(f), Qt::Key_Up);  // there is no earlier one
        QCOMPARE(bar(f)->text(), u"v1"_s);
        QTest::keyClick(bar(f), Qt::Key_Down);
        QTest::keyClick(bar(f), Qt::Key_Down);
        QCOMPARE(bar(f)->text(), u"xy"_s);
    }

    void historyAndNamesAreKept()
    {
        QTemporaryDir folder;
        QSettings settings(folder.filePath(u"s.ini"_s), QSettings::IniFormat);
        {
            ui::QueryStore store(&settings);
            store.remember(u"a"_s);
            store.remember(u" b "_s);
            store.remember(u"a"_s);
            store.save(u"Second"_s, u"status:offline"_s);
            store.save(u"First"_s, u"old"_s);
            store.setTint(u"First"_s, 3);
            store.save(u"First"_s, u"tag.version == v2"_s);
        }
        ui::QueryStore store(&settings);
        QCOMPARE(store.history(), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(store.named().size(), 2);
        QCOMPARE(store.named().at(0), (ui::QueryStore::Named{u"First"_s, u"tag.version == v2"_s, 3}));
        store.remove(u"First"_s);
        QCOMPARE(ui::QueryStore(&settings).named().size(), 1);
        for (int i = 0; i < 99; ++i)
            store.remember(QString::number(i));
        QCOMPARE(store.history().size(), ui::QueryStore::kMostRemembered);
    }

    void whatMatchedIsMarkedAndSaid()
    {
        WindowFixture f(helloMesh());
        bar(f)->setQuery(u"tag.version == v2"_s);
        QTRY_COMPARE(rows(f)->rowCount(), 1);
        QVERIFY(rows(f)->index(0, 2).data(MatchedRole).toBool());   // tag set
        QVERIFY(!rows(f)->index(0, 0).data(MatchedRole).toBool());  // name
        QVERIFY(rows(f)
                    ->index(0, 0)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(u"Matched: tag.version v2, inbound 8080"_s));
        bar(f)->setQuery({});
        QTRY_COMPARE(rows(f)->rowCount(), 3);
        QVERIFY(!rows(f)->index(0, 2).data(MatchedRole).toBool());
    }

    void namedQueriesColourRows()
    {
        WindowFixture f(helloMesh());
        f.window->workspace().filter->setColourRules(
            {{u"second"_s, query::parse("tag.version == v2").query, 4}});
        QCOMPARE(rows(f)->rowCount(), 3);
        for (int row = 0; row < 3; ++row) {
            const QModelIndex index = rows(f)->index(row, 0);
            const bool isSecond = index.data().toString() == u"backend-2"_s;
            QCOMPARE(index.data(TintRole).isValid(), isSecond);
            QCOMPARE(index.data(Qt::ToolTipRole).toString().contains(u"Coloured by the query second"_s),
                     isSecond);
        }
    }

    void navigatorAndProblemsFollow()
    {
        WindowFixture f(snapshotOf(
            {dp("web-1").service("web").online().acks(1, 1), dp("store-1").service("store").offline()}));
        auto *tree = f.find<QTreeView>(u"tree.navigator"_s)->model();
        auto *problems = f.find<ui::TableView>(u"table.problems"_s)->model();
        const auto muted = [tree](const QString &service) {
            const auto hits = tree->match(tree->index(0, 0), Qt::DisplayRole, service, 1,
                                          Qt::MatchExactly | Qt::MatchRecursive);
            return hits.isEmpty() || hits.first().data(NavigatorTree::MutedRole).toBool();
        };
        QTRY_VERIFY(problems->rowCount() > 0);
        QVERIFY(!muted(u"web"_s));
        bar(f)->setQuery(u"service == store"_s);
        QTRY_VERIFY(muted(u"web"_s));
        QVERIFY(!muted(u"store"_s));
        QVERIFY(problems->rowCount() > 0);
        bar(f)->setQuery(u"service == web"_s);
        QTRY_COMPARE(problems->rowCount(), 0);
    }

    void aNewSnapshotIsAskedTheSame()
    {
        WindowFixture f(helloMesh());
        bar(f)->setQuery(u"not status:online"_s);
        QTRY_COMPARE(rows(f)->rowCount(), 0);
        f.source.setSnapshot(
            snapshotOf({dp("web-1").service("web").offline(), dp("web-2").service("web").online()}));
        QTRY_COMPARE(rows(f)->rowCount(), 1);
    }
};

}  // namespace

MESHSCOPE_UI_TEST_MAIN(TestQueryBar)
#include "tst_query_bar.moc"
