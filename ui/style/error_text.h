// Errors in words for people: what happened, where, and what to do.
#pragma once

#include "backend/core/result.h"

#include <QString>

namespace meshscope::ui {

struct ErrorText {
    QString title;   // one sentence with its period: "The control plane cannot be reached."
    QString detail;  // what came back, in its own words
    QString advice;  // what to do; may be empty
};

ErrorText errorText(const Error &error);
// In one line, for status bars and tool tips.
QString errorLine(const Error &error);
// For the clipboard: what was tried, what came back, where, when, and our version.
QString errorDetails(const Error &error, const QString &tried);

}  // namespace meshscope::ui
