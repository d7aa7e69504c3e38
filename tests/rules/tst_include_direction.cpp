// The arrows of the style guide, checked on the text: which room's headers a room may include. The link lines
// say the same, but all Qt headers share one folder, so a wrong include could compile.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <map>
#include <set>
#include <string>

using namespace Qt::StringLiterals;

namespace {

using Rooms = std::set<QString>;

// A room may include its own headers and those named here. app/ and tests/ may include everything.
const std::map<QString, Rooms> kMayInclude = {
    {u"backend/core"_s, {}},
    {u"backend/codec"_s, {u"backend/core"_s}},
    {u"backend/validation"_s, {u"backend/core"_s, u"backend/codec"_s}},
    {u"backend/query"_s, {u"backend/core"_s, u"backend/codec"_s}},
    {u"backend/findings"_s, {u"backend/core"_s}},
    {u"backend/store"_s, {u"backend/core"_s}},
    {u"backend/pki"_s, {u"backend/core"_s}},
    {u"backend/xds"_s, {u"backend/core"_s, u"backend/codec"_s}},
    {u"backend/trace"_s, {u"backend/core"_s}},
    {u"backend/support"_s, {u"backend/core"_s}},
    {u"backend/api"_s, {u"backend/core"_s, u"backend/support"_s}},
    {u"backend/client"_s, {u"backend/core"_s, u"backend/support"_s, u"backend/api"_s, u"backend/codec"_s}},
    {u"backend/connections"_s, {u"backend/core"_s, u"backend/support"_s, u"backend/api"_s}},
    {u"backend/snapshot"_s, {u"backend/core"_s, u"backend/support"_s, u"backend/api"_s, u"backend/codec"_s}},
    {u"backend/control"_s,
     {u"backend/core"_s, u"backend/support"_s, u"backend/codec"_s, u"backend/validation"_s,
      u"backend/store"_s, u"backend/pki"_s, u"backend/xds"_s}},
    {u"backend/sidecar"_s, {u"backend/core"_s, u"backend/support"_s, u"backend/api"_s, u"backend/codec"_s}},
    {u"models"_s,
     {u"backend/core"_s, u"backend/support"_s, u"backend/api"_s, u"backend/codec"_s, u"backend/query"_s,
      u"backend/validation"_s, u"backend/trace"_s}},
    {u"ui"_s,
     {u"models"_s, u"resources"_s, u"backend/core"_s, u"backend/support"_s, u"backend/api"_s,
      u"backend/codec"_s, u"backend/query"_s, u"backend/findings"_s, u"backend/validation"_s,
      u"backend/trace"_s}},
    {u"resources"_s, {}},
};

// Rooms where Qt stops: standard C++ only, so that fuzzers, sanitizers and a headless run can use them.
const Rooms kWithoutQt = {u"backend/core"_s,       u"backend/codec"_s,    u"backend/query"_s,
                          u"backend/validation"_s, u"backend/findings"_s, u"backend/store"_s,
                          u"backend/pki"_s,        u"backend/xds"_s,      u"backend/trace"_s};

QString roomOf(const QString &path)
{
    const auto parts = path.split(u'/');
    return parts.value(0) == "backend"_L1 ? parts.value(0) + u'/' + parts.value(1) : parts.value(0);
}

QStringList problemsIn(const QString &path, const QString &text)
{
    static const QRegularExpression include(uR"(^\s*#\s*include\s+(["<])([^">]+)[">])"_s,
                                            QRegularExpression::MultilineOption);
    const QString room = roomOf(path);
    const auto allowed = kMayInclude.find(room);
    if (allowed == kMayInclude.end())
        return {};
    QStringList problems;
    for (auto matches = include.globalMatch(text); matches.hasNext();) {
        const auto match = matches.next();
        const QString header = match.captured(2);
        const bool ours = match.captured(1) == "\""_L1;
        if (!ours && kWithoutQt.contains(room) && header.size() > 1 && header[0] == u'Q'
            && header[1].isUpper())
            problems << path + u": "_s + room + u" is standard C++, but includes <"_s + header + u'>';
        if (room == "models"_L1 && !ours
            && QStringList{u"QColor"_s, u"QIcon"_s, u"QPixmap"_s, u"QWidget"_s}.contains(header))
            problems << path + u": models know facts, not looks, but include <"_s + header + u'>';
        const QString target = roomOf(header);
        if (ours && header.contains(u'/') && target != room && kMayInclude.count(target) != 0
            && !allowed->second.contains(target))
            problems << path + u": "_s + room + u" must not include "_s + header;
    }
    return problems;
}

class TestIncludeDirection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRoomKeepsItsArrows()
    {
        const QDir root(QStringLiteral(MESHSCOPE_SOURCE_DIR));
        int files = 0;
        QStringList problems;
        for (const auto &top : {u"backend"_s, u"models"_s, u"ui"_s, u"resources"_s}) {
            QDirIterator walk(root.filePath(top), {u"*.h"_s, u"*.cpp"_s}, QDir::Files,
                              QDirIterator::Subdirectories);
            while (walk.hasNext()) {
                QFile file(walk.next());
                QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
                problems << problemsIn(root.relativeFilePath(file.fileName()),
                                       QString::fromUtf8(file.readAll()));
                ++files;
            }
        }
        QVERIFY2(files > 20, "the tree was not found");
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    }

    void aWrongArrowIsSeen_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("wrong");
        QTest::newRow("a page reaches for the client")
            << u"ui/shell/a.cpp"_s << u"#include \"backend/client/rest_connection.h\"\n"_s << true;
        QTest::newRow("a page uses a model")
            << u"ui/shell/a.cpp"_s << u"#include \"models/focus.h\"\n"_s << false;
        QTest::newRow("core uses Qt") << u"backend/core/a.h"_s << u"#include <QString>\n"_s << true;
        QTest::newRow("core uses the standard") << u"backend/core/a.h"_s << u"#include <string>\n"_s << false;
        QTest::newRow("a model paints") << u"models/a.h"_s << u"#include <QColor>\n"_s << true;
        QTest::newRow("the sandbox reaches for a page")
            << u"backend/control/a.cpp"_s << u"  #  include \"ui/style/icons.h\"\n"_s << true;
        QTest::newRow("a room uses itself")
            << u"backend/xds/a.cpp"_s << u"#include \"backend/xds/b.h\"\n"_s << false;
    }

    void aWrongArrowIsSeen()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QFETCH(bool, wrong);
        QCOMPARE(!problemsIn(path, text).isEmpty(), wrong);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestIncludeDirection)
#include "tst_include_direction.moc"
