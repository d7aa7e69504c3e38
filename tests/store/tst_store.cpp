#include "backend/store/sqlite_file.h"
#include "backend/store/store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include <sys/resource.h>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

StoredResource dataplane(std::string mesh, std::string name, std::string spec = "{}")
{
    StoredResource resource;
    resource.type = "Dataplane";
    resource.key = {std::move(mesh), std::move(name)};
    resource.labels = {{"team", "blü"}};
    resource.spec = std::move(spec);
    resource.creationTime = TimePoint(std::chrono::milliseconds(1'700'000'000'123));
    resource.modificationTime = resource.creationTime;
    return resource;
}

std::vector<std::string> names(std::span<const StoredPtr> rows)
{
    std::vector<std::string> result;
    for (const auto &row : rows)
        result.push_back(row->key.mesh + "/" + row->key.name);
    return result;
}

using Names = std::vector<std::string>;

std::string pathIn(const QTemporaryDir &directory)
{
    return directory.filePath(u"store.sqlite"_s).toStdString();
}

Result<std::unique_ptr<Store>> openAt(const std::string &path)
{
    auto file = openSqliteFile(path);
    if (!file)
        return fail(file.error());
    return Store::open(std::move(*file));
}

}  // namespace

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsAreSortedByMeshAndName();
    void aSnapshotNeverChanges();
    void versionsGrowAndAreNeverUsedTwice();
    void aRefusedPlanWritesNothing();
    void theLastOfSeveralWritesToOneKeyCounts();
    void erasingWhatIsNotThereChangesNothing();
    void listenersHearEveryChangeInOrder();
    void noCallAfterTheHandleIsGone();
    void concurrentEditsLoseNothing();
    void randomWritesAgreeWithAPlainMap();
    void aFileKeepsEverything();
    void aFileIsItsOwnersAlone();
    void aFileBelongsToOneProcess();
    void badFilesAreRefused_data();
    void badFilesAreRefused();
    void aFullDiskRefusesTheWriteAndLosesNothing();
};

void TestStore::listsAreSortedByMeshAndName()
{
    Store store;
    for (const auto &[mesh, name] : {std::pair{"b", "x"}, {"a", "z"}, {"a", "m"}, {"ab", "a"}})
        QVERIFY(store.write({StoreWrite::put(dataplane(mesh, name))}));
    const auto snapshot = store.snapshot();
    QCOMPARE(names(snapshot->list("Dataplane")), (Names{"a/m", "a/z", "ab/a", "b/x"}));
    QCOMPARE(names(snapshot->list("Dataplane", "a")), (Names{"a/m", "a/z"}));
    QCOMPARE(names(snapshot->list("Dataplane", "none")), Names());
    QCOMPARE(names(snapshot->list("Mesh")), Names());
    QVERIFY(snapshot->find("Dataplane", {"ab", "a"}));
    QVERIFY(!snapshot->find("Dataplane", {"ab", "b"}));
    QCOMPARE(snapshot->types(), (Names{"Dataplane"}));
}

void TestStore::aSnapshotNeverChanges()
{
    Store store;
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "a", R"({"x":1})"))}));
    const auto before = store.snapshot();
    QVERIFY(store.write(
        {StoreWrite::put(dataplane("m", "a", R"({"x":2})")), StoreWrite::put(dataplane("m", "b"))}));
    QCOMPARE(before->find("Dataplane", {"m", "a"})->spec, std::string(R"({"x":1})"));
    QCOMPARE(before->list("Dataplane").size(), 1U);
    QCOMPARE(store.snapshot()->find("Dataplane", {"m", "a"})->spec, std::string(R"({"x":2})"));
}

void TestStore::versionsGrowAndAreNeverUsedTwice()
{
    Store store;
    std::uint64_t last = 0;
    for (int i = 0; i < 5; ++i) {
        QVERIFY(store.write({StoreWrite::put(dataplane("m", "a"))}));
        const auto version = store.snapshot()->find("Dataplane", {"m", "a"})->version;
        QVERIFY(version > last);
        last = version;
        QVERIFY(store.write({StoreWrite::erase("Dataplane", {"m", "a"})}));
    }
}

void TestStore::aRefusedPlanWritesNothing()
{
    Store store;
    int heard = 0;
    const auto handle = store.subscribe([&heard](const StoreChanges &) { ++heard; });
    const auto result = store.edit([](const StoreSnapshot &) -> Result<std::vector<StoreWrite>> {
        return fail(Error::Code::Invalid, "no");
    });
    QVERIFY(!result);
    QCOMPARE(result.error().what, std::string("no"));
    QVERIFY(store.snapshot()->types().empty());
    QCOMPARE(heard, 0);
}

void TestStore::theLastOfSeveralWritesToOneKeyCounts()
{
    Store store;
    StoreChanges heard;
    const auto handle = store.subscribe([&heard](const StoreChanges &changes) { heard = changes; });
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "a", R"({"x":1})")),
                         StoreWrite::erase("Dataplane", {"m", "a"}),
                         StoreWrite::put(dataplane("m", "a", R"({"x":3})"))}));
    QCOMPARE(heard.size(), 1U);
    QVERIFY(!heard[0].before);
    QCOMPARE(heard[0].after->spec, std::string(R"({"x":3})"));
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "b")), StoreWrite::erase("Dataplane", {"m", "b"})}));
    QCOMPARE(names(store.snapshot()->list("Dataplane")), (Names{"m/a"}));
}

void TestStore::erasingWhatIsNotThereChangesNothing()
{
    Store store;
    int heard = 0;
    const auto handle = store.subscribe([&heard](const StoreChanges &) { ++heard; });
    QVERIFY(store.write({StoreWrite::erase("Dataplane", {"m", "a"})}));
    QCOMPARE(heard, 0);
}

void TestStore::listenersHearEveryChangeInOrder()
{
    Store store;
    std::vector<std::string> heard;
    const auto handle = store.subscribe([&](const StoreChanges &changes) {
        for (const auto &change : changes) {
            const char *what = !change.before ? "+" : !change.after ? "-" : "~";
            heard.push_back(what + change.any().key.name);
            // The snapshot has it already.
            QCOMPARE(store.snapshot()->find("Dataplane", change.any().key), change.after);
        }
    });
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "a"))}));
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "a")), StoreWrite::put(dataplane("m", "b"))}));
    QVERIFY(store.write({StoreWrite::erase("Dataplane", {"m", "a"})}));
    QCOMPARE(heard, (Names{"+a", "~a", "+b", "-a"}));
}

void TestStore::noCallAfterTheHandleIsGone()
{
    auto store = std::make_unique<Store>();
    int heard = 0;
    auto handle = store->subscribe([&heard](const StoreChanges &) { ++heard; });
    auto other = store->subscribe([](const StoreChanges &) {});
    handle.reset();
    QVERIFY(store->write({StoreWrite::put(dataplane("m", "a"))}));
    QCOMPARE(heard, 0);
    store.reset();
    other.reset();  // may outlive the store
}

void TestStore::concurrentEditsLoseNothing()
{
    Store store;
    QVERIFY(store.write({StoreWrite::put(dataplane("m", "counter", "0"))}));
    std::atomic<bool> done = false;
    std::thread reader([&] {
        while (!done) {
            const auto snapshot = store.snapshot();
            if (snapshot->list("Dataplane").size() != 1)
                std::abort();
        }
    });
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
        writers.emplace_back([&store] {
            for (int n = 0; n < 250; ++n) {
                const auto written =
                    store.edit([](const StoreSnapshot &now) -> Result<std::vector<StoreWrite>> {
                        const auto value = std::stoi(now.find("Dataplane", {"m", "counter"})->spec);
                        return std::vector{
                            StoreWrite::put(dataplane("m", "counter", std::to_string(value + 1)))};
                    });
                if (!written)
                    std::abort();
            }
        });
    }
    for (auto &writer : writers)
        writer.join();
    done = true;
    reader.join();
    QCOMPARE(store.snapshot()->find("Dataplane", {"m", "counter"})->spec, std::string("1000"));
}

void TestStore::randomWritesAgreeWithAPlainMap()
{
    std::mt19937 random(7);
    const auto pick = [&random](int below) {
        return static_cast<int>(random() % static_cast<unsigned>(below));
    };
    Store store;
    std::map<ResourceKey, std::string> expected;
    for (int round = 0; round < 500; ++round) {
        std::vector<StoreWrite> writes;
        for (int i = 0; i <= pick(4); ++i) {
            const ResourceKey key{"m" + std::to_string(pick(3)), "d" + std::to_string(pick(12))};
            if (pick(3) == 0) {
                writes.push_back(StoreWrite::erase("Dataplane", key));
                expected.erase(key);
            } else {
                const auto spec = std::to_string(round * 10 + i);
                writes.push_back(StoreWrite::put(dataplane(key.mesh, key.name, spec)));
                expected[key] = spec;
            }
        }
        QVERIFY(store.write(std::move(writes)));
        std::map<ResourceKey, std::string> actual;
        for (const auto &row : store.snapshot()->list("Dataplane"))
            actual[row->key] = row->spec;
        QVERIFY2(actual == expected, qPrintable(u"round %1"_s.arg(round)));
    }
}

void TestStore::aFileKeepsEverything()
{
    const QTemporaryDir directory;
    const auto path = pathIn(directory);
    StoredResource first = dataplane("m", "a", R"({"networking":{"address":"10.0.0.1"}})");
    first.status = R"({"vips":[]})";
    std::uint64_t version = 0;
    {
        auto store = openAt(path);
        QVERIFY2(store, store ? "" : store.error().what.c_str());
        QVERIFY((*store)->write({StoreWrite::put(first), StoreWrite::put(dataplane("m", "b"))}));
        QVERIFY((*store)->write({StoreWrite::erase("Dataplane", {"m", "b"})}));
        version = (*store)->snapshot()->find("Dataplane", {"m", "a"})->version;
    }
    auto store = openAt(path);
    QVERIFY(store);
    const auto rows = (*store)->snapshot()->list("Dataplane");
    QCOMPARE(rows.size(), 1U);
    first.version = version;
    QVERIFY(*rows[0] == first);
    QVERIFY((*store)->write({StoreWrite::put(dataplane("m", "c"))}));
    QVERIFY((*store)->snapshot()->find("Dataplane", {"m", "c"})->version > version);
}

void TestStore::aFileIsItsOwnersAlone()
{
    const QTemporaryDir directory;
    const auto path = pathIn(directory);
    auto store = openAt(path);
    QVERIFY(store);
    QVERIFY((*store)->write({StoreWrite::put(dataplane("m", "a"))}));
    const auto entries = QDir(directory.path()).entryInfoList(QDir::Files);
    QVERIFY(!entries.isEmpty());
    for (const auto &entry : entries)  // the log beside it too
        QVERIFY2((entry.permissions() & QFileDevice::Permissions(0x0077)) == QFileDevice::Permissions(),
                 qPrintable(entry.fileName()));
}

void TestStore::aFileBelongsToOneProcess()
{
    const QTemporaryDir directory;
    const auto path = pathIn(directory);
    const auto first = openAt(path);
    QVERIFY(first);
    const auto second = openAt(path);
    QVERIFY(!second);
    QCOMPARE(second.error().code, Error::Code::Conflict);
    QCOMPARE(second.error().where, path);
}

void TestStore::badFilesAreRefused_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("subfolder");
    QTest::addColumn<int>("code");
    const auto code = [](Error::Code c) { return static_cast<int>(c); };
    QTest::newRow("a text file is no store")
        << QByteArray("type: Dataplane\n").repeated(200) << QString() << code(Error::Code::Invalid);
    QTest::newRow("a cut header is no store") << QByteArray("SQLite format 3\0\x10\0", 18).append(600, 'x')
                                              << QString() << code(Error::Code::Invalid);
    QTest::newRow("a folder that does not exist cannot be written")
        << QByteArray() << u"missing/"_s << code(Error::Code::Refused);
}

void TestStore::badFilesAreRefused()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, subfolder);
    QFETCH(int, code);
    const QTemporaryDir directory;
    const auto path = directory.filePath(subfolder + u"store.sqlite"_s);
    if (subfolder.isEmpty()) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    const auto store = openAt(path.toStdString());
    QVERIFY(!store);
    QCOMPARE(static_cast<int>(store.error().code), code);
    QCOMPARE(store.error().where, path.toStdString());
    if (subfolder.isEmpty()) {  // what was there is still there
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), content);
    }
}

void TestStore::aFullDiskRefusesTheWriteAndLosesNothing()
{
    const QTemporaryDir directory;
    const auto path = pathIn(directory);
    auto store = openAt(path);
    QVERIFY(store);
    QVERIFY((*store)->write({StoreWrite::put(dataplane("m", "kept"))}));

    // No file of this process may grow beyond this now, as on a full disk.
    rlimit old{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = old;
    small.rlim_cur = 64 * 1024;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const std::string large = "\"" + std::string(1 << 20, 'x') + "\"";
    const auto written = (*store)->write({StoreWrite::put(dataplane("m", "large", large))});
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &old), 0);

    QVERIFY(!written);
    QCOMPARE(written.error().code, Error::Code::Refused);
    QCOMPARE(names((*store)->snapshot()->list("Dataplane")), (Names{"m/kept"}));
    QVERIFY((*store)->write({StoreWrite::put(dataplane("m", "later"))}));
    store->reset();
    store = openAt(path);
    QVERIFY(store);
    QCOMPARE(names((*store)->snapshot()->list("Dataplane")), (Names{"m/kept", "m/later"}));
}

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
