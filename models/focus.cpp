#include "models/focus.h"

#include "backend/api/mesh_source.h"

#include <utility>

namespace meshscope {

const std::string &meshOf(const FocusTarget &target)
{
    static const std::string none;
    switch (target.kind) {
    case FocusKind::None:
    case FocusKind::ControlPlane:
        return none;
    case FocusKind::Mesh:
        return target.key.name;
    case FocusKind::Service:
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
    case FocusKind::Sidecar:
        return target.key.mesh;
    }
    return none;
}

Focus::Focus(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &Focus::announce);
}

void Focus::set(const FocusTarget &target)
{
    if (target == m_target)
        return;
    m_target = target;
    watch(target.source);
    schedule();
}

bool Focus::canGoBack() const { return !m_back.empty(); }

bool Focus::canGoForward() const { return !m_forward.empty(); }

void Focus::back()
{
    announce();  // what was set in this turn is a step of its own
    if (m_back.empty())
        return;
    if (!m_target.isNone())
        m_forward.push_back(m_target);
    m_target = m_back.back();
    m_back.pop_back();
    m_stepTaken = true;
    schedule();
    Q_EMIT historyChanged();
}

void Focus::forward()
{
    announce();
    if (m_forward.empty())
        return;
    if (!m_target.isNone())
        m_back.push_back(m_target);
    m_target = m_forward.back();
    m_forward.pop_back();
    m_stepTaken = true;
    schedule();
    Q_EMIT historyChanged();
}

void Focus::forget(const QObject *source)
{
    const auto isGone = [source](const FocusTarget &target) {
        return source && static_cast<const QObject *>(target.source) == source;
    };
    const auto removed = std::erase_if(m_back, isGone) + std::erase_if(m_forward, isGone);
    if (isGone(m_announced)) {
        m_announced = {};
        m_lost = true;  // its receivers still show it
        schedule();
    }
    if (isGone(m_target))
        m_target = {};
    if (removed > 0)
        Q_EMIT historyChanged();
}

void Focus::schedule()
{
    if (!m_timer.isActive())
        m_timer.start();
}

void Focus::announce()
{
    m_timer.stop();
    const bool stepTaken = std::exchange(m_stepTaken, false);
    if (!std::exchange(m_lost, false) && m_target == m_announced)
        return;
    const FocusTarget before = std::exchange(m_announced, m_target);
    bool historyMoved = false;
    if (!stepTaken) {
        if (!before.isNone()) {
            m_back.push_back(before);
            if (m_back.size() > kMaxHistory)
                m_back.erase(m_back.begin());
        }
        historyMoved = !before.isNone() || !m_forward.empty();
        m_forward.clear();
    }
    const FocusTarget announced = m_target;  // a receiver may set another one
    Q_EMIT changed(announced);
    if (historyMoved)
        Q_EMIT historyChanged();
}

void Focus::watch(MeshSource *source)
{
    if (!source)
        return;
    connect(source, &QObject::destroyed, this, &Focus::forget, Qt::UniqueConnection);
}

}  // namespace meshscope
