#include "backend/codec/dataplane_codec.h"
#include "backend/codec/yaml_document.h"
#include "backend/xds/endpoints.h"
#include "backend/xds/generator.h"
#include "backend/xds/initial_policies.h"
#include "backend/xds/names.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include "envoy/config/core/v3/base.pb.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <random>

using namespace meshscope;
using namespace meshscope::xds;
using namespace Qt::StringLiterals;
using Json = nlohmann::json;

namespace {

Json messageJson(ResourceType type, const Resource &resource)
{
    using namespace google::protobuf;
    const std::string url(typeUrl(type));
    const auto *descriptor =
        DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    const std::unique_ptr<Message> message(
        MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (!message->ParseFromString(resource.bytes))
        return "not a message";
    std::string text;
    if (!util::MessageToJsonString(*message, &text).ok())
        return "no JSON";
    return Json::parse(text);
}

const std::map<std::string, ResourceType> kSections{{"clusters", ResourceType::Cluster},
                                                    {"endpoints", ResourceType::Endpoint},
                                                    {"listeners", ResourceType::Listener},
                                                    {"secrets", ResourceType::Secret}};

MeshView::ResourceUpdate update(const Json &document)
{
    auto resource = meshResourceFrom(document.dump());
    if (!resource)
        qFatal("%s: %s", document.dump().c_str(), resource.error().what.c_str());
    return {resource->type, resource->key.name, std::make_shared<const MeshResource>(std::move(*resource))};
}

// Of a new mesh.
std::vector<MeshView::ResourceUpdate> initialResources()
{
    std::vector<MeshView::ResourceUpdate> updates;
    for (const auto &policy : initialPolicies(Json::object()))
        updates.push_back(update({{"type", policy.type},
                                  {"mesh", "default"},
                                  {"name", std::string(policy.prefix) + "default"},
                                  {"spec", Json::parse(policy.spec)}}));
    return updates;
}

// One idea a file: the Dataplanes of a mesh, the proxy that asks, and what it is given. Of a resource that is
// spelled out every field counts; of one that is only named, its presence; a kind that is not there is not
// looked at. `parts` compares places within resources, by JSON pointer; null = there is nothing. `has` says
// the same by kind, name and pointer.
struct Golden {
    std::map<std::string, std::shared_ptr<const Dataplane>> dataplanes;
    std::vector<MeshView::ResourceUpdate> resources;
    std::string proxy;
    ProxyMetadata metadata;
    bool hasAdminDoor = false;
    Json expected;
    Json parts;
};

Golden readGolden(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    const auto document = YamlDocument::parse(file.readAll().toStdString());
    if (!document)
        qFatal("%s:%d: %s", qPrintable(path), document.error().position.line,
               document.error().message.c_str());
    const auto json = Json::parse(document->json());
    Golden golden;
    for (const auto &[name, networking] : json.at("mesh").items()) {
        const Json flat{
            {"type", "Dataplane"}, {"mesh", "default"}, {"name", name}, {"networking", networking}};
        auto dataplane = dataplaneFromJson(flat.dump());
        if (!dataplane)
            qFatal("%s: %s", qPrintable(path), dataplane.error().what.c_str());
        golden.dataplanes[name] = std::make_shared<const Dataplane>(std::move(*dataplane));
    }
    if (json.value("initial", true))
        golden.resources = initialResources();
    for (auto resource : json.value("resources", Json::array())) {
        resource["mesh"] = "default";
        resource["labels"]["kuma.io/origin"] = "zone";  // as the control plane labels what people write
        golden.resources.push_back(update(resource));
    }
    golden.proxy = json.at("proxy").get<std::string>();
    const auto metadata = json.value("metadata", Json::object());
    golden.metadata.adminPort = metadata.value("adminPort", 0U);
    golden.metadata.readinessPort = metadata.value("readinessPort", 0U);
    golden.metadata.ipv6Enabled = metadata.value("ipv6", false);
    golden.metadata.key = {"default", golden.proxy};
    golden.metadata.workdir = metadata.value("workdir", std::string());
    golden.metadata.dnsPort = metadata.value("dnsPort", 0U);
    golden.hasAdminDoor = metadata.value("adminDoor", false);
    golden.expected = json.value("expect", Json());
    golden.parts = json.value("parts", Json::array());
    const auto has = json.value("has", Json::object());
    for (const auto &[section, names] : has.items())
        for (const auto &[name, places] : names.items())
            for (const auto &[place, value] : places.items())
                golden.parts.push_back({{"in", section}, {"name", name}, {"at", place}, {"is", value}});
    return golden;
}

MeshViewPtr viewOf(const MeshView::Updates &dataplanes)
{
    return MeshView("default").withResources(initialResources())->with(dataplanes);
}

ProxySnapshotPtr generateFor(const MeshView &mesh, const std::string &name,
                             const ProxyMetadata &metadata = {}, bool hasAdminDoor = false)
{
    static const ProxyIdentity kIdentity{"CERT", "KEY", "CA"};
    auto snapshot = generate(
        {*mesh.dataplane(name), mesh, metadata, false, &kIdentity, hasAdminDoor ? &kIdentity : nullptr});
    if (!snapshot)
        qFatal("%s: %s (%s)", name.c_str(), snapshot.error().what.c_str(), snapshot.error().where.c_str());
    return *snapshot;
}

std::shared_ptr<const Dataplane> sample(const std::string &name, const std::string &service,
                                        std::uint32_t port, const Tags &more = {})
{
    Dataplane dataplane;
    dataplane.key = {"default", name};
    dataplane.address = "10.0.0." + std::to_string(port % 250 + 1);
    Inbound inbound;
    inbound.port = port;
    inbound.servicePort = port + 1;
    inbound.tags = more;
    inbound.tags.emplace(kServiceTag, service);
    dataplane.inbounds.push_back(inbound);
    return std::make_shared<const Dataplane>(std::move(dataplane));
}

envoy::config::core::v3::Node nodeOf(const std::string &id, const Json &metadata)
{
    envoy::config::core::v3::Node node;
    node.set_id(id);
    if (!google::protobuf::util::JsonStringToMessage(metadata.dump(), node.mutable_metadata()).ok())
        qFatal("bad metadata in the test");
    return node;
}

}  // namespace

class TestGenerator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goldenFiles_data();
    void goldenFiles();
    void names_data();
    void names();
    void commonProtocols_data();
    void commonProtocols();
    void onlyReadyInboundsAreEndpoints();
    void unchangedServicesAreShared();
    void sameInputSameBytesInAnyOrder();
    void everySnapshotIsConsistent();
    void anEdsClusterWithoutAssignmentIsInconsistent();
    void nodeMetadata();
    void badNodes_data();
    void badNodes();
};

void TestGenerator::goldenFiles_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(QStringLiteral(MESHSCOPE_TEST_DATA "/xds"));
    const auto files = folder.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
    QVERIFY(files.size() >= 7);
    for (const auto &file : files)
        QTest::newRow(qPrintable(QString(file).remove(u".yaml"_s).replace(u'_', u' ')))
            << folder.filePath(file);
}

void TestGenerator::goldenFiles()
{
    QFETCH(QString, path);
    const auto golden = readGolden(path);
    const auto mesh = MeshView("default").withResources(golden.resources)->with(golden.dataplanes);
    const auto snapshot = generateFor(*mesh, golden.proxy, golden.metadata, golden.hasAdminDoor);
    QVERIFY(golden.expected.is_object() || !golden.parts.empty());
    for (const auto &part : golden.parts) {
        const auto &resources = snapshot->of(kSections.at(part.at("in").get<std::string>()));
        const auto name = part.at("name").get<std::string>();
        const auto found = std::find_if(resources.begin(), resources.end(),
                                        [&name](const auto &resource) { return resource->name == name; });
        const auto whole = found == resources.end()
                               ? Json()
                               : messageJson(kSections.at(part.at("in").get<std::string>()), **found);
        const Json::json_pointer place(part.at("at").get<std::string>());
        const auto actual = whole.is_null() || !whole.contains(place) ? Json() : whole.at(place);
        QVERIFY2(actual == part.at("is"),
                 (name + " " + place.to_string() + ": " + actual.dump() + "\n in " + whole.dump()).c_str());
    }
    for (const auto &[section, type] : kSections) {
        if (!golden.expected.is_object() || !golden.expected.contains(section))
            continue;
        const auto &wanted = golden.expected.at(section);
        std::vector<std::string> wantedNames;
        std::vector<std::string> names;
        for (const auto &[name, resource] : wanted.items())
            wantedNames.push_back(name);
        for (const auto &resource : snapshot->of(type)) {
            names.push_back(resource->name);
            const auto spelled = wanted.find(resource->name);
            if (spelled == wanted.end() || spelled->is_null())
                continue;
            const auto actual = messageJson(type, *resource);
            const auto difference = Json::diff(*spelled, actual);
            QVERIFY2(difference.empty(),
                     ("in " + section + " " + resource->name + ": " + difference.dump(1)).c_str());
        }
        QVERIFY2(names == wantedNames, (section + ": " + Json(names).dump()).c_str());
    }
}

void TestGenerator::names_data()
{
    QTest::addColumn<QString>("actual");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *title, const std::string &actual, const char *expected) {
        QTest::newRow(title) << QString::fromStdString(actual) << QString::fromUtf8(expected);
    };
    row("an IPv6 listener has brackets", inboundListenerName("::1", 80), "inbound:[::1]:80");
    row("a whole service is its own cluster", outboundClusterName({{kServiceTag, "web"}}), "web");
    row("a subset has a hash over all its tags",
        outboundClusterName({{kServiceTag, "backend"}, {"version", "v2"}}), "backend-5b73b3f4adf20020");
    row("statistics have no dots and colons", statPrefix("web.shop:80_a-b"), "web_shop_80_a-b");
    Dataplane two = *sample("d", "b", 80, {{"version", "v1"}});
    two.inbounds.push_back(two.inbounds.front());
    two.inbounds.back().tags = {{kServiceTag, "a"}};
    row("the tags header joins values", tagsHeaderValue(two), "&kuma.io/service=a,b&&version=v1&");
    two.gateway = Gateway{Gateway::Type::Delegated, {{kServiceTag, "edge"}}};
    row("a gateway has its own tags", tagsHeaderValue(two), "&kuma.io/service=edge&");
}

void TestGenerator::names()
{
    QFETCH(QString, actual);
    QFETCH(QString, expected);
    QCOMPARE(actual, expected);
}

void TestGenerator::commonProtocols_data()
{
    QTest::addColumn<QStringList>("protocols");
    QTest::addColumn<int>("expected");
    const auto number = [](Protocol p) { return static_cast<int>(p); };
    QTest::newRow("nobody answers: unknown") << QStringList() << number(Protocol::Unknown);
    QTest::newRow("all http") << QStringList{u"http"_s, u"HTTP"_s} << number(Protocol::Http);
    QTest::newRow("grpc with http2 is http2")
        << QStringList{u"grpc"_s, u"http2"_s} << number(Protocol::Http2);
    QTest::newRow("http with http2 is tcp") << QStringList{u"http"_s, u"http2"_s} << number(Protocol::Tcp);
    QTest::newRow("kafka with grpc is tcp") << QStringList{u"kafka"_s, u"grpc"_s} << number(Protocol::Tcp);
    QTest::newRow("one without a protocol makes it unknown")
        << QStringList{u"http"_s, QString()} << number(Protocol::Unknown);
    QTest::newRow("a made-up one is unknown") << QStringList{u"smtp"_s} << number(Protocol::Unknown);
}

void TestGenerator::commonProtocols()
{
    QFETCH(QStringList, protocols);
    QFETCH(int, expected);
    std::vector<Endpoint> endpoints;
    for (const auto &protocol : protocols) {
        Endpoint endpoint{"10.0.0.1", 80, {{kServiceTag, "s"}}};
        if (!protocol.isEmpty())
            endpoint.tags[kProtocolTag] = protocol.toStdString();
        endpoints.push_back(endpoint);
    }
    QCOMPARE(static_cast<int>(commonProtocol(endpoints)), expected);
}

void TestGenerator::onlyReadyInboundsAreEndpoints()
{
    Dataplane dataplane = *sample("d", "s", 80);
    const auto count = [&dataplane] {
        std::vector<Endpoint> endpoints;
        appendEndpoints(dataplane, "s", endpoints);
        return endpoints.size();
    };
    QCOMPARE(count(), 1U);
    dataplane.inbounds[0].state = InboundState::NotReady;
    QCOMPARE(count(), 0U);
    dataplane.inbounds[0].state = InboundState::Ignored;
    QCOMPARE(count(), 0U);
    dataplane.inbounds[0].state = InboundState::Ready;
    dataplane.inbounds[0].healthReady = false;
    QCOMPARE(count(), 0U);
    dataplane.inbounds[0].healthReady = true;
    QCOMPARE(count(), 1U);
    dataplane.address = "db.example.com";  // Envoy takes IPs only
    QCOMPARE(count(), 0U);
    dataplane.advertisedAddress = "203.0.113.9";
    QCOMPARE(count(), 1U);
}

void TestGenerator::unchangedServicesAreShared()
{
    const auto before = viewOf({{"a", sample("a", "web", 80)}, {"b", sample("b", "db", 81)}});
    std::set<std::string> touched;
    auto moved = *sample("b", "db", 82);
    const auto after = before->with({{"b", std::make_shared<const Dataplane>(moved)}}, &touched);
    QCOMPARE(touched, (std::set<std::string>{"db"}));
    QCOMPARE(before->service("web"), after->service("web"));
    QVERIFY(before->service("db") != after->service("db"));

    // A change that no endpoint shows touches no service.
    touched.clear();
    moved.outbounds.push_back({});
    const auto same = after->with({{"b", std::make_shared<const Dataplane>(moved)}}, &touched);
    QVERIFY(touched.empty());
    QCOMPARE(same->service("db"), after->service("db"));

    touched.clear();
    const auto gone = same->with({{"b", nullptr}}, &touched);
    QCOMPARE(touched, (std::set<std::string>{"db"}));
    QVERIFY(!gone->service("db"));
    QVERIFY(!gone->dataplane("b"));
    QVERIFY(before->service("db"));  // the old view has what it had
}

void TestGenerator::sameInputSameBytesInAnyOrder()
{
    std::mt19937 random(11);
    MeshView::Updates all;
    Dataplane caller = *sample("caller", "caller", 90);
    for (int i = 0; i < 12; ++i) {
        const auto name = "d" + std::to_string(i);
        all[name] =
            sample(name, "s" + std::to_string(i % 4), static_cast<std::uint32_t>(100 + i),
                   {{"version", "v" + std::to_string(i % 2)}, {kProtocolTag, i % 3 ? "http" : "tcp"}});
    }
    for (std::uint32_t i = 0; i < 4; ++i) {
        caller.outbounds.push_back({"", 1000 + i, {{kServiceTag, "s" + std::to_string(i)}}, {}});
        caller.outbounds.push_back(
            {"", 2000 + i, {{kServiceTag, "s" + std::to_string(i)}, {"version", "v1"}}, {}});
    }
    all["caller"] = std::make_shared<const Dataplane>(caller);
    const auto expected = generateFor(*viewOf(all), "caller");
    QVERIFY(*generateFor(*viewOf(all), "caller") == *expected);

    std::vector<std::string> order;
    for (const auto &[name, dataplane] : all)
        order.push_back(name);
    for (int round = 0; round < 20; ++round) {
        std::shuffle(order.begin(), order.end(), random);
        auto view = viewOf({});
        for (const auto &name : order) {
            view = view->with({{name, sample(name, "elsewhere", 7)}});  // a detour
            view = view->with({{name, all[name]}});
        }
        QVERIFY(*generateFor(*view, "caller") == *expected);
    }
}

void TestGenerator::everySnapshotIsConsistent()
{
    std::mt19937 random(5);
    const auto pick = [&random](unsigned below) { return static_cast<std::uint32_t>(random() % below); };
    const char *protocols[] = {"http", "http2", "grpc", "tcp", "kafka", ""};
    for (int round = 0; round < 200; ++round) {
        MeshView::Updates all;
        for (std::uint32_t i = 0; i < 6; ++i) {
            const auto name = "d" + std::to_string(i);
            Tags tags{{"version", "v" + std::to_string(pick(2))}};
            if (const char *protocol = protocols[pick(6)]; *protocol)
                tags[kProtocolTag] = protocol;
            Dataplane dataplane = *sample(name, "s" + std::to_string(pick(4)), 80 + pick(3), tags);
            for (std::uint32_t n = pick(4); n > 0; --n) {
                Outbound outbound{"", 1000 + n, {{kServiceTag, "s" + std::to_string(pick(6))}}, {}};
                if (pick(3) == 0)
                    outbound.tags["version"] = "v" + std::to_string(pick(3));
                if (pick(8) == 0)
                    outbound = {"", 3000, {}, BackendRef{"MeshService", "s1", 80, {}}};
                dataplane.outbounds.push_back(outbound);
            }
            all[name] = std::make_shared<const Dataplane>(dataplane);
        }
        const auto view = viewOf(all);
        for (const auto &[name, dataplane] : all) {
            const auto snapshot = generateFor(*view, name);
            const auto sound = checkConsistency(*snapshot);
            QVERIFY2(sound, sound ? "" : sound.error().where.c_str());
            std::set<std::string> clusters;
            for (const auto &cluster : snapshot->of(ResourceType::Cluster))
                clusters.insert(cluster->name);
            for (const auto &listener : snapshot->of(ResourceType::Listener)) {
                const auto text = messageJson(ResourceType::Listener, *listener).dump();
                const auto at = text.find("\"cluster\":\"");
                QVERIFY(at != std::string::npos);
                const auto begin = at + 11;
                QVERIFY(clusters.contains(text.substr(begin, text.find('"', begin) - begin)));
            }
        }
    }
}

void TestGenerator::anEdsClusterWithoutAssignmentIsInconsistent()
{
    auto snapshot = *generateFor(*viewOf({{"a", sample("a", "web", 80)}}), "a");
    google::protobuf::Struct message;
    snapshot.of(ResourceType::Cluster).push_back(makeEdsCluster("lonely", message));
    const auto sound = checkConsistency(snapshot);
    QVERIFY(!sound);
    QCOMPARE(sound.error().where, std::string("cluster lonely"));
}

void TestGenerator::nodeMetadata()
{
    const auto node = nodeOf("default.a.b-c", {{"dataplane.admin.port", "19901"},
                                               {"dataplane.admin.address", "127.0.0.1"},
                                               {"dataplane.readinessReporter.port", "9902"},
                                               {"dataplane.resource", "{}"},
                                               {"dataplane.dns.port", 15054},
                                               {"features", {"feature-a"}},
                                               {"ipv6Enabled", true},
                                               {"version", {{"envoy", {{"version", "1.39.3"}}}}}});
    const auto metadata = proxyMetadataFrom(node);
    QVERIFY(metadata);
    QVERIFY((metadata->key == ResourceKey{"default", "a.b-c"}));
    QCOMPARE(metadata->adminPort, 19901U);
    QCOMPARE(metadata->readinessPort, 9902U);
    QCOMPARE(metadata->dnsPort, 15054U);
    QVERIFY(metadata->ipv6Enabled);
    QVERIFY(metadata->features.contains("feature-a"));
    QCOMPARE(metadata->dataplaneResource, std::string("{}"));
    QVERIFY(Json::parse(metadata->versionJson) == (Json{{"envoy", {{"version", "1.39.3"}}}}));
}

void TestGenerator::badNodes_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("port");
    QTest::newRow("no id") << QString() << u"1"_s;
    QTest::newRow("no dot in the id") << u"web-1"_s << u"1"_s;
    QTest::newRow("no name after the dot") << u"default."_s << u"1"_s;
    QTest::newRow("a port that is no number") << u"default.web-1"_s << u"80x"_s;
    QTest::newRow("a port beyond 65535") << u"default.web-1"_s << u"65536"_s;
    QTest::newRow("a negative port") << u"default.web-1"_s << u"-1"_s;
}

void TestGenerator::badNodes()
{
    QFETCH(QString, id);
    QFETCH(QString, port);
    const auto metadata =
        proxyMetadataFrom(nodeOf(id.toStdString(), {{"dataplane.admin.port", port.toStdString()}}));
    QVERIFY(!metadata);
    QCOMPARE(metadata.error().code, Error::Code::Invalid);
    QVERIFY(!metadata.error().where.empty());
}

QTEST_GUILESS_MAIN(TestGenerator)
#include "tst_generator.moc"
