// QScintilla's headers, which need Qt's bare words; ours do without them (QT_NO_KEYWORDS). Include this, not
// <Qsci/…>.
#pragma once

// What they include must be read before the words are defined.
#include <QAbstractScrollArea>
#include <QMenu>
#include <QStringList>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#include <Qsci/qscilexeryaml.h>
#include <Qsci/qsciscintilla.h>
#include <Qsci/qscistyle.h>
#include <Qsci/qscistyledtext.h>
#undef emit
#undef slots
#undef signals
