// What one conf of a policy does to one listener or cluster. Policies of the old style bring theirs into the
// shape of the new one and use the same.
#pragma once

#include "backend/xds/draft.h"
#include "backend/xds/json_access.h"

#include "envoy/config/route/v3/route_components.pb.h"

#include <string>

namespace meshscope::xds {

void limitCluster(DraftCluster &cluster, const Json &conf);  // MeshCircuitBreaker
void checkCluster(DraftCluster &cluster, const Json &conf,   // MeshHealthCheck
                  const std::string &sourceTags);
void retryRoute(envoy::config::route::v3::Route &route, const Json &conf, Protocol protocol);  // MeshRetry
void retryConnections(DraftListener &listener, const Json &conf);
bool limitRequests(HttpConnectionManager &manager, const Json &conf);  // MeshRateLimit: its `local.http`
void injectFault(HttpConnectionManager &manager, const Json &conf, const Tags &wanted, const Tags &unwanted);

}  // namespace meshscope::xds
