// meshscopectl sidecar: proxies on this machine. `run` takes what `kuma-dp run` takes, `wait` what `kuma-dp
// wait` takes; `set run` starts all of a file.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/sidecar_options.h"
#include "app/ctl/stop_signals.h"
#include "app/support/tools.h"
#include "backend/codec/go_duration.h"
#include "backend/sidecar/local_sidecar_host.h"
#include "backend/sidecar/redirect_script.h"
#include "backend/sidecar/sidecar_set.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSocketNotifier>
#include <QTimer>

#include <csignal>
#include <iostream>
#include <map>
#include <memory>

namespace meshscope::ctl {

namespace {

using namespace Qt::StringLiterals;

// What the launcher writes on stderr: a line each, with whose it is.
class LogPrinter
{
public:
    LogPrinter(bool showsName, const std::string &level)
        : m_showsName(showsName)
        , m_isOff(level == "off")
        , m_isDebug(level == "debug")
    {}

    void print(const SidecarLogLine &line) const
    {
        static const char *const kOrigins[] = {"launcher", "envoy", "workload", "names"};
        static const char *const kLevels[] = {"debug", "info", "warning", "error"};
        const bool isOurs =
            line.origin == SidecarLogLine::Origin::Launcher || line.origin == SidecarLogLine::Origin::Dns;
        if (isOurs && (m_isOff || (line.level == SidecarLogLine::Level::Debug && !m_isDebug)))
            return;
        std::cerr << line.time.toString(Qt::ISODateWithMs).toStdString() + ' '
                         + kLevels[static_cast<int>(line.level)] + ' '
                         + (m_showsName ? line.key.name + ' ' : std::string())
                         + kOrigins[static_cast<int>(line.origin)] + ": " + line.text.toStdString() + '\n';
    }

private:
    bool m_showsName;
    bool m_isOff;
    bool m_isDebug;
};

// Any number of sidecars until they end, or are told to: the first signal drains, the second ends, the third
// kills and makes the exit status 1, as in kuma-dp. SIGUSR2 drains the inbounds and goes on.
class Foreground
{
public:
    Foreground(StopSignals &signalled, SidecarHostOptions options, LogPrinter printer)
        : m_signalled(signalled)
        , m_host(std::move(options))
        , m_notifier(signalled.descriptor(), QSocketNotifier::Read)
    {
        QObject::connect(&m_host, &SidecarHost::logAppended,
                         [printer](const SidecarLogLine &line) { printer.print(line); });
        QObject::connect(&m_host, &SidecarHost::sidecarChanged, &m_host,
                         [this](const SidecarStatus &status) { react(status); });
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_host, [this] { takeSignal(); });
        for (const auto &leftover : m_host.leftovers())
            std::cerr << "meshscopectl: an earlier run left " << leftover.programs.join(u", "_s).toStdString()
                      << " running in " << leftover.directory.toStdString()
                      << "; \"meshscopectl sidecar leftovers --end\" ends it" << std::endl;
    }

    int run(const std::vector<SidecarSpec> &specs)
    {
        for (const auto &spec : specs) {
            if (const auto started = m_host.start(spec); !started)
                return complain(kUsage, started.error());
            m_before[spec.dataplane];
        }
        return QCoreApplication::exec();
    }

private:
    void takeSignal()
    {
        if (m_signalled.take() == SIGUSR2) {
            for (const auto &[key, status] : m_before)
                m_host.drainInbounds(key);
            return;
        }
        ++m_stops;
        m_host.stopAll();
        endIfAllHave();
    }

    void react(const SidecarStatus &status)
    {
        SidecarStatus &before = m_before[status.key];
        const bool entered = before.phase != status.phase;
        const auto name = m_before.size() > 1 ? status.key.name + ": " : std::string();
        if (before.detail != status.detail && status.phase == SidecarPhase::Ready)
            std::cerr << "meshscopectl: " << name
                      << (status.detail.isEmpty() ? u"all is well again"_s : status.detail).toStdString()
                      << std::endl;
        before = status;
        if (entered && status.phase == SidecarPhase::Ready)
            std::cout << JsonValue{{"name", status.key.name},
                                   {"mesh", status.key.mesh},
                                   {"admin", status.admin.toString().toStdString()},
                                   {"envoyPid", status.envoyPid},
                                   {"readinessPort", status.readinessPort},
                                   {"dnsPort", status.dnsPort},
                                   {"dns", status.dnsServer.toStdString()},
                                   {"directory", status.directory.toStdString()}}
                             .dump()
                      << std::endl;
        if (entered && status.phase == SidecarPhase::Failed)
            m_code = complain(kRefused, name + status.failure->what + ". " + status.advice.toStdString());
        endIfAllHave();
    }

    void endIfAllHave()
    {
        for (const auto &status : m_host.sidecars()) {
            const bool hasEnded = status.phase == SidecarPhase::Stopped
                                  || (status.phase == SidecarPhase::Failed && !status.restartAt.isValid());
            if (!hasEnded)
                return;
        }
        QCoreApplication::exit(m_stops >= 3 ? 1 : m_stops > 0 ? kDone : m_code);
    }

    StopSignals &m_signalled;
    LocalSidecarHost m_host;
    QSocketNotifier m_notifier;
    std::map<ResourceKey, SidecarStatus> m_before;
    int m_stops = 0;
    int m_code = kDone;
};

SidecarHostOptions hostOptions()
{
    SidecarHostOptions options;
    options.envoy = envoySearch();
    options.coreDns = coreDnsSearch();
    return options;
}

int runSpecs(const std::vector<SidecarSpec> &specs, const LogPrinter &printer)
{
    StopSignals signalled(true);
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    return Foreground(signalled, hostOptions(), printer).run(specs);
}

int runOne(const SidecarOptions &options)
{
    const auto spec = sidecarSpec(options);
    if (!spec)
        return complain(kUsage, spec.error());
    return runSpecs({*spec}, LogPrinter(false, options.logLevel));
}

struct SetOptions {
    std::string file;
    std::string logLevel = "info";
};

int runSet(const SetOptions &options)
{
    const auto specs = readSidecarSet(QString::fromStdString(options.file));
    if (!specs)
        return complain(kUsage, specs.error());
    return runSpecs(*specs, LogPrinter(true, options.logLevel));
}

struct LeftoverOptions {
    bool end = false;
    Format format = Format::Table;
};

int showLeftovers(const LeftoverOptions &options)
{
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    LocalSidecarHost host(hostOptions());
    const auto found = host.leftovers();
    JsonValue rows = JsonValue::array();
    for (const auto &leftover : found) {
        for (qsizetype i = 0; i < leftover.pids.size(); ++i)
            rows.push_back({{"pid", leftover.pids[i]},
                            {"program", leftover.programs[i].toStdString()},
                            {"directory", leftover.directory.toStdString()}});
    }
    std::cout << formatted({"pid", "program", "directory"}, rows, options.format);
    if (options.end)
        host.removeLeftovers();
    return rows.empty() || options.end ? kDone : kFindings;
}

struct WaitOptions {
    std::string url = "http://localhost:9901/ready";
    std::string timeout = "180s";
    std::string pause = "1s";
    std::string requestTimeout = "500ms";
};

Result<int> waitTime(const std::string &text, const char *flag)
{
    const auto nanoseconds = goDurationFrom(text);
    if (!nanoseconds || *nanoseconds <= 0 || *nanoseconds / 1'000'000 > 86'400'000)
        return fail(Error::Code::Invalid, std::string(flag) + " must be a time like 500ms, at most a day");
    return std::max(1, static_cast<int>(*nanoseconds / 1'000'000));
}

// As `kuma-dp wait`: until 200 comes. Also for an admin interface on a Unix socket: unix:/path/of/a.sock.
int waitUntilReady(const WaitOptions &options)
{
    const auto timeout = waitTime(options.timeout, "--timeout");
    const auto pause = waitTime(options.pause, "--check-frequency");
    const auto request = waitTime(options.requestTimeout, "--request-timeout");
    for (const auto *time : {&timeout, &pause, &request}) {
        if (!*time)
            return complain(kUsage, time->error());
    }
    const QUrl url(QString::fromStdString(options.url));
    if (!url.isValid() || (url.scheme() != "http"_L1 && url.scheme() != "unix"_L1))
        return complain(kUsage, "--url must be like http://localhost:9901/ready or unix:/path/of/a.sock");
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    HttpExchange http;
    QElapsedTimer clock;
    clock.start();
    HttpQuestion question;
    question.url = url;
    if (url.scheme() == "unix"_L1)
        question = adminQuestion(url, u"/ready"_s);
    question.timeoutMilliseconds = *request;
    std::string last = "no answer";
    std::function<void()> ask = [&] {
        http.ask(question, qApp, [&](const HttpAnswer &answer) {
            if (answer.status == 200)
                return QCoreApplication::exit(kDone);
            last = answer.status == 0 ? answer.failure.toStdString()
                                      : std::to_string(answer.status) + ' '
                                            + answer.body.left(100).simplified().toStdString();
            if (clock.hasExpired(*timeout))
                return QCoreApplication::exit(kRefused);
            QTimer::singleShot(*pause, qApp, ask);
        });
    };
    ask();
    const int code = QCoreApplication::exec();
    return code == kDone ? kDone
                         : complain(code, "it did not become ready within " + options.timeout + ": " + last,
                                    options.url);
}

int printRedirection(const Redirection &redirection)
{
    const auto script = redirectScript(redirection);
    if (!script)
        return complain(kUsage, script.error());
    std::cout << *script;
    return kDone;
}

}  // namespace

void addSidecar(CLI::App &app, Run &run)
{
    auto *group = app.add_subcommand("sidecar", "Proxies on this machine, as kuma-dp runs them");
    group->require_subcommand(1);

    auto options = std::make_shared<SidecarOptions>();
    auto *one = group->add_subcommand(
        "run",
        "Run one in the foreground; SIGTERM drains it, a second one ends it, SIGUSR2 drains its inbounds");
    addSidecarOptions(*one, *options);
    one->footer("Flags, defaults and environment are those of kuma-dp run, which it can stand in for.");
    one->callback([options, &run] { run = [options] { return runOne(*options); }; });

    auto setOptions = std::make_shared<SetOptions>();
    auto *set = group->add_subcommand("set", "Several proxies of one file");
    set->require_subcommand(1);
    auto *setRun =
        set->add_subcommand("run", "Run all of them in the foreground; signals as with sidecar run");
    setRun->add_option("FILE", setOptions->file, "YAML: controlPlane, sidecars: [{name: web-1}, …]")
        ->required();
    setRun->add_option("--log-level", setOptions->logLevel, "off, info or debug: of the launcher itself")
        ->check(CLI::IsMember({"off", "info", "debug"}))
        ->capture_default_str();
    setRun->callback([setOptions, &run] { run = [setOptions] { return runSet(*setOptions); }; });

    auto leftoverOptions = std::make_shared<LeftoverOptions>();
    auto *leftovers = group->add_subcommand(
        "leftovers", "Processes that a launcher left which was killed; exits 1 if there are");
    leftovers->add_flag("--end", leftoverOptions->end, "End them");
    addFormat(*leftovers, leftoverOptions->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    leftovers->callback(
        [leftoverOptions, &run] { run = [leftoverOptions] { return showLeftovers(*leftoverOptions); }; });

    auto waitOptions = std::make_shared<WaitOptions>();
    auto *wait = group->add_subcommand("wait", "Wait until a proxy is ready, as kuma-dp wait does");
    wait->add_option("--url", waitOptions->url, "What answers 200 then; or unix:/path/of/an/admin.sock")
        ->capture_default_str();
    wait->add_option("--timeout", waitOptions->timeout, "How long at most")->capture_default_str();
    wait->add_option("--check-frequency", waitOptions->pause, "Between two questions")->capture_default_str();
    wait->add_option("--request-timeout", waitOptions->requestTimeout, "Of one question")
        ->capture_default_str();
    wait->callback([waitOptions, &run] { run = [waitOptions] { return waitUntilReady(*waitOptions); }; });

    auto redirection = std::make_shared<Redirection>();
    auto *redirect = group->add_subcommand(
        "redirect",
        "Print a script that sends the traffic of a network namespace through a sidecar (iptables)");
    redirect->add_option("--namespace", redirection->nameSpace,
                         "Of ip netns; otherwise where the script is run");
    redirect->add_option("--user", redirection->user, "That the sidecar runs as; its traffic is left alone")
        ->capture_default_str();
    redirect
        ->add_option("--redirect-inbound-port", redirection->inboundPort,
                     "Of the Dataplane's transparentProxying")
        ->capture_default_str();
    redirect->add_option("--redirect-outbound-port", redirection->outboundPort, "Likewise")
        ->capture_default_str();
    redirect->add_option("--redirect-dns-port", redirection->dnsPort, "Of the sidecar's resolver; 0 = not")
        ->capture_default_str();
    redirect->add_option("--exclude-inbound-ports", redirection->excludedInbound, "22,8081")->delimiter(',');
    redirect->add_option("--exclude-outbound-ports", redirection->excludedOutbound, "5432")->delimiter(',');
    redirect->footer("Read it, then run it as root: SCRIPT up, SCRIPT show, SCRIPT down.");
    redirect->callback(
        [redirection, &run] { run = [redirection] { return printRedirection(*redirection); }; });
}

}  // namespace meshscope::ctl
