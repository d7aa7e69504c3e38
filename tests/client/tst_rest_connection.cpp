// What goes over the wire, and what every way of failing is called.
#include "tests/support/qtest_std.h"

#include "backend/client/rest_connection.h"
#include "tests/support/fake_control_plane.h"
#include "tests/support/test_certificate.h"

#include <QEventLoop>
#include <QTest>
#include <QTimer>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(meshscope::testing::HttpAnswer)

class TestRestConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsWhatItWasTold();
    void keepsThePathOfTheAddress();
    void encodesEachSegment();
    void handsOverEveryStatus();
    void saysWhatWentWrong_data();
    void saysWhatWentWrong();
    void saysWhenNothingListens();
    void refusesAnUnusableAddress();
    void trustsOnlyTheGivenAuthority();
    void skipsVerificationWhenTold();
    void saysWhenTheCaIsNoCertificate();
    void showsItsOwnCertificate();
    void saysWhatIsWrongWithItsOwnCertificate_data();
    void saysWhatIsWrongWithItsOwnCertificate();
    void countsItsRequests();
    void doesNotCarryTheTokenElsewhere();
    void explainsStatusesInPlainWords_data();
    void explainsStatusesInPlainWords();
    void endsEverythingWhenClosed();
    void recordsEachRequest();
};

namespace {

// Sends and waits for the one answer.
RestReply ask(RestConnection &connection, const RestRequest &request = {})
{
    std::optional<RestReply> reply;
    QEventLoop loop;
    connection.send(request, [&](const RestReply &answer) {
        reply = answer;
        loop.quit();
    });
    QTimer::singleShot(10'000, &loop, &QEventLoop::quit);
    loop.exec();
    if (!reply)
        qFatal("no answer at all");
    return *reply;
}

ConnectionOptions optionsFor(const QUrl &url)
{
    ConnectionOptions options;
    options.baseUrl = url;
    options.timeoutMilliseconds = 5'000;
    return options;
}

HttpAnswer withFault(HttpAnswer::Fault fault)
{
    HttpAnswer answer;
    answer.fault = fault;
    answer.body = QByteArray(10'000, 'x');
    return answer;
}

}  // namespace

void TestRestConnection::sendsWhatItWasTold()
{
    FakeHttpServer server([](const HttpRequest &) { return HttpAnswer{}; });
    auto options = optionsFor(server.url());
    options.bearerToken = "secret-token";
    options.headers = {{"X-Env", "prod"}};
    RestConnection connection(options);
    RestRequest request{"PUT", u"/meshes/default/dataplanes/web-1"_s, {}, "{}"};
    QVERIFY(ask(connection, request).isSuccess());
    QCOMPARE(server.requests().size(), 1);
    const auto &seen = server.requests().first();
    QCOMPARE(seen.method, QByteArray("PUT"));
    QCOMPARE(seen.path, u"/meshes/default/dataplanes/web-1"_s);
    QCOMPARE(seen.body, QByteArray("{}"));
    QCOMPARE(seen.headers.value("content-type"), QByteArray("application/json"));
    QCOMPARE(seen.headers.value("accept"), QByteArray("application/json"));
    QCOMPARE(seen.headers.value("authorization"), QByteArray("Bearer secret-token"));
    QCOMPARE(seen.headers.value("x-env"), QByteArray("prod"));
}

void TestRestConnection::keepsThePathOfTheAddress()
{
    FakeHttpServer server([](const HttpRequest &) { return HttpAnswer{}; });
    QUrl url = server.url();
    url.setPath(u"/kuma/"_s);
    RestConnection connection(optionsFor(url));
    ask(connection, {"GET", u"/meshes"_s, {}, {}});
    QCOMPARE(server.requests().last().path, u"/kuma/meshes"_s);
    ask(connection, {"GET", u"/"_s, {}, {}});
    QCOMPARE(server.requests().last().path, u"/kuma"_s);
}

void TestRestConnection::encodesEachSegment()
{
    FakeHttpServer server([](const HttpRequest &) { return HttpAnswer{}; });
    RestConnection connection(optionsFor(server.url()));
    const auto reply = ask(connection, {"GET", u"/meshes/a b?c#d%/x+insights"_s, {}, {}});
    QCOMPARE(server.requests().last().path, u"/meshes/a b?c#d%/x+insights"_s);
    QCOMPARE(reply.url.path(QUrl::FullyEncoded), u"/meshes/a%20b%3Fc%23d%25/x+insights"_s);
}

void TestRestConnection::handsOverEveryStatus()
{
    int status = 0;
    FakeHttpServer server([&](const HttpRequest &) {
        HttpAnswer answer;
        answer.status = status;
        answer.body = "{\"title\":\"t\"}";
        return answer;
    });
    RestConnection connection(optionsFor(server.url()));
    for (const int each : {200, 201, 400, 401, 403, 404, 405, 409, 415, 429, 499, 500, 502, 503}) {
        status = each;
        const auto reply = ask(connection);
        QVERIFY2(!reply.error, reply.error ? reply.error->what.c_str() : "");
        QCOMPARE(reply.status, each);
        QCOMPARE(reply.body, QByteArray("{\"title\":\"t\"}"));
    }
}

void TestRestConnection::saysWhatWentWrong_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, HttpAnswer::Fault fault, Error::Code code, const QString &words) {
        QTest::newRow(name) << static_cast<int>(fault) << static_cast<int>(code) << words;
    };
    row("a server that never answers", HttpAnswer::Fault::Silent, Error::Code::Unreachable,
        u"sent nothing for 0.3 s"_s);
    row("a server that hangs up", HttpAnswer::Fault::CloseAtOnce, Error::Code::Unreachable, u"hung up"_s);
    row("a server that hangs up half-way", HttpAnswer::Fault::HalfBody, Error::Code::Unreachable,
        u"closed the connection before its answer was complete"_s);
    row("something that is no web server", HttpAnswer::Fault::NoHttp, Error::Code::Unreachable,
        u"is no HTTP"_s);
}

void TestRestConnection::saysWhatWentWrong()
{
    QFETCH(int, fault);
    QFETCH(int, code);
    QFETCH(QString, words);
    FakeHttpServer server(
        [fault](const HttpRequest &) { return withFault(static_cast<HttpAnswer::Fault>(fault)); });
    auto options = optionsFor(server.url());
    options.timeoutMilliseconds = 300;
    RestConnection connection(options);
    const auto reply = ask(connection);
    QVERIFY(reply.error.has_value());
    QVERIFY2(QString::fromStdString(reply.error->what).contains(words), reply.error->what.c_str());
    QCOMPARE(static_cast<int>(reply.error->code), code);
    QVERIFY2(QString::fromStdString(reply.error->what).contains(words), reply.error->what.c_str());
}

void TestRestConnection::saysWhenNothingListens()
{
    QUrl url;
    {
        FakeHttpServer server([](const HttpRequest &) { return HttpAnswer{}; });
        url = server.url();
    }
    RestConnection connection(optionsFor(url));
    const auto reply = ask(connection);
    QVERIFY(reply.error.has_value());
    QCOMPARE(reply.error->code, Error::Code::Unreachable);
    QVERIFY2(reply.error->what.starts_with("nothing listens at 127.0.0.1:"), reply.error->what.c_str());
}

void TestRestConnection::refusesAnUnusableAddress()
{
    for (const auto *address : {"", "localhost:5681", "ftp://127.0.0.1", "http://"}) {
        RestConnection connection(optionsFor(QUrl(QString::fromLatin1(address))));
        const auto reply = ask(connection);
        QVERIFY(reply.error.has_value());
        QCOMPARE(reply.error->code, Error::Code::Invalid);
    }
}

void TestRestConnection::trustsOnlyTheGivenAuthority()
{
    const auto made = makeTestCertificate(), other = makeTestCertificate();
    FakeControlPlane plane(KumaEra::V2_9, made.server);
    auto options = optionsFor(plane.url());
    options.caCertificate = made.authority.toStdString();
    RestConnection trusting(options);
    QVERIFY(ask(trusting).isSuccess());

    options.caCertificate = other.authority.toStdString();
    RestConnection doubting(options);
    const auto reply = ask(doubting);
    QVERIFY(reply.error.has_value());
    QCOMPARE(reply.error->code, Error::Code::Refused);
    QVERIFY2(reply.error->what.find("is not trusted") != std::string::npos, reply.error->what.c_str());
}

void TestRestConnection::skipsVerificationWhenTold()
{
    FakeControlPlane plane(KumaEra::V2_9, makeTestCertificate().server);
    auto options = optionsFor(plane.url());
    RestConnection doubting(options);
    QVERIFY(ask(doubting).error.has_value());
    options.skipVerify = true;
    RestConnection careless(options);
    QVERIFY(ask(careless).isSuccess());
}

void TestRestConnection::saysWhenTheCaIsNoCertificate()
{
    auto options = optionsFor(QUrl(u"https://127.0.0.1:1"_s));
    options.caCertificate = "not a certificate";
    RestConnection connection(options);
    const auto reply = ask(connection);
    QVERIFY(reply.error.has_value());
    QCOMPARE(reply.error->what, std::string("the CA certificate is no certificate in PEM form"));
}

void TestRestConnection::showsItsOwnCertificate()
{
    const auto made = makeTestCertificate(), other = makeTestCertificate();
    FakeControlPlane plane(KumaEra::V2_9, made.demandingServer);
    auto options = optionsFor(plane.url());
    options.caCertificate = made.authority.toStdString();
    RestConnection anonymous(options);
    QVERIFY(ask(anonymous).error.has_value());
    options.clientCertificate = made.clientCertificate.toStdString();
    options.clientKey = made.clientKey.toStdString();
    RestConnection known(options);
    const auto reply = ask(known);
    QVERIFY2(reply.isSuccess(), reply.error ? reply.error->what.c_str() : "");
    options.clientCertificate = other.clientCertificate.toStdString();
    options.clientKey = other.clientKey.toStdString();
    RestConnection stranger(options);
    QVERIFY(ask(stranger).error.has_value());
}

void TestRestConnection::saysWhatIsWrongWithItsOwnCertificate_data()
{
    QTest::addColumn<QByteArray>("certificate");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("words");
    const auto made = makeTestCertificate();
    QTest::newRow("no key") << made.clientCertificate << QByteArray() << u"needs its key"_s;
    QTest::newRow("no certificate") << QByteArray() << made.clientKey << u"needs its key"_s;
    QTest::newRow("a certificate that is none")
        << QByteArray("hello") << made.clientKey << u"client certificate is no certificate"_s;
    QTest::newRow("a key that is none")
        << made.clientCertificate << QByteArray("hello") << u"is no key in PEM form"_s;
}

void TestRestConnection::saysWhatIsWrongWithItsOwnCertificate()
{
    QFETCH(QByteArray, certificate);
    QFETCH(QByteArray, key);
    QFETCH(QString, words);
    auto options = optionsFor(QUrl(u"https://127.0.0.1:1"_s));
    options.clientCertificate = certificate.toStdString();
    options.clientKey = key.toStdString();
    RestConnection connection(options);
    const auto reply = ask(connection);
    QVERIFY(reply.error.has_value());
    QCOMPARE(reply.error->code, Error::Code::Invalid);
    QVERIFY2(QString::fromStdString(reply.error->what).contains(words), reply.error->what.c_str());
}

void TestRestConnection::countsItsRequests()
{
    FakeControlPlane plane;
    RestConnection connection(optionsFor(plane.url()));
    QCOMPARE(connection.requestsPerSecond(), 0.0);
    for (int i = 0; i < 5; ++i)
        QVERIFY(ask(connection).isSuccess());
    QCOMPARE(connection.requestCount(), quint64(5));
    QVERIFY(connection.requestsPerSecond() > 0.4);  // five in at most ten seconds
    QVERIFY(connection.requestsPerSecond() <= 5.0);
}

void TestRestConnection::doesNotCarryTheTokenElsewhere()
{
    FakeHttpServer elsewhere([](const HttpRequest &) { return HttpAnswer{}; });
    const QByteArray target = elsewhere.url().toEncoded() + "/login";
    FakeHttpServer server([target](const HttpRequest &) {
        HttpAnswer answer;
        answer.status = 302;
        answer.headers = {{"Location", target}};
        return answer;
    });
    auto options = optionsFor(server.url());
    options.bearerToken = "secret-token";
    RestConnection connection(options);
    const auto reply = ask(connection);
    QVERIFY(!reply.isSuccess());
    QCOMPARE(elsewhere.requests().size(), 0);
}

void TestRestConnection::explainsStatusesInPlainWords_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("contentType");
    QTest::addColumn<QString>("words");
    QTest::newRow("a bad token")
        << 401 << QByteArray(R"({"title":"Invalid authentication data","detail":"Unauthenticated"})")
        << QByteArray("application/json")
        << u"\"Invalid authentication data: Unauthenticated\"; the token is not accepted"_s;
    QTest::newRow("plain text") << 405 << QByteArray("405: Method Not Allowed") << QByteArray("text/plain")
                                << u"405 \"405: Method Not Allowed\""_s;
    QTest::newRow("the names of 2.0")
        << 400 << QByteArray(R"({"title":"T","details":"D","causes":[{"field":"f","message":"m"}]})")
        << QByteArray("application/json") << u"\"T: D; f: m\""_s;
    QTest::newRow("a page of a proxy")
        << 502 << QByteArray("<html><head><title>502 Bad Gateway</title></head></html>")
        << QByteArray("text/html") << u"502 Bad Gateway"_s;
    QTest::newRow("nothing") << 500 << QByteArray() << QByteArray() << u"answered 500; its log says why"_s;
}

void TestRestConnection::explainsStatusesInPlainWords()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, contentType);
    QFETCH(QString, words);
    RestReply reply;
    reply.status = status;
    reply.body = body;
    reply.contentType = contentType;
    const auto error = errorOf(reply, u"read it"_s);
    QVERIFY2(QString::fromStdString(error.what).contains(words), error.what.c_str());
    QVERIFY(error.what.starts_with("could not read it: "));
}

void TestRestConnection::endsEverythingWhenClosed()
{
    FakeHttpServer server([](const HttpRequest &) { return withFault(HttpAnswer::Fault::Silent); });
    int answers = 0;
    {
        RestConnection connection(optionsFor(server.url()));
        for (int i = 0; i < 5; ++i)
            connection.send({}, [&](const RestReply &reply) {
                ++answers;
                QCOMPARE(reply.error->code, Error::Code::Cancelled);
            });
        QTRY_VERIFY(!server.requests().isEmpty());
    }
    QCOMPARE(answers, 5);
    QTRY_COMPARE(server.openConnections(), 0);
}

void TestRestConnection::recordsEachRequest()
{
    FakeControlPlane plane;
    auto options = optionsFor(plane.url());
    options.baseUrl.setUserName(u"somebody"_s);
    options.baseUrl.setPassword(u"password"_s);
    options.bearerToken = "secret-token";
    RestConnection connection(options);
    QList<RequestRecord> records;
    connect(&connection, &RestConnection::requestFinished, this,
            [&](const RequestRecord &record) { records << record; });
    ask(connection);
    ask(connection, {"GET", u"/nowhere"_s, {}, {}});
    QCOMPARE(records.size(), 2);
    QCOMPARE(records[0].method, u"GET"_s);
    QCOMPARE(records[0].status, 200);
    QVERIFY(records[0].bytes > 0);
    QVERIFY(records[0].error.isEmpty());
    QVERIFY(records[0].started.isValid());
    QCOMPARE(records[1].status, 404);
    QVERIFY(records[1].error.contains(u"404: Page Not Found"_s));
    for (const auto &record : records) {
        const QString all = record.url.toString() + record.error;
        QVERIFY(!all.contains(u"secret"_s) && !all.contains(u"password"_s));
    }
}

QTEST_GUILESS_MAIN(TestRestConnection)
#include "tst_rest_connection.moc"
