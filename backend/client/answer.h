// A promise kept by reply handlers. Cancelling its future cancels the request under way. Internal to client.
// GUI thread.
#pragma once

#include "backend/client/rest_connection.h"
#include "backend/core/result.h"

#include <QFutureWatcher>
#include <QPromise>

#include <memory>

namespace meshscope {

template <class T>
class Answer
{
public:
    static std::shared_ptr<Answer> make(RestConnection &connection)
    {
        auto answer = std::make_shared<Answer>();
        answer->m_promise.start();
        answer->m_connection = &connection;
        QObject::connect(&answer->m_watcher, &QFutureWatcherBase::canceled, &connection,
                         [weak = std::weak_ptr(answer)] {
                             if (const auto self = weak.lock())
                                 self->m_connection->cancel(self->m_request, self->m_isWrite);
                         });
        answer->m_watcher.setFuture(answer->m_promise.future());
        return answer;
    }

    void runs(RestConnection::Id request, bool isWrite)
    {
        m_request = request;
        m_isWrite = isWrite;
    }
    bool isCanceled() const { return m_promise.isCanceled(); }
    QFuture<Result<T>> future() const { return m_promise.future(); }
    void finish(Result<T> result)
    {
        m_promise.addResult(std::move(result));
        m_promise.finish();
    }

private:
    QPromise<Result<T>> m_promise;
    QFutureWatcher<Result<T>> m_watcher;
    RestConnection *m_connection = nullptr;
    RestConnection::Id m_request = 0;
    bool m_isWrite = false;  // once sent it goes on
};

}  // namespace meshscope
