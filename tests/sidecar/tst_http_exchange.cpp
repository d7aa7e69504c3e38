#include "backend/sidecar/http_exchange.h"

#include "backend/sidecar/local_sidecar_host.h"
#include "backend/support/when_done.h"
#include "tests/sidecar/fake_dp_server.h"

#include <QTest>

using namespace meshscope;
using namespace Qt::StringLiterals;

namespace {

class TestHttpExchange : public QObject
{
    Q_OBJECT

    static HttpAnswer asked(HttpExchange &http, const HttpQuestion &question)
    {
        std::optional<HttpAnswer> result;
        http.ask(question, &http, [&result](const HttpAnswer &answer) { result = answer; });
        (void)QTest::qWaitFor([&result] { return result.has_value(); }, 10'000);
        return result.value_or(HttpAnswer{});
    }

    static Result<CallReport> called(const QUrl &url, int times)
    {
        LocalSidecarHost host;
        QObject receiver;
        std::optional<Result<CallReport>> result;
        whenDone(host.call(url, times), &receiver,
                 [&result](const Result<CallReport> &report) { result = report; });
        (void)QTest::qWaitFor([&result] { return result.has_value(); }, 20'000);
        return result.value_or(fail(Error::Code::Internal, "the call did not end"));
    }

private Q_SLOTS:
    void aPostHasItsBodyAndHeaders()
    {
        FakeHttpServer server([](const FakeRequest &) { return reply(201, "made", "text/x"); });
        HttpExchange http;
        HttpQuestion question;
        question.url = urlOf(server, u"/bootstrap"_s);
        question.post = true;
        question.body = R"({"a":1})";
        const auto answer = asked(http, question);
        QCOMPARE(answer.status, 201);
        QCOMPARE(answer.body, QByteArray("made"));
        QCOMPARE(answer.contentType, QByteArray("text/x"));
        QCOMPARE(server.requests().size(), 1);
        QCOMPARE(server.requests()[0].method, QByteArray("POST"));
        QCOMPARE(server.requests()[0].path, u"/bootstrap"_s);
        QCOMPARE(server.requests()[0].body, question.body);
        const auto headers = server.requests()[0].headers;
        QCOMPARE(headers["content-type"], QByteArray("application/json"));
        QCOMPARE(headers["accept"], QByteArray("application/json"));
    }

    void errorsKeepStatusAndBody()
    {
        FakeHttpServer server([](const FakeRequest &) { return reply(422, "no", "text/plain"); });
        HttpExchange http;
        HttpQuestion question;
        question.url = server.url();
        const auto answer = asked(http, question);
        QCOMPARE(answer.status, 422);
        QCOMPARE(answer.body, QByteArray("no"));
        QVERIFY(answer.failure.isEmpty());
    }

    void failuresHaveWords()
    {
        HttpExchange http;
        HttpQuestion question;
        {
            FakeHttpServer server([](const FakeRequest &) { return FakeAnswer(); });
            question.url = server.url();
        }
        QCOMPARE(asked(http, question).failure, u"connection refused"_s);

        FakeHttpServer mute([](const FakeRequest &) { return reply(Fault::Silent); });
        question.url = mute.url();
        question.timeoutMilliseconds = 100;
        QCOMPARE(asked(http, question).failure, u"no answer in time"_s);

        FakeHttpServer large([](const FakeRequest &) { return reply(200, QByteArray(100'000, 'x')); });
        question.url = large.url();
        question.timeoutMilliseconds = 5000;
        question.bodyLimit = 1000;
        const auto answer = asked(http, question);
        QCOMPARE(answer.status, 0);
        QCOMPARE(answer.failure, u"the answer is too long"_s);
    }

    void callsAreCounted()
    {
        int count = 0;
        FakeHttpServer server([&count](const FakeRequest &) {
            const auto name = ++count % 2 == 0 ? "backend-2" : "backend-1";
            return reply(count == 5 ? 503 : 200, name + QByteArray("\nGET /\n"), "text/plain");
        });
        const auto report = called(urlOf(server, u"/x"_s), 5);
        QVERIFY(report);
        QCOMPARE(report->asked, 5);
        QCOMPARE(report->inOrder, (QStringList{u"200 backend-1"_s, u"200 backend-2"_s, u"200 backend-1"_s,
                                               u"200 backend-2"_s, u"503 backend-1"_s}));
        QCOMPARE(report->answers, (std::map<std::string, int>{
                                      {"200 backend-1", 2}, {"200 backend-2", 2}, {"503 backend-1", 1}}));
        QCOMPARE(server.requests().size(), 5);
    }

    void callsWithoutAnswerAreErrorsInTheReport()
    {
        QUrl url;
        {
            FakeHttpServer server([](const FakeRequest &) { return FakeAnswer(); });
            url = server.url();
        }
        const auto refused = called(url, 2);
        QVERIFY(refused);
        QCOMPARE(refused->answers, (std::map<std::string, int>{{"error: connection refused", 2}}));

        FakeHttpServer closing([](const FakeRequest &) { return reply(Fault::CloseAtOnce); });
        const auto closed = called(closing.url(), 1);
        QVERIFY(closed);
        QCOMPARE(closed->inOrder.size(), 1);
        QVERIFY2(closed->inOrder[0].startsWith("error: "_L1), qPrintable(closed->inOrder[0]));
    }

    void wrongCallsAreRefused_data()
    {
        QTest::addColumn<QUrl>("url");
        QTest::addColumn<int>("times");
        QTest::newRow("no calls") << QUrl(u"http://127.0.0.1:1"_s) << 0;
        QTest::newRow("too many calls") << QUrl(u"http://127.0.0.1:1"_s) << 10'001;
        QTest::newRow("another scheme") << QUrl(u"file:///etc/passwd"_s) << 1;
        QTest::newRow("no URL") << QUrl() << 1;
    }
    void wrongCallsAreRefused()
    {
        QFETCH(QUrl, url);
        QFETCH(int, times);
        const auto report = called(url, times);
        QVERIFY(!report);
        QCOMPARE(report.error().code, Error::Code::Invalid);
    }

    void aCancelledRunStops()
    {
        FakeHttpServer server([](const FakeRequest &) { return reply(200, "x"); });
        LocalSidecarHost host;
        auto future = host.call(server.url(), 10'000);
        QTRY_VERIFY(server.requests().size() > 3);
        future.cancel();
        QTRY_VERIFY(future.isFinished());
        const auto seen = server.requests().size();
        QTest::qWait(50);
        QVERIFY(server.requests().size() <= seen + 1);
    }

    void aHostThatGoesCancelsItsCalls()
    {
        FakeHttpServer server([](const FakeRequest &) { return reply(Fault::Silent); });
        QFuture<Result<CallReport>> future;
        {
            LocalSidecarHost host;
            future = host.call(server.url(), 1);
            QTRY_COMPARE(server.requests().size(), 1);
        }
        QVERIFY(future.isFinished());
        QVERIFY(future.isCanceled());
    }
};

}  // namespace

QTEST_GUILESS_MAIN(TestHttpExchange)
#include "tst_http_exchange.moc"
