// Our own icons, recoloured to the palette at load and sharp at every scale.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

namespace meshscope::ui {

// "dataplane", "push", …: the files of resources/icons without their ending. It paints in the text colour of
// the application's palette at the moment of painting, so that it follows a change of theme. An unknown name
// is a bug (asserted) and gives an empty icon.
QIcon icon(const QString &name);
// The same in a fixed colour.
QIcon icon(const QString &name, const QColor &colour);
QStringList iconNames();

}  // namespace meshscope::ui
