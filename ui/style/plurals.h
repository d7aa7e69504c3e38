// "%n dataplane(s)" in English: without a translation Qt leaves the brackets as they stand.
#pragma once

#include <QTranslator>

namespace meshscope::ui {

// Installed first, so that a real translation, installed later, is asked before it.
class EnglishPlurals : public QTranslator
{
    Q_OBJECT

public:
    using QTranslator::QTranslator;
    QString translate(const char *context, const char *source, const char *disambiguation,
                      int n) const override;
    bool isEmpty() const override { return false; }
};

}  // namespace meshscope::ui
