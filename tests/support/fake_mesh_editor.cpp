#include "tests/support/fake_mesh_editor.h"

#include "backend/support/when_done.h"

#include <QPromise>

#include <functional>
#include <memory>

namespace meshscope::testing {

namespace {

template <class T>
std::optional<Result<T>> taken(std::deque<Result<T>> &script)
{
    if (script.empty())
        return std::nullopt;
    auto next = std::move(script.front());
    script.pop_front();
    return next;
}

}  // namespace

FakeMeshEditor::~FakeMeshEditor()
{
    while (!m_waiting.empty())
        answer();
}

void FakeMeshEditor::hold(const ResourceKey &key, const std::string &json) { m_held[key] = json; }

void FakeMeshEditor::scriptFetch(Result<ServerDocument> answer) { m_fetches.push_back(std::move(answer)); }

void FakeMeshEditor::scriptPut(Result<PushOutcome> answer) { m_puts.push_back(std::move(answer)); }

void FakeMeshEditor::scriptDelete(Result<void> answer) { m_deletes.push_back(std::move(answer)); }

void FakeMeshEditor::answer()
{
    if (m_waiting.empty())
        return;
    const auto finish = std::move(m_waiting.front());
    m_waiting.pop_front();
    finish();
}

std::string FakeMeshEditor::heldJson(const ResourceKey &key) const
{
    const auto found = m_held.find(key);
    return found == m_held.end() ? std::string() : found->second;
}

template <class T>
QFuture<Result<T>> FakeMeshEditor::reply(Result<T> result)
{
    if (!m_holdBack)
        return answered(std::move(result));
    auto promise = std::make_shared<QPromise<Result<T>>>();
    promise->start();
    m_waiting.push_back([promise, result = std::move(result)] {
        promise->addResult(result);
        promise->finish();
    });
    return promise->future();
}

QFuture<Result<ServerDocument>> FakeMeshEditor::fetchDataplane(const ResourceKey &key)
{
    m_calls.push_back({Call::Kind::Fetch, key, {}});
    if (auto scripted = taken(m_fetches))
        return reply(std::move(*scripted));
    const auto found = m_held.find(key);
    if (found == m_held.end())
        return reply(
            Result<ServerDocument>(fail(Error::Code::NotFound, "there is no such Dataplane", key.name)));
    return reply(Result<ServerDocument>(ServerDocument{found->second}));
}

QFuture<Result<PushOutcome>> FakeMeshEditor::putDataplane(const ResourceKey &key, const std::string &json)
{
    m_calls.push_back({Call::Kind::Put, key, json});
    auto scripted = taken(m_puts);
    const bool isStored = !scripted || (*scripted && (*scripted)->kind != PushOutcome::Kind::Rejected);
    const bool isNew = m_held.find(key) == m_held.end();
    if (isStored)
        m_held[key] = json;
    if (scripted)
        return reply(std::move(*scripted));
    PushOutcome outcome;
    outcome.kind = isNew ? PushOutcome::Kind::Created : PushOutcome::Kind::Replaced;
    outcome.readBackJson = json;
    return reply(Result<PushOutcome>(std::move(outcome)));
}

QFuture<Result<void>> FakeMeshEditor::deleteDataplane(const ResourceKey &key)
{
    m_calls.push_back({Call::Kind::Delete, key, {}});
    if (auto scripted = taken(m_deletes))
        return reply(std::move(*scripted));
    if (m_held.erase(key) == 0)
        return reply(Result<void>(fail(Error::Code::NotFound, "there is no such Dataplane", key.name)));
    return reply(Result<void>());
}

}  // namespace meshscope::testing
