#include "backend/control/access.h"
#include "backend/control/router.h"
#include "backend/control/url.h"

#include <QTest>

using namespace meshscope::control;
using namespace Qt::StringLiterals;

namespace {

HttpRequest request(std::string method, std::string target, std::map<std::string, std::string> headers = {})
{
    headers.try_emplace("host", "127.0.0.1:5681");
    return {std::move(method), std::move(target), std::move(headers), {}, "127.0.0.1"};
}

// Answers with what it was called with.
ApiHandler echo(const std::string &name)
{
    return [name](const ApiCall &call) {
        std::string text = name;
        for (const auto &[key, value] : call.args)
            text += " " + std::string(key) + "=" + value;
        return jsonResponse(text);
    };
}

Router sampleRouter()
{
    Router router;
    router.add("GET", "/", echo("index"));
    router.add("PUT", "/meshes/{name}", echo("put mesh"));
    router.add("DELETE", "/meshes/{name}", echo("delete mesh"));
    router.add("GET", "/meshes/{name}", echo("mesh"));
    router.add("GET", "/meshes", echo("meshes"));
    router.add("PUT", "/meshes/{mesh}/dataplanes/{name}", echo("put dataplane"));
    router.add("GET", "/meshes/{mesh}/dataplanes/{name}", echo("dataplane"));
    router.add("GET", "/meshes/{mesh}/dataplanes/_overview", echo("overviews"));
    return router;
}

}  // namespace

class TestRouter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void callers_data();
    void callers();
    void aWebPageCannotWrite();
    void hosts_data();
    void hosts();
    void targets();
    void queries();
};

void TestRouter::answers_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("contentType");
    QTest::addColumn<QString>("accept");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    const auto json = u"application/json"_s;
    const QString none;
    QTest::newRow("the index") << u"GET"_s << u"/"_s << none << json << 200 << u"index"_s;
    QTest::newRow("a fixed segment wins over a variable one")
        << u"GET"_s << u"/meshes/m/dataplanes/_overview"_s << none << json << 200 << u"overviews mesh=m"_s;
    QTest::newRow("unless it has no such method") << u"PUT"_s << u"/meshes/m/dataplanes/_overview"_s << json
                                                  << json << 200 << u"put dataplane mesh=m name=_overview"_s;
    QTest::newRow("a slash at the end is fine")
        << u"GET"_s << u"/meshes/m/"_s << none << json << 200 << u"mesh name=m"_s;
    QTest::newRow("escapes are decoded")
        << u"GET"_s << u"/meshes/%6D%20x"_s << none << json << 200 << u"mesh name=m x"_s;
    QTest::newRow("an escaped slash separates")
        << u"GET"_s << u"/meshes%2Fm"_s << none << json << 200 << u"mesh name=m"_s;
    QTest::newRow("a broken escape is a bad request")
        << u"GET"_s << u"/meshes/%zz"_s << none << json << 400 << u"400 Bad Request"_s;
    QTest::newRow("paths are case-sensitive")
        << u"GET"_s << u"/Meshes"_s << none << json << 404 << u"404: Page Not Found"_s;
    QTest::newRow("nothing lies beyond the known depth")
        << u"GET"_s << u"/meshes/a/b/c/d"_s << none << json << 404 << u"404: Page Not Found"_s;
    QTest::newRow("a wrong method is 405")
        << u"POST"_s << u"/meshes/m"_s << json << json << 405 << u"405: Method Not Allowed"_s;
    QTest::newRow("HEAD is 405 too") << u"HEAD"_s << u"/"_s << none << json << 405
                                     << u"405: Method Not Allowed"_s;
    QTest::newRow("a PUT needs a type") << u"PUT"_s << u"/meshes/m"_s << none << json << 415
                                        << u"415: Unsupported Media Type\n\nAvailable representations: "_s;
    QTest::newRow("YAML is not read") << u"PUT"_s << u"/meshes/m"_s << u"application/yaml"_s << json << 415
                                      << u"415: Unsupported Media Type\n\nAvailable representations: "_s;
    QTest::newRow("a charset does not matter")
        << u"PUT"_s << u"/meshes/m"_s << u"application/json; charset=utf-8"_s << json << 200
        << u"put mesh name=m"_s;
    QTest::newRow("media types are case-sensitive")
        << u"PUT"_s << u"/meshes/m"_s << u"Application/JSON"_s << json << 415
        << u"415: Unsupported Media Type\n\nAvailable representations: "_s;
    QTest::newRow("a DELETE needs none")
        << u"DELETE"_s << u"/meshes/m"_s << none << json << 200 << u"delete mesh name=m"_s;
    QTest::newRow("no Accept takes anything")
        << u"GET"_s << u"/meshes"_s << none << none << 200 << u"meshes"_s;
    QTest::newRow("HTML is not written")
        << u"GET"_s << u"/meshes"_s << none << u"text/html"_s << 406
        << u"406: Not Acceptable\n\nAvailable representations: application/json"_s;
    QTest::newRow("one of several types will do")
        << u"GET"_s << u"/meshes"_s << none << u"text/html, application/json;q=0.5"_s << 200 << u"meshes"_s;
    QTest::newRow("a path out of the root is cleaned")
        << u"GET"_s << u"/../../etc/passwd"_s << none << json << 307
        << u"<a href=\"/etc/passwd\">Temporary Redirect</a>.\n\n"_s;
    QTest::newRow("a redirect cannot carry markup")
        << u"GET"_s << u"//%3Cscript%3E"_s << none << json << 307
        << u"<a href=\"/&lt;script&gt;\">Temporary Redirect</a>.\n\n"_s;
}

void TestRouter::answers()
{
    QFETCH(QString, method);
    QFETCH(QString, target);
    QFETCH(QString, contentType);
    QFETCH(QString, accept);
    QFETCH(int, status);
    QFETCH(QString, body);
    std::map<std::string, std::string> headers;
    if (!contentType.isEmpty())
        headers["content-type"] = contentType.toStdString();
    if (!accept.isEmpty())
        headers["accept"] = accept.toStdString();
    const auto router = sampleRouter();
    const auto response = router.handle(request(method.toStdString(), target.toStdString(), headers));
    QCOMPARE(response.status, status);
    QCOMPARE(QString::fromStdString(response.body), body);
    if (status == 405) {
        QCOMPARE(response.headers.size(), 1U);
        QCOMPARE(response.headers[0].first, std::string("Allow"));
        QCOMPARE(response.headers[0].second, std::string(target == u"/" ? "GET" : "PUT, DELETE, GET"));
    }
    if (status >= 400)
        QCOMPARE(response.contentType, std::string("text/plain; charset=utf-8"));
}

void TestRouter::callers_data()
{
    QTest::addColumn<QString>("peer");
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("expected");
    const auto is = [](Caller caller) { return static_cast<int>(caller); };
    const auto local = u"127.0.0.1"_s;
    QTest::newRow("someone at this machine") << local << u"x"_s << u"y"_s << is(Caller::Admin);
    QTest::newRow("by another loopback address") << u"127.0.0.2"_s << u"x"_s << u"y"_s << is(Caller::Admin);
    QTest::newRow("by IPv6") << u"::1"_s << u"host"_s << u"[::1]:5681"_s << is(Caller::Admin);
    QTest::newRow("by name") << local << u"host"_s << u"LocalHost:5681"_s << is(Caller::Admin);
    QTest::newRow("someone else") << u"192.168.1.7"_s << u"x"_s << u"y"_s << is(Caller::Anonymous);
    QTest::newRow("through a proxy") << local << u"x-forwarded-for"_s << u"192.0.2.1"_s
                                     << is(Caller::Anonymous);
    QTest::newRow("through a proxy that says so otherwise")
        << local << u"forwarded"_s << u"for=192.0.2.1"_s << is(Caller::Anonymous);
    QTest::newRow("a name that was made to point here")
        << local << u"host"_s << u"rebound.example:5681"_s << is(Caller::WebPage);
    QTest::newRow("a name that looks like ours")
        << local << u"host"_s << u"127.0.0.1.example"_s << is(Caller::WebPage);
    QTest::newRow("an empty host") << local << u"host"_s << QString() << is(Caller::WebPage);
    QTest::newRow("a page of another origin")
        << local << u"origin"_s << u"https://evil.example"_s << is(Caller::WebPage);
    QTest::newRow("a page of another port here")
        << local << u"origin"_s << u"http://127.0.0.1:8080"_s << is(Caller::WebPage);
    QTest::newRow("a page without an origin") << local << u"origin"_s << u"null"_s << is(Caller::WebPage);
    QTest::newRow("a page of ours") << local << u"origin"_s << u"http://127.0.0.1:5681"_s
                                    << is(Caller::Admin);
    QTest::newRow("a browser says it crosses sites")
        << local << u"sec-fetch-site"_s << u"cross-site"_s << is(Caller::WebPage);
    QTest::newRow("a browser says somebody typed the address")
        << local << u"sec-fetch-site"_s << u"none"_s << is(Caller::Admin);
}

void TestRouter::callers()
{
    QFETCH(QString, peer);
    QFETCH(QString, header);
    QFETCH(QString, value);
    QFETCH(int, expected);
    auto call = request("GET", "/", {{header.toStdString(), value.toStdString()}});
    call.peer = peer.toStdString();
    QCOMPARE(static_cast<int>(callerOf(call)), expected);
}

void TestRouter::aWebPageCannotWrite()
{
    const auto router = sampleRouter();
    const std::map<std::string, std::string> page{{"origin", "https://evil.example"},
                                                  {"content-type", "application/json"}};
    for (const char *method : {"PUT", "DELETE", "POST", "PATCH"})
        QCOMPARE(router.handle(request(method, "/meshes/m", page)).status, 403);
    QCOMPARE(router.handle(request("GET", "/meshes/m", page)).status, 200);
    for (const auto &[name, value] : router.handle(request("GET", "/meshes/m", page)).headers)
        QVERIFY(!QString::fromStdString(name).startsWith(
            u"Access-Control"));  // a browser keeps the answer from it
}

void TestRouter::hosts_data()
{
    QTest::addColumn<QString>("authority");
    QTest::addColumn<QString>("host");
    QTest::newRow("name and port") << u"localhost:5681"_s << u"localhost"_s;
    QTest::newRow("name alone") << u"localhost"_s << u"localhost"_s;
    QTest::newRow("IPv6 in brackets") << u"[::1]:80"_s << u"::1"_s;
    QTest::newRow("IPv6 without") << u"::1"_s << u"::1"_s;
    QTest::newRow("brackets that never close") << u"[::1"_s << u"::1"_s;
    QTest::newRow("nothing") << QString() << QString();
}

void TestRouter::hosts()
{
    QFETCH(QString, authority);
    QFETCH(QString, host);
    QCOMPARE(QString::fromStdString(hostOf(authority.toStdString())), host);
}

void TestRouter::targets()
{
    QCOMPARE(cleanPath("/"), std::string("/"));
    QCOMPARE(cleanPath("//"), std::string("/"));
    QCOMPARE(cleanPath("/a/./b/../c/"), std::string("/a/c/"));
    QCOMPARE(cleanPath("/.."), std::string("/"));
    const auto target = parseTarget("/a%2Fb?x=1#y");
    QVERIFY(target);
    QCOMPARE(target->path, std::string("/a/b"));
    QCOMPARE(target->rawQuery, std::string("x=1"));
    QVERIFY(!parseTarget("/%"));
    QVERIFY(!parseTarget("/%4"));
    QCOMPARE(parseTarget("/%00")->path.size(), 2U);
}

void TestRouter::queries()
{
    const auto query = parseTarget("/?tag=kuma.io/service:web&tag=a%3Ab&name=x+y&bad=%zz&&=&flag")->query;
    QCOMPARE(query.size(), 5U);
    QCOMPARE(*find(query, "tag"), std::string("kuma.io/service:web"));
    QCOMPARE(*find(query, "name"), std::string("x y"));
    QCOMPARE(*find(query, "flag"), std::string());
    QVERIFY(!find(query, "bad"));
    QCOMPARE(encode({{"tag", "version:v1"}, {"size", "1"}, {"name", "a b&c"}}),
             std::string("name=a+b%26c&size=1&tag=version%3Av1"));
}

QTEST_GUILESS_MAIN(TestRouter)
#include "tst_router.moc"
