#include "tests/support/qtest_std.h"

#include "backend/client/remote_control_plane.h"
#include "backend/codec/snapshot_diff.h"
#include "backend/snapshot/archive.h"
#include "backend/snapshot/redaction.h"
#include "backend/snapshot/snapshot_file.h"
#include "backend/snapshot/snapshot_file_source.h"
#include "backend/snapshot/snapshot_recorder.h"
#include "tests/support/fake_control_plane.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/refreshed.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <archive.h>
#include <archive_entry.h>

using namespace meshscope;
using namespace meshscope::testing;
using namespace Qt::StringLiterals;

class TestSnapshotFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bringsEverythingBack();
    void keepsWhatOnlyTheControlPlaneKnows();
    void isWrittenFromTheSnapshotWhenTheConnectionIsGone();
    void redacts_data();
    void redacts();
    void keepsAddressesApart();
    void hidesAddressesEverywhere();
    void refusesWhatIsNoSnapshot_data();
    void refusesWhatIsNoSnapshot();
    void readsWhatItCanOfADamagedOne();
    void readsOtherArchives();
    void isASourceThatCannotBeWritten();
    void saysWhatDiffers();
    void saysNothingOfListsThatCouldNotBeRead();
};

namespace {

template <class T>
T outcomeOf(const QFuture<T> &future)
{
    return QTest::qWaitFor([&] { return future.isFinished(); }, 10'000)
               ? future.result()
               : T(fail(Error::Code::Internal, "never"));
}

ConnectionOptions manual(const FakeControlPlane &plane)
{
    ConnectionOptions options;
    options.baseUrl = plane.url();
    options.displayName = u"prod"_s;
    options.intervalMilliseconds = 0;
    return options;
}

void fill(FakeControlPlane &plane)
{
    plane.addMesh("secure", true);
    plane.setDataplane(
        {"default", "web-1"},
        R"({"address":"10.0.0.1","inbound":[{"port":8080,"serviceAddress":"10.0.0.9","tags":{"kuma.io/service":"web"},"serviceProbe":{"tcp":{}},"state":"NotReady"}],"outbound":[{"port":10001,"tags":{"kuma.io/service":"backend"}}],"probes":{"port":9000}})",
        R"({"subscriptions":[{"id":"1","connectTime":"2026-01-02T03:04:05.123Z","status":{"lastUpdateTime":"2026-01-02T03:04:06Z","total":{"responsesSent":"8","responsesAcknowledged":"7"},"cds":{},"eds":{},"lds":{},"rds":{}},"version":{"kumaDp":{"version":"2.9.13"},"envoy":{"version":"1.34.13"}}}],"mTLS":{"issuedBackend":"ca-1","certificateExpirationTime":"2026-02-02T03:04:05Z"}})");
    plane.setDataplane(
        {"secure", "edge"},
        R"({"address":"10.0.0.2","gateway":{"type":"BUILTIN","tags":{"kuma.io/service":"edge"}},"admin":{"port":9902},"transparentProxying":{"redirectPortInbound":15006,"redirectPortOutbound":15001}})");
    plane.setResource(
        "meshtimeouts", {"default", "slow"},
        R"({"type":"MeshTimeout","mesh":"default","name":"slow","spec":{"targetRef":{"kind":"Mesh"},"to":[{"default":{"idleTimeout":"5s"}}]}})");
    plane.setItems(u"/zones/_overview"_s, {R"({"type":"ZoneOverview","name":"east","zone":{}})"});
    plane.setItems(
        u"/zoneegresses/_overview"_s,
        {R"({"type":"ZoneEgressOverview","name":"ze-1","zoneEgress":{"zone":"east","networking":{"address":"10.9.0.3","port":10002}}})"});
    plane.setItems(
        u"/service-insights"_s,
        {R"({"type":"ServiceInsight","mesh":"default","name":"web","status":"online","dataplanes":{"total":1,"online":1}})"});
    plane.setItems(u"/mesh-insights"_s,
                   {R"({"type":"MeshInsight","name":"secure","dataplanes":{"total":1}})"});
}

std::string tarOf(const ArchiveEntries &entries)
{
    std::string out(1 << 20, '\0');
    std::size_t used = 0;
    auto *writer = archive_write_new();
    archive_write_set_format_ustar(writer);
    archive_write_add_filter_gzip(writer);
    archive_write_open_memory(writer, out.data(), out.size(), &used);
    for (const auto &[name, contents] : entries) {
        auto *entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(contents.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(writer, entry);
        archive_write_data(writer, contents.data(), contents.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    out.resize(used);
    return out;
}

}  // namespace

void TestSnapshotFile::bringsEverythingBack()
{
    FakeControlPlane plane;
    fill(plane);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    const auto before = remote.source()->snapshot();
    SnapshotFileOptions options;
    options.name = "prod";
    VALUE_OR_FAIL(file, snapshotFileOf(*before, options));
    VALUE_OR_FAIL(opened, snapshotFrom(file));
    QVERIFY2(opened.notes.empty(), opened.notes.empty() ? "" : opened.notes[0].c_str());
    QCOMPARE(opened.name, std::string("prod"));
    QCOMPARE(opened.takenAt, before->fetchedAt);
    const Snapshot &after = *opened.snapshot;
    QCOMPARE(after.controlPlane, before->controlPlane);
    QCOMPARE(after.dataplanes.size(), before->dataplanes.size());
    for (std::size_t i = 0; i < after.dataplanes.size(); ++i)
        QVERIFY2(*after.dataplanes[i] == *before->dataplanes[i], after.dataplanes[i]->key().name.c_str());
    QCOMPARE(after.meshes, before->meshes);
    QCOMPARE(*after.zones, *before->zones);
    QCOMPARE(*after.zoneProxies, *before->zoneProxies);
    QCOMPARE(*after.serviceInsights, *before->serviceInsights);
    QCOMPARE(after.resources.size(), before->resources.size());
    for (std::size_t i = 0; i < after.resources.size(); ++i)
        QVERIFY2(*after.resources[i] == *before->resources[i], after.resources[i]->type.c_str());
    QVERIFY(differencesOf(*before, after).empty());
    const Capabilities &can = *after.capabilities;
    QCOMPARE(can.era, before->capabilities->era);
    QCOMPARE(can.mode, before->capabilities->mode);
    QCOMPARE(can.types.size(), before->capabilities->types.size());
    QCOMPARE(can.readOnlyReason("MeshTimeout"), std::string("this is a snapshot file"));
}

void TestSnapshotFile::keepsWhatOnlyTheControlPlaneKnows()
{
    FakeControlPlane plane;
    fill(plane);
    for (int i = 0; i < 1'500; ++i)
        plane.setDataplane({"many", "dp-" + std::to_string(i)}, R"({"address":"10.1.0.1"})");
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    VALUE_OR_FAIL(file, outcomeOf(recordSnapshot(*remote.source(), false)));
    VALUE_OR_FAIL(entries, entriesOf(file));
    QVERIFY(entries.at("dataplanes/0001.json").find("\"probes\":{\"port\":9000}") != std::string::npos);
    QCOMPARE(entries.count("dataplanes/0002.json"), std::size_t(1));
    VALUE_OR_FAIL(opened, snapshotFrom(file));
    QCOMPARE(opened.snapshot->dataplanes.size(), std::size_t(1'502));
}

void TestSnapshotFile::isWrittenFromTheSnapshotWhenTheConnectionIsGone()
{
    FakeControlPlane plane;
    fill(plane);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    plane.server().stop();
    VALUE_OR_FAIL(file, outcomeOf(recordSnapshot(*remote.source(), false)));
    VALUE_OR_FAIL(opened, snapshotFrom(file));
    QVERIFY(differencesOf(*remote.source()->snapshot(), *opened.snapshot).empty());
}

void TestSnapshotFile::redacts_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("clean");
    const auto same = [](const QString &json) {
        QTest::newRow(QByteArray("untouched: " + json.toUtf8()).constData()) << json << json;
    };
    same(uR"({"port":80,"name":"token-service","tags":{"kuma.io/service":"secret-keeper"}})"_s);
    same(uR"({"mtls":{"backends":[{"conf":{"cert":{"inline":"LS0tLS1CRUdJTiBDRVJU"}}}]}})"_s);
    QTest::newRow("a secret resource") << uR"({"type":"Secret","name":"a","data":"aGVsbG8="})"_s
                                       << uR"({"type":"Secret","name":"a","data":"<redacted>"})"_s;
    QTest::newRow("the key of a provided CA")
        << uR"({"conf":{"key":{"inlineString":"abc"},"cert":{"inlineString":"def"}}})"_s
        << uR"({"conf":{"key":{"inlineString":"<redacted>"},"cert":{"inlineString":"def"}}})"_s;
    QTest::newRow("the key of a client")
        << uR"({"clientKey":{"inline":"abc"}})"_s << uR"({"clientKey":{"inline":"<redacted>"}})"_s;
    QTest::newRow("a token in a text")
        << uR"({"message":"got eyJhbGciOiJSUzI1NiJ9.eyJOYW1lIjoibWUifQ.c2lnbmF0dXJl there"})"_s
        << uR"({"message":"got <redacted> there"})"_s;
    QTest::newRow("a header that is set")
        << uR"({"set":[{"name":"Authorization","value":"x"},{"name":"x-env","value":"y"}]})"_s
        << uR"({"set":[{"name":"Authorization","value":"<redacted>"},{"name":"x-env","value":"y"}]})"_s;
    QTest::newRow("a private key") << uR"({"pem":"-----BEGIN RSA PRIVATE KEY-----\nMII"})"_s
                                   << uR"({"pem":"<redacted>"})"_s;
    QTest::newRow("a private key in base64")
        << u"{\"any\":\""_s + QString::fromLatin1(QByteArray("-----BEGIN PRIVATE KEY-----\nMII").toBase64())
               + u"\"}"_s
        << uR"({"any":"<redacted>"})"_s;
    QTest::newRow("a password") << uR"({"dbPassword":"hunter2"})"_s << uR"({"dbPassword":"<redacted>"})"_s;
    QTest::newRow("no JSON") << u"eyJ token"_s << u"\"<redacted>\""_s;
}

void TestSnapshotFile::redacts()
{
    QFETCH(QString, json);
    QFETCH(QString, clean);
    QCOMPARE(QString::fromStdString(Redaction(false).apply(json.toStdString())), clean);
}

void TestSnapshotFile::keepsAddressesApart()
{
    Redaction redaction(true);
    const auto a = redaction.address("10.0.0.1"), b = redaction.address("10.0.0.2");
    QVERIFY(a.starts_with("198.18.") && b.starts_with("198.18.") && a != b);
    QCOMPARE(redaction.address("10.0.0.1"), a);
    QCOMPARE(redaction.address("10.0.0.1:80"), a + ":80");
    QCOMPARE(redaction.address("127.0.0.1"), std::string("127.0.0.1"));
    QVERIFY(redaction.address("db.internal.example").ends_with(".example"));
    QVERIFY(redaction.address("fd00::1").starts_with("2001:db8::"));
    QCOMPARE(Redaction(false).address("10.0.0.1"), std::string("10.0.0.1"));
}

void TestSnapshotFile::hidesAddressesEverywhere()
{
    FakeControlPlane plane;
    fill(plane);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    VALUE_OR_FAIL(file, outcomeOf(recordSnapshot(*remote.source(), true)));
    VALUE_OR_FAIL(entries, entriesOf(file));
    for (const auto &[name, contents] : entries) {
        for (const char *address : {"10.0.0.", "10.9.0.", "cp.example"})
            QVERIFY2(contents.find(address) == std::string::npos, (name + ": " + contents).c_str());
    }
    VALUE_OR_FAIL(opened, snapshotFrom(file));
    QVERIFY(opened.hidesAddresses);
    QCOMPARE(opened.snapshot->dataplanes.size(), std::size_t(2));
}

void TestSnapshotFile::refusesWhatIsNoSnapshot_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("words");
    const auto zip = [](const ArchiveEntries &entries) {
        return QByteArray::fromStdString(zipOf(entries).value_or(std::string()));
    };
    QTest::newRow("nothing") << QByteArray() << u"archive"_s;
    QTest::newRow("a text") << QByteArray("hello, world") << u"archive"_s;
    QTest::newRow("an empty zip") << zip({}) << u"nothing of Kuma's"_s;
    QTest::newRow("a zip of something else")
        << zip({{"a.json", "{}"}, {"b.txt", "hi"}}) << u"nothing of Kuma's"_s;
    QTest::newRow("a snapshot.json of another tool")
        << zip({{"snapshot.json", R"({"format":"x"})"}}) << u"none of Meshscope's"_s;
    QTest::newRow("a newer version") << zip(
        {{"snapshot.json", R"({"format":"meshscope-snapshot","version":99})"}})
                                     << u"newer Meshscope"_s;
    QTest::newRow("half a zip") << zip({{"a.json", std::string(5'000, 'x') + "{}"}}).left(40) << u""_s;
}

void TestSnapshotFile::refusesWhatIsNoSnapshot()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, words);
    const auto opened = snapshotFrom(file.toStdString());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, Error::Code::Invalid);
    QVERIFY2(QString::fromStdString(opened.error().what).contains(words), opened.error().what.c_str());
}

void TestSnapshotFile::readsWhatItCanOfADamagedOne()
{
    VALUE_OR_FAIL(file, snapshotFileOf(*helloMesh(), {}));
    VALUE_OR_FAIL(entries, entriesOf(file));
    auto damaged = entries;
    damaged["resources/MeshRetry.json"] = R"({"items":[{"type":"MeshRetry"}]})";
    damaged["../outside.json"] = "{}";
    VALUE_OR_FAIL(broken, zipOf(damaged));
    VALUE_OR_FAIL(opened, snapshotFrom(broken));
    QCOMPARE(opened.snapshot->dataplanes.size(), helloMesh()->dataplanes.size());
    QCOMPARE(opened.notes.size(), std::size_t(1));
    QVERIFY(opened.notes[0].find("resources/MeshRetry.json") != std::string::npos);
}

void TestSnapshotFile::readsOtherArchives()
{
    const ArchiveEntries entries{
        {"debug/dataplane.json",
         R"({"type":"Dataplane","mesh":"m","name":"web-1","networking":{"address":"10.0.0.1","inbound":[{"port":80,"tags":{"kuma.io/service":"web"}}]}})"},
        {"debug/policies.json",
         R"({"total":1,"items":[{"type":"MeshTimeout","mesh":"m","name":"t","spec":{"to":[]}}],"next":null})"},
        {"debug/stats.txt", "cluster.a: 1"}};
    VALUE_OR_FAIL(zip, zipOf(entries));
    for (const auto &file : {zip, tarOf(entries)}) {
        VALUE_OR_FAIL(opened, snapshotFrom(file));
        const auto row = opened.snapshot->find({"m", "web-1"});
        QVERIFY(row != nullptr);
        QCOMPARE(row->dataplane->services(), (std::vector<std::string>{"web"}));
        QVERIFY(opened.snapshot->find("MeshTimeout", {"m", "t"}) != nullptr);
        QCOMPARE(opened.snapshot->meshes.size(), std::size_t(1));
        QCOMPARE(opened.notes.size(), std::size_t(1));
    }
}

void TestSnapshotFile::isASourceThatCannotBeWritten()
{
    FakeControlPlane plane;
    fill(plane);
    RemoteControlPlane remote(manual(plane));
    QVERIFY(refreshed(*remote.source()));
    VALUE_OR_FAIL(bytes, outcomeOf(recordSnapshot(*remote.source(), false)));
    QTemporaryDir dir;
    const QString path = dir.filePath(u"prod.meshscope.zip"_s);
    QVERIFY(writeSnapshotFile(path, bytes));
    QVERIFY((QFile::permissions(path) & (QFile::ReadOther | QFile::ReadGroup)) == 0);
    auto source = SnapshotFileSource::open(path);
    QVERIFY(source);
    QVERIFY((*source)->displayName().startsWith(u"prod, 20"_s));
    QCOMPARE((*source)->state().phase, SourceState::Phase::Live);
    QVERIFY((*source)->snapshot()->find({"default", "web-1"}) != nullptr);
    SnapshotFileEditor editor(**source);
    QCOMPARE(editor.readOnlyReason(), u"This is a snapshot file."_s);
    VALUE_OR_FAIL(document, outcomeOf(editor.fetchDataplane({"default", "web-1"})));
    QVERIFY(document.json.starts_with(R"({"type":"Dataplane","mesh":"default","name":"web-1")"));
    QCOMPARE(outcomeOf(editor.putDataplane({"default", "web-1"}, "{}")).error().code, Error::Code::Refused);
    QCOMPARE(outcomeOf(editor.deleteDataplane({"default", "web-1"})).error().code, Error::Code::Refused);
    VALUE_OR_FAIL(policy, outcomeOf((*source)->fetch(u"/meshes/default/meshtimeouts/slow"_s)));
    QVERIFY(policy.find("idleTimeout") != std::string::npos);
    QCOMPARE(outcomeOf((*source)->fetch(u"/meshes/default/dataplanes/web-1/xds"_s)).error().code,
             Error::Code::NotFound);

    const auto missing = SnapshotFileSource::open(dir.filePath(u"none.zip"_s));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, Error::Code::NotFound);
    QVERIFY(!writeSnapshotFile(dir.filePath(u"no/such/folder.zip"_s), bytes));
}

void TestSnapshotFile::saysWhatDiffers()
{
    const auto before = snapshotOf({dp("a").service("web").online(), dp("b").service("web").online(),
                                    dp("c").service("db").online().acks(5, 5)});
    const auto after =
        snapshotOf({dp("a").service("web", {{"version", "v2"}}).online(),
                    dp("c").service("db").online().acks(9, 9), dp("d").service("web").offline()});
    const auto changes = differencesOf(*before, *after);
    QCOMPARE(changes.size(), std::size_t(3));  // counters are no difference
    QCOMPARE(changes[0].key, (ResourceKey{"default", "a"}));
    QCOMPARE(changes[0].kind, ResourceChange::Kind::Changed);
    QCOMPARE(changes[0].fields, (std::vector<FieldChange>{{"networking.inbound[0].tags.version", "", "v2"}}));
    QCOMPARE(changes[1].kind, ResourceChange::Kind::Removed);
    QCOMPARE(changes[2].kind, ResourceChange::Kind::Added);
    QCOMPARE(changes[2].key, (ResourceKey{"default", "d"}));
    QVERIFY(differencesOf(*before, *before).empty());
}

void TestSnapshotFile::saysNothingOfListsThatCouldNotBeRead()
{
    auto before = std::make_shared<Snapshot>(), after = std::make_shared<Snapshot>();
    auto list = std::make_shared<ResourceList>();
    list->type = "MeshRetry";
    list->rows.push_back(std::make_shared<ResourceRecord>(
        ResourceRecord{"MeshRetry", {"m", "r"}, {}, {}, {}, {}, R"({"spec":{"to":[{"n":1}]}})"}));
    before->resources = {list};
    auto broken = std::make_shared<ResourceList>();
    broken->type = "MeshRetry";
    broken->problem = Error{Error::Code::Refused, "403", {}};
    after->resources = {broken};
    QVERIFY(differencesOf(*before, *after).empty());
    auto changed = std::make_shared<ResourceList>(*list);
    changed->rows[0] = std::make_shared<ResourceRecord>(
        ResourceRecord{"MeshRetry", {"m", "r"}, {}, {}, {}, {}, R"({"spec":{"to":[{"n":2}]}})"});
    after->resources = {changed};
    const auto changes = differencesOf(*before, *after);
    QCOMPARE(changes.size(), std::size_t(1));
    QCOMPARE(changes[0].fields, (std::vector<FieldChange>{{"spec.to[0].n", "1", "2"}}));
}

QTEST_GUILESS_MAIN(TestSnapshotFile)
#include "tst_snapshot_file.moc"
