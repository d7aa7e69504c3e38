// The control plane's rules for a Dataplane, over its canonical JSON. Internal to validation.
#pragma once

#include "backend/validation/validate.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// Collects the control plane's findings in its own order.
class Violations
{
public:
    void add(std::string field, std::string message, std::string advice = {})
    {
        Finding finding;
        finding.field = std::move(field);
        finding.message = std::move(message);
        finding.advice = std::move(advice);
        finding.fromControlPlane = true;
        m_findings.push_back(std::move(finding));
    }
    std::vector<Finding> take() { return std::move(m_findings); }

private:
    std::vector<Finding> m_findings;
};

// Members of canonical JSON; absent ones are as if zero. None of these throws.
using Json = nlohmann::json;
std::string textAt(const Json &object, const char *member);
std::uint64_t numberAt(const Json &object, const char *member);
const Json &memberAt(const Json &object, const char *member);  // null when absent

void checkPort(Violations &out, const std::string &field, std::uint64_t port);
// Tags of one inbound, outbound or gateway (rules 12 to 16, 24).
void checkTags(Violations &out, const std::string &field, const Json &tags);
// networking.address and addresses of listeners (rules 2 to 4).
void checkAddress(Violations &out, const std::string &field, const std::string &address);

void checkInbound(Violations &out, const std::string &field, const Json &inbound,
                  const std::string &dataplaneAddress, KumaEra era);
void checkOutbound(Violations &out, const std::string &field, const Json &outbound, KumaEra era);
void checkGateway(Violations &out, const Json &gateway, KumaEra era);
void checkReachableBackends(Violations &out, const Json &transparentProxying);
void checkAdminPort(Violations &out, const Json &networking);
void checkListeners(Violations &out, const Json &networking);
void checkProbes(Violations &out, const Json &probes);
void checkMetrics(Violations &out, const Json &metrics);

}  // namespace meshscope
