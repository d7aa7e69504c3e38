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
    case FocusKind::Zone:
        return none;
    case FocusKind::Mesh:
        return target.key.name;
    case FocusKind::Service:
    case FocusKind::Dataplane:
    case FocusKind::Inbound:
    case FocusKind::Sidecar:
    case FocusKind::Policy:
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
    commit();  // what was set in this turn is a step of its own
    walk(m_back, m_forward);
}

void Focus::forward()
{
    commit();
    walk(m_forward, m_back);
}

void Focus::walk(std::vector<FocusTarget> &from, std::vector<FocusTarget> &to)
{
    if (from.empty())
        return;
    if (!m_present.isNone())
        to.push_back(m_present);
    m_target = m_present = from.back();
    from.pop_back();
    schedule();
    Q_EMIT historyChanged();
}

// The history takes in the target as it is now.
bool Focus::commit()
{
    if (m_target == m_present)
        return false;
    const bool moved = !m_present.isNone() || !m_forward.empty();
    if (!m_present.isNone())
        m_back.push_back(m_present);
    if (m_back.size() > kMaxHistory)
        m_back.erase(m_back.begin());
    m_forward.clear();
    m_present = m_target;
    return moved;
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
    for (FocusTarget *held : {&m_target, &m_present}) {
        if (isGone(*held))
            *held = {};
    }
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
    const bool historyMoved = commit();
    if (std::exchange(m_lost, false) || m_target != m_announced) {
        m_announced = m_target;
        Q_EMIT changed(FocusTarget(m_target));  // a copy: a receiver may set another one
    }
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
