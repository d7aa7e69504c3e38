#include "models/document_diff.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope {
namespace {

QJsonObject parsed(const std::string &json)
{
    QJsonObject document =
        QJsonDocument::fromJson(QByteArray(json.data(), static_cast<qsizetype>(json.size()))).object();
    // What the server adds by itself at every write.
    for (const auto &name : {u"creationTime"_s, u"modificationTime"_s, u"kri"_s})
        document.remove(name);
    return document;
}

QString compact(const QJsonValue &value)
{
    // QJsonDocument takes no bare scalars; an array of one does, less its brackets.
    const QByteArray text = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(text.mid(1, text.size() - 2));
}

QString below(const QString &path, const QString &key)
{
    const bool isPlain = std::all_of(key.begin(), key.end(),
                                     [](QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'-'; });
    if (!isPlain)
        return path + u"[\""_s + key + u"\"]"_s;
    return path.isEmpty() ? key : QString(path + u'.' + key);
}

class Comparison
{
public:
    std::vector<FieldDifference> found;

    void compare(const QString &path, const QJsonValue &before, const QJsonValue &after)
    {
        if (before == after)
            return;
        if (before.isObject() && after.isObject())
            return compareObjects(path, before.toObject(), after.toObject());
        if (before.isArray() && after.isArray())
            return compareArrays(path, before.toArray(), after.toArray());
        if (after.isUndefined())
            found.push_back({FieldDifference::Kind::Dropped, path, compact(before), {}});
        else if (before.isUndefined())
            found.push_back({FieldDifference::Kind::Added, path, {}, compact(after)});
        else
            found.push_back({FieldDifference::Kind::Changed, path, compact(before), compact(after)});
    }

private:
    void compareObjects(const QString &path, const QJsonObject &before, const QJsonObject &after)
    {
        QStringList keys = before.keys() + after.keys();
        keys.sort();
        keys.removeDuplicates();
        for (const auto &key : keys)
            compare(below(path, key), before.value(key), after.value(key));
    }

    void compareArrays(const QString &path, const QJsonArray &before, const QJsonArray &after)
    {
        for (qsizetype i = 0; i < std::max(before.size(), after.size()); ++i)
            compare(path + u'[' + QString::number(i) + u']',
                    i < before.size() ? before.at(i) : QJsonValue(QJsonValue::Undefined),
                    i < after.size() ? after.at(i) : QJsonValue(QJsonValue::Undefined));
    }
};

}  // namespace

std::vector<FieldDifference> differences(const std::string &before, const std::string &after)
{
    Comparison comparison;
    comparison.compare({}, parsed(before), parsed(after));
    return std::move(comparison.found);
}

bool sameDocument(const std::string &a, const std::string &b) { return a == b || parsed(a) == parsed(b); }

}  // namespace meshscope
