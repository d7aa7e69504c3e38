// Properties over seeded random input: what is written can be read back, and nothing breaks on nonsense.
#include "tests/support/qtest_std.h"

#include "backend/codec/dataplane_codec.h"
#include "backend/codec/overview_codec.h"
#include "backend/codec/yaml_document.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <random>

using namespace meshscope;
using Json = nlohmann::ordered_json;

class TestCodecRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonSurvivesYaml();
    void yamlHasAPositionForEachPath();
    void canonicalFormIsAFixedPoint();
    void brokenYamlIsAnErrorOrADocument();
    void brokenJsonIsAnErrorOrADocument();
    void bytesAreAnErrorOrADocument();
};

namespace {

class Dice
{
public:
    explicit Dice(std::uint32_t seed)
        : m_engine(seed)
    {}
    int below(int limit) { return static_cast<int>(m_engine() % static_cast<std::uint32_t>(limit)); }
    bool oneIn(int n) { return below(n) == 0; }
    template <class T>
    const T &of(const std::vector<T> &items)
    {
        return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
    }

private:
    std::mt19937 m_engine;
};

std::string randomText(Dice &dice)
{
    static const std::vector<std::string> kPieces{"a",
                                                  "web",
                                                  "kuma.io/",
                                                  "1",
                                                  "0",
                                                  "-",
                                                  ":",
                                                  ": ",
                                                  " ",
                                                  "#",
                                                  " #",
                                                  "'",
                                                  "\"",
                                                  "\\",
                                                  "\n",
                                                  "\t",
                                                  "\r",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  "&",
                                                  "*",
                                                  "!",
                                                  "|",
                                                  ">",
                                                  "%",
                                                  "@",
                                                  "`",
                                                  "?",
                                                  "~",
                                                  "=",
                                                  "<<",
                                                  ".",
                                                  "e",
                                                  "x",
                                                  "_",
                                                  "null",
                                                  "true",
                                                  "yes",
                                                  "0x",
                                                  "\x01",
                                                  "\x7F",
                                                  "\xC2\x85",
                                                  "\xC2\xA0",
                                                  "\xE2\x80\xA8",
                                                  "\xEF\xBB\xBF",
                                                  "\xC3\xA9",
                                                  "\xF0\x9F\x98\x80",
                                                  "---",
                                                  "...",
                                                  "\xEF\xBF\xBF"};
    std::string text;
    for (int i = dice.below(5); i > 0; --i)
        text += dice.of(kPieces);
    return text;
}

Json randomJson(Dice &dice, int depth)
{
    switch (dice.below(depth > 4 ? 5 : 8)) {
    case 0:
        return nullptr;
    case 1:
        return dice.oneIn(2);
    case 2:
        return dice.below(100'000) - 50'000;
    case 3:
        return (dice.below(100'000) - 50'000) / 64.0;
    case 4:
        return randomText(dice);
    case 5: {
        Json list = Json::array();
        for (int i = dice.below(4); i > 0; --i)
            list.push_back(randomJson(dice, depth + 1));
        return list;
    }
    default: {
        Json object = Json::object();
        for (int i = dice.below(5); i > 0; --i)
            object[randomText(dice)] = randomJson(dice, depth + 1);
        return object;
    }
    }
}

// A Dataplane with members of the right name and often of the right type.
Json randomDataplane(Dice &dice)
{
    const auto tags = [&] {
        Json object = Json::object();
        for (int i = dice.below(4); i > 0; --i)
            object[dice.oneIn(3) ? randomText(dice) : "kuma.io/service"] =
                dice.oneIn(8) ? Json(5) : Json(randomText(dice));
        return object;
    };
    const auto number = [&] {
        return dice.oneIn(8) ? Json(std::to_string(dice.below(70'000))) : Json(dice.below(70'000));
    };
    const auto maybe = [&](Json &object, const char *member, auto make) {
        if (dice.oneIn(2))
            object[member] = dice.oneIn(25) ? randomJson(dice, 3) : Json(make());
    };
    const auto inbound = [&] {
        Json object = Json::object();
        maybe(object, "port", number);
        maybe(object, "servicePort", number);
        maybe(object, "tags", tags);
        maybe(object, "state", [&] { return dice.oneIn(3) ? Json(dice.below(4)) : Json("NotReady"); });
        maybe(object, "health", [&] { return Json{{"ready", dice.oneIn(2)}}; });
        maybe(object, "serviceProbe", [&] {
            return Json{
                {"interval", std::to_string(dice.below(5)) + "." + std::to_string(dice.below(100)) + "s"},
                {"tcp", Json::object()}};
        });
        maybe(object, "shape", [] { return Json("round"); });
        return object;
    };
    Json networking = Json::object();
    maybe(networking, "address", [&] { return Json("10.0.0." + std::to_string(dice.below(255))); });
    maybe(networking, "inbound", [&] {
        Json list = Json::array();
        for (int i = dice.below(4); i > 0; --i)
            list.push_back(dice.oneIn(10) ? Json(nullptr) : inbound());
        return list;
    });
    maybe(networking, "gateway", [&] { return Json{{"tags", tags()}, {"type", "BUILTIN"}}; });
    maybe(networking, "admin", [&] { return Json{{"port", number()}}; });
    Json dataplane{{"type", "Dataplane"}, {"mesh", "default"}, {"name", "n"}};
    maybe(dataplane, "labels", tags);
    maybe(dataplane, "networking", [&] { return networking; });
    maybe(dataplane, "metrics", [&] { return Json{{"conf", Json::object({{"any", randomJson(dice, 2)}})}}; });
    return dataplane;
}

// Some bytes removed, doubled, or replaced by others of the text or by anything.
std::string damaged(const std::string &text, Dice &dice)
{
    std::string out = text;
    for (int i = 1 + dice.below(4); i > 0 && !out.empty(); --i) {
        const auto at = static_cast<std::size_t>(dice.below(static_cast<int>(out.size())));
        switch (dice.below(4)) {
        case 0:
            out.erase(at, 1 + static_cast<std::size_t>(dice.below(6)));
            break;
        case 1:
            out.insert(at, out.substr(static_cast<std::size_t>(dice.below(static_cast<int>(out.size()))), 8));
            break;
        case 2:
            out[at] = out[static_cast<std::size_t>(dice.below(static_cast<int>(out.size())))];
            break;
        default:
            out[at] = static_cast<char>(dice.below(256));
        }
    }
    return out;
}

void useAll(const std::string &text)
{
    if (const auto document = YamlDocument::parse(text)) {
        if (!Json::accept(document->json()))
            qFatal("this is no JSON: %s\nmade of: %s", document->json().c_str(), text.c_str());
        for (const char *path :
             {"", "a", "networking.inbound[0].port", "networking.inbound[1].tags[\"kuma.io/service\"]"}) {
            const auto position = document->positionOf(path);
            if (position.line < 1 || position.column < 1)
                qFatal("no position of %s", path);
        }
        (void)canonicalDataplane(document->json());
        (void)yamlFromJson(document->json());
    } else if (document.error().message.empty() || document.error().position.line < 1) {
        qFatal("an error without words or place");
    }
    if (const auto canonical = canonicalDataplane(text)) {
        if (!Json::accept(canonical->json))
            qFatal("this is no JSON: %s", canonical->json.c_str());
    } else if (!canonical.error().what.starts_with("invalid Dataplane object: \"")) {
        qFatal("an error without Kuma's words");
    }
    (void)dataplaneFromJson(text);
    (void)overviewsFromJson(text);
    (void)meshesFromJson(text);
    (void)errorBodyFrom(text, "application/json");
}

constexpr std::uint32_t kSeed = 20260102;

}  // namespace

void TestCodecRandom::jsonSurvivesYaml()
{
    Dice dice(kSeed);
    for (int i = 0; i < 3'000; ++i) {
        const Json given = i % 2 == 0 ? randomJson(dice, 0) : randomDataplane(dice);
        if (given.is_null())  // an empty document is an empty object
            continue;
        const auto yaml = yamlFromJson(given.dump());
        QVERIFY2(yaml.has_value(), given.dump().c_str());
        const auto back = YamlDocument::parse(*yaml);
        QVERIFY2(back.has_value(),
                 (back ? std::string() : back.error().message + "\n" + given.dump() + "\n" + *yaml).c_str());
        // Orders may differ, values may not.
        const auto expected = nlohmann::json::parse(given.dump()),
                   actual = nlohmann::json::parse(back->json());
        QVERIFY2(expected == actual, (given.dump() + "\n" + *yaml + "\n" + back->json()).c_str());
        QVERIFY(back->duplicateKeys().empty());
    }
}

void TestCodecRandom::yamlHasAPositionForEachPath()
{
    Dice dice(kSeed + 1);
    for (int i = 0; i < 300; ++i) {
        const auto yaml = yamlFromJson(randomDataplane(dice).dump());
        QVERIFY(yaml.has_value());
        const auto document = YamlDocument::parse(*yaml);
        QVERIFY2(document.has_value(),
                 (document ? std::string() : document.error().message + "\n" + *yaml).c_str());
        const auto lines = std::count(yaml->begin(), yaml->end(), '\n');
        const auto json = Json::parse(document->json());
        const auto visit = [&](const auto &self, const Json &value, const std::string &path) -> void {
            const auto position = document->positionOf(path);
            QVERIFY2(document->has(path), path.c_str());
            QVERIFY(position.line >= 1 && position.line <= lines);
            if (value.is_object() && path.find("tags") == std::string::npos
                && path.find("labels") == std::string::npos && path.find("metrics") == std::string::npos) {
                for (const auto &[key, member] : value.items())
                    self(self, member, path.empty() ? key : path + "." + key);
            }
            for (std::size_t index = 0; value.is_array() && index < value.size(); ++index)
                self(self, value[index], path + "[" + std::to_string(index) + "]");
        };
        visit(visit, json, {});
    }
}

void TestCodecRandom::canonicalFormIsAFixedPoint()
{
    Dice dice(kSeed + 2);
    int accepted = 0;
    for (int i = 0; i < 3'000; ++i) {
        const auto given = randomDataplane(dice).dump();
        for (const auto era : {KumaEra::V2_9, KumaEra::V2_14, KumaEra::V3_0}) {
            const auto once = canonicalDataplane(given, era);
            if (!once)
                continue;
            ++accepted;
            const auto twice = canonicalDataplane(once->json, era);
            QVERIFY2(twice.has_value(), once->json.c_str());
            QCOMPARE(twice->json, once->json);
            QVERIFY(twice->dropped.empty());
            QVERIFY2(dataplaneFromJson(once->json).has_value(), once->json.c_str());
        }
    }
    QVERIFY2(accepted > 2'000, qPrintable(QString::number(accepted)));
}

void TestCodecRandom::brokenYamlIsAnErrorOrADocument()
{
    Dice dice(kSeed + 3);
    for (int i = 0; i < 4'000; ++i) {
        const auto yaml = yamlFromJson(randomDataplane(dice).dump());
        QVERIFY(yaml.has_value());
        useAll(damaged(*yaml, dice));
    }
}

void TestCodecRandom::brokenJsonIsAnErrorOrADocument()
{
    Dice dice(kSeed + 4);
    for (int i = 0; i < 4'000; ++i)
        useAll(damaged(randomDataplane(dice).dump(), dice));
}

void TestCodecRandom::bytesAreAnErrorOrADocument()
{
    Dice dice(kSeed + 5);
    for (int i = 0; i < 4'000; ++i) {
        std::string text;
        for (int length = dice.below(60); length > 0; --length)
            text += dice.oneIn(4) ? std::string(1, static_cast<char>(dice.below(256))) : randomText(dice);
        useAll(text);
    }
}

QTEST_GUILESS_MAIN(TestCodecRandom)
#include "tst_codec_random.moc"
