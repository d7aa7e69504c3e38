// The transparent proxy's script, read, and run in a network namespace where the machine allows it.
#include "backend/sidecar/redirect_script.h"

#include "tests/support/qtest_std.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

class TestRedirectScript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itSaysWhatWasWished()
    {
        Redirection wished;
        wished.nameSpace = "dev";
        wished.user = "kuma-dp";
        wished.excludedInbound = {22};
        wished.excludedOutbound = {5432, 6379};
        const auto script = redirectScript(wished);
        QVERIFY(script);
        for (const char *line : {"namespace='dev'", "-m owner --uid-owner kuma-dp -j RETURN",
                                 "MESHSCOPE_OUT -p tcp --dport 5432 -j RETURN",
                                 "MESHSCOPE_IN -p tcp --dport 22 -j RETURN", "-j REDIRECT --to-ports 15001",
                                 "--to-ports 15006", "MESHSCOPE_DNS -p udp -j REDIRECT --to-ports 15053",
                                 "ip route add 240.0.0.0/4 dev lo src 127.0.0.1"})
            QVERIFY2(script->find(line) != std::string::npos, line);
        QVERIFY(script->find('@') == std::string::npos || script->find("@NAMESPACE@") == std::string::npos);
        wished.dnsPort = 0;
        QVERIFY(redirectScript(wished)->find("MESHSCOPE_DNS -p udp -j REDIRECT") == std::string::npos);
    }

    void whatAShellCouldMisreadIsRefused()
    {
        for (const char *word : {"a b", "x;y", "$(z)", "'"}) {
            Redirection wished;
            wished.nameSpace = word;
            QVERIFY2(!redirectScript(wished), word);
            wished.nameSpace = {};
            wished.user = word;
            QVERIFY2(!redirectScript(wished), word);
        }
    }

    void bashCanReadIt()
    {
        QProcess bash;
        bash.start(u"bash"_s, {u"-n"_s});
        bash.write(QByteArray::fromStdString(*redirectScript({})));
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QCOMPARE(bash.exitCode(), 0);
    }

    // A workload as the proxy's user listens where the proxy would; a call to a VIP by another user arrives
    // there.
    void itRedirectsInANamespaceAndIsUndone()
    {
        for (const auto &program : {u"iptables"_s, u"unshare"_s, u"setpriv"_s, u"python3"_s}) {
            if (QStandardPaths::findExecutable(program,
                                               {u"/usr/sbin"_s, u"/sbin"_s, u"/usr/bin"_s, u"/bin"_s})
                    .isEmpty())
                QSKIP(qPrintable(program + u" not found"_s));
        }
        if (::geteuid() != 0)
            QSKIP("root is needed for a network namespace with two users");
        QTemporaryDir folder;
        const auto write = [&folder](const QString &name, const std::string &text) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray::fromStdString(text));
            file.setPermissions(QFileDevice::ReadOwner | QFileDevice::ReadGroup | QFileDevice::ReadOther);
        };
        QFile::setPermissions(folder.path(), QFileDevice::Permissions(0x7755));
        write(u"redirect"_s, *redirectScript({}));
        write(u"call.py"_s, R"py(
import socket, sys
def ask(address, port):
    with socket.create_connection((address, port), timeout=5) as s:
        return s.recv(100).decode()
print(ask('240.0.0.7', 80), ask('10.1.2.3', 8080) if len(sys.argv) > 1 else '')
)py");
        write(u"listen.py"_s, R"py(
import socket
with socket.create_server(('127.0.0.1', 15001)) as server:
    print('up', flush=True)
    for _ in range(1):
        connection, peer = server.accept()
        connection.sendall(b'the proxy')
        connection.close()
)py");
        write(u"all"_s, R"sh(
set -e
cd "$1"
bash redirect up
bash redirect up
bash redirect show | grep -c MESHSCOPE
setpriv --reuid 5678 --clear-groups /usr/bin/python3 listen.py > listening &
for i in $(seq 100); do [ -s listening ] && break; sleep 0.05; done
setpriv --reuid 65534 --clear-groups /usr/bin/python3 call.py
wait
bash redirect down
echo "left: $(bash redirect show | wc -l)"
)sh");
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(u"unshare"_s, {u"-n"_s, u"bash"_s, folder.filePath(u"all"_s), folder.path()});
        QVERIFY(process.waitForFinished(30'000));
        const QByteArray said = process.readAll();
        if (said.contains("Operation not permitted") || said.contains("Could not fetch rule set"))
            QSKIP("this machine does not allow network namespaces with NAT");
        QVERIFY2(said.contains("the proxy"), said.constData());
        QVERIFY2(said.contains("left: 0"), said.constData());
        QCOMPARE(process.exitCode(), 0);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestRedirectScript)
#include "tst_redirect_script.moc"
