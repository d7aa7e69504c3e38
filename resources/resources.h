// Icons and the application's icon, compiled in. Only this target and ui::icon spell a ":/" path.
#pragma once

#include <QIcon>

namespace meshscope {

// Registers what the static library carries; the linker would drop it otherwise. Call once, before the first
// icon. Calling it again does nothing.
void initResources();

// The application's icon in every size from 16 to 512.
QIcon applicationIcon();

}  // namespace meshscope
