#include "backend/sidecar/corefile.h"

#include <QMap>
#include <QRegularExpression>

namespace meshscope {

using namespace Qt::StringLiterals;

QString stockCorefile(const CorefileFields &fields)
{
    QString text = u".:%1 {\n    bind 127.0.0.1\n"_s.arg(fields.port);
    // The system's resolvers stand in the first `forward` too: when nobody listens on Envoy's port (its proxy
    // is not transparent) CoreDNS goes on within the list, while `next` is for codes that Envoy answers.
    if (fields.envoyPort != 0)
        text += u"    forward . 127.0.0.1:%1 %2 {\n        policy sequential\n        prefer_udp\n"
                "        max_fails 0\n        next NXDOMAIN NOTIMP FORMERR SERVFAIL REFUSED\n    }\n"_s
                    .arg(fields.envoyPort)
                    .arg(fields.resolvConf);
    text += u"    forward . %1\n"_s.arg(fields.resolvConf);
    if (fields.metricsPort != 0)
        text += u"    prometheus 127.0.0.1:%1\n"_s.arg(fields.metricsPort);
    text += u"    errors\n"_s;
    if (fields.logsQueries)
        text += u"    log\n"_s;
    return text + u"}\n"_s;
}

Result<QString> renderCorefile(const QString &text, const CorefileFields &fields)
{
    const QMap<QString, QString> values{{u".CoreDNSPort"_s, QString::number(fields.port)},
                                        {u".EnvoyDNSPort"_s, QString::number(fields.envoyPort)},
                                        {u".PrometheusPort"_s, QString::number(fields.metricsPort)}};
    static const QRegularExpression action(uR"(\{\{(- )?\s*(.*?)\s*( -)?\}\})"_s);
    QString result;
    qsizetype from = 0;
    bool isLeftOut = false;  // inside an `if` that does not hold
    bool isInside = false;
    bool trimsNext = false;
    const auto append = [&](QString literal, bool trimsEnd) {
        if (trimsNext)
            literal.remove(QRegularExpression(u"^\\s+"_s));
        if (trimsEnd)
            literal.remove(QRegularExpression(u"\\s+$"_s));
        if (!isLeftOut)
            result += literal;
    };
    auto matches = action.globalMatch(text);
    while (matches.hasNext()) {
        const auto match = matches.next();
        append(text.mid(from, match.capturedStart() - from), match.hasCaptured(1));
        from = match.capturedEnd();
        trimsNext = match.hasCaptured(3);
        const QString words = match.captured(2).simplified();
        if (values.contains(words) && !isLeftOut)
            result += values[words];
        else if (words == "if .CoreDNSLogging"_L1 && !isInside)
            isInside = true, isLeftOut = !fields.logsQueries;
        else if (words == "end"_L1 && isInside)
            isInside = isLeftOut = false;
        else if (!values.contains(words))
            return fail(Error::Code::Invalid, "the Corefile template says " + match.captured(0).toStdString()
                                                  + ", which is not understood here");
    }
    append(text.mid(from), false);
    return result;
}

bool usesAlternate(const QString &corefile)
{
    static const QRegularExpression directive(u"^\\s*alternate\\s"_s, QRegularExpression::MultilineOption);
    return directive.match(corefile).hasMatch();
}

}  // namespace meshscope
