// The mTLS section of a Mesh, read (kuma-api fact sheet §7). Pure; any thread.
#pragma once

#include "backend/control/api_error.h"
#include "backend/pki/authority.h"
#include "backend/store/store.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope::control {

struct MtlsBackend {
    std::string name;
    bool isBuiltin = true;  // else provided: `cert` and `key` say where it is
    std::chrono::seconds identityLife = std::chrono::hours(24);
    unsigned rsaBits = 2048;
    std::chrono::seconds rootLife = std::chrono::hours(24 * 3650);
    std::string certJson, keyJson;  // the data sources of a provided one

    bool operator==(const MtlsBackend &) const = default;
};

// The enabled backend; nothing when mTLS is off. `meshSpec` is JSON that has passed the API's rules.
std::optional<MtlsBackend> enabledBackend(std::string_view meshSpec);

std::string builtinCertificateSecret(const std::string &mesh, const std::string &backend);
std::string builtinKeySecret(const std::string &mesh, const std::string &backend);

// The authority of that backend as the store has it: its secrets, files or inline texts. NotFound when a part
// is missing, Invalid when the parts do not fit; `where` names the field.
Result<pki::AuthorityPtr> authorityOf(const std::string &mesh, const MtlsBackend &backend,
                                      const StoreSnapshot &store);
// What stands in the way of a provided authority, in Kuma's words.
std::vector<Violation> providedViolations(const std::string &mesh, std::string_view meshSpec,
                                          const StoreSnapshot &store);

// "1d", "2w3h", "10y": Prometheus' durations, as Kuma takes them for certificates; nothing when it is none.
std::optional<std::chrono::seconds> longDuration(std::string_view text);

}  // namespace meshscope::control
