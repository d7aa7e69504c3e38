// The program itself, as a person starts it: the tour "first-light" with real Envoys, and what is left when
// the program ends, however it ends.
#include "tests/integration/processes.h"

#include <QElapsedTimer>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>

using namespace Qt::StringLiterals;
using namespace meshscope::test;

namespace {

const QString kProgram = QStringLiteral(MESHSCOPE_BIN_DIR "/meshscope");

bool hasEnvoy()
{
    QProcess doctor;
    doctor.start(QStringLiteral(MESHSCOPE_BIN_DIR "/meshscopectl"), {u"doctor"_s, u"-o"_s, u"json"_s});
    doctor.waitForFinished(30'000);
    const QByteArray output = doctor.readAllStandardOutput();
    const auto at = output.indexOf("\"envoy\"");
    return at >= 0 && output.contains("_bin/envoy") ? true : !qEnvironmentVariableIsEmpty("MESHSCOPE_ENVOY");
}

#define NEEDS_ENVOY()                                                                                        \
    if (!hasEnvoy()) {                                                                                       \
        QVERIFY2(qgetenv("CI") != "true", "envoy not found, and CI must have it");                           \
        QSKIP("envoy not found");                                                                            \
    }

class TestFirstLight : public QObject
{
    Q_OBJECT

    QTemporaryDir m_home;

    // A home and a run directory of its own: nothing is read from or left in the person's.
    QProcessEnvironment environment() const
    {
        auto result = QProcessEnvironment::systemEnvironment();
        result.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        result.insert(u"HOME"_s, m_home.path());
        result.insert(u"XDG_CONFIG_HOME"_s, m_home.filePath(u"config"_s));
        result.insert(u"XDG_RUNTIME_DIR"_s, m_home.path());
        result.insert(u"TMPDIR"_s, m_home.path());
        result.remove(u"DISPLAY"_s);
        return result;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_home.isValid()); }

    void theTourHolds()
    {
        NEEDS_ENVOY();
        QTemporaryDir shots;
        QProcess program;
        program.setProcessEnvironment(environment());
        program.setProcessChannelMode(QProcess::MergedChannels);
        program.start(kProgram, {u"--tour"_s, u"first-light"_s, u"--shots"_s, shots.path()});
        QVERIFY(program.waitForStarted());
        QVERIFY2(program.waitForFinished(170'000), "the tour did not end");
        const QByteArray output = program.readAll();
        QVERIFY2(program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0, output.constData());
        QVERIFY2(output.count("  ok  ") >= 30, output.constData());
        QVERIFY2(!output.contains("FAILED"), output.constData());

        const QStringList pictures = QDir(shots.path()).entryList({u"*.png"_s}, QDir::Files);
        QVERIFY2(pictures.size() >= 7, qPrintable(pictures.join(u' ')));
        for (const auto &name : pictures) {
            const QImage picture(shots.filePath(name));
            QVERIFY2(picture.width() >= 1280 && picture.height() >= 800, qPrintable(name));
        }
        QVERIFY2(QDir(m_home.path()).entryList({u"meshscope*"_s, u"ms-*"_s}, QDir::AllEntries).isEmpty(),
                 "a run directory was left behind");
    }

    void nothingSurvivesItsEnd_data()
    {
        QTest::addColumn<int>("signalNumber");
        QTest::newRow("kill -9") << SIGKILL;
        QTest::newRow("an ordinary end of the session") << SIGTERM;
    }

    void nothingSurvivesItsEnd()
    {
        NEEDS_ENVOY();
        QFETCH(int, signalNumber);
        QProcess program;
        program.setProcessEnvironment(environment());
        program.setProcessChannelMode(QProcess::MergedChannels);
        program.start(kProgram, {u"--sandbox"_s, u"hello"_s, u"--free-ports"_s, u"--start-sidecars"_s});
        QVERIFY(program.waitForStarted());
        std::set<qint64> children;
        const auto threeEnvoysAndWorkloads = [&] {
            children = descendantsOf(program.processId());
            return countOf(children, u"envoy"_s) == 3 && countOf(children, u"meshscopectl"_s) == 3;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(threeEnvoysAndWorkloads(), program.readAll().constData(), 60'000);

        QCOMPARE(::kill(static_cast<pid_t>(program.processId()), signalNumber), 0);
        QVERIFY(program.waitForFinished(40'000));
        const auto survivors = [&] {
            int count = 0;
            for (const qint64 pid : children)
                count += isAlive(pid) ? 1 : 0;
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(survivors(), 0, 10'000);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestFirstLight)
#include "tst_first_light.moc"
