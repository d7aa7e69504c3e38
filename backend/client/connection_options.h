// How to reach one control plane. A plain value; secrets in it are never logged.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QUrl>

#include <string>
#include <utility>

namespace meshscope {

struct ConnectionOptions {
    QUrl baseUrl;         // with its path, where the API stands under one
    QString displayName;  // empty = host and port
    // PEM. As kumactl has it: when given, only these authorities count; empty = those of the system.
    std::string caCertificate;
    std::string clientCertificate;  // PEM; both or neither
    std::string clientKey;          // PEM, without a passphrase
    std::string bearerToken;
    QList<std::pair<QByteArray, QByteArray>> headers;
    bool skipVerify = false;  // of TLS certificates; to be said aloud wherever it is shown
    bool isReadOnly = false;  // nothing is written through it, whatever the control plane allows

    int timeoutMilliseconds = 15'000;  // without a byte from the other side
    int intervalMilliseconds = 5'000;  // between refreshes; 0 = only when told
    int backOffMilliseconds = 1'000;   // after the first failure; doubles up to a minute
    int pageSize = 1'000;              // rows a request; Kuma takes no more
    int parallelPages = 4;             // of one list
    // Requests a second that refreshing may cost the control plane on average; the interval grows to keep it.
    // The first listing and what a person asks for are not held back.
    double requestBudget = 20;
    int otherListsMilliseconds = 30'000;  // between readings of policies, zones, services: they change rarely
};

}  // namespace meshscope
