// The window. Everything it does without pixels, meshscopectl does too.
#include "app/meshscope/end_signals.h"
#include "app/meshscope/options.h"
#include "app/meshscope/tour.h"
#include "app/meshscope/tour_first_light.h"
#include "app/meshscope/workbench.h"
#include "ui/shell/main_window.h"
#include "ui/style/error_text.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace meshscope {

namespace {

bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
           || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

// A port of the sandbox is taken: say which, and offer the way out. True = go on with free ports.
bool wantsFreePorts(const Error &error)
{
    QMessageBox box(QMessageBox::Warning, QStringLiteral("Meshscope"), ui::errorText(error).detail);
    box.setInformativeText(
        QCoreApplication::translate("main", "The sandbox can use other ports. kumactl and scripts that "
                                            "expect the usual ones will not find it then."));
    auto *other =
        box.addButton(QCoreApplication::translate("main", "Use free ports"), QMessageBox::AcceptRole);
    box.addButton(QCoreApplication::translate("main", "Quit"), QMessageBox::RejectRole);
    box.exec();
    return box.clickedButton() == other;
}

Result<std::unique_ptr<Workbench>> openBench(Options options, QSettings &settings)
{
    auto bench = Workbench::open(options, settings);
    if (bench || bench.error().code != Error::Code::Conflict || options.freePorts)
        return bench;
    if (QGuiApplication::platformName() == "offscreen"_L1 || !wantsFreePorts(bench.error()))
        return bench;
    options.freePorts = true;
    return Workbench::open(options, settings);
}

int playTour(Workbench &bench, const Options &options)
{
    bench.window().setConfirmClose(false);
    bench.source().setInterval(500);
    Tour tour(&bench.window(), options.shots);
    playFirstLight(tour, bench.window(), bench.source(), bench.sidecars());
    QTextStream(stdout) << '\n'
                        << tour.checks() - tour.failures() << " of " << tour.checks() << " checks held"
                        << Qt::endl;
    return tour.failures() == 0 ? 0 : 1;
}

int run(QApplication &application, const Options &options)
{
    // A tour starts from the defaults and leaves the person's settings alone.
    QTemporaryDir scratch;
    QSettings settings =
        options.tour.isEmpty()
            ? QSettings(QSettings::IniFormat, QSettings::UserScope, u"meshscope"_s, u"meshscope"_s)
            : QSettings(scratch.filePath(u"tour.ini"_s), QSettings::IniFormat);
    ui::prepareApplication(application);

    auto bench = openBench(options, settings);
    if (!bench) {
        QTextStream(stderr) << ui::errorLine(bench.error()) << Qt::endl;
        return 3;
    }
    ui::MainWindow &window = (*bench)->window();
    EndSignals endSignals;
    QObject::connect(&endSignals, &EndSignals::received, &window, [&window] {
        window.setConfirmClose(false);
        window.close();
    });
    if (options.theme != "system"_L1)  // the command line wins over the remembered choice
        window.setTheme(ui::themeFromName(options.theme));
    window.show();
    if (!options.tour.isEmpty())
        return playTour(**bench, options);
    if (options.quitAfterFirstPaint)
        QTimer::singleShot(0, &window, [&window] {
            window.repaint();
            QCoreApplication::quit();
        });
    return QApplication::exec();
}

}  // namespace

}  // namespace meshscope

int main(int argc, char **argv)
{
    const auto parsed = meshscope::parseOptions(argc, argv);
    if (parsed.exitCode)
        return *parsed.exitCode;
    if (!meshscope::hasDisplay())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QCoreApplication::setApplicationName(QStringLiteral("Meshscope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MESHSCOPE_VERSION));
    QApplication application(argc, argv);
    return meshscope::run(application, parsed.options);
}
