#include "backend/xds/vips.h"

#include <QTest>

#include <random>
#include <set>

using namespace meshscope;
using namespace meshscope::xds;

namespace {

std::map<VipName, std::vector<VipOutbound>> services(std::initializer_list<const char *> names)
{
    std::map<VipName, std::vector<VipOutbound>> wanted;
    for (const char *name : names)
        wanted[{VipKind::Service, name}] = {{80, {{kServiceTag, name}}, "service"}};
    return wanted;
}

std::string addressOf(const VipTable &table, const char *name)
{
    const auto found = table.find({VipKind::Service, name});
    return found == table.end() ? "none" : found->second.address;
}

}  // namespace

class TestVips : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addressesGoUpFromTheFirst()
    {
        const auto table = allocate({}, services({"a", "b", "c"}));
        QCOMPARE(addressOf(table, "a"), std::string("240.0.0.0"));
        QCOMPARE(addressOf(table, "c"), std::string("240.0.0.2"));
    }

    void whoHasAnAddressKeepsIt()
    {
        const auto before = allocate({}, services({"b", "c"}));
        const auto after = allocate(before, services({"a", "b", "c"}));
        QCOMPARE(addressOf(after, "b"), std::string("240.0.0.0"));
        QCOMPARE(addressOf(after, "c"), std::string("240.0.0.1"));
        QCOMPARE(addressOf(after, "a"), std::string("240.0.0.2"));
    }

    void anAddressThatIsGivenBackIsUsedAgain()
    {
        const auto before = allocate({}, services({"a", "b", "c"}));
        const auto after = allocate(before, services({"b", "c", "d"}));
        QCOMPARE(addressOf(after, "a"), std::string("none"));
        QCOMPARE(addressOf(after, "d"), std::string("240.0.0.0"));
    }

    void anAddressOfAnotherRangeIsNotKept()
    {
        const auto before = allocate({}, services({"a"}));
        QCOMPARE(addressOf(allocate(before, services({"a"}), kMeshServiceVips), "a"),
                 std::string("241.0.0.0"));
    }

    void aFullRangeLeavesTheRestOut()
    {
        const auto table = allocate({}, services({"a", "b", "c"}), {240U << 24, 2});
        QCOMPARE(table.size(), 2U);
    }

    void theTextComesBack()
    {
        VipTable table = allocate({}, services({"a", "b"}));
        table[{VipKind::Host, "example.org"}] = {"240.0.0.9", {{443, {{kServiceTag, "ext"}}, "host:ext"}}};
        QCOMPARE(vipsFromJson(toJson(table)), table);
    }

    void nonsenseIsLeftOut()
    {
        QVERIFY(vipsFromJson("nonsense").empty());
        QVERIFY(vipsFromJson("[]").empty());
        QVERIFY(vipsFromJson(R"({"7:a":{"address":"240.0.0.0"},"x":{},"0:b":{"address":"no"}})").empty());
    }

    void theSixthVersionHoldsTheFourth()
    {
        QCOMPARE(mappedVip("240.0.0.0"), std::string("::ffff:f000:0"));
        QCOMPARE(mappedVip("241.2.3.4"), std::string("::ffff:f102:304"));
    }

    void noAddressIsGivenTwice()
    {
        for (unsigned seed = 1; seed <= 50; ++seed) {
            std::mt19937 random(seed);
            VipTable table;
            for (int step = 0; step < 30; ++step) {
                std::map<VipName, std::vector<VipOutbound>> wanted;
                for (int i = 0; i < 12; ++i)
                    if (random() % 2 == 0)
                        wanted[{VipKind::Service, "s" + std::to_string(i)}];
                const auto next = allocate(table, wanted);
                QCOMPARE(next.size(), wanted.size());
                std::set<std::string> used;
                for (const auto &[name, vip] : next) {
                    QVERIFY2(used.insert(vip.address).second, vip.address.c_str());
                    const auto had = table.find(name);
                    QVERIFY(had == table.end() || had->second.address == vip.address);
                }
                table = next;
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestVips)
#include "tst_vips.moc"
