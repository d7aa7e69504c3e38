// A control plane for tests of clients: Kuma's paths over Dataplanes and insights the test puts in, in the
// shapes of an era, with faults on demand. Not a second implementation of Kuma: only what clients look at.
#pragma once

#include "backend/codec/kuma_era.h"
#include "backend/core/resource_key.h"
#include "tests/support/fake_http_server.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meshscope::testing {

class FakeControlPlane
{
public:
    explicit FakeControlPlane(KumaEra era = KumaEra::V2_9);
    FakeControlPlane(KumaEra era, const QSslConfiguration &tls);

    QUrl url() const { return m_server.url(); }
    FakeHttpServer &server() { return m_server; }

    // Its contents. `networking` and `insight` are JSON objects; an empty insight = never connected.
    void addMesh(const std::string &name, bool mtls = false);
    void setDataplane(const ResourceKey &key, const std::string &networking, const std::string &insight = {});
    void removeDataplane(const ResourceKey &key);
    std::string storedJson(const ResourceKey &key) const;  // as GET would answer; "" = none
    // Any other resource, its whole JSON; `path` as /_resources has it: "meshtimeouts".
    void setResource(const std::string &path, const ResourceKey &key, const std::string &json);
    void removeResource(const std::string &path, const ResourceKey &key);
    // The items of a list that has a path of its own: "/zones/_overview", "/service-insights".
    void setItems(const QString &path, QList<QByteArray> items) { m_items[path] = std::move(items); }

    // The next `times` requests whose path begins so get this instead; several faults queue up.
    void fault(const QString &pathPrefix, HttpAnswer answer, int times = 1, const QByteArray &method = {});
    // Called after each answered page of the overview list: lets the list change between pages.
    void afterEachPage(std::function<void()> change) { m_afterPage = std::move(change); }

    void setToken(const QByteArray &token) { m_token = token; }  // then anything else gets 401
    void setDelay(int milliseconds) { m_delay = milliseconds; }  // of every answer
    // Its clock, in seconds ahead of ours, in a Date header; without it there is none.
    void setClock(int secondsAhead) { m_clock = secondsAhead; }
    void removeType(const std::string &name) { m_removedTypes.push_back(name); }
    void hideTypes(bool on) { m_hidesTypes = on; }      // before 2.6: /policies only
    void setLeastPage(int rows) { m_mostRows = rows; }  // gives no more rows a page, whatever is asked
    void setReadOnly(bool on) { m_readOnly = on; }
    void setMode(const std::string &mode, const std::string &environment);
    void setVersion(const std::string &version) { m_version = version; }
    void setInstanceId(const std::string &id) { m_instanceId = id; }
    void hideConfig(bool on) { m_hidesConfig = on; }                 // /config answers 403
    void usesOldOverviewPath(bool on) { m_oldOverview = on; }        // before 2.5
    void setNextHost(const QByteArray &host) { m_nextHost = host; }  // in `next`, as behind a proxy
    void setWarnings(QList<QByteArray> warnings)
    {
        m_warnings = std::move(warnings);
    }  // of writes, 2.10 and newer

private:
    struct Stored {
        std::string json;     // as GET answers
        std::string insight;  // "" = none
    };
    struct QueuedFault {
        QString prefix;
        QByteArray method;
        HttpAnswer answer;
        int times;
    };

    HttpAnswer answer(const HttpRequest &request);
    HttpAnswer rightAnswer(const HttpRequest &request);
    HttpAnswer types(const HttpRequest &request) const;
    std::optional<HttpAnswer> otherList(const HttpRequest &request);
    HttpAnswer list(const HttpRequest &request, const QList<QByteArray> &items, const QString &path);
    HttpAnswer overviews(const HttpRequest &request);
    HttpAnswer item(const HttpRequest &request, const ResourceKey &key);
    HttpAnswer put(const HttpRequest &request, const ResourceKey &key);

    KumaEra m_era;
    std::map<std::string, bool> m_meshes;  // name → mTLS
    std::map<ResourceKey, Stored> m_dataplanes;
    std::map<std::string, std::map<ResourceKey, QByteArray>> m_resources;  // by path
    std::map<QString, QList<QByteArray>> m_items;                          // by path
    std::vector<std::string> m_removedTypes;
    std::optional<int> m_clock;
    int m_delay = 0, m_mostRows = 1'000;
    bool m_hidesTypes = false;
    std::deque<QueuedFault> m_faults;
    std::function<void()> m_afterPage;
    QByteArray m_token, m_nextHost;
    QList<QByteArray> m_warnings;
    std::string m_version, m_instanceId = "cp-1-abcd", m_mode = "zone", m_environment = "universal";
    bool m_readOnly = false, m_hidesConfig = false, m_oldOverview = false;
    FakeHttpServer m_server;
};

// Kuma's error body.
HttpAnswer kumaError(int status, const QByteArray &title, const QByteArray &detail,
                     const QList<std::pair<QByteArray, QByteArray>> &invalid = {});
HttpAnswer htmlAnswer(int status, const QByteArray &title);

}  // namespace meshscope::testing
