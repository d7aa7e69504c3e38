// A MeshEditor in memory: holds documents, records calls, and answers as the test scripts. GUI thread.
#pragma once

#include "backend/api/mesh_editor.h"

#include <deque>
#include <map>
#include <vector>

namespace meshscope::testing {

class FakeMeshEditor : public MeshEditor
{
    Q_OBJECT

public:
    struct Call {
        enum class Kind { Fetch, Put, Delete };
        Kind kind = Kind::Fetch;
        ResourceKey key;
        std::string json;  // of a Put
    };

    explicit FakeMeshEditor(QObject *parent = nullptr)
        : MeshEditor(parent)
    {}
    ~FakeMeshEditor() override;

    // Without a script it behaves as an obliging control plane: fetches what is held, puts it unchanged,
    // deletes it.
    void hold(const ResourceKey &key, const std::string &json);
    void scriptFetch(Result<ServerDocument> answer);  // for the next fetch; several queue up
    void scriptPut(Result<PushOutcome> answer);
    void scriptDelete(Result<void> answer);
    void setReadOnlyReason(const QString &reason) { m_readOnlyReason = reason; }
    // While held back, futures do not finish; answer() finishes the oldest, in the order of the calls.
    void holdBack(bool on) { m_holdBack = on; }
    void answer();

    const std::vector<Call> &calls() const { return m_calls; }
    std::string heldJson(const ResourceKey &key) const;  // "" when there is none

    QString readOnlyReason() const override { return m_readOnlyReason; }
    QFuture<Result<ServerDocument>> fetchDataplane(const ResourceKey &key) override;
    QFuture<Result<PushOutcome>> putDataplane(const ResourceKey &key, const std::string &json) override;
    QFuture<Result<void>> deleteDataplane(const ResourceKey &key) override;

private:
    template <class T>
    QFuture<Result<T>> reply(Result<T> result);

    std::map<ResourceKey, std::string> m_held;
    std::deque<Result<ServerDocument>> m_fetches;
    std::deque<Result<PushOutcome>> m_puts;
    std::deque<Result<void>> m_deletes;
    std::deque<std::function<void()>> m_waiting;
    std::vector<Call> m_calls;
    QString m_readOnlyReason;
    bool m_holdBack = false;
};

}  // namespace meshscope::testing
