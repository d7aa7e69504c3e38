// The interfaces have no code of their own; this gives moc's output for their signals a home.
#include "backend/api/mesh_editor.h"
#include "backend/api/mesh_source.h"
#include "backend/api/sidecar_host.h"
