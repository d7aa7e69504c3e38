#include "backend/client/remote_mesh_editor.h"

#include "backend/client/answer.h"
#include "backend/codec/api_answers.h"
#include "backend/codec/overview_codec.h"
#include "backend/support/log.h"

namespace meshscope {

using namespace Qt::StringLiterals;

namespace {

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
    if (m_connection.options().isReadOnly)
        return tr("This connection is marked read-only.");
    const auto plane = m_source.capabilities();
    if (!plane->isKnown)
        return tr("The control plane has not answered yet.");
    const auto *type = plane->find("Dataplane");
    const bool isReadOnly = type != nullptr && plane->hasTypeList
                                ? type->isReadOnly
                                : plane->isApiReadOnly || plane->mode == ControlPlaneMode::Global;
    if (!isReadOnly)
        return {};
    if (plane->mode == ControlPlaneMode::Global)
        return tr(
            "This is a global control plane: Dataplanes are written on the control plane of their zone.");
    if (plane->environment == ControlPlaneEnvironment::Kubernetes)
        return tr(
            "On Kubernetes Dataplanes are made from Pods; change the Pod and its annotations with kubectl.");
    return tr("The API of this control plane is read-only.");
}

std::optional<Error> RemoteMeshEditor::refusal(const ResourceKey &key) const
{
    if (m_connection.options().isReadOnly)
        return Error{Error::Code::Refused, "this connection is marked read-only; nothing was sent",
                     key.mesh + "/" + key.name};
    return unusable(key);
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
    if (const auto error = refusal(key)) {
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
    if (const auto error = refusal(key)) {
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
