// Certificates of proxies: made beside the hot path, renewed in time.
#include "backend/control/identities.h"

#include <QTest>

#include <atomic>

using namespace meshscope;
using namespace meshscope::control;
using namespace std::chrono_literals;

namespace {

const ResourceKey kWeb{"default", "web-1"};
const ResourceKey kApi{"default", "api-1"};

pki::AuthorityPtr authority(TimePoint now)
{
    auto made = pki::Authority::make({"default", 2048, 24h}, now);
    if (!made)
        qFatal("%s", made.error().what.c_str());
    return *made;
}

}  // namespace

class TestIdentities : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_authority = authority(now()); }

    void init()
    {
        m_offset = 0;
        m_told.clear();
        m_keys = std::make_unique<pki::KeyPool>(2);
        m_identities = std::make_unique<Identities>(
            *m_keys, [this] { return now(); }, [](int, const std::string &) {},
            [this](const ResourceKey &key) {
                const std::lock_guard lock(m_mutex);
                m_told.push_back(key);
            });
    }

    void cleanup()
    {
        m_identities.reset();
        m_keys.reset();
    }

    void theFirstOneComesLater()
    {
        QVERIFY(!m_identities->identityOf(kWeb, wish("web")));
        QTRY_COMPARE(told(), 1);
        const auto identity = m_identities->identityOf(kWeb, wish("web"));
        QVERIFY(identity);
        QCOMPARE(m_identities->identityOf(kWeb, wish("web")), identity);
        const auto status = m_identities->statusOf(kWeb);
        QVERIFY(status);
        QCOMPARE(status->regenerations, 1U);
        QCOMPARE(status->backend, std::string("ca-1"));
        QCOMPARE(status->expiration - status->lastRegeneration, TimePoint::duration(1h));
    }

    void eachProxyHasItsOwn()
    {
        m_identities->identityOf(kWeb, wish("web"));
        m_identities->identityOf(kApi, wish("api"));
        QTRY_COMPARE(told(), 2);
        QVERIFY(m_identities->identityOf(kWeb, wish("web"))->key
                != m_identities->identityOf(kApi, wish("api"))->key);
    }

    void itIsRenewedAtFourFifthsOfItsLife()
    {
        m_identities->identityOf(kWeb, wish("web"));
        QTRY_COMPARE(told(), 1);
        const auto first = m_identities->identityOf(kWeb, wish("web"));
        m_offset = 47 * 60;
        m_identities->identityOf(kApi, wish("api"));  // wakes the thread, which looks at all of them
        QTRY_COMPARE(told(), 2);
        QCOMPARE(m_identities->identityOf(kWeb, wish("web")), first);
        m_offset = 49 * 60;
        m_identities->forget(kApi);
        m_identities->identityOf(kApi, wish("api"));
        QTRY_VERIFY(m_identities->identityOf(kWeb, wish("web")) != first);
        QCOMPARE(m_identities->statusOf(kWeb)->regenerations, 2U);
    }

    void theOldOneServesWhileANewOneIsMade()
    {
        m_identities->identityOf(kWeb, wish("web"));
        QTRY_COMPARE(told(), 1);
        const auto first = m_identities->identityOf(kWeb, wish("web"));
        auto more = wish("web");
        more.options.tags["version"] = {"v2"};
        QCOMPARE(m_identities->identityOf(kWeb, more), first);
        QTRY_COMPARE(told(), 2);
        QVERIFY(m_identities->identityOf(kWeb, more) != first);
    }

    void oneOfAnotherAuthorityDoesNotServe()
    {
        m_identities->identityOf(kWeb, wish("web"));
        QTRY_COMPARE(told(), 1);
        auto other = wish("web");
        other.authority = authority(now());
        QVERIFY(!m_identities->identityOf(kWeb, other));
        QTRY_COMPARE(told(), 2);
        QVERIFY(m_identities->identityOf(kWeb, other));
    }

    void aProxyThatComesBackGetsANewOne()
    {
        m_identities->identityOf(kWeb, wish("web"));
        QTRY_COMPARE(told(), 1);
        m_identities->forget(kWeb);
        QVERIFY(!m_identities->statusOf(kWeb));
        QVERIFY(!m_identities->identityOf(kWeb, wish("web")));
    }

    void itStopsWhileKeysAreAwaited()
    {
        for (int i = 0; i < 50; ++i)
            m_identities->identityOf({"default", "p" + std::to_string(i)}, wish("web"));
        m_identities.reset();  // must not wait for fifty keys
        QVERIFY(told() < 50);
    }

private:
    TimePoint now() const
    {
        return TimePoint(std::chrono::milliseconds(1'700'000'000'000))
               + std::chrono::seconds(m_offset.load());
    }
    int told()
    {
        const std::lock_guard lock(m_mutex);
        return static_cast<int>(m_told.size());
    }
    IdentityWish wish(const char *service) const
    {
        return {m_authority, "ca-1", {"default", {service}, {}, 1h}};
    }

    std::atomic<int> m_offset{0};  // seconds
    std::mutex m_mutex;
    std::vector<ResourceKey> m_told;
    pki::AuthorityPtr m_authority;
    std::unique_ptr<pki::KeyPool> m_keys;
    std::unique_ptr<Identities> m_identities;
};

QTEST_GUILESS_MAIN(TestIdentities)
#include "tst_identities.moc"
