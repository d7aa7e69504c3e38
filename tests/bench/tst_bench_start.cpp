// How long from starting the program to its first painted window, beside a program that shows an empty Qt
// window (this one, with --empty-window). Both offscreen; 15 runs each, taken in turn.
#include <QApplication>
#include <QElapsedTimer>
#include <QMainWindow>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

double timed(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    QElapsedTimer clock;
    clock.start();
    process.start(program, arguments);
    if (!process.waitForFinished(30'000) || process.exitCode() != 0)
        return -1;
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

class BenchStart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstWindow()
    {
        QTemporaryDir home;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"XDG_CONFIG_HOME"_s, home.path());
        std::vector<double> ours, empty;
        for (int run = 0; run < 15; ++run) {
            ours.push_back(timed(QStringLiteral(MESHSCOPE_BIN_DIR "/meshscope"),
                                 {u"--free-ports"_s, u"--quit-after-first-paint"_s}, environment));
            empty.push_back(
                timed(QCoreApplication::applicationFilePath(), {u"--empty-window"_s}, environment));
            QVERIFY(ours.back() > 0 && empty.back() > 0);
        }
        std::sort(ours.begin(), ours.end());
        std::sort(empty.begin(), empty.end());
        std::printf("first window: median %.0f ms (with the end of the program); empty Qt window %.0f ms; "
                    "ratio %.2f\n",
                    ours[7], empty[7], ours[7] / empty[7]);
    }
};

int showEmptyWindow(int argc, char **argv)
{
    QApplication application(argc, argv);
    QMainWindow window;
    window.resize(1280, 800);
    window.show();
    QTimer::singleShot(0, &window, [&window] {
        window.repaint();
        QCoreApplication::quit();
    });
    return QApplication::exec();
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc > 1 && qstrcmp(argv[1], "--empty-window") == 0)
        return showEmptyWindow(argc, argv);
    QCoreApplication application(argc, argv);
    BenchStart bench;
    return QTest::qExec(&bench, argc, argv);
}

#include "tst_bench_start.moc"
