#include "backend/control/mesh_secrets.h"

#include "backend/control/mesh_mtls.h"
#include "backend/pki/base64.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace meshscope::control {

namespace {

StoreWrite secret(const std::string &mesh, std::string name, const std::string &text, TimePoint now)
{
    StoredResource resource;
    resource.type = "Secret";
    resource.key = {mesh, std::move(name)};
    resource.spec = nlohmann::json{{"data", pki::toBase64(text)}}.dump();
    resource.creationTime = now;
    resource.modificationTime = now;
    return StoreWrite::put(std::move(resource));
}

}  // namespace

Result<std::vector<StoreWrite>> missingSecrets(const std::string &mesh, const std::string &meshSpec,
                                               const StoreSnapshot &store, pki::KeyPool &keys, TimePoint now)
{
    std::vector<StoreWrite> writes;
    const auto tokenKey = kTokenKeyPrefix + mesh + "-";
    const auto secrets = store.list("Secret", mesh);
    if (std::none_of(secrets.begin(), secrets.end(),
                     [&](const StoredPtr &stored) { return stored->key.name.starts_with(tokenKey); })) {
        const auto key = keys.take();
        if (!key)
            return fail(Error::Code::Cancelled, "the control plane is stopping");
        writes.push_back(secret(mesh, tokenKey + "1", key->pem(), now));
    }
    const auto backend = enabledBackend(meshSpec);
    if (!backend || !backend->isBuiltin)
        return writes;
    const auto certificate = builtinCertificateSecret(mesh, backend->name);
    const auto key = builtinKeySecret(mesh, backend->name);
    if (store.find("Secret", {mesh, certificate}) && store.find("Secret", {mesh, key}))
        return writes;
    const auto made = pki::Authority::make({mesh, backend->rsaBits, backend->rootLife}, now);
    if (!made)
        return fail(made.error());
    writes.push_back(secret(mesh, certificate, (*made)->chain(), now));
    writes.push_back(secret(mesh, key, (*made)->keyPem(), now));
    return writes;
}

}  // namespace meshscope::control
