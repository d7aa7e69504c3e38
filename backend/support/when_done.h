// The one pattern for a question with one answer: QFuture<Result<T>>, received with whenDone.
#pragma once

#include "backend/core/result.h"

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>

namespace meshscope {

// Calls fn(result) once on receiver's thread; cancelled work arrives as Error::Code::Cancelled.
// Nothing is called once receiver is gone.
template <class T, class Fn>
void whenDone(const QFuture<Result<T>> &future, QObject *receiver, Fn fn)
{
    auto *watcher = new QFutureWatcher<Result<T>>(receiver);
    QObject::connect(watcher, &QFutureWatcherBase::finished, receiver,
                     [watcher, fn = std::move(fn)]() mutable {
                         watcher->deleteLater();
                         const auto done = watcher->future();
                         const bool cancelled = done.isCanceled() || done.resultCount() == 0;
                         fn(cancelled ? Result<T>(fail(Error::Code::Cancelled, "cancelled")) : done.result());
                     });
    watcher->setFuture(future);
}

// A question whose answer is known already.
template <class T>
QFuture<Result<T>> answered(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

}  // namespace meshscope
