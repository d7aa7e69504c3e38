// The window on fakes, with data like a real mesh: for the tests of ui/ and for its pictures.
#pragma once

#include "tests/support/fake_mesh_editor.h"
#include "tests/support/fake_mesh_source.h"
#include "tests/support/fake_sidecar_host.h"
#include "tests/ui/fake_connection_doors.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QTest>

#include <memory>

namespace meshscope::testing {

// The mesh of the drawings: twelve services, a degraded one, an offline one, a NACK, an orphan outbound, a
// gateway.
SnapshotPtr shopMesh();
// The same with times of now, as a live control plane has them.
SnapshotPtr fresh(const SnapshotPtr &snapshot);
// backend-2 of the mesh "hello", as a control plane serves it.
std::string backend2Json(const std::string &version = "v2");

class WindowFixture
{
public:
    // With no snapshot the source is still connecting.
    explicit WindowFixture(SnapshotPtr snapshot = nullptr, bool shown = true);
    // A window that nothing is connected to.
    struct Unconnected {
    };
    explicit WindowFixture(Unconnected);
    ~WindowFixture();

    template <class T>
    T *find(const QString &name) const
    {
        T *found = window->findChild<T *>(name);
        if (!found)
            qWarning("nothing is named %s", qPrintable(name));
        return found;
    }
    QAction *action(const QString &id) const { return find<QAction>(u"action." + id); }
    void trigger(const QString &id) const { action(id)->trigger(); }
    // Puts the focus on a dataplane of the mesh "default" and lets everyone follow.
    void look(const std::string &name) const;

    FakeMeshSource source;
    FakeMeshEditor editor;
    FakeSidecarHost sidecars;
    FakeConnectionDoors doors;
    std::unique_ptr<ui::MainWindow> window;

private:
    void open(bool connected, bool shown);
};

}  // namespace meshscope::testing

// main() for a test that needs our style and fonts.
#define MESHSCOPE_UI_TEST_MAIN(Test)                                                                         \
    int main(int argc, char **argv)                                                                          \
    {                                                                                                        \
        QApplication application(argc, argv);                                                                \
        meshscope::ui::prepareApplication(application);                                                      \
        Test test;                                                                                           \
        return QTest::qExec(&test, argc, argv);                                                              \
    }
