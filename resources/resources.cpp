#include "resources/resources.h"

using namespace Qt::StringLiterals;

// Q_INIT_RESOURCE declares a function of the global namespace, so it cannot stand inside ours.
static void registerIcons() { Q_INIT_RESOURCE(icons); }

namespace meshscope {

void initResources() { registerIcons(); }

QIcon applicationIcon()
{
    initResources();
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256, 512})
        icon.addFile(u":/app/meshscope-%1.png"_s.arg(size), {size, size});
    return icon;
}

}  // namespace meshscope
