// One open editor of a Dataplane: from the first GET to the ACK of the proxies. The guarded way of every
// write: read, validate, compare with what the server holds now, PUT, read back, watch. GUI thread;
// validation in the pool.
//
//   Loading ─► Ready ─► Pushing ─► Watching ─► Accepted | Nacked
//      └► LoadFailed        ├► Conflict (resolveKeepMine, resolveTakeTheirs, or edit on)
//                           ├► Rejected (the control plane's own validation; findings say where)
//                           └► PushFailed (network, rights, …)
//
// From every state but Loading, LoadFailed and Pushing the text can be edited and pushed again. The text is
// never lost through a failure; only load(), revert() and resolveTakeTheirs() replace it.
#pragma once

#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/validation/validate.h"
#include "models/document_diff.h"
#include "models/push_watch.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace meshscope {

class EditSession : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Loading,
        LoadFailed,
        Ready,
        Pushing,
        Conflict,
        Watching,
        Accepted,
        Rejected,
        Nacked,
        PushFailed
    };
    Q_ENUM(State)

    // In milliseconds. Tests shorten them.
    struct Timing {
        int debounce = 150;       // typing → validation
        int watchInterval = 250;  // between refreshes while watching
        int watchLimit = 12'000;  // then it stops asking; Kuma publishes counts up to 10 s late
        int quiet = 800;          // after the last answer, for proxies that are told a little later
    };

    // Neither is owned; both may die first, then pushing says so. Nothing happens before load().
    EditSession(MeshEditor *editor, MeshSource *source, ResourceKey key, QObject *parent = nullptr);
    EditSession(MeshEditor *editor, MeshSource *source, ResourceKey key, Timing timing,
                QObject *parent = nullptr);
    ~EditSession() override;

    const ResourceKey &key() const { return m_key; }
    State state() const { return m_state; }
    // LoadFailed, PushFailed: the cause. Rejected: Invalid with the control plane's title and detail.
    const std::optional<Error> &error() const { return m_error; }

    // GET; replaces the text. Also to try again after LoadFailed.
    void load();

    QString text() const { return m_text; }
    QString baseText() const { return m_baseText; }  // what the server held when it was last read
    // From the editor, at every keystroke. Validation follows when typing pauses.
    void setText(const QString &text);
    bool isModified() const { return m_text != m_baseText; }
    void revert();  // back to baseText()

    bool isValidating() const { return m_validating; }
    // Of the newest text whose validation is done; after Rejected also the control plane's, until the text
    // changes.
    const std::vector<Finding> &findings() const { return m_findings; }

    bool canPush() const { return whyNotPush().isEmpty(); }
    // One sentence, empty when it can be pushed. Errors of a validation that still runs are not in it: push()
    // waits for it.
    QString whyNotPush() const;
    // Waits for the validation, reads the server's present document, and writes. Does nothing when
    // !canPush().
    void push();

    // In Conflict: what the server holds now; empty when it was deleted there.
    QString theirsText() const { return m_theirsText; }
    bool isDeletedThere() const { return m_theirsJson.empty() && m_state == State::Conflict; }
    void resolveKeepMine();    // theirs becomes the base, mine is pushed over it (checked again)
    void resolveTakeTheirs();  // theirs becomes text and base; when deleted there: LoadFailed, NotFound

    // After a push: fields that the server dropped, added or changed against what was sent.
    const std::vector<FieldDifference> &readBackDifferences() const { return m_readBack; }
    const std::vector<std::string> &warnings() const
    {
        return m_warnings;
    }  // of the server, about the last push

    // From Watching on: the proxies concerned. The note says in one sentence where it stands: "accepted by 2
    // proxies", "waiting for 1 proxy", "no proxy is connected", "no proxy needed a new configuration".
    const std::vector<WatchRow> &watchReport() const { return m_watch.rows(); }
    QString watchNote() const { return m_watchNote; }

    // Pushes the document from before the last push, in the same guarded way; after it, this one is the undo.
    bool canUndoPush() const;
    void undoPush();

Q_SIGNALS:
    void stateChanged();
    void textReplaced();  // the session set the text; the editor must show text()
    void modifiedChanged();
    void validatingChanged();
    void findingsChanged();
    void canPushChanged();  // canPush() or whyNotPush() may answer otherwise
    void watchChanged();    // watchReport() or watchNote()

private:
    void setState(State state);
    void replaceText(const QString &text);
    void adoptBase(const std::string &json, const QString &text);
    void noteModified();
    void scheduleValidation();
    void validateNow();
    void setFindings(std::vector<Finding> findings);
    void checkPresent();
    void applyPresent(const Result<ServerDocument> &present);
    void put(const std::string &json);
    void applySuccess(const std::string &sent, const PushOutcome &outcome);
    void applyRejection(const PushOutcome &outcome);
    void failPush(Error error);
    void beginWatch(const std::set<std::string> &services);
    void watchTick();
    void applySnapshot();
    void finishWatch();
    void noteWatch();

    QPointer<MeshEditor> m_editor;
    QPointer<MeshSource> m_source;
    ResourceKey m_key;
    Timing m_timing;
    State m_state = State::Loading;
    std::optional<Error> m_error;

    QString m_text, m_baseText, m_theirsText;
    QString m_pushText;  // the text being pushed: typing goes on meanwhile
    std::string m_baseJson, m_theirsJson;
    std::optional<QString> m_undoText;  // the base before the last push
    bool m_wasModified = false;

    QTimer m_debounce;
    quint64 m_generation = 0;  // of the text; a validation of an older one is not wanted any more
    bool m_validating = false;
    bool m_pushWhenValidated = false;
    std::vector<Finding> m_findings;
    int m_ownErrors = 0;  // of our validation, without what the control plane found
    QFuture<Result<std::vector<Finding>>> m_validation;
    QFuture<Result<ServerDocument>> m_fetching;
    QFuture<Result<PushOutcome>> m_putting;

    std::vector<FieldDifference> m_readBack;
    std::vector<std::string> m_warnings;
    PushWatch m_watch;
    SnapshotPtr m_beforePush;
    QString m_watchNote;
    QTimer m_watchTimer;
    QElapsedTimer m_watchClock;   // since the push
    QElapsedTimer m_answerClock;  // since the last change of the report
};

}  // namespace meshscope
