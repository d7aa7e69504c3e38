// What Kuma's parser makes of a Dataplane's JSON, and what we read out of one.
#include "tests/support/qtest_std.h"

#include "backend/codec/dataplane_codec.h"
#include "tests/support/mesh_builders.h"

#include <QTest>

#include <algorithm>

using namespace meshscope;
using namespace meshscope::testing;

Q_DECLARE_METATYPE(meshscope::KumaEra)

class TestCodecJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesWhatKumaWouldStore_data();
    void writesWhatKumaWouldStore();
    void namesWhatIsDropped();
    void refusesInKumasWords_data();
    void refusesInKumasWords();
    void namesThePlaceOfAWrongValue();
    void writesItsOwnOutputUnchanged();
    void takesAsMuchNestingAsKuma();
    void knowsMeshes();
    void knowsNoOtherType();
    void readsADataplane();
    void readsLeniently();
    void readsTimes_data();
    void readsTimes();
    void saysWhereReadingFails_data();
    void saysWhereReadingFails();
};

namespace {

const QString kInbound = QStringLiteral(R"({"networking":{"inbound":[{%1}]}})");

QByteArray inInbound(const char *members) { return kInbound.arg(QString::fromUtf8(members)).toUtf8(); }

}  // namespace

void TestCodecJson::writesWhatKumaWouldStore_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("stored");
    QTest::addColumn<KumaEra>("era");
    const auto row = [](const char *name, const QByteArray &given, const QByteArray &stored,
                        KumaEra era = KumaEra::V2_9) { QTest::newRow(name) << given << stored << era; };
    row("zero values are left out",
        R"({"networking":{"address":"","inbound":[{"port":0,"state":"Ready","servicePort":0}]}})",
        R"({"networking":{"inbound":[{}]}})");
    row("members come in the schema's order",
        R"({"networking":{"inbound":[{"tags":{"b":"1","a":"2"},"name":"n","port":1,"address":"x"}],"address":"a"},"name":"n","type":"Dataplane","mesh":"m"})",
        R"({"type":"Dataplane","mesh":"m","name":"n","networking":{"address":"a","inbound":[{"port":1,"address":"x","tags":{"a":"2","b":"1"},"name":"n"}]}})");
    row("times and sorted labels stand between name and spec",
        R"({"labels":{"z":"1","a":"2"},"networking":{},"creationTime":"2026-01-02T03:04:05Z","name":"n"})",
        R"({"name":"n","creationTime":"2026-01-02T03:04:05Z","labels":{"a":"2","z":"1"},"networking":{}})");
    row("the last of two equal keys wins",
        R"({"networking":{"address":"a","address":"b","admin":{"port":1,"port":2}}})",
        R"({"networking":{"address":"b","admin":{"port":2}}})");
    row("numbers in quotes are numbers", inInbound(R"("port":"80")"), inInbound(R"("port":80)"));
    row("names of the proto are taken too",
        R"({"networking":{"transparent_proxying":{"redirect_port_inbound":15006,"reachable_services":["a"]}}})",
        R"({"networking":{"transparentProxying":{"redirectPortInbound":15006,"reachableServices":["a"]}}})");
    row("but only where the proto spells them so", inInbound(R"("port":1,"service_port":2)"),
        inInbound(R"("port":1)"));
    row("the JSON name beats the proto name",
        R"({"networking":{"transparentProxying":{"redirectPortInbound":1,"redirect_port_inbound":2}}})",
        R"({"networking":{"transparentProxying":{"redirectPortInbound":1}}})");
    row("null is the same as absent",
        R"({"networking":{"gateway":null,"inbound":null,"outbound":[null]},"probes":null,"labels":null})",
        R"({"networking":{"outbound":[{}]}})");
    row("null in a map is an empty text", inInbound(R"("tags":{"a":null})"), inInbound(R"("tags":{"a":""})"));
    row("empty messages stay",
        R"({"networking":{"gateway":{},"admin":{},"inbound":[{"health":{},"serviceProbe":{"tcp":{}}}]}})",
        R"({"networking":{"gateway":{},"inbound":[{"health":{},"serviceProbe":{"tcp":{}}}],"admin":{}}})");
    row("empty lists and maps go", R"({"networking":{"inbound":[],"gateway":{"tags":{}}}})",
        R"({"networking":{"gateway":{}}})");
    row("enum numbers become names", inInbound(R"("state":2)"), inInbound(R"("state":"Ignored")"));
    row("unknown enum numbers stay numbers", inInbound(R"("state":7)"), inInbound(R"("state":7)"));
    row("durations are written in seconds",
        inInbound(R"("serviceProbe":{"interval":"1m30s","timeout":"0.5s"})"),
        inInbound(R"("serviceProbe":{"interval":"90s","timeout":"0.500s"})"));
    row("negative, tiny and zero durations",
        inInbound(R"("serviceProbe":{"interval":"-1s","timeout":"1us"})"),
        inInbound(R"("serviceProbe":{"interval":"-1s","timeout":"0.000001s"})"));
    row("a zero that is wrapped stays", inInbound(R"("serviceProbe":{"interval":"0s","healthyThreshold":0})"),
        inInbound(R"("serviceProbe":{"interval":"0s","healthyThreshold":0})"));
    row("free-form objects keep all, sorted",
        R"({"metrics":{"type":"prometheus","conf":{"z":[1,2.5,null,true],"a":{"b":"c"}}}})",
        R"({"metrics":{"type":"prometheus","conf":{"a":{"b":"c"},"z":[1,2.5,null,true]}}})");
    row("escapes are read", inInbound(R"("name":"\u0061\n\ud83d\ude00\ud800x")"),
        "{\"networking\":{\"inbound\":[{\"name\":\"a\\n\xF0\x9F\x98\x80\xEF\xBF\xBDx\"}]}}");
    row("null is an empty Dataplane", "null", "{}");
    row("an empty object too", " {} ", "{}");
    row("names of metadata in any case", R"({"NAME":"n","Mesh":"m"})", R"({"mesh":"m","name":"n"})");
    row("2.9 has no protocol and no listeners",
        R"({"networking":{"inbound":[{"port":1,"protocol":"http"}],"listeners":[{}]}})",
        R"({"networking":{"inbound":[{"port":1}]}})");
    row("2.14 has them",
        R"({"networking":{"listeners":[{"type":1,"port":1}],"inbound":[{"protocol":"http","port":1}]}})",
        R"({"networking":{"inbound":[{"port":1,"protocol":"http"}],"listeners":[{"type":"ZoneIngress","port":1}]}})",
        KumaEra::V2_14);
    row("3.0 drops tags, metrics and the advertised address",
        R"({"networking":{"address":"a","advertisedAddress":"b","inbound":[{"port":1,"tags":{"a":5}}],"gateway":{"tags":{"a":"b"}}},"metrics":{}})",
        R"({"networking":{"address":"a","gateway":{"tags":{"a":"b"}},"inbound":[{"port":1}]}})",
        KumaEra::V3_0);
    row("3.0 has no name for the builtin type", R"({"networking":{"gateway":{"type":1}}})",
        R"({"networking":{"gateway":{"type":1}}})", KumaEra::V3_0);
}

void TestCodecJson::writesWhatKumaWouldStore()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, stored);
    QFETCH(KumaEra, era);
    VALUE_OR_FAIL(canonical, canonicalDataplane(given.toStdString(), era));
    QCOMPARE(canonical.json, stored.toStdString());
}

void TestCodecJson::namesWhatIsDropped()
{
    const std::string given =
        R"({"type":"Dataplane","name":"n","kri":"kri_dp","owner":"me","networking":{"colour":"red",
        "inbound":[{"port":1,"tags":{"any":"thing"}},{"port":2,"shape":1,"shape":2,"odd key":3}]}})";
    VALUE_OR_FAIL(canonical, canonicalDataplane(given));
    auto dropped = canonical.dropped;
    std::sort(dropped.begin(), dropped.end());
    QCOMPARE(dropped, (std::vector<std::string>{"networking.colour", "networking.inbound[1].shape",
                                                "networking.inbound[1][\"odd key\"]", "owner"}));
    VALUE_OR_FAIL(newer, canonicalDataplane(given, KumaEra::V3_0));
    QVERIFY(std::find(newer.dropped.begin(), newer.dropped.end(), "networking.inbound[0].tags")
            != newer.dropped.end());
}

void TestCodecJson::refusesInKumasWords_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("parserWords");
    const auto row = [](const char *name, const QByteArray &given, const QByteArray &words) {
        QTest::newRow(name) << given << words;
    };
    row("nothing at all", "", "unexpected end of JSON input");
    row("half an object", R"({"type": "Dataplane",)", "unexpected end of JSON input");
    row("half a string", R"({"ty)", "unexpected end of JSON input");
    row("half an escape", R"(["\u12)", "unexpected end of JSON input");
    row("a trailing comma", R"({"a":1,})",
        "invalid character '}' looking for beginning of object key string");
    row("a trailing comma in a list", "[1,]", "invalid character ']' looking for beginning of value");
    row("single quotes", "{'a':1}", R"(invalid character '\\'' looking for beginning of object key string)");
    row("a quote where none belongs", R"({"a" "b"})", R"(invalid character '\"' after object key)");
    row("two values without a comma", R"({"a":1 "b":2})",
        R"(invalid character '\"' after object key:value pair)");
    row("two elements without a comma", "[1 2]", "invalid character '2' after array element");
    row("garbage behind", "{} x", "invalid character 'x' after top-level value");
    row("a second document", "{}{}", "invalid character '{' after top-level value");
    row("a misspelt word", "[truf]", "invalid character 'f' in literal true (expecting 'e')");
    row("a number beginning with zero", "[01]", "invalid character '1' after array element");
    row("a lone minus", "[-]", "invalid character ']' in numeric literal");
    row("nothing behind the point", "[1.]", "invalid character ']' after decimal point in numeric literal");
    row("nothing behind the e", "[1e]", "invalid character ']' in exponent of numeric literal");
    row("a line break in a string", "[\"a\nb\"]", R"(invalid character '\\n' in string literal)");
    row("an unknown escape", R"(["\x"])", "invalid character 'x' in string escape code");
    row("no hexadecimal digit", R"(["\u00g0"])",
        R"(invalid character 'g' in \\u hexadecimal character escape)");
    row("a byte order mark", "\xEF\xBB\xBF{}", "invalid character '\xC3\xAF' looking for beginning of value");
    row("a zero byte", QByteArray("{\0}", 3),
        R"(invalid character '\\x00' looking for beginning of object key string)");
    row("a list", "[]", "json: cannot unmarshal array into Go value of type v1alpha1.ResourceMeta");
    row("a number", "5", "json: cannot unmarshal number into Go value of type v1alpha1.ResourceMeta");
    row("a name that is a number", R"({"name":5})",
        "json: cannot unmarshal number into Go struct field ResourceMeta.name of type string");
    row("a label that is true", R"({"labels":{"a":true}})",
        "json: cannot unmarshal bool into Go struct field ResourceMeta.labels of type string");
    row("labels that are a list", R"({"labels":[]})",
        "json: cannot unmarshal array into Go struct field ResourceMeta.labels of type map[string]string");
    row("the first wrong member is named", R"({"name":5,"mesh":[]})",
        "json: cannot unmarshal number into Go struct field ResourceMeta.name of type string");
    row("networking that is text", R"({"networking":"none"})",
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
    row("an inbound that is no list", R"({"networking":{"inbound":{}}})",
        "json: cannot unmarshal object into Go value of type []json.RawMessage");
    row("a port that is a word", inInbound(R"("port":"http")"),
        "invalid character 'h' looking for beginning of value");
    row("a port of nothing", inInbound(R"("port":"")"), "unexpected end of JSON input");
    row("a port that is true", inInbound(R"("port":true)"),
        "json: cannot unmarshal bool into Go value of type uint32");
    row("a negative port", inInbound(R"("port":-1)"),
        "json: cannot unmarshal number -1 into Go value of type uint32");
    row("a port with a fraction", inInbound(R"("port":8080.0)"),
        "json: cannot unmarshal number 8080.0 into Go value of type uint32");
    row("a port that is far too large", inInbound(R"("port":99999999999999999999)"),
        "json: cannot unmarshal number 99999999999999999999 into Go value of type uint32");
    row("a tag that is a number", inInbound(R"("tags":{"version":1})"),
        "json: cannot unmarshal number into Go value of type string");
    row("an unknown state", inInbound(R"("state":"Sleepy")"),
        R"(unknown value \"\\\"Sleepy\\\"\" for enum kuma.mesh.v1alpha1.Dataplane.Networking.Inbound.State)");
    row("health that is a word", inInbound(R"("health":"up")"),
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
    row("ready that is a word", inInbound(R"("health":{"ready":"true"})"),
        "json: cannot unmarshal string into Go value of type bool");
    row("a duration without a number", inInbound(R"("serviceProbe":{"interval":"soon"})"),
        R"(bad Duration: time: invalid duration \"soon\")");
    row("a duration without a unit", inInbound(R"("serviceProbe":{"interval":"10"})"),
        R"(bad Duration: time: missing unit in duration \"10\")");
    row("a duration with an unknown unit", inInbound(R"("serviceProbe":{"interval":"10 s"})"),
        R"(bad Duration: time: unknown unit \" s\" in duration \"10 s\")");
    row("a duration that is a number", inInbound(R"("serviceProbe":{"interval":10})"),
        "json: cannot unmarshal number into Go value of type string");
    row("conf that is a list", R"({"metrics":{"conf":[]}})",
        "bad StructValue: json: cannot unmarshal array into Go value of type map[string]json.RawMessage");
}

void TestCodecJson::refusesInKumasWords()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, parserWords);
    const auto canonical = canonicalDataplane(given.toStdString());
    QVERIFY(!canonical);
    QCOMPARE(canonical.error().code, Error::Code::Invalid);
    QCOMPARE(canonical.error().what, "invalid Dataplane object: \"" + parserWords.toStdString() + '"');
}

void TestCodecJson::namesThePlaceOfAWrongValue()
{
    const auto where = [](const std::string &json) { return canonicalDataplane(json).error().where; };
    QCOMPARE(where(R"({"networking":{"inbound":[{},{"port":"x"}]}})"),
             std::string("networking.inbound[1].port"));
    QCOMPARE(where(R"({"networking":{"inbound":[{"tags":{"kuma.io/service":5}}]}})"),
             std::string("networking.inbound[0].tags[\"kuma.io/service\"]"));
    QCOMPARE(where(R"({"networking":{"outbound":{}}})"), std::string("networking.outbound"));
    QCOMPARE(where(R"({"labels":{"a":5}})"), std::string("labels[\"a\"]"));
    QCOMPARE(where("{"), std::string());
}

void TestCodecJson::writesItsOwnOutputUnchanged()
{
    const std::string given =
        R"({"type":"Dataplane","mesh":"m","name":"n","networking":{"address":"10.0.0.1","gateway":{"type":"BUILTIN","tags":{"a":"b"}},
        "inbound":[{"port":80,"health":{"ready":true},"serviceProbe":{"interval":"10s","tcp":{}},"state":"NotReady"}],
        "transparentProxying":{"reachableBackends":{"refs":[{"kind":"MeshService","port":0}]},"ipFamilyMode":"IPv4"}},"probes":{"port":9000,"endpoints":[{"path":"/"}]}})";
    VALUE_OR_FAIL(once, canonicalDataplane(given));
    VALUE_OR_FAIL(twice, canonicalDataplane(once.json));
    QCOMPARE(twice.json, once.json);
    QVERIFY(twice.dropped.empty());
}

void TestCodecJson::takesAsMuchNestingAsKuma()
{
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    const auto most = canonicalDataplane(R"({"unknown":)" + nested(9'999) + "}");
    QVERIFY(most.has_value());
    QCOMPARE(most->dropped, (std::vector<std::string>{"unknown"}));
    const auto more = canonicalDataplane(R"({"unknown":)" + nested(10'000) + "}");
    QVERIFY(!more);
    QCOMPARE(more.error().what,
             std::string("invalid Dataplane object: \"invalid character '[' exceeded max depth\""));
    QVERIFY(!canonicalDataplane(nested(1'000'000)));
    std::string deep = R"({"metrics":{"conf":)";
    for (int i = 0; i < 5'000; ++i)
        deep += R"({"a":)";
    deep += "1" + std::string(5'000, '}') + "}}";
    const auto refused = canonicalDataplane(deep);
    QVERIFY(!refused);
    QCOMPARE(refused.error().where, std::string("metrics.conf"));
}

void TestCodecJson::knowsMeshes()
{
    const std::string given =
        R"({"type":"Mesh","name":"default","surprise":1,"mtls":{"backends":[{"mode":"PERMISSIVE","name":"ca-1","type":"builtin"}],"enabledBackend":"ca-1"},
        "networking":{"outbound":{"passthrough":false}},"routing":{"zoneEgress":false},"meshServices":{"mode":"Exclusive"},"skipCreatingInitialPolicies":["*"]})";
    VALUE_OR_FAIL(mesh, canonicalResource("Mesh", given));
    QCOMPARE(
        mesh.json,
        std::string(
            R"({"type":"Mesh","name":"default","mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin","mode":"PERMISSIVE"}]},)"
            R"("networking":{"outbound":{"passthrough":false}},"routing":{},"skipCreatingInitialPolicies":["*"],"meshServices":{"mode":"Exclusive"}})"));
    QCOMPARE(mesh.dropped, (std::vector<std::string>{"surprise"}));
    VALUE_OR_FAIL(newer, canonicalResource("Mesh", given, KumaEra::V3_0));
    QCOMPARE(newer.json,
             std::string(R"({"type":"Mesh","name":"default","skipCreatingInitialPolicies":["*"]})"));
    const auto refused = canonicalResource("Mesh", R"({"meshServices":{"mode":"Sometimes"}})");
    QVERIFY(!refused);
    QVERIFY(refused.error().what.starts_with("invalid Mesh object: "));
}

void TestCodecJson::knowsNoOtherType()
{
    const auto unknown = canonicalResource("MeshTimeout", "{}");
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().code, Error::Code::NotFound);
}

void TestCodecJson::readsADataplane()
{
    VALUE_OR_FAIL(read, dataplaneFromJson(
                            R"({"type":"Dataplane","mesh":"default","name":"api-1","labels":{"team":"blue"},
        "creationTime":"2026-01-02T03:04:05Z","modificationTime":"2026-01-02T03:05:05.25+00:00",
        "networking":{"address":"10.0.0.5","advertisedAddress":"203.0.113.5","admin":{"port":9905},
          "inbound":[{"name":"http","port":11000,"servicePort":8080,"serviceAddress":"127.0.0.1","protocol":"http","tags":{"kuma.io/service":"api"}},
                     {"port":11001,"address":"10.0.0.6","state":"NotReady","health":{},"serviceProbe":{"tcp":{}},"tags":{"kuma.io/service":"db"}}],
          "outbound":[{"port":10001,"tags":{"kuma.io/service":"web"}},
                      {"address":"127.0.0.2","port":10002,"backendRef":{"kind":"MeshService","name":"pg","port":5432,"labels":{"a":"b"}}}],
          "transparentProxying":{"redirectPortInbound":15006,"redirectPortOutbound":15001,"ipFamilyMode":"IPv4",
            "directAccessServices":["*"],"reachableServices":["a","b"],
            "reachableBackends":{"refs":[{"kind":"MeshService","name":"pg","port":5432},{"kind":"MeshService","labels":{"a":"b"}}]}}},
        "probes":{"port":9000,"endpoints":[{"inboundPort":8080,"inboundPath":"/live","path":"/8080/live"}]}})"));
    QVERIFY(read.transparentProxying && read.transparentProxying->ipv4Only);
    QCOMPARE(read.transparentProxying->directAccessServices, std::vector<std::string>{"*"});
    QCOMPARE(read.transparentProxying->reachableServices, (std::vector<std::string>{"a", "b"}));
    QCOMPARE(read.transparentProxying->reachableBackends,
             (std::optional(std::vector<BackendRef>{{"MeshService", "pg", 5432, {}},
                                                    {"MeshService", "", 0, {{"a", "b"}}}})));
    QCOMPARE(read.probes, (std::optional<Probes>(Probes{9000, {{8080, "/live", "/8080/live"}}})));
    QCOMPARE(read.key, (ResourceKey{"default", "api-1"}));
    QCOMPARE(read.labels, (Tags{{"team", "blue"}}));
    QCOMPARE(read.creationTime, at(0));
    QCOMPARE(read.modificationTime, at(1) + std::chrono::milliseconds(250));
    QCOMPARE(read.address, std::string("10.0.0.5"));
    QCOMPARE(read.advertisedAddress, std::string("203.0.113.5"));
    QCOMPARE(read.adminPort, 9905U);
    QCOMPARE(read.inbounds.size(), std::size_t(2));
    QCOMPARE(read.inbounds[0].name, std::string("http"));
    QCOMPARE(read.inbounds[0].servicePort, 8080U);
    QCOMPARE(read.inbounds[0].serviceAddress, std::string("127.0.0.1"));
    QCOMPARE(read.inbounds[0].protocol, std::string("http"));
    QVERIFY(read.inbounds[0].isReady() && !read.inbounds[0].healthReady && !read.inbounds[0].hasServiceProbe);
    QCOMPARE(read.inbounds[1].state, InboundState::NotReady);
    QCOMPARE(read.inbounds[1].healthReady, std::optional<bool>(false));
    QVERIFY(read.inbounds[1].hasServiceProbe);
    QCOMPARE(read.outbounds.size(), std::size_t(2));
    QCOMPARE(read.outbounds[0].service(), std::string("web"));
    QCOMPARE(read.outbounds[1].backendRef,
             (std::optional<BackendRef>(BackendRef{"MeshService", "pg", 5432, {{"a", "b"}}})));
    QVERIFY(read.transparentProxying && read.transparentProxying->isOn());
    QVERIFY(!read.gateway);
    VALUE_OR_FAIL(gateway,
                  dataplaneFromJson(
                      R"({"networking":{"gateway":{"type":"BUILTIN","tags":{"kuma.io/service":"edge"}}}})"));
    QCOMPARE(gateway.gateway->type, Gateway::Type::Builtin);
}

void TestCodecJson::readsLeniently()
{
    VALUE_OR_FAIL(empty, dataplaneFromJson("{}"));
    QCOMPARE(empty, Dataplane{});
    VALUE_OR_FAIL(
        odd,
        dataplaneFromJson(
            R"({"creationTime":"0001-01-01T00:00:00Z","colour":[],"networking":{"inbound":[null,{"port":"80","state":"Sleepy"}],
        "transparent_proxying":{"redirect_port_inbound":1,"redirect_port_outbound":2},"gateway":null}})"));
    QCOMPARE(odd.creationTime, TimePoint{});
    QCOMPARE(odd.inbounds.size(), std::size_t(2));
    QCOMPARE(odd.inbounds[1].port, 80U);
    QVERIFY(odd.transparentProxying->isOn());
}

void TestCodecJson::readsTimes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("milliseconds");  // after 2026-01-02T03:04:05Z; -1 = no time
    QTest::newRow("seconds") << QByteArray("2026-01-02T03:04:05Z") << qint64(0);
    QTest::newRow("nanoseconds") << QByteArray("2026-01-02T03:04:05.123456789Z") << qint64(123);
    QTest::newRow("an offset") << QByteArray("2026-01-02T05:34:06+02:30") << qint64(1000);
    QTest::newRow("no zone") << QByteArray("2026-01-02T03:04:05") << qint64(-1);
    QTest::newRow("no such day") << QByteArray("2026-02-30T03:04:05Z") << qint64(-1);
    QTest::newRow("no such hour") << QByteArray("2026-01-02T24:04:05Z") << qint64(-1);
    QTest::newRow("something behind") << QByteArray("2026-01-02T03:04:05Zx") << qint64(-1);
    QTest::newRow("a short text") << QByteArray("2026") << qint64(-1);
    QTest::newRow("nothing") << QByteArray("") << qint64(-1);
}

void TestCodecJson::readsTimes()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, milliseconds);
    VALUE_OR_FAIL(read, dataplaneFromJson("{\"creationTime\":\"" + text.toStdString() + "\"}"));
    QCOMPARE(read.creationTime,
             milliseconds < 0 ? TimePoint{} : at(0) + std::chrono::milliseconds(milliseconds));
    QCOMPARE(canonicalDataplane("{\"creationTime\":\"" + text.toStdString() + "\"}").has_value(),
             milliseconds >= 0);
}

void TestCodecJson::saysWhereReadingFails_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("where");
    QTest::addColumn<QByteArray>("what");
    QTest::newRow("no JSON") << QByteArray("type: Dataplane") << QByteArray()
                             << QByteArray("this is not JSON");
    QTest::newRow("no object") << QByteArray("[]") << QByteArray()
                               << QByteArray("a Dataplane is a JSON object");
    QTest::newRow("a port that is a word")
        << inInbound(R"("port":"x")") << QByteArray("networking.inbound[0].port")
        << QByteArray("must be a whole number, not the text \"x\"");
    QTest::newRow("a tag that is a list") << inInbound(R"("tags":{"kuma.io/service":[]})")
                                          << QByteArray("networking.inbound[0].tags[\"kuma.io/service\"]")
                                          << QByteArray("must be text, not a list");
    QTest::newRow("an inbound that is a number")
        << QByteArray(R"({"networking":{"inbound":[{},5]}})") << QByteArray("networking.inbound[1]")
        << QByteArray("must be an object, not 5");
    QTest::newRow("outbounds that are an object")
        << QByteArray(R"({"networking":{"outbound":{}}})") << QByteArray("networking.outbound")
        << QByteArray("must be a list, not an object");
    QTest::newRow("a name that is a number")
        << QByteArray(R"({"name":5})") << QByteArray("name") << QByteArray("must be text, not 5");
}

void TestCodecJson::saysWhereReadingFails()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, where);
    QFETCH(QByteArray, what);
    const auto read = dataplaneFromJson(given.toStdString());
    QVERIFY(!read);
    QCOMPARE(read.error().where, where.toStdString());
    QVERIFY2(read.error().what.starts_with(what.toStdString()), read.error().what.c_str());
}

QTEST_GUILESS_MAIN(TestCodecJson)
#include "tst_codec_json.moc"
