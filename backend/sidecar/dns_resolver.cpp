#include "backend/sidecar/dns_resolver.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkProxy>
#include <QPointer>
#include <QTcpSocket>
#include <QTimer>
#include <QUdpSocket>
#include <QtEndian>

#include <memory>

namespace meshscope {

using namespace Qt::StringLiterals;

QList<DnsUpstream> systemResolvers(const QString &resolvConf)
{
    QList<DnsUpstream> result;
    QFile file(resolvConf);
    if (!file.open(QIODevice::ReadOnly))
        return result;
    const auto lines = file.readAll().split('\n');
    for (const auto &line : lines) {
        const auto words = line.simplified().split(' ');
        if (words.size() < 2 || words[0] != "nameserver")
            continue;
        const QHostAddress address(QString::fromLatin1(words[1]));
        if (!address.isNull())
            result << DnsUpstream{address, 53};
    }
    return result;
}

std::optional<DnsRecords> dnsRecords(const QByteArray &json)
{
    const auto document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return std::nullopt;
    const QJsonObject root = document.object();
    DnsRecords result;
    result.ttl = static_cast<quint32>(root.value("ttl"_L1).toInt(30));
    const QJsonArray records = root.value("records"_L1).toArray();
    for (const auto &entry : records) {
        const QJsonObject record = entry.toObject();
        QStringList addresses;
        const QJsonArray ips = record.value("ips"_L1).toArray();
        for (const auto &ip : ips)
            addresses << ip.toString();
        QString name = record.value("name"_L1).toString().toLower();
        if (name.endsWith(u'.'))
            name.chop(1);
        if (!name.isEmpty())
            result.addresses.insert(name, addresses);
    }
    return result;
}

// One question on its way from one upstream to the next.
class DnsLookup : public QObject
{
public:
    DnsLookup(DnsResolver &resolver, QByteArray query, bool overTcp, QObject *receiver,
              std::function<void(const DnsOutcome &)> callback)
        : QObject(&resolver)
        , m_resolver(resolver)
        , m_query(std::move(query))
        , m_overTcp(overTcp)
        , m_receiver(receiver)
        , m_callback(std::move(callback))
    {
        ++m_resolver.m_running;
        m_patience.setSingleShot(true);
        connect(&m_patience, &QTimer::timeout, this, [this] { failStep(u"no answer in time"_s); });
        QMetaObject::invokeMethod(this, &DnsLookup::begin, Qt::QueuedConnection);
    }
    ~DnsLookup() override { --m_resolver.m_running; }

private:
    void begin()
    {
        m_question = dnsQuestion(m_query);
        if (!m_question)
            return finish(dnsFailure(m_query, kDnsFormErr), u"nobody: the question cannot be read"_s);
        if (m_resolver.m_running > DnsResolver::kMostLookups)
            return finish(dnsFailure(m_query, kDnsRefused), u"nobody: too many questions at once"_s);
        const auto &records = m_resolver.m_records;
        const auto found = records.addresses.constFind(m_question->name);
        const bool isAddress =
            m_question->type == quint16(DnsType::A) || m_question->type == quint16(DnsType::Aaaa);
        if (found != records.addresses.constEnd() && isAddress)
            return finish(dnsAnswer(m_query, *found, records.ttl), u"the control plane's records"_s);
        m_left = m_resolver.upstreams();
        if (m_resolver.m_options.envoyPort == 0)
            return askSystem();
        m_isEnvoy = true;
        m_asked = u"Envoy's DNS filter"_s;
        ask({QHostAddress(QHostAddress::LocalHost), m_resolver.m_options.envoyPort},
            m_resolver.m_options.envoyTimeout, false);
    }

    void askSystem()
    {
        m_isEnvoy = false;
        if (m_left.isEmpty()) {
            // With nobody else to ask, what Envoy said is the answer.
            if (!m_lastAnswer.isEmpty())
                return finish(m_lastAnswer, m_lastAnswerer);
            return finish(dnsFailure(m_query, kDnsServFail), u"nobody: no resolver could be asked"_s);
        }
        const DnsUpstream next = m_left.takeFirst();
        m_asked = u"system resolver "_s + next.address.toString();
        ask(next, m_resolver.m_options.systemTimeout, m_overTcp);
    }

    void ask(const DnsUpstream &upstream, int timeout, bool overTcp)
    {
        m_patience.start(timeout);
        m_received.clear();
        if (overTcp) {
            auto socket = std::make_unique<QTcpSocket>();
            auto *tcp = socket.get();
            connect(tcp, &QTcpSocket::connected, this, [this, tcp] {
                char length[2];
                qToBigEndian(static_cast<quint16>(m_query.size()), length);
                tcp->write(length, 2);
                tcp->write(m_query);
            });
            connect(tcp, &QTcpSocket::readyRead, this, [this, tcp] {
                m_received += tcp->readAll();
                if (m_received.size() < 2)
                    return;
                const auto length = qFromBigEndian<quint16>(m_received.constData());
                if (m_received.size() >= 2 + length)
                    take(m_received.mid(2, length));
            });
            use(std::move(socket));
        } else {
            auto socket = std::make_unique<QUdpSocket>();
            auto *udp = socket.get();
            connect(udp, &QUdpSocket::readyRead, this, [this, udp] {
                while (udp == m_socket.get() && udp->hasPendingDatagrams()) {
                    QByteArray datagram(static_cast<qsizetype>(udp->pendingDatagramSize()), '\0');
                    if (udp->readDatagram(datagram.data(), datagram.size()) >= 0)
                        take(datagram);
                    else
                        break;
                }
            });
            // A connected socket takes datagrams of this upstream only, and hears when nobody is there.
            connect(udp, &QUdpSocket::connected, this, [this, udp] { udp->write(m_query); });
            use(std::move(socket));
        }
        m_socket->setProxy(QNetworkProxy::NoProxy);
        connect(m_socket.get(), &QAbstractSocket::errorOccurred, this,
                [this] { failStep(m_socket->errorString().toLower()); });
        m_socket->connectToHost(upstream.address, upstream.port);
    }

    // A socket may be in the middle of a signal of its own when the next one takes its place.
    void use(std::unique_ptr<QAbstractSocket> socket)
    {
        if (m_socket) {
            m_socket->disconnect(this);
            m_socket.release()->deleteLater();
        }
        m_socket = std::move(socket);
    }

    void failStep(const QString &why)
    {
        m_patience.stop();
        m_steps << m_asked + u": "_s + why;
        askSystem();
    }

    void take(const QByteArray &message)
    {
        const auto summary = dnsSummary(message);
        if (!summary || summary->id != m_question->id || summary->name != m_question->name)
            return;  // not to our question; the right one may still come
        m_patience.stop();
        if (isDnsFallback(summary->rcode) && (m_isEnvoy || summary->rcode == kDnsServFail)) {
            m_steps << m_asked + u" said "_s + dnsRcodeName(summary->rcode);
            m_lastAnswer = message;
            m_lastAnswerer = m_asked;
            return askSystem();
        }
        finish(message, m_asked);
    }

    void finish(const QByteArray &answer, const QString &answerer)
    {
        use(nullptr);
        const auto callback = std::exchange(m_callback, {});
        if (m_receiver && callback)
            callback({answer, answerer, m_steps});
        deleteLater();
    }

    DnsResolver &m_resolver;
    QByteArray m_query;
    bool m_overTcp;
    QPointer<QObject> m_receiver;
    std::function<void(const DnsOutcome &)> m_callback;
    std::optional<DnsQuestion> m_question;
    QList<DnsUpstream> m_left;
    bool m_isEnvoy = false;
    QString m_asked;
    QStringList m_steps;
    QByteArray m_lastAnswer;
    QString m_lastAnswerer;
    QByteArray m_received;
    std::unique_ptr<QAbstractSocket> m_socket;
    QTimer m_patience;
};

DnsResolver::DnsResolver(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{}

void DnsResolver::resolve(const QByteArray &query, bool overTcp, QObject *receiver,
                          std::function<void(const DnsOutcome &)> callback)
{
    new DnsLookup(*this, query, overTcp, receiver, std::move(callback));
}

QList<DnsUpstream> DnsResolver::upstreams()
{
    if (!m_options.upstreams.isEmpty())
        return m_options.upstreams;
    const auto changed = QFileInfo(m_options.resolvConf).lastModified();
    if (m_systemRead != changed || m_system.isEmpty()) {
        m_systemRead = changed;
        m_system = systemResolvers(m_options.resolvConf);
    }
    return m_system;
}

}  // namespace meshscope
