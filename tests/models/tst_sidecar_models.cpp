#include "models/finding_table.h"
#include "models/log_model.h"
#include "models/sidecar_table.h"

#include "tests/support/fake_sidecar_host.h"
#include "tests/support/qtest_std.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using namespace meshscope;
using namespace meshscope::testing;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;
const ResourceKey kWeb{"default", "web-1"};
const ResourceKey kBackend{"default", "backend-1"};

QStringList lines(const QAbstractItemModel &model)
{
    QStringList found;
    for (int row = 0; row < model.rowCount(); ++row)
        found += model.index(row, 0).data(LogModel::LineRole).toString();
    return found;
}

Finding finding(int line, const std::string &message, Finding::Severity severity = Finding::Severity::Error)
{
    return {severity, "networking", message, "mend it", true, line, 3};
}

}  // namespace

class TestSidecarModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTableFollowsTheHost()
    {
        auto host = std::make_unique<FakeSidecarHost>();
        host->enter(kWeb, SidecarPhase::Resolving, u"waiting for the Dataplane to appear"_s);
        SidecarTable table(host.get());
        QAbstractItemModelTester tester(&table, kMode);
        QCOMPARE(table.rowCount(), 1);
        const auto at = [&](int row, int column, int role = Qt::DisplayRole) {
            return table.index(row, column).data(role);
        };
        QVERIFY(at(0, 0, BusyRole).toBool());
        QCOMPARE(at(0, SidecarTable::DetailColumn).toString(), u"waiting for the Dataplane to appear"_s);
        QCOMPARE(at(0, SidecarTable::PidColumn).toString(), QString());
        host->enter(kBackend, SidecarPhase::Starting);
        host->enter(kWeb, SidecarPhase::Ready);
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(at(0, SidecarTable::NameColumn).toString(), u"web-1"_s);
        QCOMPARE(at(0, SidecarTable::PhaseColumn).toString(), u"Ready"_s);
        QCOMPARE(at(0, SidecarTable::PhaseColumn, HealthRole).value<Health>(), Health::Online);
        QVERIFY(!at(0, SidecarTable::PidColumn).toString().isEmpty());
        QCOMPARE(at(0, SidecarTable::AdminColumn).toString(), u"127.0.0.1:9901"_s);
        QCOMPARE(table.countIn(SidecarPhase::Ready), 1);
        host->failWith(kBackend, {Error::Code::Refused, "port 8080 is in use", {}},
                       u"Stop the other program"_s);
        QCOMPARE(at(1, SidecarTable::DetailColumn).toString(), u"port 8080 is in use"_s);
        QCOMPARE(at(1, 0, SidecarTable::AdviceRole).toString(), u"Stop the other program"_s);
        QCOMPARE(at(1, 0, HealthRole).value<Health>(), Health::Offline);
        QCOMPARE(table.indexOf(kBackend).row(), 1);
        host.reset();
        QCOMPARE(table.rowCount(), 0);
    }

    void sinceIsAnAge()
    {
        FakeSidecarHost host;
        host.enter(kWeb, SidecarPhase::Ready);
        SidecarTable table(&host);
        table.setNow(table.statusAt(0).since.addSecs(125));
        QCOMPARE(table.index(0, SidecarTable::SinceColumn).data().toString(), u"2 min"_s);
    }

    void theLogTakesWhatWasAndWhatComes()
    {
        FakeSidecarHost host;
        host.enter(kWeb, SidecarPhase::Ready);
        host.log(kWeb, u"first"_s);
        LogModel log;
        QAbstractItemModelTester tester(&log, kMode);
        log.follow(&host);
        QCOMPARE(lines(log), QStringList{u"first"_s});
        host.log(kWeb, u"second"_s);
        QCOMPARE(log.rowCount(), 1);  // not yet
        QTRY_COMPARE(lines(log), (QStringList{u"first"_s, u"second"_s}));
    }

    void aFloodIsOneInsertABatchAndBounded()
    {
        FakeSidecarHost host;
        LogModel log(nullptr, 1000);
        QAbstractItemModelTester tester(&log, kMode);
        log.follow(&host);
        QSignalSpy inserted(&log, &QAbstractItemModel::rowsInserted);
        QElapsedTimer clock;
        clock.start();
        for (int i = 0; i < 50'000; ++i)
            host.log(kWeb, u"line %1"_s.arg(i));
        QTRY_COMPARE(log.rowCount(), 1000);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(lines(log).last(), u"line 49999"_s);
        QCOMPARE(log.dropped(), 49'000);
        host.log(kWeb, u"one more"_s);
        log.flush();
        QCOMPARE(log.rowCount(), 1000);
        QCOMPARE(lines(log).first(), u"line 49001"_s);
        QCOMPARE(lines(log).last(), u"one more"_s);
    }

    void aVeryLongLineIsCut()
    {
        LogModel log;
        log.append({kWeb, QDateTime::currentDateTime(), SidecarLogLine::Origin::Envoy,
                    SidecarLogLine::Level::Info, QString(100'000, u'x')});
        log.flush();
        QCOMPARE(lines(log).first().size(), LogModel::kMaxLineLength + 1);
    }

    void theLogIsFiltered()
    {
        FakeSidecarHost host;
        LogModel log;
        LogProxy proxy;
        QAbstractItemModelTester tester(&proxy, kMode);
        proxy.setSourceModel(&log);
        log.follow(&host);
        host.log(kWeb, u"Listener added"_s);
        host.log(kWeb, u"listener REJECTED"_s, SidecarLogLine::Level::Warning);
        host.log(kBackend, u"listener added"_s);
        log.flush();
        QCOMPARE(proxy.rowCount(), 3);
        proxy.setKey(kWeb);
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setText(u"rejected LISTENER"_s);
        QCOMPARE(lines(proxy), QStringList{u"listener REJECTED"_s});
        proxy.setKey({});
        proxy.setText(u"added"_s);
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setText({});
        proxy.setLeastLevel(SidecarLogLine::Level::Warning);
        QCOMPARE(proxy.rowCount(), 1);
        host.log(kBackend, u"bad"_s, SidecarLogLine::Level::Error);
        log.flush();
        QCOMPARE(proxy.rowCount(), 2);
        log.clear();
        QCOMPARE(proxy.rowCount(), 0);
    }

    void findingsShowWhereAndWhat()
    {
        FindingTable table;
        QAbstractItemModelTester tester(&table, kMode);
        QSignalSpy counts(&table, &FindingTable::countsChanged);
        table.setFindings(
            {finding(7, "port must be a number"), finding(0, "odd", Finding::Severity::Warning)});
        QCOMPARE(counts.count(), 1);
        QCOMPARE(table.errorCount(), 1);
        QCOMPARE(table.warningCount(), 1);
        const auto at = [&](int row, int column, int role = Qt::DisplayRole) {
            return table.index(row, column).data(role);
        };
        QCOMPARE(at(0, FindingTable::SeverityColumn).toString(), u"Error"_s);
        QCOMPARE(at(0, FindingTable::PositionColumn).toString(), u"7:3"_s);
        QCOMPARE(at(1, FindingTable::PositionColumn).toString(), QString());
        QCOMPARE(at(0, FindingTable::FieldColumn).toString(), u"networking"_s);
        QCOMPARE(at(0, FindingTable::MessageColumn).toString(), u"port must be a number"_s);
        QCOMPARE(at(0, FindingTable::AdviceColumn).toString(), u"mend it"_s);
        QCOMPARE(at(0, 0, FindingTable::LineRole).toInt(), 7);
        QCOMPARE(at(1, 0, HealthRole).value<Health>(), Health::Degraded);
        table.setFindings(
            {finding(7, "port must be a number"), finding(0, "odd", Finding::Severity::Warning)});
        QCOMPARE(counts.count(), 1);
    }

    void findingsThatStayKeepTheirRows()
    {
        FindingTable table;
        table.setFindings({finding(1, "a"), finding(2, "b"), finding(3, "c")});
        const QPersistentModelIndex first(table.index(0, 0)), last(table.index(2, 0));
        table.setFindings({finding(1, "a"), finding(2, "x"), finding(2, "y"), finding(3, "c")});
        QCOMPARE(first.row(), 0);
        QCOMPARE(last.row(), 3);
        table.setFindings({finding(3, "c")});
        QVERIFY(!first.isValid());
        QCOMPARE(last.row(), 0);
        table.setFindings({});
        QCOMPARE(table.rowCount(), 0);
    }

    void findingsSurviveAnySequence()
    {
        FindingTable table;
        QAbstractItemModelTester tester(&table, kMode);
        std::mt19937 random(7);
        for (int step = 0; step < 300; ++step) {
            std::vector<Finding> next;
            for (unsigned i = 0; i < 12; ++i) {
                if (random() % 3)
                    next.push_back(finding(static_cast<int>(i), random() % 4 ? "same" : "other"));
            }
            table.setFindings(next);
            QCOMPARE(table.rowCount(), static_cast<int>(next.size()));
            for (int row = 0; row < table.rowCount(); ++row)
                QVERIFY(table.findingAt(row) == next[static_cast<std::size_t>(row)]);
        }
    }
};

QTEST_GUILESS_MAIN(TestSidecarModels)
#include "tst_sidecar_models.moc"
