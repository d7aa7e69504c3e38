#include "backend/control/mesh_mtls.h"

#include "backend/pki/base64.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <fstream>
#include <sstream>

namespace meshscope::control {

namespace {

using Json = nlohmann::json;

const Json &at(const Json &object, const char *name)
{
    static const Json kNothing;
    if (!object.is_object())
        return kNothing;
    const auto found = object.find(name);
    return found == object.end() ? kNothing : *found;
}

std::string textAt(const Json &object, const char *name)
{
    const auto &value = at(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

Result<std::string> secretText(const std::string &mesh, const std::string &name, const StoreSnapshot &store)
{
    const auto secret = store.find("Secret", {mesh, name});
    if (!secret)
        return fail(Error::Code::NotFound,
                    "Resource not found: type=\"Secret\" name=\"" + name + "\" mesh=\"" + mesh + "\"");
    auto text = pki::fromBase64(textAt(Json::parse(secret->spec, nullptr, false), "data"));
    if (!text)
        return fail(Error::Code::Invalid, "the secret \"" + name + "\" is no base64");
    return std::move(*text);
}

// A Kuma DataSource: secret, file, inline (base64) or inlineString.
Result<std::string> sourceText(const std::string &mesh, const std::string &json, const StoreSnapshot &store)
{
    const auto source = Json::parse(json, nullptr, false);
    if (const auto name = textAt(source, "secret"); !name.empty())
        return secretText(mesh, name, store);
    if (const auto path = textAt(source, "file"); !path.empty()) {
        const std::ifstream file(path, std::ios::binary);
        if (!file)
            return fail(Error::Code::NotFound, "open " + path + ": no such file or directory");
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
    if (const auto text = textAt(source, "inlineString"); !text.empty())
        return text;
    if (auto text = pki::fromBase64(textAt(source, "inline")); text && !text->empty())
        return std::move(*text);
    return fail(Error::Code::Invalid, "unsupported type of the DataSource");
}

}  // namespace

std::optional<std::chrono::seconds> longDuration(std::string_view text)
{
    using std::chrono::seconds;
    static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
        {"ms", 0}, {"y", 365 * 86'400}, {"w", 7 * 86'400}, {"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}};
    seconds result{0};
    if (text.empty())
        return std::nullopt;
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number < 0)
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        bool known = false;
        for (const auto &[unit, length] : kUnits) {
            if (!text.starts_with(unit))
                continue;
            result += seconds(number * length);
            text.remove_prefix(unit.size());
            known = true;
            break;
        }
        if (!known)
            return std::nullopt;
    }
    return result;
}

std::optional<MtlsBackend> enabledBackend(std::string_view meshSpec)
{
    const auto spec = Json::parse(meshSpec, nullptr, false);
    const auto &mtls = at(spec, "mtls");
    const auto enabled = textAt(mtls, "enabledBackend");
    if (enabled.empty())
        return std::nullopt;
    for (const auto &item : at(mtls, "backends")) {
        if (textAt(item, "name") != enabled)
            continue;
        MtlsBackend backend;
        backend.name = enabled;
        backend.isBuiltin = textAt(item, "type") != "provided";
        if (const auto life = longDuration(textAt(at(at(item, "dpCert"), "rotation"), "expiration")))
            backend.identityLife = *life;
        const auto &conf = at(item, "conf");
        const auto &root = at(conf, "caCert");
        if (const auto &bits = at(root, "RSAbits"); bits.is_number_unsigned())
            backend.rsaBits = bits.get<unsigned>();
        if (const auto life = longDuration(textAt(root, "expiration")))
            backend.rootLife = *life;
        backend.certJson = at(conf, "cert").dump();
        backend.keyJson = at(conf, "key").dump();
        return backend;
    }
    return std::nullopt;
}

std::string builtinCertificateSecret(const std::string &mesh, const std::string &backend)
{
    return mesh + ".ca-builtin-cert-" + backend;
}

std::string builtinKeySecret(const std::string &mesh, const std::string &backend)
{
    return mesh + ".ca-builtin-key-" + backend;
}

Result<pki::AuthorityPtr> authorityOf(const std::string &mesh, const MtlsBackend &backend,
                                      const StoreSnapshot &store)
{
    const auto chain = backend.isBuiltin
                           ? secretText(mesh, builtinCertificateSecret(mesh, backend.name), store)
                           : sourceText(mesh, backend.certJson, store);
    if (!chain)
        return fail(chain.error());
    const auto key = backend.isBuiltin ? secretText(mesh, builtinKeySecret(mesh, backend.name), store)
                                       : sourceText(mesh, backend.keyJson, store);
    if (!key)
        return fail(key.error());
    return pki::Authority::load(*chain, *key);
}

std::vector<Violation> providedViolations(const std::string &mesh, std::string_view meshSpec,
                                          const StoreSnapshot &store)
{
    std::vector<Violation> violations;
    const auto spec = Json::parse(meshSpec, nullptr, false);
    std::size_t index = 0;
    for (const auto &item : at(at(spec, "mtls"), "backends")) {
        const auto field = "mtls.backends[" + std::to_string(index++) + "].conf";
        if (textAt(item, "type") != "provided")
            continue;
        const auto &conf = at(item, "conf");
        const auto cert = sourceText(mesh, at(conf, "cert").dump(), store);
        const auto key = sourceText(mesh, at(conf, "key").dump(), store);
        if (!cert)
            violations.push_back({field + ".cert", "could not load data: " + cert.error().what});
        if (!key)
            violations.push_back({field + ".key", "could not load data: " + key.error().what});
        if (!cert || !key)
            continue;
        if (const auto authority = pki::Authority::load(*cert, *key); !authority)
            violations.push_back({field + ".cert", authority.error().what});
    }
    return violations;
}

}  // namespace meshscope::control
