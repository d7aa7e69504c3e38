#include "ui/style/error_text.h"

#include "models/text.h"

#include <QCoreApplication>
#include <QDateTime>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("ErrorText", text); }

// `what` has no period at its end; a sentence has.
QString asSentence(const std::string &what)
{
    QString text = toQString(what);
    if (text.isEmpty())
        return text;
    text[0] = text.at(0).toUpper();
    return text.endsWith(u'.') || text.endsWith(u'?') ? text : text + u'.';
}

}  // namespace

ErrorText errorText(const Error &error)
{
    ErrorText text;
    switch (error.code) {
    case Error::Code::Invalid:
        text.title = tr("The answer or the input is not what was expected.");
        break;
    case Error::Code::NotFound:
        text.title = tr("It does not exist, or not any more.");
        text.advice = tr("Refresh to see what the control plane holds now.");
        break;
    case Error::Code::Conflict:
        text.title = tr("It is in use, or was changed by somebody else.");
        break;
    case Error::Code::Unreachable:
        text.title = tr("The control plane cannot be reached.");
        text.advice = tr("Check that it runs and that the address and port are right.");
        break;
    case Error::Code::Refused:
        text.title = tr("It was refused.");
        text.advice = tr("Check the rights of the user or token of this connection.");
        break;
    case Error::Code::Cancelled:
        text.title = tr("It was cancelled.");
        break;
    case Error::Code::Internal:
        text.title = tr("Something went wrong in Meshscope.");
        break;
    }
    text.detail = asSentence(error.what);
    if (!error.where.empty())
        text.detail += (text.detail.isEmpty() ? QString() : u" "_s) + u"(%1)"_s.arg(toQString(error.where));
    return text;
}

QString errorLine(const Error &error)
{
    const QString what = asSentence(error.what);
    return what.isEmpty() ? errorText(error).title : what;
}

QString errorDetails(const Error &error, const QString &tried)
{
    const ErrorText text = errorText(error);
    QStringList lines{u"Meshscope " MESHSCOPE_VERSION ""_s,
                      QDateTime::currentDateTime().toString(Qt::ISODate)};
    if (!tried.isEmpty())
        lines << tr("Tried: %1").arg(tried);
    lines << text.title << toQString(error.what);
    if (!error.where.empty())
        lines << tr("Where: %1").arg(toQString(error.where));
    return lines.join(u'\n');
}

}  // namespace meshscope::ui
