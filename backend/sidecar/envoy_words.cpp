#include "backend/sidecar/envoy_words.h"

#include <QRegularExpression>

#include <csignal>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

// "127.0.0.1:9901", "[::1]:9901"
std::pair<QString, quint16> splitAddress(const QString &text)
{
    const auto colon = text.lastIndexOf(u':');
    QString host = text.left(colon);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    return {host, text.mid(colon + 1).toUShort()};
}

Explained explained(Error::Code code, const QString &what, const QString &where, const QString &advice)
{
    return {Error{code, what.toStdString(), where.toStdString()}, advice};
}

// Of the last lines the newest that is an error; Envoy repeats the cause as its very last words, without a
// prefix.
QString lastWords(const std::deque<QByteArray> &lines)
{
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        const auto parsed = parseEnvoyLine(*line);
        if (!parsed)
            return QString::fromUtf8(*line).simplified();
        if (parsed->level == SidecarLogLine::Level::Error)
            return parsed->text.simplified();
    }
    return {};
}

}  // namespace

std::optional<EnvoyLine> parseEnvoyLine(const QByteArray &line)
{
    // By hand: this runs for each line of a flood.
    if (!line.startsWith('['))
        return std::nullopt;
    const auto endOfTime = line.indexOf(']');
    const auto endOfThread = line.indexOf(']', endOfTime + 1);
    const auto endOfLevel = line.indexOf(']', endOfThread + 1);
    if (endOfTime < 0 || endOfThread < 0 || endOfLevel < 0 || line.mid(endOfTime + 1, 1) != "["
        || line.mid(endOfThread + 1, 1) != "[")
        return std::nullopt;
    const QByteArray level = line.mid(endOfThread + 2, endOfLevel - endOfThread - 2);
    EnvoyLine result;
    using Level = SidecarLogLine::Level;
    if (level == "trace" || level == "debug")
        result.level = Level::Debug;
    else if (level == "info")
        result.level = Level::Info;
    else if (level == "warning")
        result.level = Level::Warning;
    else if (level == "error" || level == "critical")
        result.level = Level::Error;
    else
        return std::nullopt;
    // "[main] [source/server/server.cc:453] text" → "[main] text"
    QByteArray text = line.mid(endOfLevel + 1);
    const auto source = text.indexOf("] [");
    const auto endOfSource = source < 0 ? -1 : text.indexOf("] ", source + 3);
    if (text.startsWith('[') && endOfSource >= 0 && text.indexOf(']') == source)
        text.remove(source + 1, endOfSource - source);
    result.text = QString::fromUtf8(text);
    return result;
}

std::optional<EnvoyNews> newsIn(const QByteArray &line, const WhoHolds &whoHolds)
{
    using Kind = EnvoyNews::Kind;
    if (!line.contains(" closed") && !line.contains(" rejected: "))
        return std::nullopt;
    const QString text = QString::fromUtf8(line);
    // "StreamAggregatedResources gRPC config stream to ads_cluster closed since 3s ago: 16, authentication
    // failed"
    static const QRegularExpression closed(uR"(gRPC config stream .*closed[^:]*: (\d+), ?(.*)$)"_s);
    if (const auto match = closed.match(text); match.hasMatch()) {
        const int status = match.captured(1).toInt();
        const QString reason = match.captured(2);
        if (reason.contains("CERTIFICATE_VERIFY_FAILED"_L1))
            return EnvoyNews{Kind::CertificateMismatch,
                             u"Envoy does not accept the control plane's certificate: "_s + reason,
                             {}};
        if (status == 16 || status == 7)  // UNAUTHENTICATED, PERMISSION_DENIED
            return EnvoyNews{Kind::TokenRejected, u"the control plane rejected the token: "_s + reason, {}};
        return EnvoyNews{
            Kind::ControlPlaneUnreachable, u"Envoy has no connection to the control plane: "_s + reason, {}};
    }
    static const QRegularExpression rejected(
        uR"(config for (?:type\.googleapis\.com/)?(\S+) rejected: (.*)$)"_s);
    if (const auto match = rejected.match(text); match.hasMatch()) {
        const QString type = match.captured(1).section(u'.', -1);
        QString what = u"Envoy refused the control plane's "_s + type + u": "_s + match.captured(2);
        static const QRegularExpression taken(uR"(cannot bind '([^']+)': Address already in use)"_s);
        if (const auto clash = taken.match(what); clash.hasMatch()) {
            const auto [address, port] = splitAddress(clash.captured(1));
            what = QString::fromStdString(portInUse(u"a listener"_s, address, port, whoHolds).error.what);
        }
        return EnvoyNews{Kind::ConfigurationRejected, what, type};
    }
    return std::nullopt;
}

Explained portInUse(const QString &purpose, const QString &address, quint16 port, const WhoHolds &whoHolds)
{
    const QString place =
        (address.contains(u':') ? u'[' + address + u']' : address) + u':' + QString::number(port);
    const QString holder = whoHolds ? whoHolds(address, port) : QString();
    QString what = u"port in use: "_s + place;
    if (!purpose.isEmpty())
        what += u" ("_s + purpose + u')';
    if (!holder.isEmpty())
        what += u" is held by "_s + holder;
    return explained(Error::Code::Conflict, what, place,
                     u"End the process that holds it, or change the port in the Dataplane"_s);
}

Explained explainEnd(const ChildEnd &end, const std::deque<QByteArray> &lastLines, const QString &program,
                     const WhoHolds &whoHolds)
{
    if (end.neverStarted)
        return explained(
            Error::Code::NotFound, u"Envoy "_s + end.text, program,
            u"Check that the file is a program for this machine; ./installer/setup brings one"_s);
    const QString words = lastWords(lastLines);
    static const QRegularExpression bind(uR"(cannot bind '([^']+)': (.*?)['`]?$)"_s);
    if (const auto match = bind.match(words); match.hasMatch()) {
        const auto [address, port] = splitAddress(match.captured(1));
        const QString cause = match.captured(2);
        if (cause.startsWith("Address already in use"_L1))
            return portInUse({}, address, port, whoHolds);
        if (cause.startsWith("Permission denied"_L1))
            return explained(Error::Code::Refused, u"Envoy may not listen on "_s + match.captured(1),
                             match.captured(1), u"Use a port from 1024 on"_s);
        return explained(Error::Code::Invalid,
                         u"Envoy cannot listen on "_s + match.captured(1) + u": "_s + cause,
                         match.captured(1), u"Use an address of this machine, 127.0.0.1 for example"_s);
    }
    if (words.contains("registered implementation"_L1))
        return explained(Error::Code::Invalid,
                         u"this Envoy lacks an extension that the bootstrap names: "_s + words, program,
                         u"Use an Envoy that is built with it"_s);
    if (words.contains("yaml-cpp"_L1) || words.contains("unknown fields"_L1)
        || words.contains("Unable to parse"_L1) || words.contains("initializing config"_L1))
        return explained(Error::Code::Invalid, u"Envoy does not take the bootstrap: "_s + words, program,
                         u"Compare the control plane's version with Envoy's"_s);
    if (words.contains("PARSE ERROR"_L1))
        return explained(Error::Code::Invalid, u"Envoy does not know one of its arguments: "_s + words,
                         program, u"Use a newer Envoy"_s);
    if (words.contains("Too many open files"_L1))
        return explained(Error::Code::Refused, u"Envoy may not open as many files as it needs: "_s + words,
                         program, u"Raise the limit in the shell that starts it: ulimit -n 65536"_s);
    if (words.contains("bad_alloc"_L1) || words.contains("Cannot allocate memory"_L1))
        return explained(Error::Code::Refused, u"Envoy got no memory: "_s + words, program,
                         u"Give the machine or its control group more memory, or Envoy fewer threads"_s);
    QString what = u"Envoy "_s + end.text;
    QString advice = u"Its last log lines say more"_s;
    if (!words.isEmpty())
        what += u": "_s + words;
    if (end.signal == SIGKILL)
        advice = u"Somebody killed it, or the system did for want of memory: journalctl -k says which"_s;
    else if (end.signal == SIGSEGV || end.signal == SIGABRT || end.signal == SIGILL || end.signal == SIGBUS)
        advice = u"It crashed; its log has the place. Another version of Envoy may not"_s;
    return explained(Error::Code::Internal, what, program, advice);
}

}  // namespace meshscope
