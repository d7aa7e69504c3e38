// Policies and zones as tables, and the figures of a mesh.
#include "models/focus.h"
#include "models/mesh_overview.h"
#include "models/policy_table.h"
#include "models/zone_table.h"
#include "tests/support/mesh_builders.h"
#include "tests/support/qtest_std.h"

#include "backend/query/query.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

ResourcePtr policy(const std::string &type, const std::string &name, const std::string &mesh = "default",
                   Tags labels = {})
{
    auto record = std::make_shared<ResourceRecord>();
    record->type = type;
    record->key = {mesh, name};
    record->targetRef = "MeshSubset version=v1";
    record->labels = std::move(labels);
    record->modificationTime = at(1);
    return record;
}

SnapshotPtr with(std::vector<std::pair<std::string, std::vector<ResourcePtr>>> lists,
                 std::optional<Error> problem = std::nullopt)
{
    auto snapshot = std::make_shared<Snapshot>(*snapshotOf({}));
    for (auto &[type, rows] : lists) {
        auto list = std::make_shared<ResourceList>();
        list->type = type;
        list->rows = rows;
        list->problem = problem;
        snapshot->resources.push_back(list);
    }
    return snapshot;
}

}  // namespace

class TestResourceTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void policiesStandByTypeAndName()
    {
        PolicyTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        PolicyProxy proxy;
        QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(&table);
        proxy.sort(PolicyTable::NameColumn);
        QSignalSpy types(&table, &PolicyTable::typesChanged);
        table.setSnapshot(
            with({{"MeshRetry", {policy("MeshRetry", "r")}},
                  {"MeshService", {policy("MeshService", "no-policy")}},
                  {"MeshTimeout", {policy("MeshTimeout", "a"), policy("MeshTimeout", "b", "other")}}}));
        QCOMPARE(types.size(), 1);
        QCOMPARE(table.types().size(), std::size_t(2));
        QCOMPARE(proxy.rowCount(), 3);
        proxy.setMesh(u"default"_s);
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setType(u"MeshTimeout"_s);
        QCOMPARE(proxy.index(0, 0).data().toString(), u"a"_s);
        QCOMPARE(proxy.rowCount(), 1);
        QCOMPARE(proxy.countText(), u"1"_s);
        proxy.setWords({"nothing"});
        QCOMPARE(proxy.countText(), u"0 of 1"_s);
        proxy.setWords({"version=v1"});
        QCOMPARE(proxy.rowCount(), 1);
        QCOMPARE(table.indexOf("MeshTimeout", {"other", "b"}).data().toString(), u"b"_s);
        const auto target =
            table.indexOf("MeshRetry", {"default", "r"}).data(TargetRole).value<FocusTarget>();
        QCOMPARE(target.kind, FocusKind::Policy);
        QCOMPARE(target.type, std::string("MeshRetry"));
        table.setNow(at(2));
        QCOMPARE(table.indexOf("MeshRetry", {"default", "r"}, PolicyTable::ChangedColumn).data().toString(),
                 u"1 min"_s);
        table.setSnapshot(with({}));
        QCOMPARE(proxy.rowCount(), 0);
    }

    void aShadowPolicyIsMarked()
    {
        PolicyTable table;
        table.setSnapshot(
            with({{"MeshTimeout", {policy("MeshTimeout", "a", "default", {{"kuma.io/effect", "shadow"}})}}}));
        QCOMPARE(table.index(0, PolicyTable::EffectColumn).data(HealthRole).value<Health>(), Health::Unknown);
        QVERIFY(table.index(0, PolicyTable::EffectColumn).data().toString().startsWith(u"shadow"_s));
    }

    void aListThatCannotBeReadKeepsItsReason()
    {
        PolicyTable table;
        table.setSnapshot(with({{"MeshTimeout", {}}}, Error{Error::Code::Refused, "access denied", ""}));
        QCOMPARE(table.types().front().problem->what, std::string("access denied"));
    }

    void typesAreWhatTheControlPlaneSays()
    {
        auto snapshot = std::make_shared<Snapshot>(
            *with({{"Thing", {policy("Thing", "t")}}, {"Other", {policy("Other", "o")}}}));
        std::sort(snapshot->resources.begin(), snapshot->resources.end(),
                  [](auto &a, auto &b) { return a->type < b->type; });
        auto capabilities = std::make_shared<Capabilities>();
        ResourceTypeInfo other, thing;
        other.name = "Other";
        thing.name = "Thing";
        thing.isPolicy = true;
        capabilities->types = {other, thing};
        snapshot->capabilities = capabilities;
        PolicyTable table;
        table.setSnapshot(snapshot);
        QCOMPARE(table.rowCount(), 1);
        QCOMPARE(table.index(0, 0).data().toString(), u"t"_s);
    }

    void zonesStandBeforeTheirProxies()
    {
        auto snapshot = std::make_shared<Snapshot>(*snapshotOf({}));
        ZoneInfo west, east;
        west.name = "west";
        west.link = Health::Online;
        west.connectTime = at(0);
        east.name = "east";
        east.isEnabled = false;
        snapshot->zones = std::make_shared<std::vector<ZoneInfo>>(std::vector{east, west});
        ZoneProxyInfo ingress;
        ingress.type = "ZoneIngress";
        ingress.name = "a";
        ingress.zone = "west";
        ingress.address = "10.0.0.1";
        ingress.port = 10001;
        snapshot->zoneProxies = std::make_shared<std::vector<ZoneProxyInfo>>(std::vector{ingress});
        ZoneTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.setSnapshot(snapshot);
        QCOMPARE(table.rowCount(), 3);
        QCOMPARE(table.zoneCount(), 2);
        QCOMPARE(table.index(0, ZoneTable::StatusColumn).data().toString(), u"Switched off"_s);
        QCOMPARE(table.index(1, 0).data().toString(), u"west"_s);
        QCOMPARE(table.index(2, ZoneTable::AddressColumn).data().toString(), u"10.0.0.1:10001"_s);
        QCOMPARE(table.indexOf("ZoneIngress", "a").row(), 2);
        table.setNow(at(2));
        QCOMPARE(table.index(1, ZoneTable::SinceColumn).data().toString(), u"2 min"_s);
    }

    void figuresCountAndName()
    {
        const auto snapshot =
            snapshotOf({dp("a").service("a").online().acks(1, 1), dp("b").service("b").offline(),
                        dp("c").mesh("other").service("c").online().acks(3, 1, 2)});
        const MeshOverview all = overviewOf(*snapshot, {}, at(5));
        QCOMPARE(all.total, std::size_t(3));
        QCOMPARE(all.groups[0].figures[0].count, std::size_t(2));
        QCOMPARE(all.groups[0].figures[2].query, u"status == offline"_s);
        const MeshOverview one = overviewOf(*snapshot, "default", at(5));
        QCOMPARE(one.total, std::size_t(2));
        QCOMPARE(one.groups[0].figures[0].count, std::size_t(1));
        QCOMPARE(one.groups[1].figures[1].count, std::size_t(0));
        QCOMPARE(all.groups[1].figures[1].count, std::size_t(1));
        QCOMPARE(overviewOf(Snapshot(), {}, at(0)).total, std::size_t(0));
    }

    // Whatever the value, the term parses and means it.
    void termsMeanTheirValue_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("a plain word") << u"name"_s << u"v1"_s;
        QTest::newRow("a blank") << u"service"_s << u"a b"_s;
        QTest::newRow("a quote") << u"service"_s << u"a\"b"_s;
        QTest::newRow("a word of the language") << u"name"_s << u"and"_s;
        QTest::newRow("parentheses") << u"name"_s << u"(x)"_s;
        QTest::newRow("a reserved tag") << u"tag.kuma.io/zone"_s << u"east"_s;
        QTest::newRow("a key with a blank") << u"tag.my key"_s << u"my value"_s;
    }
    void termsMeanTheirValue()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        const query::Parsed parsed = query::parse(equalTerm(field, value).toStdString());
        QVERIFY2(parsed.diagnosis.verdict == query::Diagnosis::Verdict::Good,
                 parsed.diagnosis.sentence().c_str());
        QCOMPARE(parsed.query.root()->values, std::vector<std::string>{value.toStdString()});
        const query::Parsed opposite = query::parse(unequalTerm(field, value).toStdString());
        QVERIFY(opposite.query.root()->kind == query::Node::Kind::Not);
    }

    void everyFigureIsAQuery()
    {
        const auto snapshot =
            snapshotOf({dp("a").service("a").online().acks(1, 1), dp("b").service("b").offline()});
        auto copy = std::make_shared<Snapshot>(*snapshot);
        auto ending = std::make_shared<DataplaneOverview>(*copy->dataplanes[0]);
        ending->insight.certificateExpiration = at(20);
        copy->dataplanes[0] = ending;
        for (const FigureGroup &group : overviewOf(*copy, {}, at(5)).groups) {
            for (const Figure &figure : group.figures) {
                const query::Parsed parsed = query::parse(figure.query.toStdString());
                QVERIFY2(parsed.diagnosis.verdict == query::Diagnosis::Verdict::Good,
                         qPrintable(figure.query));
                std::size_t count = 0;
                for (const DataplanePtr &row : copy->dataplanes)
                    count += parsed.query.matches(*row, at(5)) ? 1 : 0;
                QVERIFY2(count == figure.count || figure.query.startsWith(u"nacks"_s),
                         qPrintable(figure.query));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestResourceTables)
#include "tst_resource_tables.moc"
