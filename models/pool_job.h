// Work for the pool in the form of the one pattern: values in, QFuture<Result<T>> out; received with
// whenDone.
#pragma once

#include "backend/core/result.h"

#include <QFuture>
#include <QPromise>
#include <QThreadPool>

#include <memory>
#include <type_traits>
#include <utility>

namespace meshscope {

// fn() answers a Result<T> and runs on a thread of the pool; it must capture values only. Cancelled before it
// begins, it does not run.
template <class Fn>
auto runInPool(Fn fn)
{
    using R = std::invoke_result_t<Fn>;
    auto promise = std::make_shared<QPromise<R>>();
    promise->start();
    QThreadPool::globalInstance()->start([promise, fn = std::move(fn)]() mutable {
        if (!promise->isCanceled())
            promise->addResult(fn());
        promise->finish();
    });
    return promise->future();
}

}  // namespace meshscope
