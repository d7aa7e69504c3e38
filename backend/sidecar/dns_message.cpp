#include "backend/sidecar/dns_message.h"

#include <ldns/ldns.h>

#include <memory>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

Packet parsed(const QByteArray &message)
{
    ldns_pkt *packet = nullptr;
    if (ldns_wire2pkt(&packet, reinterpret_cast<const std::uint8_t *>(message.constData()),
                      static_cast<std::size_t>(message.size()))
        != LDNS_STATUS_OK)
        packet = nullptr;
    return Packet(packet, ldns_pkt_free);
}

QByteArray bytesOf(const ldns_pkt *packet)
{
    std::uint8_t *wire = nullptr;
    std::size_t size = 0;
    if (ldns_pkt2wire(&wire, packet, &size) != LDNS_STATUS_OK)
        return {};
    QByteArray result(reinterpret_cast<const char *>(wire), static_cast<qsizetype>(size));
    LDNS_FREE(wire);
    return result;
}

QString textOf(const ldns_rdf *rdf)
{
    char *text = ldns_rdf2str(rdf);
    const QString result = QString::fromLatin1(text);
    LDNS_FREE(text);
    return result;
}

QString nameOf(const ldns_rdf *name)
{
    QString text = textOf(name).toLower();
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

const ldns_rr *onlyQuestion(const ldns_pkt *packet)
{
    const ldns_rr_list *questions = ldns_pkt_question(packet);
    return ldns_rr_list_rr_count(questions) == 1 ? ldns_rr_list_rr(questions, 0) : nullptr;
}

// An empty answer to a query that can be read.
Packet answerTo(const ldns_pkt *query)
{
    Packet answer(ldns_pkt_new(), ldns_pkt_free);
    ldns_pkt_set_id(answer.get(), ldns_pkt_id(query));
    ldns_pkt_set_opcode(answer.get(), ldns_pkt_get_opcode(query));
    ldns_pkt_set_qr(answer.get(), true);
    ldns_pkt_set_rd(answer.get(), ldns_pkt_rd(query));
    ldns_pkt_set_ra(answer.get(), true);
    if (const ldns_rr *question = onlyQuestion(query))
        ldns_pkt_push_rr(answer.get(), LDNS_SECTION_QUESTION, ldns_rr_clone(question));
    return answer;
}

}  // namespace

std::optional<DnsQuestion> dnsQuestion(const QByteArray &message)
{
    const Packet packet = parsed(message);
    if (!packet || ldns_pkt_qr(packet.get()) || ldns_pkt_get_opcode(packet.get()) != LDNS_PACKET_QUERY)
        return std::nullopt;
    const ldns_rr *question = onlyQuestion(packet.get());
    if (!question)
        return std::nullopt;
    return DnsQuestion{ldns_pkt_id(packet.get()), nameOf(ldns_rr_owner(question)),
                       static_cast<quint16>(ldns_rr_get_type(question))};
}

std::optional<DnsSummary> dnsSummary(const QByteArray &message)
{
    const Packet packet = parsed(message);
    if (!packet || !ldns_pkt_qr(packet.get()))
        return std::nullopt;
    DnsSummary summary;
    summary.id = ldns_pkt_id(packet.get());
    summary.rcode = ldns_pkt_get_rcode(packet.get());
    summary.isTruncated = ldns_pkt_tc(packet.get());
    summary.isAuthoritative = ldns_pkt_aa(packet.get());
    if (const ldns_rr *question = onlyQuestion(packet.get())) {
        summary.name = nameOf(ldns_rr_owner(question));
        summary.type = static_cast<quint16>(ldns_rr_get_type(question));
    }
    const ldns_rr_list *answers = ldns_pkt_answer(packet.get());
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i) {
        const ldns_rr *record = ldns_rr_list_rr(answers, i);
        const auto type = ldns_rr_get_type(record);
        summary.ttl = i == 0 ? ldns_rr_ttl(record) : std::min(summary.ttl, ldns_rr_ttl(record));
        if (type == LDNS_RR_TYPE_A || type == LDNS_RR_TYPE_AAAA)
            summary.addresses << textOf(ldns_rr_rdf(record, 0));
        else if (type == LDNS_RR_TYPE_CNAME)
            summary.aliases << nameOf(ldns_rr_rdf(record, 0));
    }
    return summary;
}

QByteArray dnsQuery(quint16 id, const QString &name, DnsType type)
{
    const QByteArray latin = name.toLatin1();
    if (name.isEmpty() || QString::fromLatin1(latin) != name)
        return {};
    ldns_rdf *owner = ldns_dname_new_frm_str(latin.constData());
    if (!owner)
        return {};
    // Takes the name over.
    const Packet packet(ldns_pkt_query_new(owner, static_cast<ldns_rr_type>(type), LDNS_RR_CLASS_IN, LDNS_RD),
                        ldns_pkt_free);
    if (!packet)
        return {};
    ldns_pkt_set_id(packet.get(), id);
    return bytesOf(packet.get());
}

QByteArray dnsAnswer(const QByteArray &query, const QStringList &addresses, quint32 ttl)
{
    const Packet asked = parsed(query);
    const ldns_rr *question = asked ? onlyQuestion(asked.get()) : nullptr;
    if (!question)
        return dnsFailure(query, kDnsFormErr);
    const Packet answer = answerTo(asked.get());
    ldns_pkt_set_aa(answer.get(), true);
    const auto type = ldns_rr_get_type(question);
    for (const auto &address : addresses) {
        ldns_rdf *value = nullptr;
        const QByteArray text = address.toLatin1();
        const auto status = type == LDNS_RR_TYPE_AAAA ? ldns_str2rdf_aaaa(&value, text.constData())
                                                      : ldns_str2rdf_a(&value, text.constData());
        if (status != LDNS_STATUS_OK)
            continue;  // of the other family
        ldns_rr *record = ldns_rr_new();
        ldns_rr_set_owner(record, ldns_rdf_clone(ldns_rr_owner(question)));
        ldns_rr_set_type(record, type);
        ldns_rr_set_class(record, LDNS_RR_CLASS_IN);
        ldns_rr_set_ttl(record, ttl);
        ldns_rr_push_rdf(record, value);
        ldns_pkt_push_rr(answer.get(), LDNS_SECTION_ANSWER, record);
    }
    return bytesOf(answer.get());
}

QByteArray dnsFailure(const QByteArray &query, int rcode)
{
    if (const Packet asked = parsed(query)) {
        const Packet answer = answerTo(asked.get());
        ldns_pkt_set_rcode(answer.get(), static_cast<std::uint8_t>(rcode));
        return bytesOf(answer.get());
    }
    if (query.size() < 2)
        return {};
    const Packet answer(ldns_pkt_new(), ldns_pkt_free);
    ldns_pkt_set_id(answer.get(), static_cast<std::uint16_t>((static_cast<unsigned char>(query[0]) << 8)
                                                             | static_cast<unsigned char>(query[1])));
    ldns_pkt_set_qr(answer.get(), true);
    ldns_pkt_set_rcode(answer.get(), static_cast<std::uint8_t>(rcode));
    return bytesOf(answer.get());
}

QByteArray dnsTruncated(const QByteArray &query)
{
    const Packet asked = parsed(query);
    if (!asked)
        return {};
    const Packet answer = answerTo(asked.get());
    ldns_pkt_set_tc(answer.get(), true);
    return bytesOf(answer.get());
}

int dnsUdpLimit(const QByteArray &query)
{
    constexpr int kPlain = 512;
    const Packet asked = parsed(query);
    return asked ? std::max<int>(kPlain, ldns_pkt_edns_udp_size(asked.get())) : kPlain;
}

bool isDnsFallback(int rcode)
{
    return rcode == LDNS_RCODE_NOTIMPL || rcode == LDNS_RCODE_FORMERR || rcode == LDNS_RCODE_NXDOMAIN
           || rcode == LDNS_RCODE_SERVFAIL || rcode == LDNS_RCODE_REFUSED;
}

QString dnsRcodeName(int rcode)
{
    char *name = ldns_pkt_rcode2str(static_cast<ldns_pkt_rcode>(rcode));
    const QString result = name ? QString::fromLatin1(name) : QString::number(rcode);
    LDNS_FREE(name);
    return result;
}

QString dnsTypeName(quint16 type)
{
    char *name = ldns_rr_type2str(static_cast<ldns_rr_type>(type));
    const QString result = QString::fromLatin1(name);
    LDNS_FREE(name);
    return result;
}

}  // namespace meshscope
