#include "backend/sidecar/ports.h"

#include <QTcpServer>
#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

class TestPorts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDataplaneNamesItsPorts_data()
    {
        QTest::addColumn<QByteArray>("resource");
        QTest::addColumn<QStringList>("ports");
        QTest::newRow("none without a document") << QByteArray() << QStringList();
        QTest::newRow("an inbound on the address of the proxy")
            << QByteArray(R"({"networking":{"address":"127.0.0.7","inbound":[{"port":80}]}})")
            << QStringList{u"inbound 127.0.0.7:80"_s};
        QTest::newRow("an inbound with an address of its own") << QByteArray(
            R"({"networking":{"address":"10.0.0.1","inbound":[{"port":80,"address":"127.0.0.8"}]}})")
                                                               << QStringList{u"inbound 127.0.0.8:80"_s};
        QTest::newRow("outbounds on loopback, or where they say") << QByteArray(
            R"({"networking":{"address":"10.0.0.1","outbound":[{"port":1},{"port":2,"address":"127.0.0.2"}]}})")
                                                                  << QStringList{u"outbound 127.0.0.1:1"_s,
                                                                                 u"outbound 127.0.0.2:2"_s};
        QTest::newRow("not what is no port") << QByteArray(
            R"({"networking":{"address":"10.0.0.1","inbound":[{"port":0},{"port":70000},{"port":"x"}]}})")
                                             << QStringList();
        QTest::newRow("nothing behind a transparent proxy") << QByteArray(
            R"({"networking":{"address":"10.0.0.1","transparentProxying":{},"inbound":[{"port":80}]}})")
                                                            << QStringList();
    }
    void aDataplaneNamesItsPorts()
    {
        QFETCH(QByteArray, resource);
        QFETCH(QStringList, ports);
        for (int i = 0; i < 100; ++i) {  // it once read what it had given back
            QStringList found;
            for (const auto &[purpose, address, port, transport] : portsOf(resource.toStdString()))
                found << purpose + u' ' + address + u':' + QString::number(port)
                             + (transport == Transport::Tcp ? u""_s : u" udp"_s);
            QCOMPARE(found, ports);
        }
    }

    void aListenerTakesItsPort()
    {
        QTcpServer holder;
        QVERIFY(holder.listen(QHostAddress::LocalHost));
        QVERIFY(isTaken(QHostAddress(QHostAddress::LocalHost), holder.serverPort()));
        QVERIFY(isTaken(QHostAddress(QHostAddress::AnyIPv4), holder.serverPort()));
        QCOMPARE(whoHoldsPort(u"127.0.0.1"_s, holder.serverPort()),
                 u"tst_ports (pid %1)"_s.arg(QCoreApplication::applicationPid()));
        const quint16 port = holder.serverPort();
        holder.close();
        QVERIFY(!isTaken(QHostAddress(QHostAddress::LocalHost), port));
        QCOMPARE(whoHoldsPort(u"127.0.0.1"_s, port), QString());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestPorts)
#include "tst_ports.moc"
