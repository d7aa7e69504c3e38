#include "backend/pki/key_pool.h"

#include <QTest>

#include <set>
#include <thread>

using namespace meshscope::pki;

class TestKeyPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoNeedsNoneHasNone()
    {
        const KeyPool pool(2);
        QCOMPARE(pool.spare(), 0U);
    }

    void everyKeyIsGivenOnce()
    {
        KeyPool pool(2);
        std::set<std::string> keys;
        for (int i = 0; i < 4; ++i) {
            const auto key = pool.take();
            QVERIFY(key);
            keys.insert(key->pem());
        }
        QCOMPARE(keys.size(), 4U);
        QTRY_COMPARE(pool.spare(), 2U);
    }

    void whoWaitsIsToldThatItEnds()
    {
        // A thread that waits while the pool goes must come back. With a pool for no keys it waits for ever.
        auto pool = std::make_unique<KeyPool>(0);
        std::thread waiting([&pool] { QVERIFY(!pool->take()); });
        pool->stop();
        waiting.join();
    }
};

QTEST_GUILESS_MAIN(TestKeyPool)
#include "tst_key_pool.moc"
