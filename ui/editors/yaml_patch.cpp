#include "ui/editors/yaml_patch.h"

#include "backend/codec/yaml_document.h"

#include <QRegularExpression>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

namespace {

QString pathTo(const QString &path, const QString &key)
{
    // Keys with dots or slashes are written in brackets, as Kuma does.
    static const QRegularExpression word(u"^[A-Za-z_][A-Za-z0-9_-]*$"_s);
    if (!word.match(key).hasMatch())
        return path + u"[\""_s + key + u"\"]"_s;
    return path.isEmpty() ? key : QString(path + u'.' + key);
}

// The line with `key:` of a block mapping, with its parts. The value is a scalar that ends on the line.
struct KeyLine {
    QString indent;   // with "- " where the mapping begins a list's item
    QString spelled;  // the key as written, perhaps quoted, with its colon
    QString gap;
    QString value;
    QString rest;  // blanks and a comment
};

std::optional<KeyLine> keyLine(const QString &line, const QString &key)
{
    const QRegularExpression pattern(
        u"^(\\s*(?:- +)*)([\"']?%1[\"']?\\s*:)(\\s*)(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^']|'')*'|[^\\s#&*!|>{\\[\"'][^#]*?|)(\\s*(?:\\s#.*)?)$"_s
            .arg(QRegularExpression::escape(key)));
    const auto match = pattern.match(line);
    if (!match.hasMatch())
        return std::nullopt;
    return KeyLine{match.captured(1), match.captured(2), match.captured(3), match.captured(4),
                   match.captured(5)};
}

QString written(const QString &value)
{
    // What a plain scalar may be without becoming something else.
    static const QRegularExpression plain(u"^[A-Za-z0-9][A-Za-z0-9._/-]*$"_s);
    static const QRegularExpression special(u"^(true|false|null|yes|no|on|off|~)$"_s,
                                            QRegularExpression::CaseInsensitiveOption);
    if (plain.match(value).hasMatch() && !special.match(value).hasMatch())
        return value;
    QString quoted = value;
    return u'"' + quoted.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
}

}  // namespace

std::optional<QString> withValue(const QString &yaml, const QString &path, const QString &key,
                                 const QString &value, const QString &after)
{
    const auto document = YamlDocument::parse(yaml.toStdString());
    if (!document)
        return std::nullopt;
    QStringList lines = yaml.split(u'\n');
    const auto lineOf = [&](const QString &full) {
        return document->positionOf(full.toStdString()).line - 1;
    };
    const QString full = pathTo(path, key);

    if (document->has(full.toStdString())) {
        const int at = lineOf(full);
        if (at < 0 || at >= lines.size())
            return std::nullopt;
        const auto found = keyLine(lines.at(at), key);
        if (!found)
            return std::nullopt;
        if (value.isEmpty()) {
            if (found->indent.contains(u'-'))
                return std::nullopt;  // the item's first line carries the dash
            lines.removeAt(at);
        } else {
            lines[at] = found->indent + found->spelled + (found->gap.isEmpty() ? u" "_s : found->gap)
                        + written(value) + found->rest;
        }
    } else {
        if (value.isEmpty())
            return yaml;
        const QString neighbour = pathTo(path, after);
        if (after.isEmpty() || !document->has(neighbour.toStdString()))
            return std::nullopt;
        const int at = lineOf(neighbour);
        const auto found = at >= 0 && at < lines.size() ? keyLine(lines.at(at), after) : std::nullopt;
        if (!found || found->value.isEmpty())
            return std::nullopt;
        const QString indent(found->indent.size(), u' ');
        lines.insert(at + 1, indent + key + u": "_s + written(value));
    }
    const QString result = lines.join(u'\n');
    // The other reading of the same rule: what was meant is what a parser sees now.
    const auto check = YamlDocument::parse(result.toStdString());
    if (!check || check->has(full.toStdString()) == value.isEmpty())
        return std::nullopt;
    return result;
}

}  // namespace meshscope::ui
