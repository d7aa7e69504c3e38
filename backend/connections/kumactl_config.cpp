#include "backend/connections/kumactl_config.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <yaml-cpp/yaml.h>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxFile = 4 << 20;

// The member under either of its names; not defined when there is none.
YAML::Node member(const YAML::Node &map, const char *name, const char *snakeCase)
{
    if (!map || !map.IsMap())
        return YAML::Node(YAML::NodeType::Undefined);
    if (const YAML::Node found = map[name])
        return found;
    return map[snakeCase];
}

QString textOf(const YAML::Node &node)
{
    return node && node.IsScalar() ? QString::fromStdString(node.Scalar()) : QString();
}

QString textOf(const YAML::Node &map, const char *name, const char *snakeCase)
{
    return textOf(member(map, name, snakeCase));
}

bool isTrue(const YAML::Node &node)
{
    return node && node.IsScalar() && (node.Scalar() == "true" || node.Scalar() == "True");
}

// One control plane's entry and where it stands.
struct Entry {
    YAML::Node node;
    YAML::Node server;  // coordinates.apiServer
};

class Reader
{
public:
    Reader(YAML::Node root, QString file)
        : m_root(std::move(root))
        , m_file(std::move(file))
    {}

    KumactlConfig read()
    {
        if (m_root && !m_root.IsNull() && !m_root.IsMap()) {
            report(m_root, {},
                   u"it is no kumactl configuration: it should begin with controlPlanes and contexts"_s);
            return std::move(m_result);
        }
        const QString current = textOf(m_root, "currentContext", "current_context");
        QSet<QString> names;
        for (const YAML::Node &context : listOf("contexts", "contexts")) {
            const QString name = textOf(context, "name", "name");
            if (name.isEmpty()) {
                report(context, {}, u"a context has no name"_s);
            } else if (names.contains(name)) {
                report(context, name, u"there are two contexts of this name; the first one counts"_s);
            } else {
                names.insert(name);
                addContext(context, name, name == current);
            }
        }
        if (!current.isEmpty() && !names.contains(current))
            report(member(m_root, "currentContext", "current_context"), current,
                   u"the current context does not exist"_s);
        return std::move(m_result);
    }

    std::optional<Entry> entryOf(const QString &controlPlane)
    {
        for (const YAML::Node &node : listOf("controlPlanes", "control_planes")) {
            if (textOf(node, "name", "name") != controlPlane)
                continue;
            return Entry{node, member(member(node, "coordinates", "coordinates"), "apiServer", "api_server")};
        }
        return std::nullopt;
    }

    std::optional<Entry> entryOfContext(const QString &name)
    {
        for (const YAML::Node &context : listOf("contexts", "contexts")) {
            if (textOf(context, "name", "name") == name)
                return entryOf(textOf(context, "controlPlane", "control_plane"));
        }
        return std::nullopt;
    }

private:
    std::vector<YAML::Node> listOf(const char *name, const char *snakeCase)
    {
        std::vector<YAML::Node> nodes;
        const YAML::Node list = member(m_root, name, snakeCase);
        if (!list || list.IsNull())
            return nodes;
        if (!list.IsSequence()) {
            report(list, {}, QString::fromLatin1(name) + u" should be a list"_s);
            return nodes;
        }
        for (const auto &node : list)
            nodes.push_back(node);
        return nodes;
    }

    void report(const YAML::Node &node, const QString &context, const QString &what)
    {
        ConnectionFinding finding{m_file, 0, 0, context, what};
        if (node && !node.Mark().is_null()) {
            finding.line = node.Mark().line + 1;
            finding.column = node.Mark().column + 1;
        }
        if (!m_result.findings.contains(finding))
            m_result.findings.append(finding);
    }

    QString pathOf(const YAML::Node &server, const char *name, const char *snakeCase) const
    {
        const QString path = textOf(server, name, snakeCase);
        return path.isEmpty() ? QString() : QFileInfo(m_file).dir().absoluteFilePath(path);
    }

    void addContext(const YAML::Node &context, const QString &name, bool isCurrent)
    {
        const QString controlPlane = textOf(context, "controlPlane", "control_plane");
        const auto entry = entryOf(controlPlane);
        if (!entry)
            return report(context, name,
                          controlPlane.isEmpty() ? u"it names no control plane"_s
                                                 : u"there is no control plane %1"_s.arg(controlPlane));
        const YAML::Node urlNode = member(entry->server, "url", "url");
        const QUrl url(textOf(urlNode), QUrl::StrictMode);
        if (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != u"http"_s && url.scheme() != u"https"_s))
            return report(urlNode ? urlNode : entry->node, name,
                          u"the URL of its API should begin with http:// or https:// and name a host"_s);
        ConnectionProfile profile;
        profile.id = u"kumactl:"_s + name;
        profile.name = name;
        profile.origin = ConnectionProfile::Origin::Kumactl;
        profile.originFile = m_file;
        profile.originContext = name;
        profile.isCurrent = isCurrent;
        profile.url = url;
        profile.skipVerify = isTrue(member(entry->server, "skipVerify", "skip_verify"));
        profile.caFile = pathOf(entry->server, "caCertFile", "ca_cert_file");
        profile.clientCertificateFile = pathOf(entry->server, "clientCertFile", "client_cert_file");
        profile.clientKeyFile = pathOf(entry->server, "clientKeyFile", "client_key_file");
        if (profile.clientCertificateFile.isEmpty() != profile.clientKeyFile.isEmpty())
            return report(entry->server, name, u"clientCertFile and clientKeyFile belong together"_s);
        const QString authType = textOf(entry->server, "authType", "auth_type");
        if (authType == u"tokens"_s)
            profile.token = ConnectionProfile::TokenPlace::Kumactl;
        else if (!authType.isEmpty())
            return report(
                member(entry->server, "authType", "auth_type"), name,
                u"the authentication %1 is not known here; kumactl itself has \"tokens\""_s.arg(authType));
        if (profile.token == ConnectionProfile::TokenPlace::Kumactl && tokenOf(*entry).isEmpty())
            report(entry->server, name, u"authType is tokens, but authConf holds no token"_s);
        if (const YAML::Node headers = member(entry->server, "headers", "headers");
            headers && headers.IsSequence()) {
            for (const auto &header : headers) {
                const QByteArray key = textOf(header, "key", "key").toLatin1();
                if (key.isEmpty())
                    continue;
                // Values stay in kumactl's file until they are needed.
                profile.headers.append({key, {}, true});
            }
        }
        profile.defaultMesh = textOf(member(context, "defaults", "defaults"), "mesh", "mesh");
        m_result.profiles.append(profile);
    }

public:
    static QString tokenOf(const Entry &entry)
    {
        return textOf(member(entry.server, "authConf", "auth_conf"), "token", "token").trimmed();
    }

private:
    YAML::Node m_root;
    QString m_file;
    KumactlConfig m_result;
};

}  // namespace

QString kumactlConfigPath() { return QDir::home().filePath(u".kumactl/config"_s); }

KumactlConfig kumactlConfigFrom(const QByteArray &text, const QString &file)
{
    try {
        return Reader(YAML::Load(text.toStdString()), file).read();
    } catch (const YAML::Exception &error) {
        KumactlConfig broken;
        broken.findings.append({file,
                                error.mark.is_null() ? 0 : error.mark.line + 1,
                                error.mark.is_null() ? 0 : error.mark.column + 1,
                                {},
                                u"it cannot be read as YAML: "_s + QString::fromStdString(error.msg)});
        return broken;
    }
}

Result<ProfileSecrets> kumactlSecretsFrom(const QByteArray &text, const QString &file, const QString &context)
{
    try {
        Reader reader(YAML::Load(text.toStdString()), file);
        const auto entry = reader.entryOfContext(context);
        if (!entry)
            return fail(
                Error::Code::NotFound,
                u"kumactl's configuration has no context %1 with a control plane any more"_s.arg(context)
                    .toStdString(),
                file.toStdString());
        ProfileSecrets secrets;
        if (textOf(entry->server, "authType", "auth_type") == u"tokens"_s)
            secrets.token = Reader::tokenOf(*entry).toStdString();
        if (const YAML::Node headers = member(entry->server, "headers", "headers");
            headers && headers.IsSequence()) {
            for (const auto &header : headers)
                secrets.headers.insert(textOf(header, "key", "key").toLatin1().toLower(),
                                       textOf(header, "value", "value"));
        }
        return secrets;
    } catch (const YAML::Exception &error) {
        return fail(Error::Code::Invalid, "kumactl's configuration cannot be read as YAML: " + error.msg,
                    file.toStdString() + ":" + std::to_string(error.mark.line + 1));
    }
}

Result<std::optional<QByteArray>> readKumactlConfig(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return std::optional<QByteArray>();
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Code::Refused,
                    "kumactl's configuration cannot be opened: " + file.errorString().toStdString(),
                    path.toStdString());
    if (file.size() > kMaxFile)
        return fail(Error::Code::Invalid, "this is no kumactl configuration: it is larger than 4 MB",
                    path.toStdString());
    return std::optional(file.readAll());
}

}  // namespace meshscope
