#include "backend/client/connection_setup.h"

#include <QFile>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxPem = 4 << 20;

Result<std::string> pemFrom(const QString &path, const QString &what, const char *mark)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Code::Invalid,
                    QString(u"the "_s + what + u" cannot be read: "_s + file.errorString()).toStdString(),
                    path.toStdString());
    const QByteArray text = file.read(kMaxPem);
    if (!text.contains(mark))
        return fail(Error::Code::Invalid,
                    QString(u"the "_s + what + u" is not in PEM form: it has no line with "_s
                            + QString::fromLatin1(mark))
                        .toStdString(),
                    path.toStdString());
    return text.toStdString();
}

}  // namespace

Result<ConnectionOptions> connectionOptionsOf(const ConnectionProfile &profile, const ProfileSecrets &secrets)
{
    ConnectionOptions options;
    options.baseUrl = profile.url;
    options.displayName = profile.name;
    options.skipVerify = profile.skipVerify;
    options.isReadOnly = profile.isReadOnly;
    options.intervalMilliseconds = profile.intervalMilliseconds;
    options.bearerToken = secrets.token;
    options.caCertificate = profile.caCertificate;
    // As kumactl has it: who does not verify does not need the authorities, readable or not.
    if (!profile.caFile.isEmpty() && !profile.skipVerify) {
        auto pem = pemFrom(profile.caFile, u"CA certificate"_s, "-----BEGIN CERTIFICATE-----");
        if (!pem)
            return fail(pem.error());
        options.caCertificate = std::move(*pem);
    }
    if (profile.clientCertificateFile.isEmpty() != profile.clientKeyFile.isEmpty())
        return fail(Error::Code::Invalid,
                    profile.clientKeyFile.isEmpty() ? "the client certificate is given without its key"
                                                    : "the client key is given without its certificate",
                    profile.clientKeyFile.toStdString() + profile.clientCertificateFile.toStdString());
    if (!profile.clientCertificateFile.isEmpty()) {
        auto certificate =
            pemFrom(profile.clientCertificateFile, u"client certificate"_s, "-----BEGIN CERTIFICATE-----");
        if (!certificate)
            return fail(certificate.error());
        auto key = pemFrom(profile.clientKeyFile, u"client key"_s, "PRIVATE KEY-----");
        if (!key)
            return fail(key.error());
        options.clientCertificate = std::move(*certificate);
        options.clientKey = std::move(*key);
    }
    for (const auto &header : profile.headers) {
        const QString value = header.isSecret ? secrets.headers.value(header.name.toLower()) : header.value;
        options.headers.append({header.name, value.toUtf8()});
    }
    return options;
}

}  // namespace meshscope
