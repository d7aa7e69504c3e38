// What a person types finds what they mean: the order of fits, what does not fit, and what is marked.
#include "models/fuzzy.h"
#include "tests/support/qtest_std.h"

#include <QTest>

using namespace meshscope;

class TestFuzzy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void betterFitsScoreHigher_data()
    {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("better");
        QTest::addColumn<std::string>("worse");
        const auto row = [](const char *name, const char *typed, const char *better, const char *worse) {
            QTest::newRow(name) << std::string(typed) << std::string(better) << std::string(worse);
        };
        row("the whole name before a longer one", "web", "web", "web-1");
        row("a beginning before a part's beginning", "web", "web-1", "my-web");
        row("a part's beginning before a piece", "web", "my-web", "cobweb");
        row("a piece before letters in their order", "web", "cobweb", "w-e-b");
        row("a short name before a long one", "web", "web-1", "web-in-the-east-1");
        row("initials before scattered letters", "wi", "web-in", "waterfall-trail");
        row("close letters before far ones", "be1", "xbxe1", "xbxxxxxexxxx1");
        row("capitals do not matter", "WEB", "web", "my-web");
        row("a hump begins a part", "table", "exportTable", "unsuitables");
        row("digits count as they stand", "2", "web-2", "web-12");
    }
    void betterFitsScoreHigher()
    {
        QFETCH(std::string, typed);
        QFETCH(std::string, better);
        QFETCH(std::string, worse);
        const FuzzyPattern pattern(typed);
        QVERIFY(pattern.score(worse) > 0);
        QVERIFY2(pattern.score(better) > pattern.score(worse),
                 qPrintable(QStringLiteral("%1, %2").arg(pattern.score(better)).arg(pattern.score(worse))));
    }

    void everyWordMustFit_data()
    {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("text");
        QTest::addColumn<bool>("fits");
        QTest::newRow("nothing typed fits everything") << std::string() << std::string("web") << true;
        QTest::newRow("blanks are nothing") << std::string("  ") << std::string("web") << true;
        QTest::newRow("words in any order") << std::string("east web") << std::string("web-east") << true;
        QTest::newRow("one word that is not there")
            << std::string("web north") << std::string("web-east") << false;
        QTest::newRow("letters in the wrong order") << std::string("bew") << std::string("web") << false;
        QTest::newRow("more typed than there is") << std::string("web-1") << std::string("web") << false;
        QTest::newRow("an empty name") << std::string("w") << std::string() << false;
        QTest::newRow("bytes beyond ASCII") << std::string("grö") << std::string("größe") << true;
    }
    void everyWordMustFit()
    {
        QFETCH(std::string, typed);
        QFETCH(std::string, text);
        QFETCH(bool, fits);
        QCOMPARE(FuzzyPattern(typed).score(text) > 0, fits);
    }

    void marksWhatWasTyped_data()
    {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::vector<int>>("at");
        QTest::newRow("a piece at a part's beginning wins")
            << std::string("e") << std::string("we-east") << std::vector<int>{3};
        QTest::newRow("letters in the shortest run")
            << std::string("ac") << std::string("a-xabc") << std::vector<int>{3, 5};
        QTest::newRow("two words") << std::string("b a") << std::string("a b") << std::vector<int>{0, 2};
        QTest::newRow("nothing typed") << std::string() << std::string("a b") << std::vector<int>{};
    }
    void marksWhatWasTyped()
    {
        QFETCH(std::string, typed);
        QFETCH(std::string, text);
        QFETCH(std::vector<int>, at);
        QCOMPARE(FuzzyPattern(typed).matchedIn(text), at);
    }
};

QTEST_GUILESS_MAIN(TestFuzzy)
#include "tst_fuzzy.moc"
