#include "backend/snapshot/redaction.h"

#include <nlohmann/json.hpp>

#include <QByteArray>
#include <QHostAddress>
#include <QRegularExpression>
#include <QString>

#include <array>
#include <cctype>

namespace meshscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kRedacted[] = "<redacted>";
constexpr int kMostDepth = 500;

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool hasAny(const std::string &text, std::initializer_list<std::string_view> words)
{
    for (const auto word : words) {
        if (text.find(word) != std::string::npos)
            return true;
    }
    return false;
}

// By its name alone: token, password, clientSecret, privateKey, inline of a key.
bool isSecretMember(const std::string &name, const std::string &parent)
{
    if (name == "data" || name == "inline" || name == "inlineString" || name == "inlineBytes"
        || name == "value")
        return hasAny(lower(parent), {"key", "secret", "password", "token"});
    const auto small = lower(name);
    return small == "token" || small == "authorization" || small.ends_with("password")
           || small.ends_with("token") || small.ends_with("privatekey") || small == "clientsecret"
           || small == "client_secret" || small == "apikey" || small == "api_key";
}

// A token, a bearer or a private key anywhere in a text, also one that stands there in base64.
std::string withoutSecrets(const std::string &text)
{
    if (text.size() < 16)
        return text;
    if (text.find("PRIVATE KEY-----") != std::string::npos)
        return kRedacted;
    if (text.starts_with("LS0tLS1CRUdJT")
        && QByteArray::fromBase64(QByteArray::fromStdString(text)).contains("PRIVATE KEY-----"))
        return kRedacted;
    if (!hasAny(text, {"eyJ", "earer ", "asic "}))
        return text;
    static const QRegularExpression token(
        QStringLiteral("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]*|\\b[Bb]earer +\\S+|\\b[Bb]asic +[\\w+/=-]{8,}"));
    return QString::fromStdString(text).replace(token, QString::fromLatin1(kRedacted)).toStdString();
}

bool isAddressMember(const std::string &name)
{
    static constexpr std::array kNames = {"address",  "serviceAddress", "advertisedAddress",
                                          "ip",       "hostname",       "addressPort",
                                          "hostName", "rootUrl",        "globalAddress"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

std::string Redaction::pseudonym(const std::string &host)
{
    const auto found = m_pseudonyms.find(host);
    if (found != m_pseudonyms.end())
        return found->second;
    const QHostAddress ip(QString::fromStdString(host));
    if (ip.isLoopback() || host == "localhost" || host == "0.0.0.0" || host == "::")
        return host;  // the same everywhere
    const auto number = m_pseudonyms.size() + 1;
    std::string made;
    if (ip.protocol() == QAbstractSocket::IPv4Protocol && number < (1 << 17))
        made =
            QHostAddress(0xC6120000u + static_cast<quint32>(number)).toString().toStdString();  // 198.18/15
    else if (ip.protocol() == QAbstractSocket::IPv6Protocol)
        made = "2001:db8::" + QString::number(number, 16).toStdString();
    else
        made = "host-" + std::to_string(number) + ".example";
    return m_pseudonyms[host] = made;
}

std::string Redaction::address(const std::string &text)
{
    if (!m_addressesToo || text.empty())
        return text;
    const auto colon = text.rfind(':');
    const bool hasPort = colon != std::string::npos && text.find(':') == colon;
    return hasPort ? pseudonym(text.substr(0, colon)) + text.substr(colon) : pseudonym(text);
}

template <class Value>
void Redaction::walk(Value &value, const std::string &name, const std::string &parent, int depth)
{
    if (depth > kMostDepth) {
        value = kRedacted;
    } else if (value.is_object()) {
        const auto header = value.find("name");
        const bool isSecretHeader =
            header != value.end() && header->is_string() && value.contains("value")
            && hasAny(lower(header->template get<std::string>()),
                      {"authorization", "cookie", "token", "api-key", "apikey", "secret", "password"});
        const bool isSecret =
            value.contains("type") && (value["type"] == "Secret" || value["type"] == "GlobalSecret");
        for (auto &[key, member] : value.items()) {
            if ((isSecretHeader && key == "value") || (isSecret && key == "data"))
                member = kRedacted;
            else
                walk(member, key, name, depth + 1);
        }
    } else if (value.is_array()) {
        for (auto &element : value)
            walk(element, name, parent, depth + 1);
    } else if (value.is_string()) {
        const auto text = value.template get<std::string>();
        if (isSecretMember(name, parent) && !text.empty())
            value = kRedacted;
        else if (m_addressesToo && isAddressMember(name))
            value = address(text);
        else if (auto clean = withoutSecrets(text); clean != text)
            value = std::move(clean);
    }
}

std::string Redaction::apply(const std::string &json)
{
    auto value = Json::parse(json, nullptr, false);
    if (value.is_discarded())
        return std::string("\"") + kRedacted + "\"";
    walk(value, {}, {}, 0);
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace meshscope
