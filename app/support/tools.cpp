#include "app/support/tools.h"

#include <QCoreApplication>
#include <QDir>

namespace meshscope {

using namespace Qt::StringLiterals;

ToolSearch envoySearch() { return ToolSearch::fromEnvironment(QStringLiteral(MESHSCOPE_DEFAULT_VENV)); }

ToolSearch coreDnsSearch()
{
    return ToolSearch::fromEnvironment(QStringLiteral(MESHSCOPE_DEFAULT_VENV), "MESHSCOPE_COREDNS");
}

QString findMeshscopectl()
{
    QStringList folders{QCoreApplication::applicationDirPath()};
    folders << qEnvironmentVariable("PATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    return findProgram(u"meshscopectl"_s, folders);
}

}  // namespace meshscope
