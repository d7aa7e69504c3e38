#include "ui/style/plurals.h"

using namespace Qt::StringLiterals;

namespace meshscope::ui {

QString EnglishPlurals::translate(const char *, const char *source, const char *, int n) const
{
    if (n < 0)
        return {};
    const QString text = QString::fromUtf8(source);
    if (!text.contains(u"(s)"_s))
        return {};
    QString result = text;
    return result.replace(u"(s)"_s, n == 1 ? QString() : u"s"_s);
}

}  // namespace meshscope::ui
