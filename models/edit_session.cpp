#include "models/edit_session.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/yaml_document.h"
#include "backend/support/when_done.h"
#include "models/pool_job.h"
#include "models/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

// What a validation is told of the world; read on the GUI thread, used in the pool.
struct Surroundings {
    ResourceKey key;
    SnapshotPtr snapshot;
};

std::vector<Finding> validated(const std::string &text, const Surroundings &around)
{
    ValidationContext context;
    context.expectedKey = around.key;
    std::set<std::string> offered;
    for (const auto &row : around.snapshot->dataplanes) {
        if (row->key().mesh != around.key.mesh)
            continue;
        for (auto &service : row->dataplane->services())
            offered.insert(std::move(service));
    }
    if (around.snapshot->fetchedAt != TimePoint{})
        context.offeredServices = std::move(offered);
    return validateDataplaneYaml(text, kumaEraFromVersion(around.snapshot->controlPlane.version), context);
}

std::set<std::string> servicesIn(const std::string &json)
{
    const auto dataplane = dataplaneFromJson(json);
    if (!dataplane)
        return {};
    const auto services = dataplane->services();
    return {services.begin(), services.end()};
}

void sortByPosition(std::vector<Finding> &findings)
{
    std::stable_sort(findings.begin(), findings.end(), [](const Finding &a, const Finding &b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
}

Error closedConnection()
{
    return {Error::Code::Unreachable, "the connection to the control plane was closed", {}};
}

}  // namespace

EditSession::EditSession(MeshEditor *editor, MeshSource *source, ResourceKey key, QObject *parent)
    : EditSession(editor, source, std::move(key), Timing(), parent)
{}

EditSession::EditSession(MeshEditor *editor, MeshSource *source, ResourceKey key, Timing timing,
                         QObject *parent)
    : QObject(parent)
    , m_editor(editor)
    , m_source(source)
    , m_key(std::move(key))
    , m_timing(timing)
{
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(m_timing.debounce);
    m_watchTimer.setInterval(m_timing.watchInterval);
    connect(&m_debounce, &QTimer::timeout, this, &EditSession::validateNow);
    connect(&m_watchTimer, &QTimer::timeout, this, &EditSession::watchTick);
    if (source)
        connect(source, &MeshSource::snapshotChanged, this, &EditSession::applySnapshot);
    for (QObject *needed : {static_cast<QObject *>(editor), static_cast<QObject *>(source)}) {
        if (needed)
            connect(needed, &QObject::destroyed, this, &EditSession::canPushChanged);
    }
}

EditSession::~EditSession()
{
    m_fetching.cancel();
    m_putting.cancel();
    m_validation
        .cancel();  // not waited for: the job holds values of its own, and the pool may be busy elsewhere
}

void EditSession::load()
{
    if (m_state == State::Pushing)
        return;
    m_watchTimer.stop();
    m_fetching.cancel();
    m_error.reset();
    setState(State::Loading);
    const auto failLoad = [this](Error error) {
        m_error = std::move(error);
        setState(State::LoadFailed);
    };
    if (!m_editor)
        return failLoad(closedConnection());
    m_fetching = m_editor->fetchDataplane(m_key);
    whenDone(m_fetching, this, [this, failLoad](const Result<ServerDocument> &document) {
        if (m_state != State::Loading || (!document && document.error().code == Error::Code::Cancelled))
            return;
        if (!document)
            return failLoad(document.error());
        const auto text = yamlFromJson(document->json);
        if (!text)
            return failLoad(text.error());
        adoptBase(document->json, toQString(*text));
        replaceText(m_baseText);
        setState(State::Ready);
    });
}

void EditSession::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged();
    Q_EMIT canPushChanged();
}

void EditSession::adoptBase(const std::string &json, const QString &text)
{
    m_baseJson = json;
    m_baseText = text;
    noteModified();
}

void EditSession::noteModified()
{
    if (std::exchange(m_wasModified, isModified()) == isModified())
        return;
    Q_EMIT modifiedChanged();
    Q_EMIT canPushChanged();
}

void EditSession::setText(const QString &text)
{
    if (text == m_text || m_state == State::Loading || m_state == State::LoadFailed)
        return;
    m_text = text;
    scheduleValidation();
    noteModified();
}

void EditSession::replaceText(const QString &text)
{
    m_text = text;
    Q_EMIT textReplaced();
    noteModified();
    validateNow();
}

void EditSession::revert()
{
    if (m_state != State::Pushing && m_state != State::Loading && m_state != State::LoadFailed)
        replaceText(m_baseText);
}

void EditSession::scheduleValidation()
{
    ++m_generation;
    m_debounce.start();
    if (!std::exchange(m_validating, true))
        Q_EMIT validatingChanged();
}

void EditSession::validateNow()
{
    m_debounce.stop();
    m_validation.cancel();  // one that has begun is let end, and its answer is dropped
    const quint64 generation = ++m_generation;
    if (!std::exchange(m_validating, true))
        Q_EMIT validatingChanged();
    const Surroundings around{m_key, m_source ? m_source->snapshot() : std::make_shared<const Snapshot>()};
    m_validation = runInPool([text = m_text.toStdString(), around]() -> Result<std::vector<Finding>> {
        return validated(text, around);
    });
    whenDone(m_validation, this, [this, generation](const Result<std::vector<Finding>> &findings) {
        if (generation != m_generation || !findings)
            return;
        m_validating = false;
        m_ownErrors =
            static_cast<int>(std::count_if(findings->begin(), findings->end(), [](const Finding &finding) {
                return finding.severity == Finding::Severity::Error;
            }));
        setFindings(*findings);
        Q_EMIT validatingChanged();
        if (!std::exchange(m_pushWhenValidated, false))
            return;
        if (m_ownErrors > 0)
            setState(State::Ready);
        else
            checkPresent();
    });
}

void EditSession::setFindings(std::vector<Finding> findings)
{
    if (findings != m_findings) {
        m_findings = std::move(findings);
        Q_EMIT findingsChanged();
    }
    Q_EMIT canPushChanged();
}

QString EditSession::whyNotPush() const
{
    if (!m_editor)
        return tr("The connection to the control plane was closed.");
    if (QString reason = m_editor->readOnlyReason(); !reason.isEmpty())
        return reason;
    switch (m_state) {
    case State::Loading:
        return tr("The dataplane is still being read.");
    case State::LoadFailed:
        return tr("The dataplane could not be read.");
    case State::Pushing:
        return tr("A push is under way.");
    case State::Ready:
    case State::Conflict:
    case State::Watching:
    case State::Accepted:
    case State::Rejected:
    case State::Nacked:
    case State::PushFailed:
        break;
    }
    if (!isModified())
        return tr("Nothing was changed.");
    // Findings of an older text say nothing about this one; push() waits for its own.
    if (!m_validating && m_ownErrors > 0)
        return m_ownErrors == 1 ? tr("One error must be mended first.")
                                : tr("%1 errors must be mended first.").arg(m_ownErrors);
    return {};
}

void EditSession::push()
{
    if (!canPush())
        return;
    m_watchTimer.stop();
    m_error.reset();
    m_readBack.clear();
    m_warnings.clear();
    m_watch = {};
    m_watchNote.clear();
    Q_EMIT watchChanged();
    setState(State::Pushing);
    if (m_debounce.isActive())
        validateNow();
    if (m_validating)
        m_pushWhenValidated = true;
    else
        checkPresent();
}

void EditSession::checkPresent()
{
    if (!m_editor)
        return failPush(closedConnection());
    if (m_source)
        m_source->refresh();  // fresh counts to compare the proxies' answers with
    m_pushText = m_text;
    m_fetching = m_editor->fetchDataplane(m_key);
    whenDone(m_fetching, this, [this](const Result<ServerDocument> &present) { applyPresent(present); });
}

void EditSession::applyPresent(const Result<ServerDocument> &present)
{
    if (m_state != State::Pushing)
        return;
    const bool isGone = !present && present.error().code == Error::Code::NotFound;
    if (!present && !isGone)
        return failPush(present.error());
    const std::string theirs = present ? present->json : std::string();
    const auto document = YamlDocument::parse(m_pushText.toStdString());
    if (!document)  // cannot be: it was validated
        return failPush({Error::Code::Invalid, document.error().message, {}});
    const bool isUntouched =
        isGone ? m_baseJson.empty() : !m_baseJson.empty() && sameDocument(theirs, m_baseJson);
    const bool isMineAlready = present && sameDocument(theirs, document->json());
    if (isUntouched || isMineAlready)
        return put(document->json());
    m_theirsJson = theirs;
    const auto text = isGone ? Result<std::string>() : yamlFromJson(theirs);
    m_theirsText = toQString(text ? *text : theirs);
    setState(State::Conflict);
}

void EditSession::put(const std::string &json)
{
    if (!m_editor)
        return failPush(closedConnection());
    m_beforePush = m_source ? m_source->snapshot() : std::make_shared<const Snapshot>();
    m_putting = m_editor->putDataplane(m_key, json);
    whenDone(m_putting, this, [this, json](const Result<PushOutcome> &outcome) {
        if (!outcome)
            return failPush(outcome.error());
        if (outcome->kind == PushOutcome::Kind::Rejected)
            return applyRejection(*outcome);
        applySuccess(json, *outcome);
    });
}

void EditSession::failPush(Error error)
{
    m_error = std::move(error);
    setState(State::PushFailed);
}

void EditSession::applyRejection(const PushOutcome &outcome)
{
    const auto document = YamlDocument::parse(m_pushText.toStdString());
    auto findings = m_findings;
    const auto add = [&](const std::string &field, const std::string &reason) {
        const Position at = document ? document->positionOf(field) : Position{};
        Finding finding{Finding::Severity::Error, field, reason, {}, true, at.line, at.column};
        const bool isKnown = std::any_of(findings.begin(), findings.end(), [&](const Finding &known) {
            return known.field == field && known.message == reason;
        });
        if (!isKnown)
            findings.push_back(std::move(finding));
    };
    for (const auto &invalid : outcome.invalid)
        add(invalid.field, invalid.reason);
    if (outcome.invalid.empty())
        add({}, outcome.message);
    sortByPosition(findings);
    if (m_text == m_pushText)
        setFindings(std::move(findings));
    m_warnings = outcome.warnings;
    m_error = Error{Error::Code::Invalid, outcome.message, {}};
    setState(State::Rejected);
}

void EditSession::applySuccess(const std::string &sent, const PushOutcome &outcome)
{
    auto services = servicesIn(m_baseJson);
    services.merge(servicesIn(outcome.readBackJson));
    m_undoText = m_baseJson.empty() ? std::nullopt : std::optional(m_baseText);
    m_readBack = differences(sent, outcome.readBackJson);
    m_warnings = outcome.warnings;
    // What the server adds (labels, defaults) leaves the text as it was written, comments and all. What it
    // dropped or changed does not: then the base is what it holds, and the text is seen to differ from it.
    const bool keepsText =
        std::all_of(m_readBack.begin(), m_readBack.end(), [](const FieldDifference &difference) {
            return difference.kind == FieldDifference::Kind::Added;
        });
    const auto readBackText = yamlFromJson(outcome.readBackJson);
    adoptBase(outcome.readBackJson, keepsText || !readBackText ? m_pushText : toQString(*readBackText));
    beginWatch(services);
}

void EditSession::resolveKeepMine()
{
    if (m_state != State::Conflict)
        return;
    adoptBase(m_theirsJson, m_theirsText);
    setState(State::Ready);
    push();
}

void EditSession::resolveTakeTheirs()
{
    if (m_state != State::Conflict)
        return;
    if (m_theirsJson.empty()) {
        m_error = Error{Error::Code::NotFound, "the dataplane was deleted on the control plane", {}};
        return setState(State::LoadFailed);
    }
    adoptBase(m_theirsJson, m_theirsText);
    setState(State::Ready);
    replaceText(m_theirsText);
}

bool EditSession::canUndoPush() const
{
    if (!m_undoText || *m_undoText == m_baseText || isModified() || !m_editor
        || !m_editor->readOnlyReason().isEmpty())
        return false;
    return m_state != State::Pushing && m_state != State::Loading && m_state != State::LoadFailed;
}

void EditSession::undoPush()
{
    if (!canUndoPush())
        return;
    replaceText(*m_undoText);
    push();
}

}  // namespace meshscope
