// Gives moc's output for the signals of the interfaces a home, and holds what a door does by default.
#include "backend/api/connection_store.h"
#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/api/secret_store.h"
#include "backend/api/sidecar_host.h"

#include <QPromise>

namespace meshscope {

QFuture<Result<std::string>> MeshSource::fetch(const QString &path, const QUrlQuery &)
{
    QPromise<Result<std::string>> promise;
    promise.start();
    promise.addResult(Result<std::string>(
        fail(Error::Code::NotFound, "this source cannot be asked for more", path.toStdString())));
    promise.finish();
    return promise.future();
}

}  // namespace meshscope
