#include "backend/sidecar/envoy_tool.h"

#include "backend/sidecar/child_process.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kVersionPatience =
    10'000;  // milliseconds; a cold start from a slow disk takes one or two seconds

const ToolKind &envoyKind()
{
    static const ToolKind kind{
        u"Envoy"_s, u"envoy"_s, u"site-packages/envoy/_bin/envoy"_s,
        u"Run ./installer/setup, which puts Envoy beside the build, or name a binary with MESHSCOPE_ENVOY"_s,
        envoyVersionFrom};
    return kind;
}

const ToolKind &coreDnsKind()
{
    static const ToolKind kind{
        u"CoreDNS"_s, u"coredns"_s, u"/bin/coredns"_s,
        u"Run ./installer/setup --coredns, which builds CoreDNS beside the build, or name a binary with MESHSCOPE_COREDNS"_s,
        coreDnsVersionFrom};
    return kind;
}

bool isProgram(const QString &path)
{
    const QFileInfo info(path);
    return info.isFile() && info.isExecutable();
}

bool isPythonScript(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray first = file.readLine(256);
    return first.startsWith("#!") && first.contains("python");
}

QString binaryInVenv(const ToolKind &kind, const QString &venv, QStringList &tried)
{
    if (kind.insideVenv.startsWith(u'/')) {
        const QString path = venv + kind.insideVenv;
        tried << path;
        return isProgram(path) ? path : QString();
    }
    const QString lib = venv + u"/lib"_s;
    const QString inside = u'/' + kind.insideVenv;
    const auto pythons = QDir(lib).entryList({u"python3*"_s}, QDir::Dirs, QDir::Name);
    for (const auto &python : pythons) {
        QString path = lib + u'/' + python + inside;
        tried << path;
        if (isProgram(path))
            return path;
    }
    if (pythons.isEmpty())
        tried << lib + u"/python3*"_s + inside;
    return {};
}

// The file itself, or the binary that a launcher script of the Python package stands for; empty when it is
// neither.
QString usable(const ToolKind &kind, const QString &path, QStringList &tried)
{
    if (!isProgram(path)) {
        tried << path;
        return {};
    }
    if (!isPythonScript(path)) {
        tried << path;
        return path;
    }
    tried << path + u" (a Python script, not "_s + kind.title + u" itself)"_s;
    // bin/envoy of a virtual environment, also when reached through a link.
    const QString venv = QFileInfo(QFileInfo(path).canonicalFilePath()).dir().filePath(u".."_s);
    return binaryInVenv(kind, QDir::cleanPath(venv), tried);
}

QString search(const ToolKind &kind, const ToolSearch &search, QStringList &tried)
{
    if (!search.named.isEmpty()) {
        if (search.named.contains(u'/'))
            return usable(kind, search.named, tried);
        for (const auto &folder : search.folders) {
            QString found = usable(kind, folder + u'/' + search.named, tried);
            if (!found.isEmpty())
                return found;
        }
        return {};
    }
    for (const auto &folder : search.folders) {
        QString found = usable(kind, folder + u'/' + kind.name, tried);
        if (!found.isEmpty())
            return found;
    }
    if (!search.venv.isEmpty()) {
        QString found = binaryInVenv(kind, search.venv, tried);
        if (!found.isEmpty())
            return found;
    }
    return search.ownFolder.isEmpty() ? QString() : usable(kind, search.ownFolder + u'/' + kind.name, tried);
}

QString identityOf(const QString &path)
{
    const QFileInfo info(path);
    return path + u'|' + QString::number(info.size()) + u'|'
           + QString::number(info.lastModified().toMSecsSinceEpoch());
}

ToolStatus findTool(const ToolKind &kind, const ToolSearch &where)
{
    ToolStatus status;
    status.name = kind.name;
    status.path = search(kind, where, status.tried);
    if (status.isFound())
        return status;
    status.advice = kind.advice;
    if (!where.named.isEmpty())
        status.advice = u"There is no "_s + kind.title + u" at \""_s + where.named
                        + u"\", which was asked for by name. "_s + status.advice;
    return status;
}

}  // namespace

ToolSearch ToolSearch::fromEnvironment(const QString &venv, const char *variable)
{
    ToolSearch result;
    result.named = qEnvironmentVariable(variable);
    result.folders = qEnvironmentVariable("PATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    result.venv = qEnvironmentVariable("MESHSCOPE_VENV", venv);
    if (QCoreApplication::instance())
        result.ownFolder = QCoreApplication::applicationDirPath();
    return result;
}

ToolStatus findEnvoy(const ToolSearch &where) { return findTool(envoyKind(), where); }

ToolStatus findCoreDns(const ToolSearch &where) { return findTool(coreDnsKind(), where); }

QString findProgram(const QString &name, const QStringList &folders)
{
    for (const auto &folder : folders) {
        QString path = folder + u'/' + name;
        if (isProgram(path))
            return path;
    }
    return {};
}

std::optional<QString> envoyVersionFrom(QByteArrayView output)
{
    const QByteArray text = output.toByteArray();
    const auto mark = text.indexOf("version:");
    if (mark < 0)
        return std::nullopt;
    QByteArray rest = text.mid(mark + 8);
    const auto end = rest.indexOf('\n');
    rest = (end < 0 ? rest : rest.left(end)).trimmed();
    const auto parts = rest.split('/');
    if (parts.size() != 5 || parts[1].isEmpty())
        return std::nullopt;
    return QString::fromUtf8(parts[1]);
}

std::optional<QString> coreDnsVersionFrom(QByteArrayView output)
{
    const QByteArray text = output.toByteArray();
    const auto mark = text.indexOf("CoreDNS-");
    if (mark < 0)
        return std::nullopt;
    const QByteArray version = text.mid(mark + 8).simplified().split(' ').first();
    return version.isEmpty() ? std::nullopt : std::optional<QString>(QString::fromUtf8(version));
}

EnvoyTool::EnvoyTool(ToolSearch where, QObject *parent)
    : ProgramTool(envoyKind(), std::move(where), parent)
{}

CoreDnsTool::CoreDnsTool(ToolSearch where, QObject *parent)
    : ProgramTool(coreDnsKind(), std::move(where), parent)
{}

ProgramTool::ProgramTool(ToolKind kind, ToolSearch where, QObject *parent)
    : QObject(parent)
    , m_kind(std::move(kind))
    , m_search(std::move(where))
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        if (m_process)
            signalGroup(m_process->processId(), GroupSignal::Kill);
    });
}

ProgramTool::~ProgramTool()
{
    if (m_process)
        m_process->disconnect(this);
}

ToolStatus ProgramTool::status() const
{
    const ToolStatus found = findTool(m_kind, m_search);
    return found.isFound() && identityOf(found.path) == m_knownIdentity ? m_known : found;
}

void ProgramTool::resolve(QObject *receiver, std::function<void(const ToolStatus &)> callback)
{
    m_waiting.push_back({receiver, std::move(callback)});
    if (m_process)
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_process || m_waiting.empty())
                return;
            const ToolStatus found = findTool(m_kind, m_search);
            if (!found.isFound())
                answer(found);
            else if (identityOf(found.path) == m_knownIdentity)
                answer(m_known);
            else
                askVersion(found);
        },
        Qt::QueuedConnection);
}

void ProgramTool::askVersion(const ToolStatus &found)
{
    m_asking = found;
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    tieToUs(*m_process);
    connect(m_process.get(), &QProcess::finished, this, [this] {
        const bool timedOut = !m_patience.isActive();
        acceptOutput(timedOut ? u"gave no answer to --version"_s : QString());
    });
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            acceptOutput(u"cannot be run: "_s + m_process->errorString());
    });
    m_patience.start(kVersionPatience);
    m_process->start(found.path, {u"--version"_s}, QIODevice::ReadOnly);
}

void ProgramTool::acceptOutput(const QString &failure)
{
    m_patience.stop();
    const QByteArray output = m_process->readAllStandardOutput().left(4096);
    m_process.release()->deleteLater();
    const QString identity = identityOf(m_asking.path);
    ToolStatus status = m_asking;
    const auto version = m_kind.versionFrom(output);
    if (version && failure.isEmpty()) {
        status.version = *version;
        m_known = status;
        m_knownIdentity = identity;
    } else {
        const QString said = QString::fromUtf8(output).simplified().left(120);
        const QString reason =
            !failure.isEmpty() ? failure
            : said.isEmpty()   ? u"says nothing to --version"_s
                               : u"is not "_s + m_kind.title + u": to --version it says \""_s + said + u'"';
        status.tried.removeAll(status.path);
        status.tried << status.path + u" ("_s + reason + u')';
        status.advice = status.path + u' ' + reason + u". "_s + m_kind.advice;
        status.path.clear();
    }
    answer(status);
}

void ProgramTool::answer(const ToolStatus &status)
{
    const auto waiting = std::exchange(m_waiting, {});
    for (const auto &one : waiting) {
        if (one.receiver)
            one.callback(status);
    }
}

}  // namespace meshscope
