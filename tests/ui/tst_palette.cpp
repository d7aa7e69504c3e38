// Contrast of everything that is read, and whether tags and marks can be told apart, also by colour-blind
// eyes.
#include "ui/style/palette.h"
#include "ui/style/plurals.h"
#include "ui/style/status_mark.h"
#include "ui/style/tag_chips.h"
#include "ui/style/theme.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include <array>
#include <cmath>
#include <set>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::ui;

namespace {

struct Lab {
    double l, a, b;
};

using Matrix = std::array<std::array<double, 3>, 3>;

// Machado, Oliveira and Fernandes 2009, full strength, on linear RGB.
const std::array<Matrix, 4> kViews{
    Matrix{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    Matrix{
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    Matrix{
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    Matrix{
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}};

double linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

Lab labOf(const QColor &colour, const Matrix &view)
{
    const std::array<double, 3> rgb{linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())};
    std::array<double, 3> seen{};
    for (std::size_t i = 0; i < 3; ++i)
        seen[i] = std::clamp(view[i][0] * rgb[0] + view[i][1] * rgb[1] + view[i][2] * rgb[2], 0.0, 1.0);
    const double x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.95047;
    const double y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2];
    const double z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.08883;
    const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    return {116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))};
}

double distance(const QColor &a, const QColor &b, const Matrix &view)
{
    const Lab p = labOf(a, view), q = labOf(b, view);
    return std::sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) + (p.b - q.b) * (p.b - q.b));
}

// Which pixels a mark covers, colour aside.
QImage shapeOf(Mark mark, const QPalette &palette)
{
    QImage image(40, 40, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paintMark(&painter, QRectF(2, 2, 36, 36), mark, palette);
    painter.end();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            image.setPixel(x, y, qAlpha(image.pixel(x, y)) > 128 ? 0xff000000 : 0xffffffff);
    }
    return image;
}

}  // namespace

class TestPalette : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::newRow("light") << lightPalette();
        QTest::newRow("dark") << darkPalette();
    }

    void textsAreReadable_data()
    {
        QTest::addColumn<int>("ground");
        QTest::newRow("on a page") << static_cast<int>(QPalette::Base);
        QTest::newRow("on the window") << static_cast<int>(QPalette::Window);
        QTest::newRow("on a selected row") << static_cast<int>(QPalette::Highlight);
        QTest::newRow("on a button") << static_cast<int>(QPalette::Button);
        QTest::newRow("on a tool tip") << static_cast<int>(QPalette::ToolTipBase);
    }

    void textsAreReadable()
    {
        QFETCH_GLOBAL(QPalette, palette);
        QFETCH(int, ground);
        const QColor under = palette.color(static_cast<QPalette::ColorRole>(ground));
        QVERIFY(contrastRatio(palette.color(QPalette::Text), under) >= 7);
        QVERIFY2(contrastRatio(mutedText(palette), under) >= 4.5,
                 qPrintable(QString::number(contrastRatio(mutedText(palette), under))));
    }

    void colouredWordsAreReadable()
    {
        QFETCH_GLOBAL(QPalette, palette);
        for (const auto ground : {QPalette::Base, QPalette::Window}) {
            for (const Mark mark : {Mark::Good, Mark::Partly, Mark::Bad, Mark::Unknown}) {
                const double contrast = contrastRatio(markTextColour(mark, palette), palette.color(ground));
                QVERIFY2(contrast >= 4.5, qPrintable(u"%1: %2"_s.arg(static_cast<int>(mark)).arg(contrast)));
            }
            QVERIFY(contrastRatio(accent(palette), palette.color(ground)) >= 4.5);
        }
        QVERIFY(contrastRatio(accent(palette), readableOn(accent(palette))) >= 4.5);
    }

    void marksStandOut()
    {
        QFETCH_GLOBAL(QPalette, palette);
        for (const auto ground : {QPalette::Base, QPalette::Window, QPalette::Highlight}) {
            for (const Mark mark : {Mark::Good, Mark::Partly, Mark::Bad, Mark::Unknown, Mark::Working})
                QVERIFY2(contrastRatio(markColour(mark, palette), palette.color(ground)) >= 3,
                         qPrintable(u"mark %1 on role %2"_s.arg(static_cast<int>(mark)).arg(ground)));
        }
    }

    void marksDifferInShape()
    {
        QFETCH_GLOBAL(QPalette, palette);
        const QList<Mark> marks{Mark::Good, Mark::Partly, Mark::Bad, Mark::Unknown, Mark::Working};
        for (const Mark a : marks) {
            for (const Mark b : marks) {
                if (a == b)
                    continue;
                const QImage one = shapeOf(a, palette), other = shapeOf(b, palette);
                int different = 0;
                for (int y = 0; y < one.height(); ++y) {
                    for (int x = 0; x < one.width(); ++x)
                        different += one.pixel(x, y) != other.pixel(x, y) ? 1 : 0;
                }
                const bool arcs =
                    (a == Mark::Unknown && b == Mark::Working) || (a == Mark::Working && b == Mark::Unknown);
                QVERIFY2(different > (arcs ? 10 : 100),
                         qPrintable(u"%1 and %2 differ in %3"_s.arg(static_cast<int>(a))
                                        .arg(static_cast<int>(b))
                                        .arg(different)));
            }
        }
    }

    void chipsAreReadable()
    {
        QFETCH_GLOBAL(QPalette, palette);
        for (int i = 0; i < kTagTints; ++i) {
            QVERIFY2(contrastRatio(tagKeyColour(palette), tagTint(i, palette)) >= 4.5,
                     qPrintable(QString::number(i)));
            QVERIFY2(contrastRatio(palette.color(QPalette::Text), tagTint(i, palette)) >= 4.5,
                     qPrintable(QString::number(i)));
        }
    }

    void tintsCanBeToldApart()
    {
        QFETCH_GLOBAL(QPalette, palette);
        for (const Matrix &view : kViews) {
            for (int i = 0; i < kTagTints; ++i) {
                for (int j = i + 1; j < kTagTints; ++j) {
                    const double apart = distance(tagTint(i, palette), tagTint(j, palette), view);
                    QVERIFY2(apart >= 5,
                             qPrintable(u"tints %1 and %2 are %3 apart"_s.arg(i).arg(j).arg(apart)));
                }
            }
        }
    }

    void aTagHasOneTint()
    {
        QFETCH_GLOBAL(QPalette, palette);
        QCOMPARE(tagTintIndex(u"version"_s, u"v1"_s), tagTintIndex(u"version"_s, u"v1"_s));
        std::set<int> used;
        for (int i = 0; i < 200; ++i)
            used.insert(tagTintIndex(u"version"_s, u"v%1"_s.arg(i)));
        QCOMPARE(static_cast<int>(used.size()), kTagTints);
        Q_UNUSED(palette);
    }

    void chipsShortenWhatIsReserved()
    {
        const Tags tags{
            {"kuma.io/service", "web"}, {"kuma.io/protocol", "http"}, {"version", "v1"}, {"a", "b"}};
        const auto chips = chipsOf(tags);
        QCOMPARE(chips.size(), 4);
        QCOMPARE(chips.at(0).key, u"service"_s);
        QVERIFY(chips.at(0).reserved);
        QCOMPARE(chips.at(0).full(), u"kuma.io/service=web"_s);
        QCOMPARE(chips.at(1).key, u"version"_s);
        QCOMPARE(chips.at(2).key, u"a"_s);
        QCOMPARE(chips.at(3).key, u"protocol"_s);
        // Equal sets are shown once; different ones are parted.
        const auto sets = chipsOf(TagSets{tags, tags, {{"version", "v2"}}});
        QCOMPARE(sets.size(), 5);
        QVERIFY(sets.at(4).startsSet);
    }

    void whatHasNoRoomIsCounted()
    {
        Tags tags;
        for (int i = 0; i < 9; ++i)
            tags["key" + std::to_string(i)] = "value";
        const auto chips = chipsOf(tags);
        const ChipRow row =
            paintChips(nullptr, QRect(0, 0, 260, 26), chips, QApplication::font(), lightPalette());
        QVERIFY(row.shown > 0 && row.shown < 9);
        QVERIFY(row.rest.right() <= 260);
        QVERIFY(paintChips(nullptr, QRect(0, 0, 4000, 26), chips, QApplication::font(), lightPalette())
                    .rest.isNull());
        // Even a single chip that is too long stays within its cell.
        QCOMPARE(paintChips(nullptr, QRect(0, 0, 30, 26), chips, QApplication::font(), lightPalette()).shown,
                 1);
    }

    void pluralsAreEnglish()
    {
        QFETCH_GLOBAL(QPalette, palette);
        Q_UNUSED(palette);
        EnglishPlurals plurals;
        QCOMPARE(plurals.translate("", "%n sidecar(s)", nullptr, 1), u"%n sidecar"_s);
        QCOMPARE(plurals.translate("", "%n sidecar(s)", nullptr, 3), u"%n sidecars"_s);
        QVERIFY(plurals.translate("", "f(s)", nullptr, -1).isEmpty());
    }

    void themesHaveNames()
    {
        for (const ThemeMode mode : {ThemeMode::System, ThemeMode::Light, ThemeMode::Dark})
            QCOMPARE(themeFromName(themeName(mode)), mode);
        QCOMPARE(themeFromName(u"purple"_s), ThemeMode::System);
    }
};

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    prepareApplication(application);
    TestPalette test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_palette.moc"
