// A proxy's configuration while it is made: messages that policies may still change, with what they stand
// for. Filters lie open (no Any around them) until finish() closes everything.
#pragma once

#include "backend/core/dataplane.h"
#include "backend/xds/protocol.h"
#include "backend/xds/resource.h"

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/endpoint/v3/endpoint.pb.h"
#include "envoy/config/listener/v3/listener.pb.h"
#include "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.pb.h"
#include "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.pb.h"
#include "envoy/extensions/upstreams/http/v3/http_protocol_options.pb.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace meshscope::xds {

using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using envoy::extensions::filters::network::tcp_proxy::v3::TcpProxy;
using envoy::extensions::upstreams::http::v3::HttpProtocolOptions;

// Which part of the sidecar a resource belongs to. Policies touch inbounds and outbounds only; MeshProxyPatch
// selects by all of them.
enum class Origin { Inbound, Outbound, Admin, TransparentProxy, Other };

// As Kuma spells them in the `origin` of a MeshProxyPatch.
std::string_view textOf(Origin origin);

struct DraftChain {
    envoy::config::listener::v3::FilterChain message;  // its filters come before the one below
    std::optional<HttpConnectionManager> http;         // one of these two ends the chain, or neither
    std::optional<TcpProxy> tcp;
};

struct DraftListener {
    envoy::config::listener::v3::Listener message;
    std::vector<DraftChain> chains;
    Origin origin = Origin::Other;
    std::size_t index = 0;  // of the Dataplane's inbound or outbound
    Protocol protocol = Protocol::Unknown;
    std::string service;  // of an inbound its own, of an outbound the one it leads to

    void close();  // moves what lies open into the message
};

struct DraftCluster {
    envoy::config::cluster::v3::Cluster message;
    std::optional<HttpProtocolOptions> http;
    Origin origin = Origin::Other;
    std::size_t index = 0;  // of the Dataplane's inbound
    Protocol protocol = Protocol::Unknown;
    std::string service;
    Tags tags;  // of an outbound: all that its endpoints have, kuma.io/service included
    // Of an outbound within the mesh: the name it asks for in TLS, and the services whose certificates it
    // takes.
    std::string sni;
    std::vector<std::string> identities;
    std::set<std::string> reaches;  // services whose endpoints it has, where that is not `service`

    void close();
};

struct Draft {
    std::vector<DraftListener> listeners;
    std::vector<DraftCluster> clusters;
    std::map<std::string, ResourcePtr> endpoints;  // by cluster
    std::map<std::string, ResourcePtr> secrets;

    DraftCluster *cluster(const std::string &name);  // nullptr = none of that name
    DraftListener *listener(const std::string &name);

    // By name, the last one wins, as in Kuma's own resource set. The draft is empty afterwards.
    ProxySnapshotPtr finish();
};

}  // namespace meshscope::xds
