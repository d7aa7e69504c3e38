// Takes out of JSON what must not leave the house: tokens, private keys, passwords; if wished, addresses,
// which become others that still tell apart what was apart. Not thread-safe: it remembers addresses.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace meshscope {

class Redaction
{
public:
    explicit Redaction(bool addressesToo)
        : m_addressesToo(addressesToo)
    {}

    // The same JSON without secrets; a text that is no JSON comes back as "<redacted>" in quotes.
    std::string apply(const std::string &json);
    // An address or host name by itself, "10.0.0.1" or "10.0.0.1:80".
    std::string address(const std::string &text);

private:
    template <class Json>
    void walk(Json &value, const std::string &name, const std::string &parent, int depth);
    std::string pseudonym(const std::string &host);

    bool m_addressesToo;
    std::map<std::string, std::string> m_pseudonyms;
};

}  // namespace meshscope
