// A process that owns a child, to be killed: child_owner PROGRAM ARGUMENTS… Prints the child's pid when it
// runs.
#include "backend/sidecar/child.h"

#include <QCoreApplication>

#include <iostream>

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    meshscope::Child child;
    QObject::connect(&child, &meshscope::Child::started, &child,
                     [&child] { std::cout << child.pid() << std::endl; });
    auto arguments = QCoreApplication::arguments().mid(1);
    const QString program = arguments.takeFirst();
    child.start(program, arguments);
    return QCoreApplication::exec();
}
