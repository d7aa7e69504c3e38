// Names as a sidecar answers them: messages, the resolver's order, its sockets. The upstreams are sockets of
// the test's own.
#include "backend/sidecar/corefile.h"
#include "backend/sidecar/dns_server.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <memory>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

constexpr int kNoError = 0;
constexpr int kNxDomain = 3;
constexpr int kNotImp = 4;

// Answers UDP and TCP on loopback as it is told, or not at all.
class FakeUpstream : public QObject
{
public:
    std::function<QByteArray(const QByteArray &query)> answer;
    int asked = 0;
    int askedByTcp = 0;

    FakeUpstream()
    {
        m_tcp.listen(QHostAddress::LocalHost);
        m_udp.bind(QHostAddress(QHostAddress::LocalHost), m_tcp.serverPort());
        connect(&m_udp, &QUdpSocket::readyRead, this, [this] {
            QByteArray query(static_cast<qsizetype>(m_udp.pendingDatagramSize()), '\0');
            QHostAddress host;
            quint16 port = 0;
            m_udp.readDatagram(query.data(), query.size(), &host, &port);
            ++asked;
            if (answer)
                m_udp.writeDatagram(answer(query), host, port);
        });
        connect(&m_tcp, &QTcpServer::newConnection, this, [this] {
            auto *socket = m_tcp.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                const QByteArray message = socket->readAll();
                ++askedByTcp;
                if (!answer)
                    return;
                const QByteArray reply = answer(message.mid(2));
                char length[2];
                qToBigEndian(static_cast<quint16>(reply.size()), length);
                socket->write(length, 2);
                socket->write(reply);
            });
        });
    }
    quint16 port() const { return m_tcp.serverPort(); }
    DnsUpstream upstream() const { return {QHostAddress(QHostAddress::LocalHost), port()}; }
    void says(const QStringList &addresses)
    {
        answer = [addresses](const QByteArray &query) { return dnsAnswer(query, addresses, 30); };
    }
    void failsWith(int rcode)
    {
        answer = [rcode](const QByteArray &query) { return dnsFailure(query, rcode); };
    }

private:
    QUdpSocket m_udp;
    QTcpServer m_tcp;
};

class TestDns : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeUpstream> m_envoy;
    std::unique_ptr<FakeUpstream> m_system;
    std::unique_ptr<DnsResolver> m_resolver;

    void makeResolver(bool withEnvoy = true)
    {
        DnsResolver::Options options;
        options.envoyPort = withEnvoy ? m_envoy->port() : quint16(0);
        options.upstreams = {m_system->upstream()};
        options.envoyTimeout = 200;
        options.systemTimeout = 200;
        m_resolver = std::make_unique<DnsResolver>(options);
    }
    std::optional<DnsOutcome> ask(const QByteArray &query, bool overTcp = false)
    {
        std::optional<DnsOutcome> result;
        m_resolver->resolve(query, overTcp, this, [&result](const DnsOutcome &outcome) { result = outcome; });
        (void)QTest::qWaitFor([&result] { return result.has_value(); }, 10'000);
        return result;
    }

private Q_SLOTS:
    void init()
    {
        m_envoy = std::make_unique<FakeUpstream>();
        m_system = std::make_unique<FakeUpstream>();
    }

    void messagesAreReadAndBuilt()
    {
        const QByteArray query = dnsQuery(77, u"Backend.Mesh"_s, DnsType::A);
        const auto question = dnsQuestion(query);
        QVERIFY(question);
        QCOMPARE(question->id, 77);
        QCOMPARE(question->name, u"backend.mesh"_s);
        QCOMPARE(question->type, 1);
        const auto answer = dnsSummary(dnsAnswer(query, {u"240.0.0.1"_s, u"::1"_s}, 12));
        QVERIFY(answer);
        QCOMPARE(answer->id, 77);
        QCOMPARE(answer->addresses, QStringList{u"240.0.0.1"_s});  // those of the type asked for
        QCOMPARE(answer->ttl, 12U);
        QVERIFY(answer->isAuthoritative);
        const auto six = dnsSummary(
            dnsAnswer(dnsQuery(1, u"x.mesh"_s, DnsType::Aaaa), {u"240.0.0.1"_s, u"::ffff:f000:1"_s}, 1));
        QCOMPARE(six->addresses, QStringList{u"::ffff:240.0.0.1"_s});
        QVERIFY(!dnsQuestion(dnsAnswer(query, {}, 1)));  // an answer is no question
        QVERIFY(!dnsSummary(query));
        QCOMPARE(dnsRcodeName(kNxDomain), u"NXDOMAIN"_s);
        QCOMPARE(dnsTypeName(28), u"AAAA"_s);
    }

    void whatIsNoMessageIsAnsweredAllTheSame_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<bool>("hasId");
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("one byte") << QByteArray("x") << false;
        QTest::newRow("only an id") << QByteArray("\x12\x34", 2) << true;
        QTest::newRow("noise") << QByteArray(40, '\xff') << true;
        QTest::newRow("no question") << QByteArray("\x12\x34\x01\0\0\0\0\0\0\0\0\0", 12) << true;
        QTest::newRow("a question cut short")
            << dnsQuery(0x1234, u"backend.mesh"_s, DnsType::A).left(20) << true;
        QTest::newRow("a name that points to itself")
            << QByteArray("\x12\x34\x01\0\0\x01\0\0\0\0\0\0\xc0\x0c\0\x01\0\x01", 18) << true;
    }
    void whatIsNoMessageIsAnsweredAllTheSame()
    {
        QFETCH(QByteArray, message);
        QFETCH(bool, hasId);
        QVERIFY(!dnsQuestion(message));
        makeResolver();
        const auto outcome = ask(message);
        QVERIFY(outcome);
        QCOMPARE(!outcome->answer.isEmpty(), hasId);
        QCOMPARE(m_envoy->asked + m_system->asked, 0);
        if (hasId)
            QCOMPARE(dnsSummary(outcome->answer)->rcode, kDnsFormErr);
    }

    void namesThatCannotBe_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("empty") << QString();
        QTest::newRow("not Latin") << u"имя.mesh"_s;
        QTest::newRow("a label too long") << QString(64, u'a') + u".mesh"_s;
        QTest::newRow("an empty label") << u"a..b"_s;
    }
    void namesThatCannotBe()
    {
        QFETCH(QString, name);
        QVERIFY(dnsQuery(1, name, DnsType::A).isEmpty());
    }

    void envoyIsAskedFirst()
    {
        m_envoy->says({u"240.0.0.1"_s});
        m_system->says({u"10.0.0.1"_s});
        makeResolver();
        const auto outcome = ask(dnsQuery(5, u"backend.mesh"_s, DnsType::A));
        QCOMPARE(dnsSummary(outcome->answer)->addresses, QStringList{u"240.0.0.1"_s});
        QCOMPARE(outcome->answerer, u"Envoy's DNS filter"_s);
        QCOMPARE(m_system->asked, 0);
    }

    void theSystemIsAskedAfterTheseCodes_data()
    {
        QTest::addColumn<int>("rcode");
        QTest::addColumn<bool>("asksSystem");
        QTest::newRow("NOERROR without an answer is one") << kNoError << false;
        QTest::newRow("FORMERR") << kDnsFormErr << true;
        QTest::newRow("SERVFAIL") << kDnsServFail << true;
        QTest::newRow("NXDOMAIN") << kNxDomain << true;
        QTest::newRow("NOTIMP") << kNotImp << true;
        QTest::newRow("REFUSED") << kDnsRefused << true;
        QTest::newRow("another code is an answer") << 9 << false;
    }
    void theSystemIsAskedAfterTheseCodes()
    {
        QFETCH(int, rcode);
        QFETCH(bool, asksSystem);
        m_envoy->failsWith(rcode);
        m_system->says({u"10.0.0.1"_s});
        makeResolver();
        const auto outcome = ask(dnsQuery(5, u"example.org"_s, DnsType::A));
        const auto summary = dnsSummary(outcome->answer);
        QCOMPARE(m_system->asked, asksSystem ? 1 : 0);
        QCOMPARE(summary->rcode, asksSystem ? kNoError : rcode);
        if (asksSystem) {
            QCOMPARE(outcome->answerer, u"system resolver 127.0.0.1"_s);
            QCOMPARE(outcome->steps, QStringList{u"Envoy's DNS filter said "_s + dnsRcodeName(rcode)});
        }
    }

    void aSilentOrMissingEnvoyIsPassedOver()
    {
        m_system->says({u"10.0.0.1"_s});
        makeResolver();  // Envoy's socket is there and says nothing
        auto outcome = ask(dnsQuery(5, u"example.org"_s, DnsType::A));
        QCOMPARE(dnsSummary(outcome->answer)->addresses, QStringList{u"10.0.0.1"_s});
        QCOMPARE(outcome->steps, QStringList{u"Envoy's DNS filter: no answer in time"_s});
        m_envoy.reset();  // nobody there any more: heard at once
        outcome = ask(dnsQuery(6, u"example.org"_s, DnsType::A));
        QCOMPARE(dnsSummary(outcome->answer)->addresses, QStringList{u"10.0.0.1"_s});
        QCOMPARE(outcome->steps.size(), 1);
    }

    void whenNobodyAnswersItIsServfail()
    {
        makeResolver(false);
        const auto outcome = ask(dnsQuery(5, u"example.org"_s, DnsType::A));
        QCOMPARE(dnsSummary(outcome->answer)->rcode, kDnsServFail);
        QCOMPARE(outcome->steps, QStringList{u"system resolver 127.0.0.1: no answer in time"_s});
    }

    void answersToOtherQuestionsAreNotTaken()
    {
        m_envoy->answer = [](const QByteArray &query) {
            const auto question = dnsQuestion(query);
            return dnsAnswer(dnsQuery(static_cast<quint16>(question->id + 1), question->name, DnsType::A),
                             {u"6.6.6.6"_s}, 1);
        };
        m_system->says({u"10.0.0.1"_s});
        makeResolver();
        const auto outcome = ask(dnsQuery(5, u"backend.mesh"_s, DnsType::A));
        QCOMPARE(dnsSummary(outcome->answer)->addresses, QStringList{u"10.0.0.1"_s});
    }

    void recordsOfTheControlPlaneComeFirst()
    {
        makeResolver();
        auto records = dnsRecords(
            R"({"records":[{"name":"Backend.mesh.","ips":["240.0.0.7","::ffff:f000:7"]}],"ttl":11,"extraLabels":{}})");
        QVERIFY(records);
        m_resolver->setRecords(*records);
        const auto outcome = ask(dnsQuery(5, u"backend.mesh"_s, DnsType::Aaaa));
        const auto summary = dnsSummary(outcome->answer);
        QCOMPARE(summary->addresses, QStringList{u"::ffff:240.0.0.7"_s});
        QCOMPARE(summary->ttl, 11U);
        QVERIFY(summary->isAuthoritative);
        QCOMPARE(outcome->answerer, u"the control plane's records"_s);
        QVERIFY(!dnsRecords("[]"));
        QVERIFY(!dnsRecords("no JSON"));
    }

    void resolvConfIsRead()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"resolv.conf"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("# mine\nsearch example.org\nnameserver 10.0.0.2\n nameserver\t fd00::1 \nnameserver x\n");
        file.close();
        const QList<DnsUpstream> expected{{QHostAddress(u"10.0.0.2"_s), 53},
                                          {QHostAddress(u"fd00::1"_s), 53}};
        QCOMPARE(systemResolvers(file.fileName()), expected);
        QVERIFY(systemResolvers(folder.filePath(u"nowhere"_s)).isEmpty());
    }

    void itServesUdpAndTcp()
    {
        QStringList many;
        for (int i = 1; i <= 60; ++i)
            many << u"240.0.0.%1"_s.arg(i);
        m_envoy->says(many);
        makeResolver();
        DnsServer server(*m_resolver);
        QVERIFY(server.listen(QHostAddress(QHostAddress::LocalHost), 0));
        const QByteArray query = dnsQuery(9, u"backend.mesh"_s, DnsType::A);

        QUdpSocket udp;
        udp.writeDatagram(query, QHostAddress(QHostAddress::LocalHost), server.port());
        QTRY_VERIFY(udp.hasPendingDatagrams());
        QByteArray datagram(static_cast<qsizetype>(udp.pendingDatagramSize()), '\0');
        udp.readDatagram(datagram.data(), datagram.size());
        QVERIFY(datagram.size() <= 512);
        QVERIFY(dnsSummary(datagram)->isTruncated);  // so the client asks again by TCP

        QTcpSocket tcp;
        tcp.connectToHost(QHostAddress(QHostAddress::LocalHost), server.port());
        char length[2];
        qToBigEndian(static_cast<quint16>(query.size()), length);
        const QByteArray framed = QByteArray(length, 2) + query;
        tcp.write(framed.left(5));  // in two pieces, then a second question at once
        QTRY_COMPARE(tcp.bytesToWrite(), 0);
        tcp.write(framed.mid(5) + framed);
        QTRY_VERIFY(tcp.bytesAvailable() > 2 * 60 * 16);
        const QByteArray first = tcp.read(2);
        const auto answer = dnsSummary(tcp.read(qFromBigEndian<quint16>(first.constData())));
        QVERIFY(answer);
        QCOMPARE(answer->addresses.size(), 60);
        QVERIFY(tcp.bytesAvailable() > 0);
    }

    void aQuestionByTcpGoesToTheSystemByTcp()
    {
        m_envoy->failsWith(kNxDomain);
        m_system->says({u"10.0.0.1"_s});
        makeResolver();
        const auto outcome = ask(dnsQuery(5, u"example.org"_s, DnsType::A), true);
        QCOMPARE(dnsSummary(outcome->answer)->addresses, QStringList{u"10.0.0.1"_s});
        QCOMPARE(m_envoy->asked, 1);
        QCOMPARE(m_system->askedByTcp, 1);
    }

    void aTakenPortIsSaid()
    {
        QUdpSocket holder;
        QVERIFY(holder.bind(QHostAddress(QHostAddress::LocalHost), 0, QAbstractSocket::DontShareAddress));
        makeResolver();
        DnsServer server(*m_resolver);
        const auto listens = server.listen(QHostAddress(QHostAddress::LocalHost), holder.localPort());
        QVERIFY(!listens);
        QCOMPARE(listens.error().code, Error::Code::Conflict);
    }

    void tooManyQuestionsAreRefused()
    {
        makeResolver();  // nobody answers
        int refused = 0;
        int done = 0;
        constexpr int kCount = DnsResolver::kMostLookups + 50;
        for (int i = 0; i < kCount; ++i)
            m_resolver->resolve(dnsQuery(static_cast<quint16>(i), u"example.org"_s, DnsType::A), false, this,
                                [&](const DnsOutcome &outcome) {
                                    ++done;
                                    refused += dnsSummary(outcome.answer)->rcode == kDnsRefused ? 1 : 0;
                                });
        QTRY_COMPARE_WITH_TIMEOUT(done, kCount, 20'000);
        QVERIFY(refused >= 50);
    }

    void corefiles()
    {
        CorefileFields fields{15053, 15054, 19153, true, u"/etc/resolv.conf"_s};
        const QString stock = stockCorefile(fields);
        QVERIFY(stock.startsWith(u".:15053 {\n    bind 127.0.0.1\n"_s));
        QVERIFY(stock.contains(u"next NXDOMAIN NOTIMP FORMERR SERVFAIL REFUSED"_s));
        QVERIFY(stock.contains(u"forward . 127.0.0.1:15054 /etc/resolv.conf {"_s));
        QVERIFY(stock.contains(u"forward . /etc/resolv.conf\n"_s));
        QVERIFY(stock.contains(u"log\n"_s));
        QVERIFY(!usesAlternate(stock));

        const QString kumas =
            u".:{{ .CoreDNSPort }} {\n    forward . 127.0.0.1:{{ .EnvoyDNSPort }}\n    alternate "
            "NOTIMP,NXDOMAIN . /etc/resolv.conf\n    prometheus localhost:{{ .PrometheusPort }}\n    "
            "errors\n    {{ if .CoreDNSLogging }}log{{ end }}\n}\n"_s;
        auto rendered = renderCorefile(kumas, fields);
        QVERIFY(rendered);
        QVERIFY(usesAlternate(*rendered));
        QVERIFY(rendered->contains(u"127.0.0.1:15054"_s) && rendered->contains(u"    log\n"_s));
        fields.logsQueries = false;
        QVERIFY(!renderCorefile(kumas, fields)->contains(u"log\n"_s));
        QCOMPARE(*renderCorefile(u"a  {{- .CoreDNSPort -}}  b"_s, fields), u"a15053b"_s);
        const auto unknown = renderCorefile(u"{{ .Surprise }}"_s, fields);
        QVERIFY(!unknown);
        QVERIFY(unknown.error().what.find("{{ .Surprise }}") != std::string::npos);
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestDns)
#include "tst_dns.moc"
