#include "tests/support/recorded_control_plane.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace meshscope::testing {

using namespace Qt::StringLiterals;

namespace {

QJsonObject load(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

}  // namespace

QDir RecordedControlPlane::folder(const QString &sourceDirectory, const QString &version)
{
    const QString set = qEnvironmentVariable("MESHSCOPE_CONFORMANCE");
    const QString root = set.isEmpty() ? QString(sourceDirectory + u"/../shared/conformance"_s) : set;
    return QDir(root + u"/recordings/"_s + version);
}

RecordedControlPlane::RecordedControlPlane(const QDir &recordings)
    : m_server([this](const HttpRequest &request) { return answer(request); })
{
    static const QRegularExpression ofMesh(u"^/meshes/[^/]+(/.+)$"_s);
    const auto scenarios = recordings.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const auto &scenario : scenarios) {
        const QDir dir(scenario.filePath());
        const auto files = dir.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
        for (const auto &name : files) {
            const auto step = load(dir.filePath(name));
            const auto request = step[u"request"_s].toObject();
            const auto response = step[u"response"_s].toObject();
            const auto body = response[u"body"_s].toObject()[u"json"_s].toObject();
            QString path = request[u"path"_s].toString();
            if (request[u"method"_s].toString() != u"GET"_s || request[u"as"_s].toString() != u"admin"_s
                || response[u"status"_s].toInt() != 200 || body.isEmpty() || path.contains(u'?'))
                continue;
            const auto text = QJsonDocument(body).toJson(QJsonDocument::Compact);
            if (path == u"/"_s || path == u"/config"_s || path == u"/_resources"_s
                || path == u"/policies"_s) {
                m_answers.emplace(path, text);
                continue;
            }
            if (!body[u"items"_s].isArray() || !body.contains(u"total"_s))
                continue;
            if (const auto match = ofMesh.match(path); match.hasMatch())
                path = match.captured(1);
            const auto segments = path.split(u'/', Qt::SkipEmptyParts);
            if (segments.size() > 2 || (segments.size() == 2 && segments[1] != u"_overview"_s))
                continue;  // of one resource
            auto &list = m_lists[path];
            for (const auto value : body[u"items"_s].toArray()) {
                const auto item = value.toObject();
                list[{item[u"mesh"_s].toString(), item[u"name"_s].toString()}] =
                    QJsonDocument(item).toJson(QJsonDocument::Compact);
            }
        }
    }
}

std::vector<std::string> RecordedControlPlane::namesIn(const QString &path) const
{
    std::vector<std::string> names;
    if (const auto found = m_lists.find(path); found != m_lists.end()) {
        for (const auto &[key, item] : found->second)
            names.push_back(key.first.toStdString() + "/" + key.second.toStdString());
    }
    return names;
}

QStringList RecordedControlPlane::lists() const
{
    QStringList paths;
    for (const auto &[path, items] : m_lists)
        paths << path;
    return paths;
}

HttpAnswer RecordedControlPlane::answer(const HttpRequest &request) const
{
    HttpAnswer answer;
    if (const auto found = m_answers.find(request.path); found != m_answers.end()) {
        answer.body = found->second;
        return answer;
    }
    const auto found = m_lists.find(request.path);
    const bool isType = found != m_lists.end()
                        || m_answers.at(u"/_resources"_s)
                               .contains(QByteArray(R"("path":")" + request.path.mid(1).toUtf8() + '"'));
    if (!isType) {
        answer.status = 404;
        answer.contentType = "text/plain";
        answer.body = "404: Page Not Found";
        return answer;
    }
    QList<QByteArray> items;
    if (found != m_lists.end()) {
        for (const auto &[key, item] : found->second)
            items << item;
    }
    const auto size = std::clamp(request.query.queryItemValue(u"size"_s).toInt(), 1, 1'000);
    const auto from = request.query.queryItemValue(u"offset"_s).toInt();
    answer.body = "{\"total\":" + QByteArray::number(items.size()) + ",\"items\":["
                  + items.mid(from, size).join(',') + "],\"next\":";
    answer.body += from + size < items.size() ? "\"http://elsewhere.example" + request.path.toUtf8()
                                                    + "?offset=" + QByteArray::number(from + size) + "\"}"
                                              : QByteArray("null}");
    return answer;
}

}  // namespace meshscope::testing
