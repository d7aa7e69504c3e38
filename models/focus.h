// What is being looked at. There is one Focus a window; table, tree, graph and inspector set it and follow
// it, so that they never disagree. GUI thread.
#pragma once

#include "backend/core/resource_key.h"

#include <QMetaType>
#include <QObject>
#include <QTimer>

#include <vector>

namespace meshscope {

class MeshSource;

enum class FocusKind { None, ControlPlane, Mesh, Service, Dataplane, Inbound, Sidecar, Policy, Zone };

struct FocusTarget {
    FocusKind kind = FocusKind::None;
    // Which control plane; compared, and used only by who knows that it lives. nullptr for sidecars and None.
    MeshSource *source = nullptr;
    // Mesh: {"", name}; Service: {mesh, kuma.io/service}; Dataplane, Inbound and Sidecar: the Dataplane's
    // key. Policy: its own; Zone: {"", name}.
    ResourceKey key;
    int inbound = -1;    // Inbound: its place in Dataplane::inbounds
    std::string type{};  // Policy: "MeshTimeout"; Zone: "Zone", "ZoneIngress", "ZoneEgress"

    bool isNone() const { return kind == FocusKind::None; }
    bool operator==(const FocusTarget &) const = default;
};

// The mesh the target lies in, "" for a control plane or nothing.
const std::string &meshOf(const FocusTarget &target);

class Focus : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t kMaxHistory = 200;

    explicit Focus(QObject *parent = nullptr);

    // The newest one set, at once; changed() follows in the next turn of the event loop.
    const FocusTarget &target() const { return m_target; }
    // Setting what is set already does nothing. Several calls in one turn make one changed() and one step of
    // history.
    void set(const FocusTarget &target);
    void clear() { set({}); }

    bool canGoBack() const;
    bool canGoForward() const;
    void back();
    void forward();

    // Drops everything of a control plane that goes away, also from the history. Done by itself when it is
    // destroyed.
    // The pointer is only compared: by then the source is half gone.
    void forget(const QObject *source);

Q_SIGNALS:
    // At most once in a turn of the event loop, and only when it differs from the last one announced.
    void changed(const meshscope::FocusTarget &target);
    // canGoBack() or canGoForward() may answer otherwise now.
    void historyChanged();

private:
    void walk(std::vector<FocusTarget> &from, std::vector<FocusTarget> &to);
    bool commit();
    void announce();
    void schedule();
    void watch(MeshSource *source);

    FocusTarget m_target;                // as set
    FocusTarget m_present;               // where the history is; follows the target at the end of the turn
    FocusTarget m_announced;             // as the receivers know it
    std::vector<FocusTarget> m_back;     // newest last
    std::vector<FocusTarget> m_forward;  // next one last
    bool m_lost = false;                 // the announced target went away and nobody was told yet
    QTimer m_timer;
};

}  // namespace meshscope

Q_DECLARE_METATYPE(meshscope::FocusTarget)
Q_DECLARE_METATYPE(meshscope::FocusKind)
