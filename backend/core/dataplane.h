// A Dataplane as Kuma's schema has it (kuma-api fact sheet §5.1), reduced to what Meshscope reasons about.
// What is not here survives an edit all the same: editors patch the document, they do not write this back.
// Plain values, equal by value, frozen once published as shared_ptr<const Dataplane>.
#pragma once

#include "backend/core/resource_key.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshscope {

using Tags = std::map<std::string, std::string>;
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

// Reserved tags (fact sheet §5.4).
inline constexpr char kServiceTag[] = "kuma.io/service";
inline constexpr char kProtocolTag[] = "kuma.io/protocol";
inline constexpr char kZoneTag[] = "kuma.io/zone";

enum class InboundState { Ready, NotReady, Ignored };

struct Inbound {
    std::string name;               // section name; empty = the port as text
    std::string address;            // listener IP; empty = Dataplane::address
    std::uint32_t port = 0;         // 0 only in documents that do not validate
    std::string serviceAddress;     // application's IP; empty = the listener's
    std::uint32_t servicePort = 0;  // 0 = port
    std::string protocol;           // networking.inbound[].protocol, since 2.14; empty = the tag decides
    InboundState state = InboundState::Ready;
    std::optional<bool> healthReady;  // health.ready, the twin of state from before 2.6
    bool hasServiceProbe = false;
    Tags tags;

    // health.ready false or state NotReady; Ignored counts as ready here (fact sheet §6.3).
    bool isReady() const { return healthReady.value_or(true) && state != InboundState::NotReady; }
    std::string service() const;            // kuma.io/service, or ""
    std::string effectiveProtocol() const;  // protocol, else kuma.io/protocol, else ""; lower case
    bool operator==(const Inbound &) const = default;
};

struct BackendRef {
    std::string kind;
    std::string name;
    std::uint32_t port = 0;
    Tags labels;
    bool operator==(const BackendRef &) const = default;
};

struct Outbound {
    std::string address;  // empty = 127.0.0.1
    std::uint32_t port = 0;
    Tags tags;  // has kuma.io/service unless backendRef is used
    std::optional<BackendRef> backendRef;

    std::string service() const;  // kuma.io/service, else the backendRef's name
    bool operator==(const Outbound &) const = default;
};

struct Gateway {
    enum class Type { Delegated, Builtin };
    Type type = Type::Delegated;
    Tags tags;
    bool operator==(const Gateway &) const = default;
};

struct TransparentProxying {
    std::uint32_t redirectPortInbound = 0;
    std::uint32_t redirectPortOutbound = 0;
    bool ipv4Only = false;                          // ipFamilyMode: IPv4
    std::vector<std::string> directAccessServices;  // `*` = all
    std::vector<std::string> reachableServices;     // empty = all
    // Of MeshServices and their kin; nothing = as the services. Names empty = by labels, port 0 = every one.
    std::optional<std::vector<BackendRef>> reachableBackends;
    bool isOn() const { return redirectPortInbound != 0 && redirectPortOutbound != 0; }
    bool operator==(const TransparentProxying &) const = default;
};

// Health checks of an orchestrator that the sidecar answers for, without mTLS (until 2.14).
struct Probes {
    struct Endpoint {
        std::uint32_t inboundPort = 0;
        std::string inboundPath;
        std::string path;  // the one that is asked for
        bool operator==(const Endpoint &) const = default;
    };
    std::uint32_t port = 0;
    std::vector<Endpoint> endpoints;
    bool operator==(const Probes &) const = default;
};

struct Dataplane {
    ResourceKey key;
    Tags labels;
    TimePoint creationTime{};      // epoch = not given
    TimePoint modificationTime{};  // on Kubernetes always equals creationTime
    std::string address;
    std::string advertisedAddress;
    std::vector<Inbound> inbounds;
    std::vector<Outbound> outbounds;
    std::optional<Gateway> gateway;
    std::optional<TransparentProxying> transparentProxying;
    std::optional<Probes> probes;
    std::uint32_t adminPort = 0;  // 0 = the control plane's default, 9901

    // The services it offers: of each inbound, or of the gateway; in order, without repetition.
    std::vector<std::string> services() const;
    // One set for each inbound (or of the gateway; without tags on any inbound, the labels).
    std::vector<Tags> tagSets() const;
    std::string listenerAddress(const Inbound &inbound) const;
    std::string workloadAddress(const Inbound &inbound) const;  // serviceAddress, else the listener's IP
    std::uint32_t workloadPort(const Inbound &inbound) const;
    bool operator==(const Dataplane &) const = default;
};

}  // namespace meshscope
