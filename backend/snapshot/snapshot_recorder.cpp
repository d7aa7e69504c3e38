#include "backend/snapshot/snapshot_recorder.h"

#include "backend/codec/overview_codec.h"
#include "backend/support/when_done.h"

#include <QFile>
#include <QPromise>
#include <QSaveFile>
#include <QThreadPool>

#include <memory>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

constexpr int kPageSize = 1'000;

struct Recording {
    MeshSource *source = nullptr;
    SnapshotPtr snapshot;
    SnapshotFileOptions options;
    QPromise<Result<std::string>> promise;
};

void make(const std::shared_ptr<Recording> &recording)
{
    QThreadPool::globalInstance()->start([recording] {
        recording->promise.addResult(snapshotFileOf(*recording->snapshot, recording->options));
        recording->promise.finish();
    });
}

void askPage(const std::shared_ptr<Recording> &recording, const QString &offset)
{
    if (recording->promise.isCanceled())
        return recording->promise.finish();
    QUrlQuery query;
    query.addQueryItem(u"size"_s, QString::number(kPageSize));
    if (!offset.isEmpty())
        query.addQueryItem(u"offset"_s, offset);
    const QString path = QString::fromStdString(recording->snapshot->capabilities->overviews.dataplanes);
    whenDone<std::string>(recording->source->fetch(path, query), recording->source,
                          [recording](Result<std::string> body) {
                              const auto page = body ? overviewsFromJson(*body) : fail(body.error());
                              if (!page) {
                                  recording->options.overviewPages.clear();
                                  return make(recording);
                              }
                              recording->options.overviewPages.push_back(std::move(*body));
                              if (page->nextOffset && !page->items.empty())
                                  return askPage(recording, QString::fromStdString(*page->nextOffset));
                              make(recording);
                          });
}

}  // namespace

QFuture<Result<std::string>> recordSnapshot(MeshSource &source, bool hidesAddresses)
{
    auto recording = std::make_shared<Recording>();
    recording->source = &source;
    recording->snapshot = source.snapshot();
    recording->options.name = source.displayName().toStdString();
    recording->options.hidesAddresses = hidesAddresses;
    recording->promise.start();
    auto future = recording->promise.future();
    if (recording->snapshot->capabilities->overviews.dataplanes.empty())
        make(recording);
    else
        askPage(recording, {});
    return future;
}

Result<void> writeSnapshotFile(const QString &path, const std::string &bytes)
{
    QSaveFile file(path);
    const auto failed = [&] {
        return fail(Error::Code::Refused,
                    "the snapshot cannot be written: " + file.errorString().toStdString(),
                    path.toStdString());
    };
    if (!file.open(QIODevice::WriteOnly))
        return failed();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    if (file.write(bytes.data(), static_cast<qint64>(bytes.size())) != static_cast<qint64>(bytes.size())
        || !file.commit())
        return failed();
    return {};
}

}  // namespace meshscope
