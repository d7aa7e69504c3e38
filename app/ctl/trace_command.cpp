// meshscopectl trace: the way of one call through the configuration that an Envoy has; meshscopectl dns: a
// name as a sidecar resolves it, and where a call to it would go.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "backend/sidecar/dns_resolver.h"
#include "backend/sidecar/http_exchange.h"
#include "backend/trace/trace.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QRandomGenerator>

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 10'000;  // milliseconds for one configuration dump

// Where configurations come from: files, running Envoys, or a control plane that has them.
struct Source {
    std::vector<std::string> dumps;   // files, the first is the caller's
    std::vector<std::string> admins;  // http://127.0.0.1:9901 or unix:/path
    std::string controlPlane;
    std::string token;
    std::string mesh = "default";
    std::string from;
};

void addSource(CLI::App &command, Source &source)
{
    command.add_option(
        "--dump", source.dumps,
        "File with an Envoy's /config_dump?include_eds; more than one: those of other proxies");
    command.add_option("--admin", source.admins,
                       "Admin interface of a running Envoy, http://127.0.0.1:9901 or unix:/path; likewise");
    command.add_option("--cp", source.controlPlane, "URL of a control plane's API, which knows all proxies");
    command.add_option("--token", source.token, "User token for it")->envname("MESHSCOPE_TOKEN");
    command.add_option("--mesh,-m", source.mesh, "Mesh of the proxy")->capture_default_str();
    command.add_option("--from", source.from, "Name of the proxy that calls");
}

HttpAnswer ask(HttpExchange &http, const HttpQuestion &question)
{
    HttpAnswer result;
    QEventLoop loop;
    http.ask(question, &loop, [&](const HttpAnswer &answer) {
        result = answer;
        loop.quit();
    });
    loop.exec();
    return result;
}

Result<ConfigDump> dumpFrom(HttpExchange &http, HttpQuestion question, const std::string &where)
{
    question.timeoutMilliseconds = kPatience;
    question.bodyLimit = 256 << 20;
    const HttpAnswer answer = ask(http, question);
    if (answer.status != 200)
        return fail(answer.status == 0 ? Error::Code::Unreachable : Error::Code::Refused,
                    answer.status == 0 ? "cannot be reached: " + answer.failure.toStdString()
                                       : "answered " + std::to_string(answer.status) + ": "
                                             + answer.body.left(200).simplified().toStdString(),
                    where);
    auto dump = ConfigDump::parse(std::string_view(answer.body.constData(), std::size_t(answer.body.size())));
    return dump ? dump : fail(dump.error().code, dump.error().what, where);
}

// All that are named; the caller's first.
Result<std::vector<ConfigDump>> dumpsOf(const Source &source)
{
    std::vector<ConfigDump> result;
    HttpExchange http;
    for (const auto &path : source.dumps) {
        const auto text = readFile(path);
        if (!text)
            return fail(text.error());
        auto dump = ConfigDump::parse(*text);
        if (!dump)
            return fail(dump.error().code, dump.error().what, path);
        result.push_back(std::move(*dump));
    }
    for (const auto &admin : source.admins) {
        auto dump = dumpFrom(
            http, adminQuestion(QUrl(QString::fromStdString(admin)), u"/config_dump?include_eds"_s), admin);
        if (!dump)
            return fail(dump.error());
        result.push_back(std::move(*dump));
    }
    if (!source.controlPlane.empty() && !source.from.empty()) {
        HttpQuestion question;
        question.url = QUrl(QString::fromStdString(source.controlPlane))
                           .resolved(QUrl(u"/meshes/%1/dataplanes/%2/xds?include_eds=true"_s.arg(
                               QString::fromStdString(source.mesh), QString::fromStdString(source.from))));
        if (!source.token.empty())
            question.headers << qMakePair(QByteArray("Authorization"),
                                          "Bearer " + QByteArray::fromStdString(source.token));
        if (question.url.scheme() == "https"_L1)
            question.tls = QSslConfiguration::defaultConfiguration();
        auto dump = dumpFrom(http, question, question.url.toString().toStdString());
        if (!dump)
            return fail(dump.error());
        result.push_back(std::move(*dump));
    }
    if (result.empty())
        return fail(Error::Code::Invalid,
                    "give the configuration: --dump FILE, --admin URL, or --cp URL --from NAME");
    if (!source.from.empty()) {
        const auto caller = std::find_if(result.begin(), result.end(),
                                         [&](const auto &one) { return one.proxy() == source.from; });
        if (caller == result.end())
            return fail(Error::Code::NotFound, "none of the configurations is that of " + source.from);
        std::rotate(result.begin(), caller, caller + 1);
    }
    return result;
}

void addRows(JsonValue &rows, const std::string &proxy, const Trace &trace)
{
    for (const auto &step : trace.steps) {
        rows.push_back({{"proxy", proxy},
                        {"step", traceKindName(step.kind)},
                        {"what", step.what},
                        {"fact", ""},
                        {"value", ""},
                        {"policy", ""}});
        for (const auto &fact : step.facts)
            rows.push_back({{"proxy", proxy},
                            {"step", ""},
                            {"what", ""},
                            {"fact", fact.name},
                            {"value", fact.value},
                            {"policy", fact.policy}});
    }
    if (!trace.isReached())
        rows.push_back({{"proxy", proxy},
                        {"step", "stop"},
                        {"what", trace.stop},
                        {"fact", ""},
                        {"value", ""},
                        {"policy", ""}});
}

bool usesTls(const Trace &trace)
{
    for (const auto &step : trace.steps) {
        for (const auto &fact : step.facts) {
            if (step.kind == TraceStep::Kind::Cluster && fact.name == "transport" && fact.value == "TLS")
                return true;
        }
    }
    return false;
}

// The caller's way out, then the way into each proxy whose configuration is there. False when any of it
// stops.
bool traceInto(JsonValue &rows, const std::vector<ConfigDump> &dumps, const TraceQuestion &question)
{
    const Trace out = traceOutbound(dumps.front(), question);
    addRows(rows, dumps.front().proxy(), out);
    bool isReached = out.isReached();
    const TraceCaller caller = callerOf(dumps.front(), usesTls(out));
    for (const auto &endpoint : out.endpoints) {
        const auto place = traceQuestion(endpoint);
        for (auto dump = dumps.begin() + 1; place && dump != dumps.end(); ++dump) {
            const Trace in = traceInbound(*dump, place->host, place->port, caller, question);
            if (in.steps.empty())
                continue;  // of another proxy
            addRows(rows, dump->proxy(), in);
            isReached = isReached && in.isReached();
        }
    }
    return isReached;
}

const std::vector<std::string> kColumns{"proxy", "step", "what", "fact", "value", "policy"};

struct TraceOptions {
    Source source;
    std::string to;
    std::string method = "GET";
    std::vector<std::string> headers;
    Format format = Format::Table;
};

int trace(const TraceOptions &options)
{
    auto question = traceQuestion(options.to);
    if (!question)
        return complain(kUsage, question.error());
    question->method = options.method;
    for (const auto &header : options.headers) {
        const auto colon = header.find(':');
        if (colon == std::string::npos || colon == 0)
            return complain(kUsage, "\"" + header + "\" is not a header like x-user: ann");
        std::string name = header.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto from = header.find_first_not_of(' ', colon + 1);
        question->headers[name] = from == std::string::npos ? std::string() : header.substr(from);
    }
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    const auto dumps = dumpsOf(options.source);
    if (!dumps)
        return complain(dumps.error().code == Error::Code::Invalid ? kUsage : kRefused, dumps.error());
    JsonValue rows = JsonValue::array();
    const bool isReached = traceInto(rows, *dumps, *question);
    std::cout << formatted(kColumns, rows, options.format);
    return isReached ? kDone : kFindings;
}

struct DnsOptions {
    Source source;
    std::string name;
    std::string type = "A";
    std::string server = "127.0.0.1:15053";
    int envoyPort = 0;
    std::uint16_t port = 80;
    Format format = Format::Table;
};

int resolve(const DnsOptions &options)
{
    const auto server = parseHostPort(options.server);
    if (!server)
        return complain(kUsage, server.error());
    const QHostAddress address(QString::fromStdString(server->host));
    const auto type = options.type == "AAAA" ? DnsType::Aaaa : DnsType::A;
    const auto id = static_cast<quint16>(QRandomGenerator::global()->bounded(0x10000));
    const QByteArray query = dnsQuery(id, QString::fromStdString(options.name), type);
    if (query.isEmpty() || address.isNull())
        return complain(kUsage, query.isEmpty()
                                    ? "\"" + options.name + "\" cannot be a DNS name"
                                    : "--server must be an address and port like 127.0.0.1:15053");
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    // The server itself, and before it Envoy's filter if its port is given, to say who answered.
    const auto askOne = [&](quint16 envoyPort) {
        DnsResolver::Options asked;
        asked.envoyPort = envoyPort;
        asked.upstreams = {{address, server->port}};
        asked.systemTimeout = 6000;
        DnsResolver resolver(asked);
        DnsOutcome outcome;
        QEventLoop loop;
        resolver.resolve(query, false, &loop, [&](const DnsOutcome &result) {
            outcome = result;
            loop.quit();
        });
        loop.exec();
        return outcome;
    };
    QElapsedTimer clock;
    clock.start();
    const DnsOutcome outcome = askOne(0);
    const double milliseconds = static_cast<double>(clock.nsecsElapsed()) / 1e6;
    const auto summary = dnsSummary(outcome.answer);
    if (!summary || (summary->rcode == kDnsServFail && !outcome.steps.isEmpty()))
        return complain(kRefused, "no answer from " + options.server + ": "
                                      + outcome.steps.join(u"; "_s).toStdString());
    std::string answerer;
    if (options.envoyPort != 0)
        answerer = askOne(static_cast<quint16>(options.envoyPort)).steps.isEmpty() ? "Envoy's DNS filter"
                                                                                   : "the system's resolvers";
    JsonValue rows = JsonValue::array();
    const auto row = [&](const std::string &what) {
        rows.push_back({{"name", options.name},
                        {"type", options.type},
                        {"answer", what},
                        {"ttl", summary->ttl},
                        {"rcode", dnsRcodeName(summary->rcode).toStdString()},
                        {"from", answerer},
                        {"ms", std::round(milliseconds * 100) / 100}});
    };
    for (const auto &one : summary->addresses)
        row(one.toStdString());
    if (summary->addresses.isEmpty())
        row("");
    std::cout << formatted({"name", "type", "answer", "ttl", "rcode", "from", "ms"}, rows, options.format);
    if (summary->addresses.isEmpty())
        return kFindings;
    const bool hasDump = !options.source.dumps.empty() || !options.source.admins.empty()
                         || !options.source.controlPlane.empty();
    if (!hasDump)
        return kDone;
    // The chain goes on from the address that was answered.
    const auto dumps = dumpsOf(options.source);
    if (!dumps)
        return complain(dumps.error().code == Error::Code::Invalid ? kUsage : kRefused, dumps.error());
    TraceQuestion question;
    question.host = summary->addresses.first().toStdString();
    question.port = options.port;
    JsonValue steps = JsonValue::array();
    const bool isReached = traceInto(steps, *dumps, question);
    std::cout << formatted(kColumns, steps, options.format);
    return isReached ? kDone : kFindings;
}

}  // namespace

void addTrace(CLI::App &app, Run &run)
{
    auto options = std::make_shared<TraceOptions>();
    auto *command =
        app.add_subcommand("trace", "The way of a call through the configuration that a proxy has");
    command->add_option("--to", options->to, "HOST[:PORT][/PATH], as the application calls it")->required();
    addSource(*command, options->source);
    command->add_option("--method,-X", options->method, "HTTP method")->capture_default_str();
    command->add_option("--header,-H", options->headers, "x-user: ann; may be given several times");
    addFormat(*command, options->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    command->footer("Exits 1 when the call does not arrive; the last line says where it stops and why.");
    command->callback([options, &run] { run = [options] { return trace(*options); }; });

    auto dns = std::make_shared<DnsOptions>();
    auto *bench = app.add_subcommand("dns", "A name as a sidecar resolves it, and where a call to it goes");
    bench->add_option("NAME", dns->name, "backend.mesh")->required();
    bench->add_option("--type", dns->type, "A or AAAA")
        ->check(CLI::IsMember({"A", "AAAA"}))
        ->capture_default_str();
    bench->add_option("--server", dns->server, "The sidecar's resolver")->capture_default_str();
    bench->add_option("--envoy-port", dns->envoyPort, "Of Envoy's DNS filter, to tell who answered")
        ->check(CLI::Range(1, 65535));
    bench->add_option("--port", dns->port, "Of the call")->capture_default_str();
    addSource(*bench, dns->source);
    addFormat(*bench, dns->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    bench->footer(
        "With a configuration (--admin, --dump, --cp) it goes on: address, listener, cluster, endpoints.");
    bench->callback([dns, &run] { run = [dns] { return resolve(*dns); }; });
}

}  // namespace meshscope::ctl
