// Every page can be read aloud and worked by keys: no button without a name, no field without one, no dead
// end.
#include "tests/support/mesh_builders.h"
#include "tests/ui/window_fixture.h"
#include "ui/editors/dataplane_editor.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabBar>

#include <set>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

QString pathOf(const QWidget *widget)
{
    QStringList path;
    for (; widget; widget = widget->parentWidget())
        path.prepend(QString::fromUtf8(widget->metaObject()->className()) + u'#' + widget->objectName());
    return path.join(u" > "_s);
}

QString nameOf(QWidget *widget)
{
    QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
    return face ? face->text(QAccessible::Name) : QString();
}

bool isOfQt(const QWidget *widget)
{
    // Parts that Qt makes inside its own widgets; the widget around them has the name.
    return widget->objectName().startsWith(u"qt_"_s) || qobject_cast<const QScrollBar *>(widget)
           || (widget->parentWidget()
               && (widget->parentWidget()->inherits("QLineEdit")
                   || widget->parentWidget()->inherits("QSpinBox")
                   || widget->parentWidget()->inherits("QComboBoxPrivateContainer")
                   || widget->parentWidget()->inherits("QTabBar")));
}

QStringList namelessIn(QWidget *window)
{
    QStringList nameless;
    for (QWidget *widget : window->findChildren<QWidget *>()) {
        if (!widget->isVisible() || isOfQt(widget))
            continue;
        const bool needsName = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QLineEdit *>(widget)
                               || qobject_cast<QComboBox *>(widget) || qobject_cast<QSpinBox *>(widget)
                               || qobject_cast<QAbstractItemView *>(widget)
                               || qobject_cast<QTabBar *>(widget);
        if (needsName && nameOf(widget).trimmed().isEmpty())
            nameless << pathOf(widget);
    }
    return nameless;
}

}  // namespace

class TestAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyButtonHasAName_data()
    {
        QTest::addColumn<QString>("page");
        for (const char *page :
             {"pageDataplanes", "pageServices", "pageTagSets", "pageGraph", "pageSidecars", "editor"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }

    void everyButtonHasAName()
    {
        QFETCH(QString, page);
        WindowFixture f(helloMesh());
        f.look("web-1");
        f.trigger(u"startAllSidecars"_s);
        if (page == u"editor"_s) {
            auto *editor = f.window->openEditor({"default", "backend-2"});
            QTRY_COMPARE(editor->session()->state(), EditSession::State::Ready);
            editor->startFind();
        } else {
            f.trigger(page);
        }
        QCoreApplication::processEvents();
        const QStringList nameless = namelessIn(f.window.get());
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    void buttonsWithoutWordsHaveToolTips()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        for (const QAbstractButton *button : f.window->findChildren<QAbstractButton *>()) {
            if (button->isVisible() && !isOfQt(button) && button->text().isEmpty())
                QVERIFY2(!button->toolTip().isEmpty(), qPrintable(pathOf(button)));
        }
    }

    void tabReachesEveryPane()
    {
        WindowFixture f(helloMesh());
        f.look("web-1");
        f.trigger(u"pageDataplanes"_s);
        QTRY_VERIFY(QApplication::focusWidget());
        std::set<QString> reached;
        for (int i = 0; i < 60; ++i) {
            if (const QWidget *at = QApplication::focusWidget()) {
                for (const QWidget *w = at; w; w = w->parentWidget()) {
                    for (const auto &pane : {u"tree.navigator"_s, u"page.dataplanes"_s, u"inspector"_s,
                                             u"dock"_s, u"field.filter"_s, u"table.dataplanes"_s}) {
                        if (w->objectName() == pane)
                            reached.insert(pane);
                    }
                }
            }
            QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : f.window.get(),
                            Qt::Key_Tab);
        }
        QCOMPARE(static_cast<int>(reached.size()), 6);
    }

    void statesAreWordsForScreenReaders()
    {
        WindowFixture f(shopMesh());
        auto *table = f.find<QAbstractItemView>(u"table.dataplanes"_s);
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                const QModelIndex cell = table->model()->index(row, column);
                const QVariant health = cell.data(Qt::UserRole + 2);
                if (health.isValid() && column == 4)
                    QVERIFY(!cell.data(Qt::AccessibleTextRole).toString().isEmpty());
            }
        }
    }

    void keysAreNotGivenTwice()
    {
        WindowFixture f(helloMesh());
        QMap<QString, QString> taken;
        for (const QAction *action : f.window->workspace().actions.all()) {
            for (const QKeySequence &key : action->shortcuts()) {
                const QString text = key.toString();
                QVERIFY2(!taken.contains(text),
                         qPrintable(text + u": "_s + taken.value(text) + u" and "_s + action->objectName()));
                taken.insert(text, action->objectName());
            }
        }
    }
};

MESHSCOPE_UI_TEST_MAIN(TestAccess)
#include "tst_access.moc"
