// Certificates that live as long as a test.
#pragma once

#include <QByteArray>
#include <QSslConfiguration>

namespace meshscope::test {

struct TestCertificate {
    QByteArray pem;         // self-signed, for 127.0.0.1; serves as its own CA
    QSslConfiguration tls;  // for a server that shows it
};
TestCertificate makeCertificate();

}  // namespace meshscope::test
