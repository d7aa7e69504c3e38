// The control plane's rules for a Dataplane, era by era. tst_validation_conformance holds them against
// recordings; this needs none.
#include "tests/support/qtest_std.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/validation/addresses.h"
#include "backend/validation/validate.h"

#include <QTest>

using namespace meshscope;

namespace {

constexpr int k29 = 1, k214 = 2, k30 = 4, kAll = 7, k2 = 3, kNewer = 6;
constexpr char kPort[] = "port must be in the range [1, 65535]";

using Violations = std::vector<std::pair<std::string, std::string>>;

Violations violationsOf(const std::string &json, KumaEra era)
{
    const auto canonical = canonicalDataplane(json, era);
    if (!canonical)
        return {{"parser", canonical.error().what}};
    Violations out;
    for (const auto &finding : validateDataplane(canonical->json, era)) {
        if (!finding.fromControlPlane || finding.severity != Finding::Severity::Error
            || finding.advice.empty())
            qFatal("a rule of the control plane is an error of its own, with advice: %s",
                   finding.message.c_str());
        out.emplace_back(finding.field, finding.message);
    }
    return out;
}

std::string printed(const Violations &violations)
{
    std::string out;
    for (const auto &[field, message] : violations)
        out += field + ": " + message + "\n";
    return out;
}

std::string valid(const std::string &inMembers = {})
{
    return R"({"networking":{"address":"10.0.0.1","inbound":[{"port":80,"servicePort":81,"tags":{"kuma.io/service":"s"}}])"
           + inMembers + "}}";
}

std::string inbound(const std::string &members)
{
    return R"({"networking":{"address":"10.0.0.1","inbound":[{)" + members + "}]}}";
}

std::string outbound(const std::string &members) { return valid(R"(,"outbound":[{)" + members + "}]"); }

std::string tags(const std::string &members)
{
    return inbound(R"("port":80,"servicePort":81,"tags":{)" + members + "}");
}

}  // namespace

class TestValidationRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void findsSeveralInTheControlPlanesOrder();
    void readsAddresses_data();
    void readsAddresses();
    void knowsWhichAddressesOverlap();
    void knowsNames_data();
    void knowsNames();
    void tellsErasApart_data();
    void tellsErasApart();
    void survivesWhatIsNotCanonical();
};

void TestValidationRules::finds_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("eras");
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("message");
    // In `eras` it is found and nothing else; in the others nothing is.
    const auto row = [](const char *name, const std::string &json, int eras, const char *field,
                        const char *message) {
        QTest::newRow(name) << QByteArray::fromStdString(json) << eras << QByteArray(field)
                            << QByteArray(message);
    };
    const char *const service = "networking.inbound[0].tags[\"kuma.io/service\"]";
    const char *const kinds =
        "invalid value. Available values are: MeshExternalService,MeshMultiZoneService,MeshService";
    const char *const mandatory = "mandatory tag \"kuma.io/service\" is missing";
    const char *const badName =
        "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores";
    const char *const badValue =
        "tag value must consist of alphanumeric characters, dots, dashes and underscores";
    const char *const sameSocket = "serviceAddress and servicePort has to differ from address and port";
    const std::string ref = R"("port":1000,"backendRef":{"kind":"MeshService","name":"web","port":80})";

    row("nothing in a valid one", valid(), 0, "", "");
    row("networking absent", "{}", kAll, "networking", "must be defined");
    row("address empty",
        R"({"networking":{"inbound":[{"port":80,"servicePort":81,"tags":{"kuma.io/service":"s"}}]}})", kAll,
        "networking.address", "address can't be empty");
    row("address unspecified",
        R"({"networking":{"address":"::","gateway":{"tags":{"kuma.io/service":"s"}}}})", kAll,
        "networking.address", "must not be 0.0.0.0 or ::");
    row("address with a port",
        R"({"networking":{"address":"10.0.0.1:80","gateway":{"tags":{"kuma.io/service":"s"}}}})", kAll,
        "networking.address", "address has to be valid IP address or domain name");
    row("inbound port zero", inbound(R"("tags":{"kuma.io/service":"s"})"), kAll, "networking.inbound[0].port",
        kPort);
    row("inbound port high", inbound(R"("port":65536,"tags":{"kuma.io/service":"s"})"), kAll,
        "networking.inbound[0].port", kPort);
    row("service port high", inbound(R"("port":80,"servicePort":65536,"tags":{"kuma.io/service":"s"})"), kAll,
        "networking.inbound[0].servicePort", kPort);
    row("service address that is a name",
        inbound(R"("port":80,"serviceAddress":"localhost","tags":{"kuma.io/service":"s"})"), kAll,
        "networking.inbound[0].serviceAddress", "serviceAddress has to be valid IP address");
    row("service address is the dataplane's",
        inbound(R"("port":80,"servicePort":80,"serviceAddress":"10.0.0.1","tags":{"kuma.io/service":"s"})"),
        kAll, "networking.inbound[0].serviceAddress", sameSocket);
    row("the same with another port is fine",
        inbound(R"("port":80,"servicePort":81,"serviceAddress":"10.0.0.1","tags":{"kuma.io/service":"s"})"),
        0, "", "");
    row("inbound address that is a name",
        inbound(R"("port":80,"address":"example.com","tags":{"kuma.io/service":"s"})"), kAll,
        "networking.inbound[0].address", "address has to be valid IP address");
    row("inbound address is the service's",
        inbound(
            R"("port":80,"address":"10.0.0.2","serviceAddress":"10.0.0.2","tags":{"kuma.io/service":"s"})"),
        kAll, "networking.inbound[0].serviceAddress", sameSocket);
    row("no tags", inbound(R"("port":80,"servicePort":81)"), k29, service, "tag has to exist");
    row("tags without a service", tags(R"("version":"v1")"), k2, service, "tag has to exist");
    row("tag without a name", tags(R"("kuma.io/service":"s","":"x")"), k2, "networking.inbound[0].tags",
        "tag name must be non-empty");
    row("tag with a blank in its name", tags(R"("kuma.io/service":"s","a b":"x")"), k2,
        "networking.inbound[0].tags[\"a b\"]", badName);
    row("tag without a value", tags(R"("kuma.io/service":"s","a":"")"), k2,
        "networking.inbound[0].tags[\"a\"]", "tag value must be non-empty");
    row("tag with a slash in its value", tags(R"("kuma.io/service":"s","a":"b/c")"), k2,
        "networking.inbound[0].tags[\"a\"]", badValue);
    row("tag with a letter that is not ASCII", tags(R"("kuma.io/service":"s","a":"é")"), k2,
        "networking.inbound[0].tags[\"a\"]", badValue);
    row("unusual characters that are fine", tags(R"("kuma.io/service":"s_1.x:y-Z","a/b:c_d":"0")"), 0, "",
        "");
    row("protocol tag unknown", tags(R"("kuma.io/service":"s","kuma.io/protocol":"udp")"), k2,
        "networking.inbound[0].tags[\"kuma.io/protocol\"]",
        "tag \"kuma.io/protocol\" has an invalid value \"udp\". Allowed values: grpc, http, http2, kafka, "
        "tcp");
    row("protocol tag in capitals is fine", tags(R"("kuma.io/service":"s","kuma.io/protocol":"HTTP2")"), 0,
        "", "");
    row("protocol tag mysql", tags(R"("kuma.io/service":"s","kuma.io/protocol":"mysql")"), k29,
        "networking.inbound[0].tags[\"kuma.io/protocol\"]",
        "tag \"kuma.io/protocol\" has an invalid value \"mysql\". Allowed values: grpc, http, http2, kafka, "
        "tcp");
    row("protocol kafka in 3.0",
        inbound(R"("port":80,"servicePort":81,"protocol":"kafka","tags":{"kuma.io/service":"s"})"), k30,
        "networking.inbound[0].protocol",
        "has an invalid value \"kafka\". Allowed values: grpc, http, http2, tcp");
    row("probe interval zero",
        inbound(
            R"("port":80,"servicePort":81,"serviceProbe":{"interval":"0s"},"tags":{"kuma.io/service":"s"})"),
        kAll, "networking.inbound[0].serviceProbe.interval", "must have a positive value");
    row("probe timeout negative is fine",
        inbound(
            R"("port":80,"servicePort":81,"serviceProbe":{"timeout":"-1s"},"tags":{"kuma.io/service":"s"})"),
        0, "", "");
    row("probe threshold zero",
        inbound(
            R"("port":80,"servicePort":81,"serviceProbe":{"healthyThreshold":0},"tags":{"kuma.io/service":"s"})"),
        kAll, "networking.inbound[0].serviceProbe.healthyThreshold", "must have a positive value");
    row("no inbound and no gateway", R"({"networking":{"address":"10.0.0.1"}})", k29, "networking",
        "has to contain at least one inbound interface or gateway");
    row("delegated gateway with inbounds", valid(R"(,"gateway":{"tags":{"kuma.io/service":"g"}})"), kAll,
        "networking.inbound", "inbound cannot be defined for delegated gateways");
    row("gateway without tags", R"({"networking":{"address":"10.0.0.1","gateway":{}}})", k29,
        "networking.gateway.tags", mandatory);
    row("gateway without a service", R"({"networking":{"address":"10.0.0.1","gateway":{"tags":{"a":"b"}}}})",
        kAll, "networking.gateway.tags", mandatory);
    row("gateway that speaks http",
        R"({"networking":{"address":"10.0.0.1","gateway":{"tags":{"kuma.io/service":"g","kuma.io/protocol":"http"}}}})",
        kAll, "networking.gateway.tags[\"kuma.io/protocol\"]",
        "other values than tcp are not allowed, provided value \"http\"");
    row("gateway with listeners",
        R"({"networking":{"address":"10.0.0.1","gateway":{"tags":{"kuma.io/service":"g"}},"listeners":[{"type":"ZoneIngress","port":1}]}})",
        kNewer, "networking.listeners", "listeners cannot be defined for delegated gateways");
    row("outbound port", outbound(R"("port":0,"backendRef":{"kind":"MeshService","name":"web","port":80})"),
        kAll, "networking.outbound[0].port", kPort);
    row("outbound address that is a name", outbound(R"("address":"localhost",)" + ref), kAll,
        "networking.outbound[0].address", "address has to be valid IP address");
    row("outbound with both", outbound(ref + R"(,"tags":{"kuma.io/service":"s"})"), k2,
        "networking.outbound[0].backendRef", "both backendRef and tags/service cannot be defined");
    row("backend of an unknown kind",
        outbound(R"("port":1000,"backendRef":{"kind":"Service","name":"web","port":80})"), kAll,
        "networking.outbound[0].backendRef.kind", kinds);
    row("backend without a name", outbound(R"("port":1000,"backendRef":{"kind":"MeshService","port":80})"),
        kAll, "networking.outbound[0].backendRef", "either 'name' or 'labels' should be specified");
    row("backend without a port", outbound(R"("port":1000,"backendRef":{"kind":"MeshService","name":"web"})"),
        kAll, "networking.outbound[0].backendRef.port", kPort);
    row("an external one needs none",
        outbound(R"("port":1000,"backendRef":{"kind":"MeshExternalService","labels":{"a":"b"}})"), 0, "", "");
    row("admin port is the inbound's",
        R"({"networking":{"address":"127.0.0.1","admin":{"port":80},"inbound":[{"port":80,"servicePort":81,"tags":{"kuma.io/service":"s"}}]}})",
        kAll, "networking.admin.port", "must differ from inbound");
    row("admin port is the application's",
        inbound(
            R"("port":80,"servicePort":9901,"serviceAddress":"127.0.0.1","tags":{"kuma.io/service":"s"}}],"admin":{"port":9901},"outbound":[],"listeners":[],"inbound":[{"port":80,"servicePort":9901,"serviceAddress":"0.0.0.0","tags":{"kuma.io/service":"s"})"),
        kAll, "networking.admin.port", "must differ from inbound");
    row("the same on another address is fine", valid(R"(,"admin":{"port":80})"), 0, "", "");
    row("admin port is an outbound's", valid(R"(,"admin":{"port":1000},"outbound":[{)" + ref + "}]"), kAll,
        "networking.admin.port", "must differ from outbound");
    row("reachable of an unknown kind",
        valid(R"(,"transparentProxying":{"reachableBackends":{"refs":[{"kind":"Service","name":"web"}]}})"),
        kAll, "networking.transparentProxing.reachableBackends.refs[0].kind", kinds);
    row("reachable nothing",
        valid(R"(,"transparentProxying":{"reachableBackends":{"refs":[{"kind":"MeshService"}]}})"), kAll,
        "networking.transparentProxing.reachableBackends.refs[0].name", "name or labels are required");
    row("reachable namespace only",
        valid(
            R"(,"transparentProxying":{"reachableBackends":{"refs":[{"kind":"MeshService","namespace":"n"}]}})"),
        kAll, "networking.transparentProxing.reachableBackends.refs[0].name",
        "name is required, when namespace is defined");
    row("reachable by name and labels",
        valid(
            R"(,"transparentProxying":{"reachableBackends":{"refs":[{"kind":"MeshService","name":"web","labels":{"a":"b"}}]}})"),
        kAll, "networking.transparentProxing.reachableBackends.refs[0].labels",
        "labels cannot be defined when name is specified");
    row("metrics of another type", valid().substr(0, valid().size() - 1) + R"(,"metrics":{"type":"statsd"}})",
        k2, "metrics.type", "unknown backend type. Available backends: \"prometheus\"");
    row("probe path without a slash",
        valid().substr(0, valid().size() - 1)
            + R"(,"probes":{"port":1,"endpoints":[{"inboundPort":1,"inboundPath":"x","path":"/a%20b?c=%zz"}]}})",
        k2, "probes.endpoints[0].inboundPath", "should be a valid URL Path");
    row("probe path with a broken escape",
        valid().substr(0, valid().size() - 1)
            + R"(,"probes":{"port":1,"endpoints":[{"inboundPort":1,"inboundPath":"/","path":"/%zz"}]}})",
        k2, "probes.endpoints[0].path", "should be a valid URL Path");
    row("listener without a type", valid(R"(,"listeners":[{"address":"10.0.0.2","port":1}])"), kNewer,
        "networking.listeners[0].type", "type must be ZoneIngress or ZoneEgress");
    row("listener without an address", valid(R"(,"listeners":[{"type":"ZoneIngress","port":1}])"), kNewer,
        "networking.listeners[0].address", "address can't be empty");
    row("listener on a taken socket",
        valid(
            R"(,"listeners":[{"type":"ZoneIngress","address":"10.0.0.2","port":1},{"type":"ZoneEgress","address":"10.0.0.2","port":1}])"),
        kNewer, "networking.listeners[1]", "address:port 10.0.0.2:1 is used by listeners of different types");
}

void TestValidationRules::finds()
{
    QFETCH(QByteArray, json);
    QFETCH(int, eras);
    QFETCH(QByteArray, field);
    QFETCH(QByteArray, message);
    const std::pair<KumaEra, int> all[] = {
        {KumaEra::V2_9, k29}, {KumaEra::V2_14, k214}, {KumaEra::V3_0, k30}};
    for (const auto &[era, bit] : all) {
        auto found = violationsOf(json.toStdString(), era);
        // 3.0 asks each outbound by tags for a backendRef; rows about other things do not say so each time.
        const Violations expected =
            (eras & bit) != 0 ? Violations{{field.toStdString(), message.toStdString()}} : Violations{};
        QVERIFY2(found == expected, (std::string(textOf(era)) + ":\n" + printed(found)).c_str());
    }
}

void TestValidationRules::findsSeveralInTheControlPlanesOrder()
{
    const std::string json =
        R"({"networking":{"address":"127.0.0.1","admin":{"port":80},"inbound":[{"port":80,"servicePort":70000,"serviceAddress":"x","address":"0.0.0.0",
            "tags":{"z":"","a b":"c d","kuma.io/protocol":""},"serviceProbe":{"timeout":"0s","unhealthyThreshold":0,"healthyThreshold":0}}],
            "outbound":[{"port":80,"address":"z","tags":{"a":""}},{"port":1}]},"probes":{"port":0,"endpoints":[{}]},"metrics":{}})";
    const auto found = violationsOf(json, KumaEra::V2_9);
    std::vector<std::string> fields;
    for (const auto &[field, message] : found)
        fields.push_back(field);
    const std::string in = "networking.inbound[0].", out = "networking.outbound[0].";
    QCOMPARE(fields, (std::vector<std::string>{"networking.admin.port",
                                               in + "servicePort",
                                               in + "serviceAddress",
                                               in + "tags[\"kuma.io/protocol\"]",
                                               in + "tags[\"a b\"]",
                                               in + "tags[\"a b\"]",
                                               in + "tags[\"kuma.io/protocol\"]",
                                               in + "tags[\"z\"]",
                                               in + "serviceProbe.timeout",
                                               in + "serviceProbe.unhealthyThreshold",
                                               in + "serviceProbe.healthyThreshold",
                                               in + "tags[\"kuma.io/service\"]",
                                               out + "address",
                                               out + "tags[\"a\"]",
                                               out + "tags",
                                               "networking.outbound[1].tags",
                                               "probes.port",
                                               "probes.endpoints[0].inboundPort",
                                               "probes.endpoints[0].inboundPath",
                                               "probes.endpoints[0].path",
                                               "metrics.type"}));
}

void TestValidationRules::readsAddresses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isAddress");
    const auto row = [](const char *text, bool isAddress) {
        QTest::newRow(text) << QByteArray(text) << isAddress;
    };
    for (const char *good :
         {"10.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1", "fd00::1", "1:2:3:4:5:6:7:8",
          "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:10.0.0.1", "1:2:3:4:5:6:10.0.0.1", "FE80::aBcD"})
        row(good, true);
    for (const char *bad : {"",
                            "10.0.0",
                            "10.0.0.0.1",
                            "10.0.0.256",
                            "010.0.0.1",
                            "10.0.0.1 ",
                            "10.0.0.-1",
                            "1.2.3.",
                            ":",
                            ":::",
                            "1::2::3",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "12345::",
                            "g::",
                            "fe80::1%eth0",
                            "::10.0.0.1:1",
                            "1:2:3:4:5:6:7:10.0.0.1",
                            "1:",
                            ":1",
                            "localhost",
                            "10.0.0.1:80",
                            "[::1]",
                            "1:2:3:4:5:6:7:8::"})
        row(bad, false);
}

void TestValidationRules::readsAddresses()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isAddress);
    QCOMPARE(ipAddressFrom(text.toStdString()).has_value(), isAddress);
}

void TestValidationRules::knowsWhichAddressesOverlap()
{
    const auto ip = [](const char *text) { return *ipAddressFrom(text); };
    QVERIFY(overlaps(ip("10.0.0.1"), ip("::ffff:10.0.0.1")));
    QVERIFY(overlaps(ip("0.0.0.0"), ip("10.0.0.1")));
    QVERIFY(overlaps(ip("10.0.0.1"), ip("::")));
    QVERIFY(!overlaps(ip("10.0.0.1"), ip("10.0.0.2")));
    QVERIFY(isLoopback(ip("127.3.2.1")) && isLoopback(ip("::1")) && !isLoopback(ip("::2"))
            && !isLoopback(ip("10.0.0.1")));
    QVERIFY(isUnspecified(ip("0.0.0.0")) && isUnspecified(ip("::")) && !isUnspecified(ip("::1")));
}

void TestValidationRules::knowsNames_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isDns");
    QTest::addColumn<bool>("isLower");
    const auto row = [](const QByteArray &text, bool isDns, bool isLower) {
        QTest::newRow(text.isEmpty() ? "nothing" : text.left(40).constData()) << text << isDns << isLower;
    };
    row("example.com", true, true);
    row("example.com.", true, false);
    row("my_host.example.com", true, false);
    row("Web-1", true, false);
    row("web-1", true, true);
    row("300.1.1.1", true, true);
    row("-web", false, false);
    row("web-", false, false);
    row("a..b", false, false);
    row(".a", false, false);
    row("a b", false, false);
    row("*.example.com", false, false);
    row("", false, false);
    row(QByteArray(63, 'a'), true, true);
    row(QByteArray(64, 'b'), false, true);
    row(QByteArray("c.").repeated(126) + "c", true, true);
    row(QByteArray("d.").repeated(127) + "d", true, false);
}

void TestValidationRules::knowsNames()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isDns);
    QFETCH(bool, isLower);
    QCOMPARE(isDnsName(text.toStdString()), isDns);
    QCOMPARE(isSubdomain(text.toStdString()), isLower);
}

void TestValidationRules::tellsErasApart_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("era");
    const auto row = [](const char *version, const char *era) {
        QTest::newRow(version) << QByteArray(version) << QByteArray(era);
    };
    row("2.9.13", "2.9");
    row("2.0.0", "2.9");
    row("1.8.1", "2.9");
    row("2.10.0", "2.14");
    row("2.14.3", "2.14");
    row("2.15.0-preview.v1", "2.14");
    row("3.0.0", "3.0");
    row("4.1", "3.0");
    row("0.0.0-preview.vabc", "2.14");
    row("unknown", "2.14");
    row("", "2.14");
    row("2", "2.14");
    row("2.", "2.14");
}

void TestValidationRules::tellsErasApart()
{
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, era);
    QCOMPARE(std::string(textOf(kumaEraFromVersion(version.toStdString()))), era.toStdString());
    QCOMPARE(kumaEraFromText(era.toStdString()), std::optional(kumaEraFromVersion(version.toStdString())));
    QVERIFY(!kumaEraFromText("2.12"));
}

void TestValidationRules::survivesWhatIsNotCanonical()
{
    for (
        const char *json :
        {"", "5", "[]", "{", R"({"networking":[]})",
         R"({"networking":{"inbound":"x","outbound":{"a":1},"listeners":5,"gateway":[],"admin":{"port":"x"}}})",
         R"({"networking":{"address":5,"inbound":[5,"x",{"tags":[],"port":-1,"serviceProbe":5}],"outbound":[{"tags":5,"backendRef":{"labels":5}}],"transparentProxying":{"reachableBackends":{"refs":{"a":5}}}},"probes":{"endpoints":"x"}})"}) {
        for (const auto era : {KumaEra::V2_9, KumaEra::V2_14, KumaEra::V3_0})
            QVERIFY(!validateDataplane(json, era).empty());
    }
}

QTEST_GUILESS_MAIN(TestValidationRules)
#include "tst_validation_rules.moc"
