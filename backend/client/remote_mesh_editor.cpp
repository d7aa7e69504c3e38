#include "backend/client/remote_mesh_editor.h"

#include "backend/codec/overview_codec.h"
#include "backend/support/log.h"

#include <QFutureWatcher>
#include <QPromise>

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

// A promise kept by reply handlers. Cancelling its future cancels the request under way.
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

QString pathOf(const ResourceKey &key)
{
    return u"/meshes/"_s + QString::fromStdString(key.mesh) + u"/dataplanes/"_s
           + QString::fromStdString(key.name);
}

QString nameOf(const ResourceKey &key)
{
    return u"the Dataplane "_s + QString::fromStdString(key.name) + u" of mesh "_s
           + QString::fromStdString(key.mesh);
}

// A name with a slash, or none, would make the URL of something else.
std::optional<Error> unusable(const ResourceKey &key)
{
    for (const auto *part : {&key.mesh, &key.name}) {
        if (part->empty() || part->find('/') != std::string::npos || *part == "." || *part == "..")
            return Error{Error::Code::Invalid, "a Dataplane needs a name and a mesh, without slashes",
                         key.mesh + "/" + key.name};
    }
    return std::nullopt;
}

std::optional<PushOutcome> refusalIn(const RestReply &reply)
{
    if (reply.status != 400)
        return std::nullopt;
    const ErrorBody body = errorBodyFrom(reply.body.toStdString(), reply.contentType.toStdString());
    if (!reply.contentType.contains("json") || (body.title.empty() && body.detail.empty()))
        return std::nullopt;
    PushOutcome outcome;
    outcome.kind = PushOutcome::Kind::Rejected;
    outcome.message = body.title + (body.detail.empty() ? "" : ": " + body.detail);
    for (const auto &[field, reason] : body.invalidParameters)
        outcome.invalid.push_back({field, reason});
    return outcome;
}

bool isJson(const RestReply &reply)
{
    const auto trimmed = reply.body.trimmed();
    return trimmed.startsWith('{') && trimmed.endsWith('}');
}

// A control plane answers a write with nothing or with JSON; a login page, say, comes with 200 as well.
std::optional<Error> strangeSuccess(const RestReply &reply, const QString &doing)
{
    if (reply.body.trimmed().isEmpty() || isJson(reply))
        return std::nullopt;
    const QString what =
        u"could not "_s + doing
        + u": the answer is not a control plane's but a web page or text; sign in or check the address"_s;
    return Error{Error::Code::Invalid, what.toStdString(), reply.url.toDisplayString().toStdString()};
}

}  // namespace

RemoteMeshEditor::RemoteMeshEditor(RestConnection &connection, const RemoteMeshSource &source,
                                   QObject *parent)
    : MeshEditor(parent)
    , m_connection(connection)
    , m_source(source)
{}

QString RemoteMeshEditor::readOnlyReason() const
{
    const ControlPlaneFacts &facts = m_source.facts();
    if (!facts.isKnown)
        return tr("The control plane has not answered yet.");
    const bool isReadOnly =
        facts.dataplanesReadOnly.value_or(facts.config.readOnly || facts.config.mode == "global");
    if (!isReadOnly)
        return {};
    if (facts.config.mode == "global")
        return tr(
            "This is a global control plane: Dataplanes are written on the control plane of their zone.");
    if (facts.config.environment == "kubernetes")
        return tr(
            "On Kubernetes Dataplanes are made from Pods; change the Pod and its annotations with kubectl.");
    return tr("The API of this control plane is read-only.");
}

QFuture<Result<ServerDocument>> RemoteMeshEditor::fetchDataplane(const ResourceKey &key)
{
    auto answer = Answer<ServerDocument>::make(m_connection);
    if (const auto error = unusable(key)) {
        answer->finish(fail(*error));
        return answer->future();
    }
    const auto request = m_connection.send({"GET", pathOf(key), {}, {}}, [answer,
                                                                          key](const RestReply &reply) {
        if (!reply.isSuccess())
            return answer->finish(fail(errorOf(reply, u"read "_s + nameOf(key))));
        if (!isJson(reply))
            return answer->finish(fail(Error::Code::Invalid, "the answer is no Dataplane but something else",
                                       reply.url.toDisplayString().toStdString()));
        answer->finish(ServerDocument{reply.body.toStdString()});
    });
    answer->runs(request, false);
    return answer->future();
}

QFuture<Result<PushOutcome>> RemoteMeshEditor::putDataplane(const ResourceKey &key, const std::string &json)
{
    auto answer = Answer<PushOutcome>::make(m_connection);
    if (const auto error = unusable(key)) {
        answer->finish(fail(*error));
        return answer->future();
    }
    const auto readBack = [this, answer, key](PushOutcome outcome) {
        const auto take = [answer, outcome](const RestReply &reply) mutable {
            if (reply.isSuccess() && isJson(reply))
                outcome.readBackJson = reply.body.toStdString();
            else  // it is written all the same
                outcome.warnings.push_back("it was written, but could not be read back: "
                                           + errorOf(reply, u"read it back"_s).what);
            answer->finish(std::move(outcome));
        };
        answer->runs(m_connection.send({"GET", pathOf(key), {}, {}}, take), true);
    };
    const RestRequest put{"PUT", pathOf(key), {}, QByteArray::fromStdString(json)};
    const auto request = m_connection.send(put, [answer, key, readBack](const RestReply &reply) {
        if (auto refusal = refusalIn(reply))
            return answer->finish(std::move(*refusal));
        if (!reply.isSuccess())
            return answer->finish(fail(errorOf(reply, u"write "_s + nameOf(key))));
        if (const auto error = strangeSuccess(reply, u"write "_s + nameOf(key)))
            return answer->finish(fail(*error));
        qCInfo(lcClient).noquote() << "wrote" << nameOf(key);
        PushOutcome outcome;
        outcome.kind = reply.status == 201 ? PushOutcome::Kind::Created : PushOutcome::Kind::Replaced;
        outcome.warnings = warningsFromJson(reply.body.toStdString());
        readBack(std::move(outcome));
    });
    answer->runs(request, true);
    return answer->future();
}

QFuture<Result<void>> RemoteMeshEditor::deleteDataplane(const ResourceKey &key)
{
    auto answer = Answer<void>::make(m_connection);
    if (const auto error = unusable(key)) {
        answer->finish(fail(*error));
        return answer->future();
    }
    const auto request =
        m_connection.send({"DELETE", pathOf(key), {}, {}}, [answer, key](const RestReply &reply) {
            if (!reply.isSuccess())
                return answer->finish(fail(errorOf(reply, u"delete "_s + nameOf(key))));
            if (const auto error = strangeSuccess(reply, u"delete "_s + nameOf(key)))
                return answer->finish(fail(*error));
            qCInfo(lcClient).noquote() << "deleted" << nameOf(key);
            answer->finish({});
        });
    answer->runs(request, true);
    return answer->future();
}

}  // namespace meshscope
