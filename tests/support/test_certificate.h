// A fresh certificate authority and a certificate for 127.0.0.1 signed by it, for tests of TLS. Nothing is
// written.
#pragma once

#include <QByteArray>
#include <QSslConfiguration>

namespace meshscope::testing {

struct TestCertificate {
    QByteArray authority;  // PEM
    QSslConfiguration server;
    QSslConfiguration demandingServer;        // wants a client certificate of the same authority
    QByteArray clientCertificate, clientKey;  // PEM
};

TestCertificate makeTestCertificate();

}  // namespace meshscope::testing
