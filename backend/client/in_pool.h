// Work for the thread pool. Internal to client.
#pragma once

#include "backend/support/when_done.h"

#include <QPromise>
#include <QThreadPool>

#include <memory>

namespace meshscope {

// Runs work on the pool and hands its result to `take` on the receiver's thread.
template <class T, class Work, class Take>
void inPool(QThreadPool &pool, QObject *receiver, Work work, Take take)
{
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    whenDone<T>(promise->future(), receiver, std::move(take));
    pool.start([promise, work = std::move(work)]() mutable {
        promise->addResult(work());
        promise->finish();
    });
}

}  // namespace meshscope
