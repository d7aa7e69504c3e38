// Replays what real control planes answered (MESHSCOPE_CONFORMANCE, else ../shared/conformance beside the
// source) through our parser and rules. Skipped by name where there are no recordings.
#include "backend/codec/dataplane_codec.h"
#include "backend/validation/resource_meta.h"
#include "backend/validation/validate.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>

using Json = nlohmann::ordered_json;
using namespace meshscope;

namespace {

QString recordings()
{
    const QString set = qEnvironmentVariable("MESHSCOPE_CONFORMANCE");
    const QString root = set.isEmpty() ? QStringLiteral(MESHSCOPE_SOURCE_DIR "/../shared/conformance") : set;
    return QDir(root).filePath(QStringLiteral("recordings"));
}

Json load(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return Json::parse(file.readAll().toStdString(), nullptr, false);
}

struct Answer {
    std::string detail;  // of a parser error
    std::vector<std::pair<std::string, std::string>> violations;
    bool operator==(const Answer &) const = default;
};

std::string printed(const Answer &answer)
{
    std::string out = answer.detail.empty() ? "" : "detail " + answer.detail + "\n";
    for (const auto &[field, reason] : answer.violations)
        out += "  " + field + ": " + reason + "\n";
    return out.empty() ? "accepted" : out;
}

Answer ours(const std::string &body, const ResourceKey &key, bool exists, KumaEra era)
{
    Answer answer;
    const auto canonical = canonicalDataplane(body, era);
    if (!canonical) {
        answer.detail = canonical.error().what;
        return answer;
    }
    auto findings = validateDataplane(canonical->json, era);
    if (findings.empty())
        findings = validateMeta(canonical->json, {"Dataplane", key, "default", exists}, era);
    if (findings.empty())
        answer.detail = workloadLabelProblem(canonical->json, era);
    for (const auto &finding : findings)
        answer.violations.emplace_back(finding.field, finding.message);
    return answer;
}

Answer theirs(const Json &response)
{
    Answer answer;
    if (response.at("status").get<int>() < 400)
        return answer;
    const auto &json = response.at("body").at("json");
    if (!json.contains("invalid_parameters")) {
        answer.detail = json.at("detail").get<std::string>();
        return answer;
    }
    for (const auto &item : json.at("invalid_parameters"))
        answer.violations.emplace_back(item.at("field").get<std::string>(),
                                       item.at("reason").get<std::string>());
    return answer;
}

// What the control plane adds by itself, removed on both sides.
void withoutServerSide(Json &dataplane)
{
    for (const char *member : {"labels", "creationTime", "modificationTime", "kri"})
        dataplane.erase(member);
    if (!dataplane.contains("networking"))
        return;
    auto &networking = dataplane["networking"];
    const auto dropZone = [](Json &owner) {
        if (!owner.contains("tags"))
            return;
        owner["tags"].erase("kuma.io/zone");
        if (owner["tags"].empty())
            owner.erase("tags");
    };
    if (networking.contains("gateway"))
        dropZone(networking["gateway"]);
    if (!networking.contains("inbound"))
        return;
    for (auto &inbound : networking["inbound"]) {
        dropZone(inbound);
        if (inbound.contains("serviceProbe")) {
            inbound.erase("state");
            inbound.erase("health");
        }
    }
}

}  // namespace

class TestValidationConformance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersAsTheControlPlaneDid_data();
    void answersAsTheControlPlaneDid();
};

void TestValidationConformance::answersAsTheControlPlaneDid_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<int>("era");
    const std::pair<const char *, KumaEra> eras[] = {
        {"2.9.13", KumaEra::V2_9}, {"2.14.3", KumaEra::V2_14}, {"3.0-dev", KumaEra::V3_0}};
    for (const auto &[name, era] : eras) {
        for (const char *scenario : {"dataplane-errors", "dataplanes", "http"})
            QTest::addRow("%s of %s", scenario, name)
                << recordings() + QLatin1Char('/') + QString::fromUtf8(name) + QLatin1Char('/')
                       + QString::fromUtf8(scenario)
                << static_cast<int>(era);
    }
}

void TestValidationConformance::answersAsTheControlPlaneDid()
{
    QFETCH(QString, folder);
    QFETCH(int, era);
    const auto kumaEra = static_cast<KumaEra>(era);
    const Json order = load(folder + QStringLiteral("/_order.json"));
    if (!order.is_object())
        QSKIP("no recordings of control planes here (MESHSCOPE_CONFORMANCE)");

    std::set<std::string> existing;
    std::map<std::string, std::string> written;  // path → canonical JSON
    int compared = 0, reads = 0;
    QStringList differences;
    for (const auto &step : order.at("steps")) {
        const auto name = step.get<std::string>();
        const Json recording =
            load(folder + QLatin1Char('/') + QString::fromStdString(name) + QStringLiteral(".json"));
        QVERIFY2(recording.is_object(), name.c_str());
        const auto &request = recording.at("request");
        const auto &response = recording.at("response");
        const auto path = request.at("path").get<std::string>();
        const auto status = response.at("status").get<int>();
        if (path.find("/dataplanes/") == std::string::npos)
            continue;
        if (request.at("method") == "GET" && status == 200 && written.count(path) != 0) {
            auto expected = response.at("body").at("json");
            auto actual = Json::parse(written[path]);
            withoutServerSide(expected);
            withoutServerSide(actual);
            ++reads;
            if (expected.dump() != actual.dump() && expected.dump().find("<masked>") == std::string::npos)
                differences << QString::fromStdString(name + "\n  real: " + expected.dump()
                                                      + "\n  ours: " + actual.dump());
        }
        if (request.at("method") == "DELETE" && status == 200) {
            existing.erase(path);
            written.erase(path);
        }
        // 404, 405, 415 and 500 come before or after what is tested here.
        if (request.at("method") != "PUT" || (status != 200 && status != 201 && status != 400)
            || (!request.contains("body") && !request.contains("raw")))
            continue;
        const auto body =
            request.contains("raw") ? request.at("raw").get<std::string>() : request.at("body").dump();
        if (body.find("<masked>") != std::string::npos || body.find("<base64>") != std::string::npos)
            continue;
        const auto mesh = path.substr(8, path.find("/dataplanes/") - 8);
        const ResourceKey key{
            mesh, QUrl::fromPercentEncoding(QByteArray::fromStdString(path.substr(path.rfind('/') + 1)))
                      .toStdString()};
        const auto expected = theirs(response);
        const auto actual = ours(body, key, existing.count(path) != 0, kumaEra);
        ++compared;
        if (expected != actual)
            differences << QString::fromStdString(name + "\n real:\n" + printed(expected) + "\n ours:\n"
                                                  + printed(actual));
        if (status < 400) {
            existing.insert(path);
            if (const auto canonical = canonicalDataplane(body, kumaEra))
                written[path] = canonical->json;
        }
    }
    qInfo("%d writes and %d reads compared", compared, reads);
    QVERIFY2(differences.isEmpty(), qPrintable(differences.join(QLatin1Char('\n'))));
    QVERIFY(compared > 0);
}

QTEST_GUILESS_MAIN(TestValidationConformance)
#include "tst_validation_conformance.moc"
