#include "backend/sidecar/redirect_script.h"

#include <algorithm>

namespace meshscope {

namespace {

bool isPlain(const std::string &word)
{
    return std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == ':';
    });
}

std::string replaced(std::string text, const std::string &what, const std::string &with)
{
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

std::string returns(const char *chain, const std::vector<std::uint16_t> &ports)
{
    std::string text;
    for (const auto port : ports)
        text +=
            "    rule -A " + std::string(chain) + " -p tcp --dport " + std::to_string(port) + " -j RETURN\n";
    return text;
}

// The order matters: the proxy's own traffic first, then what stays local, then the redirection.
constexpr char kScript[] = R"sh(#!/usr/bin/env bash
# Sends the TCP traffic and the DNS questions of a network namespace through the sidecar in it.
#   SCRIPT up      makes the namespace if it is not there, and the rules
#   SCRIPT down    removes the rules; the namespace stays ("ip netns delete @NAMESPACE@" removes it)
#   SCRIPT show    lists the rules
# The sidecar has to run as user @USER@ in the same namespace, for example:
#   ip netns exec @NAMESPACE@ setpriv --reuid @USER@ --clear-groups meshscopectl sidecar run …
set -euo pipefail
namespace='@NAMESPACE@'
inside() { if [ -n "$namespace" ]; then ip netns exec "$namespace" "$@"; else "$@"; fi; }
rule() { inside iptables -w -t nat "$@"; }

make_namespace() {
    [ -n "$namespace" ] || return 0
    ip netns list | awk '{print $1}' | grep -qx "$namespace" || ip netns add "$namespace"
}

down() {
    rule -D OUTPUT -p tcp -j MESHSCOPE_OUT 2>/dev/null || true
    rule -D OUTPUT -p udp --dport 53 -j MESHSCOPE_DNS 2>/dev/null || true
    rule -D PREROUTING -p tcp -j MESHSCOPE_IN 2>/dev/null || true
    for chain in MESHSCOPE_OUT MESHSCOPE_DNS MESHSCOPE_IN; do
        rule -F "$chain" 2>/dev/null || true
        rule -X "$chain" 2>/dev/null || true
    done
    inside ip route del @VIPS@ dev lo 2>/dev/null || true
}

up() {
    make_namespace
    down
    inside ip link set lo up
    inside ip route add @VIPS@ dev lo src 127.0.0.1
    rule -N MESHSCOPE_OUT
    rule -A MESHSCOPE_OUT -o lo -s 127.0.0.6/32 -j RETURN
    rule -A MESHSCOPE_OUT -m owner --uid-owner @USER@ -j RETURN
@DNS_TCP@    rule -A MESHSCOPE_OUT -d 127.0.0.0/8 -j RETURN
@OUT_EXCLUDED@    rule -A MESHSCOPE_OUT -p tcp -j REDIRECT --to-ports @OUTBOUND@
    rule -A OUTPUT -p tcp -j MESHSCOPE_OUT
@DNS_UDP@    rule -N MESHSCOPE_IN
@IN_EXCLUDED@    rule -A MESHSCOPE_IN -p tcp -j REDIRECT --to-ports @INBOUND@
    rule -A PREROUTING -p tcp -j MESHSCOPE_IN
}

case "${1:-}" in
up) up ;;
down) down ;;
show) rule -S | grep MESHSCOPE || true ;;
*) sed -n '2,7p' "$0"; exit 2 ;;
esac
)sh";

}  // namespace

Result<std::string> redirectScript(const Redirection &redirection)
{
    for (const auto &[what, word] :
         {std::pair{"the namespace", redirection.nameSpace}, std::pair{"the user", redirection.user},
          std::pair{"the range of addresses", redirection.vipRange}}) {
        if (!isPlain(word))
            return fail(Error::Code::Invalid,
                        std::string(what) + " may only have letters, digits and - _ . / :", word);
    }
    if (redirection.user.empty() || redirection.vipRange.empty())
        return fail(Error::Code::Invalid, "the user and the range of addresses cannot be empty");
    const std::string dns = std::to_string(redirection.dnsPort);
    const bool hasDns = redirection.dnsPort != 0;
    std::string text = kScript;
    text =
        replaced(text, "@DNS_TCP@",
                 hasDns ? "    rule -A MESHSCOPE_OUT -p tcp --dport 53 -j REDIRECT --to-ports " + dns + '\n'
                        : std::string());
    text = replaced(
        text, "@DNS_UDP@",
        hasDns ? "    rule -N MESHSCOPE_DNS\n    rule -A MESHSCOPE_DNS -m owner --uid-owner @USER@ -j "
                 "RETURN\n    rule -A MESHSCOPE_DNS -p udp -j REDIRECT --to-ports "
                     + dns + "\n    rule -A OUTPUT -p udp --dport 53 -j MESHSCOPE_DNS\n"
               : std::string());
    text = replaced(text, "@OUT_EXCLUDED@", returns("MESHSCOPE_OUT", redirection.excludedOutbound));
    text = replaced(text, "@IN_EXCLUDED@", returns("MESHSCOPE_IN", redirection.excludedInbound));
    text = replaced(text, "@OUTBOUND@", std::to_string(redirection.outboundPort));
    text = replaced(text, "@INBOUND@", std::to_string(redirection.inboundPort));
    text = replaced(text, "@NAMESPACE@", redirection.nameSpace);
    text = replaced(text, "@USER@", redirection.user);
    return replaced(text, "@VIPS@", redirection.vipRange);
}

}  // namespace meshscope
