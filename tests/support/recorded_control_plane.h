// Serves what a real control plane was recorded to answer: its index, configuration and types as they were,
// and each list as the union of the recorded ones, in pages as asked for.
#pragma once

#include "tests/support/fake_http_server.h"

#include <QDir>

#include <map>
#include <vector>

namespace meshscope::testing {

class RecordedControlPlane
{
public:
    // Where the recordings are (MESHSCOPE_CONFORMANCE, else ../shared/conformance beside the source), for one
    // version; may not exist.
    static QDir folder(const QString &sourceDirectory, const QString &version);

    explicit RecordedControlPlane(const QDir &recordings);

    QUrl url() const { return m_server.url(); }
    FakeHttpServer &server() { return m_server; }
    // Names of a list's items, "mesh/name", sorted: of "/dataplanes/_overview", "/meshtimeouts".
    std::vector<std::string> namesIn(const QString &path) const;
    QStringList lists() const;

private:
    HttpAnswer answer(const HttpRequest &request) const;

    std::map<QString, QByteArray> m_answers;                                       // whole, by path
    std::map<QString, std::map<std::pair<QString, QString>, QByteArray>> m_lists;  // items by mesh and name
    FakeHttpServer m_server;
};

}  // namespace meshscope::testing
