// How to reach one control plane, as a person keeps it: no secret is in it, only where the secret is.
// A plain value.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QUrl>

#include <string>

namespace meshscope {

struct ProfileHeader {
    QByteArray name;
    QString value;          // empty when isSecret
    bool isSecret = false;  // the value is in the secret store, under secretName(profile, name)
    bool operator==(const ProfileHeader &) const = default;
};

struct ConnectionProfile {
    enum class Origin {
        Own,      // made and kept here
        Kumactl,  // a context of kumactl's configuration file, followed as that file changes
    };
    enum class TokenPlace {
        None,     // anonymous
        Secrets,  // in the secret store, under secretName()
        Kumactl,  // in kumactl's configuration file, read when it is needed and never copied
    };

    QString id;    // stable, unique; of a kumactl context "kumactl:NAME"
    QString name;  // shown
    QUrl url;      // of the API, with its path where it stands under one

    QString caFile;  // PEM, read when it is used; empty = caCertificate, else the system's authorities
    std::string caCertificate;      // PEM, kept in the profile
    QString clientCertificateFile;  // PEM; both or neither
    QString clientKeyFile;          // PEM, without a passphrase
    bool skipVerify = false;        // certificates are not verified; to be said in red wherever it is shown
    TokenPlace token = TokenPlace::None;
    QList<ProfileHeader> headers;

    bool isProtected = false;          // writes ask for the mesh name to be typed
    bool isReadOnly = false;           // nothing is written through it, whatever the control plane allows
    QString colour;                    // "#b45309"; empty = one derived from the name
    QString defaultMesh;               // shown first; empty = all meshes
    QUrl dpServer;                     // for sidecars, https://host:5678; empty = not known
    int intervalMilliseconds = 5'000;  // between refreshes; 0 = only when told

    Origin origin = Origin::Own;
    QString originFile;      // the kumactl configuration file
    QString originContext;   // the context's name in it
    bool isCurrent = false;  // Kumactl: it is the file's currentContext

    bool operator==(const ConnectionProfile &) const = default;
};

// The name under which a profile's token (header empty) or secret header lies in the secret store.
inline QString secretName(const QString &profileId, const QByteArray &header = {})
{
    return header.isEmpty()
               ? QString(profileId + QStringLiteral("/token"))
               : QString(profileId + QStringLiteral("/header/") + QString::fromLatin1(header.toLower()));
}

// Headers whose values are credentials more often than not: Authorization, Cookie, anything with "token",
// "key" or "secret" in its name.
inline bool isSecretHeader(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    for (const char *word : {"authorization", "cookie", "token", "key", "secret", "password"}) {
        if (lower.contains(word))
            return true;
    }
    return false;
}

}  // namespace meshscope
