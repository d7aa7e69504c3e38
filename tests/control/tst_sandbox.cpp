// The sandbox over real sockets.
#include "backend/control/http_server.h"
#include "backend/control/sandbox.h"

#include <httplib.h>
#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <atomic>
#include <thread>

using namespace meshscope;
using namespace Qt::StringLiterals;
using Json = nlohmann::json;

namespace {

SandboxOptions anyPorts()
{
    SandboxOptions options;
    options.apiPort = options.dpPort = options.xdsPort = 0;
    return options;
}

std::unique_ptr<Sandbox> started(const SandboxOptions &options = anyPorts())
{
    auto sandbox = Sandbox::start(options);
    if (!sandbox)
        qFatal("the sandbox does not start: %s", sandbox.error().what.c_str());
    return std::move(*sandbox);
}

QUrl apiOf(const Sandbox &sandbox) { return QUrl(QString::fromStdString(sandbox.addresses().api)); }

const char *const kWeb =
    R"({"type":"Dataplane","mesh":"default","name":"web-1","networking":{"address":"127.0.0.5",)"
    R"("inbound":[{"port":80,"servicePort":8080,"tags":{"kuma.io/service":"web"}}]}})";

// Sends bytes as they are, and returns what came back until the server closed or said enough.
QByteArray raw(const QUrl &api, const QByteArray &bytes, const QByteArray &until = {})
{
    QTcpSocket socket;
    socket.connectToHost(api.host(), static_cast<quint16>(api.port()));
    if (!socket.waitForConnected(2000))
        return "no connection";
    socket.write(bytes);
    QByteArray answer;
    while (socket.waitForReadyRead(3000)) {
        answer += socket.readAll();
        if (!until.isEmpty() && answer.contains(until))
            break;
    }
    return answer;
}

}  // namespace

class TestSandbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startsAnswersAndStops();
    void aTakenPortIsAConflict_data();
    void aTakenPortIsAConflict();
    void onlyLoopbackIsServed();
    void itsPortsAreFreeAfterwards();
    void oneConnectionCarriesManyRequests();
    void aDeleteWithoutALengthIsAnswered();
    void manyClientsAtOnce();
    void compressionAndRangesAreNotApplied();
    void largeBodies();
    void malformedRequests_data();
    void malformedRequests();
    void stopsAlthoughClientsLinger();
    void bootstrapOverHttps();
    void appliesResources();
    void aStoreFileOutlivesIt();
    void aBrokenStoreFileIsRefused();
    void logsNoSecrets();
};

void TestSandbox::startsAnswersAndStops()
{
    const auto sandbox = started();
    const auto &addresses = sandbox->addresses();
    QVERIFY(addresses.api.starts_with("http://127.0.0.1:"));
    QVERIFY(addresses.dp.starts_with("https://127.0.0.1:"));
    QVERIFY(addresses.xds.starts_with("127.0.0.1:"));
    QVERIFY(addresses.caCertificate.starts_with("-----BEGIN CERTIFICATE-----"));
    httplib::Client client(addresses.api);
    const auto index = client.Get("/");
    QVERIFY(index);
    QCOMPARE(index->status, 200);
    QCOMPARE(Json::parse(index->body)["version"].get<std::string>(), std::string("2.9.13"));
}

void TestSandbox::aTakenPortIsAConflict_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<QString>("purpose");
    QTest::newRow("the API's port is taken") << 0 << u"the API"_s;
    QTest::newRow("the bootstrap endpoint's port is taken") << 1 << u"bootstrap"_s;
    QTest::newRow("the xDS port is taken") << 2 << u"xDS"_s;
}

void TestSandbox::aTakenPortIsAConflict()
{
    QFETCH(int, which);
    QFETCH(QString, purpose);
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    auto options = anyPorts();
    (which == 0 ? options.apiPort : which == 1 ? options.dpPort : options.xdsPort) = other.serverPort();
    const auto sandbox = Sandbox::start(options);
    QVERIFY(!sandbox);
    QCOMPARE(sandbox.error().code, Error::Code::Conflict);
    const auto what = QString::fromStdString(sandbox.error().what);
    QVERIFY2(what.contains(purpose) && what.contains(QString::number(other.serverPort())), qPrintable(what));
    QCOMPARE(QString::fromStdString(sandbox.error().where), u"127.0.0.1:%1"_s.arg(other.serverPort()));
}

void TestSandbox::onlyLoopbackIsServed()
{
    for (const char *address : {"0.0.0.0", "192.168.1.7", "::", "example.com", ""}) {
        auto options = anyPorts();
        options.apiAddress = address;
        const auto sandbox = Sandbox::start(options);
        QVERIFY(!sandbox);
        QCOMPARE(sandbox.error().code, Error::Code::Refused);
        QVERIFY(sandbox.error().what.find("authentication") != std::string::npos);
    }
}

void TestSandbox::itsPortsAreFreeAfterwards()
{
    auto options = anyPorts();
    {
        const auto first = started();
        options.apiPort = static_cast<std::uint16_t>(apiOf(*first).port());
        options.dpPort =
            static_cast<std::uint16_t>(QUrl(QString::fromStdString(first->addresses().dp)).port());
        options.xdsPort = static_cast<std::uint16_t>(
            std::stoi(first->addresses().xds.substr(first->addresses().xds.find(':') + 1)));
        httplib::Client client(first->addresses().api);
        QVERIFY(client.Get("/"));
    }
    const auto second = started(options);
    QCOMPARE(static_cast<std::uint16_t>(apiOf(*second).port()), options.apiPort);
}

void TestSandbox::oneConnectionCarriesManyRequests()
{
    const auto sandbox = started();
    const auto api = apiOf(*sandbox);
    QByteArray requests;
    for (int i = 0; i < 50; ++i)
        requests += "GET /meshes HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n";
    requests += "GET /who-am-i HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    const auto answers = raw(api, requests);
    QCOMPARE(answers.count("HTTP/1.1 200 OK"), 51);
    QVERIFY(answers.contains("mesh-system:admin"));
}

void TestSandbox::aDeleteWithoutALengthIsAnswered()
{
    const auto sandbox = started();
    QElapsedTimer timer;
    timer.start();
    const auto answer =
        raw(apiOf(*sandbox), "DELETE /meshes/none HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "Could not delete");
    QVERIFY(answer.startsWith("HTTP/1.1 404"));
    QVERIFY(timer.elapsed() < 2000);
}

void TestSandbox::manyClientsAtOnce()
{
    const auto sandbox = started();
    std::atomic<int> good = 0;
    std::vector<std::thread> clients;
    for (int c = 0; c < 12; ++c) {
        clients.emplace_back([&, c] {
            httplib::Client client(sandbox->addresses().api);
            client.set_keep_alive(true);
            for (int i = 0; i < 20; ++i) {
                const auto name = "d" + std::to_string(c) + "-" + std::to_string(i);
                auto body = Json::parse(kWeb);
                body["name"] = name;
                const auto put =
                    client.Put("/meshes/default/dataplanes/" + name, body.dump(), "application/json");
                const auto read = client.Get("/meshes/default/dataplanes/" + name);
                good += put && put->status == 201 && read && read->status == 200 ? 1 : 0;
            }
        });
    }
    for (auto &client : clients)
        client.join();
    QCOMPARE(good.load(), 240);
    httplib::Client client(sandbox->addresses().api);
    QCOMPARE(Json::parse(client.Get("/dataplanes?size=1")->body)["total"].get<int>(), 240);
}

void TestSandbox::compressionAndRangesAreNotApplied()
{
    const auto sandbox = started();
    const auto answer =
        raw(apiOf(*sandbox), "GET /_resources HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                             "Accept-Encoding: gzip, br\r\nRange: bytes=0-3\r\n\r\n");
    QVERIFY(answer.startsWith("HTTP/1.1 200 OK"));
    QVERIFY(!answer.contains("Content-Encoding"));
    QVERIFY(answer.contains("\"resources\""));
}

void TestSandbox::largeBodies()
{
    const auto sandbox = started();
    httplib::Client client(sandbox->addresses().api);
    auto body = Json::parse(kWeb);
    body["networking"]["inbound"][0]["tags"]["big"] = std::string(2'000'000, 'a');
    const auto stored = client.Put("/meshes/default/dataplanes/web-1", body.dump(), "application/json");
    QVERIFY(stored);
    QCOMPARE(stored->status, 201);
    const auto read = client.Get("/meshes/default/dataplanes/web-1");
    QVERIFY(read && read->body.size() > 2'000'000);

    const auto refused =
        client.Put("/meshes/default/dataplanes/x", std::string(17'000'000, ' '), "application/json");
    QVERIFY(refused);
    QCOMPARE(refused->status, 413);
}

void TestSandbox::malformedRequests_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("no HTTP at all") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15);
    QTest::newRow("an unknown method") << QByteArray("STEAL /meshes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    QTest::newRow("no version") << QByteArray("GET /meshes\r\n\r\n");
    QTest::newRow("a target that never ends")
        << QByteArray("GET /") + QByteArray(100'000, 'a') + " HTTP/1.1\r\n\r\n";
    QTest::newRow("a header that never ends")
        << QByteArray("GET / HTTP/1.1\r\nX: ") + QByteArray(100'000, 'a') + "\r\n\r\n";
    QTest::newRow("a length that is no number")
        << QByteArray("PUT /meshes/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      "Content-Length: lots\r\nConnection: close\r\n\r\n");
    QTest::newRow("chunks that are none")
        << QByteArray("PUT /meshes/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n");
    QTest::newRow("a NUL in the path") << QByteArray("GET /meshes/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                                     "Connection: close\r\n\r\n");
}

void TestSandbox::malformedRequests()
{
    QFETCH(QByteArray, bytes);
    const auto sandbox = started();
    const auto answer = raw(apiOf(*sandbox), bytes, "\r\n\r\n");
    QVERIFY2(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer.left(80).constData());
    httplib::Client client(sandbox->addresses().api);
    QVERIFY(client.Get("/"));  // it still serves others
}

void TestSandbox::stopsAlthoughClientsLinger()
{
    auto sandbox = started();
    const auto api = apiOf(*sandbox);
    const QUrl dp(QString::fromStdString(sandbox->addresses().dp));
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const auto &[url, bytes] :
         {std::pair{api, QByteArray()},
          {api, QByteArray("PUT /meshes/x HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")},
          {api, QByteArray("GET /meshes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")},
          {dp, QByteArray()}}) {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(url.host(), static_cast<quint16>(url.port()));
        QVERIFY(socket->waitForConnected(2000));
        socket->write(bytes);
        socket->flush();
        sockets.push_back(std::move(socket));
    }
    QVERIFY(sockets[2]->waitForReadyRead(2000));
    QElapsedTimer timer;
    timer.start();
    sandbox.reset();
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

void TestSandbox::bootstrapOverHttps()
{
    const auto sandbox = started();
    QVERIFY(sandbox->apply(kWeb));
    const QTemporaryDir directory;
    const auto caFile = directory.filePath(u"ca.pem"_s);
    QFile file(caFile);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(sandbox->addresses().caCertificate));
    file.close();
    const QUrl dp(QString::fromStdString(sandbox->addresses().dp));
    httplib::SSLClient client("127.0.0.1", dp.port());
    client.set_ca_cert_path(qPrintable(caFile));
    client.enable_server_certificate_verification(true);
    const auto answer = client.Post("/bootstrap", {{"Accept", "application/json"}},
                                    R"({"mesh":"default","name":"web-1"})", "application/json");
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QVERIFY(Json::parse(answer->body).contains("bootstrap"));
}

void TestSandbox::appliesResources()
{
    const auto sandbox = started();
    QVERIFY(sandbox->apply(R"({"type":"Mesh","name":"hello"})"));
    QVERIFY(sandbox->apply(kWeb));
    QVERIFY(sandbox->apply(kWeb));  // again is fine
    const std::pair<const char *, Error::Code> bad[] = {
        {"not JSON", Error::Code::Invalid},
        {"[]", Error::Code::Invalid},
        {R"({"type":"Balloon","name":"x"})", Error::Code::Invalid},
        {R"({"type":"Dataplane","mesh":"nowhere","name":"x","networking":{}})", Error::Code::NotFound},
        {R"({"type":"Dataplane","mesh":"default","name":"x","networking":{"address":"10.0.0.1"}})",
         Error::Code::Invalid},
        {R"({"type":"MeshInsight","name":"x"})", Error::Code::Refused},
    };
    for (const auto &[json, code] : bad) {
        const auto applied = sandbox->apply(json);
        QVERIFY2(!applied, json);
        QCOMPARE(applied.error().code, code);
        QVERIFY(!applied.error().what.empty());
    }
    const auto refused = sandbox->apply(
        R"({"type":"Dataplane","mesh":"default","name":"x","networking":{"address":"10.0.0.1"}})");
    QCOMPARE(refused.error().where, std::string("Dataplane x"));
    QVERIFY(refused.error().what.find("networking has to contain at least one inbound") != std::string::npos);
}

void TestSandbox::aStoreFileOutlivesIt()
{
    const QTemporaryDir directory;
    auto options = anyPorts();
    options.storeFile = directory.filePath(u"store.sqlite"_s).toStdString();
    {
        const auto sandbox = started(options);
        QVERIFY(sandbox->apply(kWeb));
        httplib::Client client(sandbox->addresses().api);
        QCOMPARE(client.Delete("/meshes/default/meshretries/mesh-retry-all-default")->status, 200);
    }
    const auto sandbox = started(options);
    httplib::Client client(sandbox->addresses().api);
    QCOMPARE(client.Get("/meshes/default/dataplanes/web-1")->status, 200);
    QCOMPARE(Json::parse(client.Get("/meshretries")->body)["total"].get<int>(), 0);  // and stays deleted
    const auto second = Sandbox::start(options);
    QVERIFY(!second);
    QCOMPARE(second.error().code, Error::Code::Conflict);
}

void TestSandbox::aBrokenStoreFileIsRefused()
{
    const QTemporaryDir directory;
    auto options = anyPorts();
    options.storeFile = directory.filePath(u"store.sqlite"_s).toStdString();
    QFile file(QString::fromStdString(options.storeFile));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(4096, 'x'));
    file.close();
    const auto sandbox = Sandbox::start(options);
    QVERIFY(!sandbox);
    QCOMPARE(sandbox.error().code, Error::Code::Invalid);
    QCOMPARE(sandbox.error().where, options.storeFile);
}

void TestSandbox::logsNoSecrets()
{
    std::mutex mutex;
    std::string log;
    auto options = anyPorts();
    options.log = [&](int, const std::string &line) {
        const std::lock_guard lock(mutex);
        log += line + "\n";
    };
    {
        const auto sandbox = started(options);
        QVERIFY(sandbox->apply(kWeb));
        httplib::Client client(sandbox->addresses().api);
        client.Get("/meshes", {{"Authorization", "Bearer t0psecret"}});
        const QUrl dp(QString::fromStdString(sandbox->addresses().dp));
        httplib::SSLClient bootstrap("127.0.0.1", dp.port());
        bootstrap.enable_server_certificate_verification(false);
        QVERIFY(bootstrap.Post("/bootstrap",
                               R"({"mesh":"default","name":"web-1","dataplaneToken":"t0psecret"})",
                               "application/json"));
    }
    QVERIFY(log.find("GET /meshes 200") != std::string::npos);
    QVERIFY(log.find("t0psecret") == std::string::npos);
    QVERIFY(log.find("PRIVATE KEY") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestSandbox)
#include "tst_sandbox.moc"
