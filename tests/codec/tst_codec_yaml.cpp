#include "tests/support/qtest_std.h"

#include "backend/codec/yaml_document.h"

#include <QTest>

using namespace meshscope;

class TestCodecYaml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void becomesJson_data();
    void becomesJson();
    void saysWhatIsWrongAndWhere_data();
    void saysWhatIsWrongAndWhere();
    void knowsWhereEverythingStands_data();
    void knowsWhereEverythingStands();
    void countsCharactersAndNotBytes();
    void knowsWhatIsThere();
    void splitsAStream();
    void findsKeysThatOccurTwice();
    void survivesHostileText_data();
    void survivesHostileText();
    void writesYamlForPeople();
    void quotesOnlyWhatNeedsIt_data();
    void quotesOnlyWhatNeedsIt();
    void writesNoTimesOfTheServer();
    void refusesToWriteNonsense();
};

namespace {

// 1  type: Dataplane
// 5  networking:
const std::string kDocument = R"(type: Dataplane
mesh: default
name: web-1
# a comment
networking:
  address: 192.168.0.1
  inbound:
    - port: 8080
      tags:
        kuma.io/service: web
        "version": v1
    -
      port: 8081
      health: {ready: true}
      state:
  transparent_proxying:
    redirect_port_inbound: 15006
probes: &p {port: 9000}
copy: *p
merged:
  <<: *p
  own: 1
)";

}  // namespace

void TestCodecYaml::becomesJson_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const QByteArray &yaml, const QByteArray &json) {
        QTest::newRow(name) << yaml << json;
    };
    row("nothing is an empty object", "", "{}");
    row("only a comment too", "# nothing\n---\n", "{}");
    row("keys keep their order", "b: 1\na: 2\n", R"({"b":1,"a":2})");
    row("words that are not strings", "[true, False, NULL, ~, null, TRUE]",
        "[true,false,null,null,null,true]");
    row("words that only YAML 1.1 takes for something", "[yes, no, on, off, y, n]",
        R"(["yes","no","on","off","y","n"])");
    row("integers", "[0, -1, +7, 007, 0x1F, 0o17, -0]", "[0,-1,7,7,31,15,0]");
    row("an integer of any size stays exact", "123456789012345678901234567890",
        "123456789012345678901234567890");
    row("fractions", "[1.5, .5, 2., -0.25, 1e3, 1.5E-3]", "[1.5,0.5,2.0,-0.25,1.0e3,1.5e-3]");
    row("versions, addresses and times are strings", "[v1, 1.36.8, 10.0.0.1, 12:30, 1_000, 0x, 1e, '-', .]",
        R"(["v1","1.36.8","10.0.0.1","12:30","1_000","0x","1e","-","."])");
    row("no such number in JSON", "[.inf, -.inf, .nan]", R"([".inf","-.inf",".nan"])");
    row("quotes make strings", R"(["1", 'true', "~", ''])", R"(["1","true","~",""])");
    row("a tag makes a string", "[!!str 5, !!str true]", R"(["5","true"])");
    row("a value may be missing", "a:\nb:\n", R"({"a":null,"b":null})");
    row("blocks of text", "a: |\n  x\n  y\nb: >-\n  p\n  q\n", R"({"a":"x\ny\n","b":"p q"})");
    row("escapes", R"(a: "\x41\u00e9\n")", "{\"a\":\"A\xC3\xA9\\n\"}");
    row("the last of two keys counts", "a: 1\nb: 2\na: 3\n", R"({"a":3,"b":2})");
    row("keys are texts", "5: a\ntrue: b\n1.50: c\n", R"({"5":"a","true":"b","1.50":"c"})");
    row("aliases are written out", "a: &x {b: [1]}\nc: *x\n", R"({"a":{"b":[1]},"c":{"b":[1]}})");
    row("merged keys, own ones first", "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n",
        R"({"a":{"b":1,"c":2},"d":{"c":3,"b":1}})");
    row("several merged", "a: &x {b: 1}\nd: &y {b: 5, e: 6}\nf:\n  <<: [*x, *y]\n",
        R"({"a":{"b":1},"d":{"b":5,"e":6},"f":{"b":1,"e":6}})");
    row("a quoted << is a key", "a: {'<<': 1}", R"({"a":{"<<":1}})");
    row("Windows line ends", "a: 1\r\nb:\r\n  - 2\r\n", R"({"a":1,"b":[2]})");
    row("a byte order mark",
        "\xEF\xBB\xBF"
        "a: 1\n",
        R"({"a":1})");
    row("not every text is a mapping", "- 1\n- a: 2\n", R"([1,{"a":2}])");
    row("an end mark", "a: 1\n...\n", R"({"a":1})");
}

void TestCodecYaml::becomesJson()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, json);
    const auto document = YamlDocument::parse(yaml.toStdString());
    QVERIFY2(document.has_value(), document ? "" : document.error().message.c_str());
    QCOMPARE(document->json(), json.toStdString());
}

void TestCodecYaml::saysWhatIsWrongAndWhere_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const QByteArray &yaml, int line, int column,
                        const QByteArray &words) { QTest::newRow(name) << yaml << line << column << words; };
    row("wrong indentation", "a:\n    b: 1\n  c: 2\n", 3, 3,
        "this line is not indented like the ones it belongs to");
    row("a tab", "a:\n\tb: 1\n", 2, 1, "a tab cannot indent YAML; use spaces");
    row("a tab among blanks", "a:\n  b: 1\n \tc: 2\n", 3, 2, "a tab cannot indent YAML; use spaces");
    row("a colon too many", "a: b: c\n", 1, 5, "a colon cannot stand here");
    row("a list that is not closed", "a: [1, 2\n", 2, 1, "not closed with ]");
    row("a quote that is not closed", "a: 1\nb: \"x\nc: 2\n", 2, 4, "this quote is never closed");
    row("an apostrophe that is not closed", "a: 'it''s\n", 1, 4, "this quote is never closed");
    row("a character that begins nothing", "a: @x\n", 1, 4, "put the value in quotes");
    row("an alias without an anchor", "a: *b\n", 1, 4, "has no anchor");
    row("an alias within itself", "a: &x [1, *x]\n", 1, 11, "inside of what it stands for");
    row("a key that is a list", "? [a]\n: b\n", 1, 3, "a key must be a word");
    row("a key that is missing", ": b\n", 1, 1, "a key is missing");
    row("merging what is no mapping", "a: {<<: 5}\n", 1, 5, "only mappings can be merged");
    row("a second document", "a: 1\n---\nb: 2\n", 3, 1, "a second document begins here");
    row("a bracket that closes nothing", "a: 1\n]\n", 2, 1, "");
    row("a zero byte", QByteArray("a: b\0c", 6), 1, 5, "U+0000");
    row("the byte that ends yaml-cpp", "a: 1\n\x04 b: 2\n", 2, 1, "U+0004");
    row("an escape sequence", "a: \x1B[1m\n", 1, 4, "U+001B");
    row("no UTF-8", "\xC3\xA9: \xFF\n", 1, 4, "not UTF-8");
    row("half a character", "a: \xE2\x82", 1, 4, "not UTF-8");
    row("a surrogate", "a: \xED\xA0\x80", 1, 4, "not UTF-8");
    row("UTF-16", QByteArray("\xFF\xFE\x61\x00", 4), 1, 1, "not UTF-8");
}

void TestCodecYaml::saysWhatIsWrongAndWhere()
{
    QFETCH(QByteArray, yaml);
    QFETCH(int, line);
    QFETCH(int, column);
    QFETCH(QByteArray, words);
    const auto document = YamlDocument::parse(yaml.toStdString());
    QVERIFY(!document);
    QVERIFY2(document.error().message.find(words.toStdString()) != std::string::npos,
             document.error().message.c_str());
    QCOMPARE(document.error().position.line, line);
    QCOMPARE(document.error().position.column, column);
}

void TestCodecYaml::knowsWhereEverythingStands_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    const auto row = [](const char *name, const QByteArray &path, int line, int column) {
        QTest::newRow(name) << path << line << column;
    };
    row("the whole document", "", 1, 1);
    row("a value", "name", 3, 7);
    row("a block is shown at its key", "networking", 5, 1);
    row("a value in a block", "networking.address", 6, 12);
    row("a list at its key", "networking.inbound", 7, 3);
    row("an entry of a list", "networking.inbound[0]", 8, 7);
    row("a value in an entry", "networking.inbound[0].port", 8, 13);
    row("a key in brackets is the key itself", "networking.inbound[0].tags[\"kuma.io/service\"]", 10, 9);
    row("a quoted key", "networking.inbound[0].tags[\"version\"]", 11, 9);
    row("an entry on the next line", "networking.inbound[1].port", 13, 13);
    row("something on its key's line", "networking.inbound[1].health", 14, 15);
    row("a value within braces", "networking.inbound[1].health.ready", 14, 23);
    row("a value that is missing is shown at its key", "networking.inbound[1].state", 15, 7);
    row("a missing field at its parent", "networking.inbound[0].servicePort", 8, 7);
    row("a missing tag at the tags", "networking.inbound[0].tags[\"team\"]", 9, 7);
    row("a missing entry at the list", "networking.inbound[7].port", 7, 3);
    row("the proto's spelling", "networking.transparentProxying.redirectPortInbound", 17, 28);
    row("an alias where it stands", "copy", 19, 7);
    row("below an alias where the anchor is", "copy.port", 18, 19);
    row("a merged key where it comes from", "merged.port", 18, 19);
    row("nothing of the kind", "spec.to[0]", 1, 1);
    row("a broken path", "networking.inbound[", 7, 3);
}

void TestCodecYaml::knowsWhereEverythingStands()
{
    QFETCH(QByteArray, path);
    QFETCH(int, line);
    QFETCH(int, column);
    const auto document = YamlDocument::parse(kDocument);
    QVERIFY2(document.has_value(), document ? "" : document.error().message.c_str());
    const auto position = document->positionOf(path.toStdString());
    QCOMPARE(position.line, line);
    QCOMPARE(position.column, column);
}

void TestCodecYaml::countsCharactersAndNotBytes()
{
    const auto document = YamlDocument::parse("\xEF\xBB\xBF{\"\xC3\xA9\xF0\x9F\x98\x80\": 1, b: 2}\n");
    QVERIFY(document.has_value());
    QCOMPARE(document->positionOf("b"), (Position{1, 14}));
}

void TestCodecYaml::knowsWhatIsThere()
{
    const auto document = YamlDocument::parse(kDocument);
    QVERIFY(document.has_value());
    QVERIFY(document->has("networking.inbound[1].health.ready"));
    QVERIFY(document->has("networking.inbound[1].state"));
    QVERIFY(document->has("merged.port"));
    QVERIFY(!document->has("networking.inbound[2]"));
    QVERIFY(!document->has("networking.address.x"));
    QVERIFY(!document->has("kind"));
}

void TestCodecYaml::splitsAStream()
{
    const auto stream =
        YamlDocument::parseStream("---\na: 1\n---\n# empty\n---\nb:\n  c: 2\n...\n---\nd: 3\n");
    QVERIFY2(stream.has_value(), stream ? "" : stream.error().message.c_str());
    QCOMPARE(stream->size(), std::size_t(3));
    QCOMPARE((*stream)[0].json(), std::string(R"({"a":1})"));
    QCOMPARE((*stream)[1].json(), std::string(R"({"b":{"c":2}})"));
    QCOMPARE((*stream)[1].positionOf("b.c"), (Position{7, 6}));
    QCOMPARE((*stream)[2].positionOf("d"), (Position{10, 4}));
    const auto broken = YamlDocument::parseStream("a: 1\n---\nb: [\n");
    QVERIFY(!broken);
    QCOMPARE(broken.error().position.line, 4);
    const auto none = YamlDocument::parseStream("---\n---\n");
    QVERIFY(none.has_value() && none->empty());
}

void TestCodecYaml::findsKeysThatOccurTwice()
{
    const auto document =
        YamlDocument::parse("a: 1\nb:\n  - c: 1\n    c: 2\n    c: 3\na: 2\nt: {x.y: 1, 'x.y': 2}\n");
    QVERIFY(document.has_value());
    QCOMPARE(document->duplicateKeys(), (std::vector<std::string>{"a", "b[0].c", "t[\"x.y\"]"}));
    QCOMPARE(document->positionOf("a"), (Position{6, 4}));
    QVERIFY(YamlDocument::parse(kDocument)->duplicateKeys().empty());
}

void TestCodecYaml::survivesHostileText_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<bool>("isFine");
    QTest::newRow("a hundred thousand lists in each other") << QByteArray(100'000, '[') << false;
    QTest::newRow("a hundred thousand mappings in each other") << QByteArray(100'000, '{') << false;
    QTest::newRow("a hundred thousand dashes") << QByteArray("- ").repeated(100'000) << false;
    QTest::newRow("a hundred thousand question marks") << QByteArray("? ").repeated(100'000) << false;
    QTest::newRow("a hundred thousand anchors") << QByteArray("&a ").repeated(100'000) << false;
    QTest::newRow("a hundred thousand aliases")
        << "a: &a 1\nb: [" + QByteArray("*a,").repeated(100'000) + "]" << true;
    QTest::newRow("as deep as it may be") << QByteArray(400, '[') + QByteArray(400, ']') << true;
    QByteArray laughs = "a0: &a0 [ha,ha,ha,ha,ha,ha,ha,ha,ha,ha]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray alias = "*a" + QByteArray::number(i - 1);
        const QByteArray entries = alias + ",";
        laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + entries.repeated(9)
                  + alias + "]\n";
    }
    QTest::newRow("a billion laughs") << laughs << false;
    QByteArray deep = "a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n";
    for (int i = 1; i < 200; ++i)
        deep += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [[[[[[[[[*a"
                + QByteArray::number(i - 1) + "]]]]]]]]]\n";
    QTest::newRow("a tower of aliases") << deep << false;
}

void TestCodecYaml::survivesHostileText()
{
    QFETCH(QByteArray, yaml);
    QFETCH(bool, isFine);
    const auto document = YamlDocument::parse(yaml.toStdString());
    QCOMPARE(document.has_value(), isFine);
    if (!document)
        QVERIFY(document.error().position.line >= 1 && !document.error().message.empty());
}

void TestCodecYaml::writesYamlForPeople()
{
    VALUE_OR_FAIL(
        yaml, yamlFromJson(R"({"networking":{"outbound":[{"tags":{"kuma.io/service":"backend"},"port":10001}],
        "inbound":[{"tags":{"kuma.io/service":"web","version":"1"},"state":"NotReady","servicePort":8081,"port":8080,"name":"http"}],
        "admin":{"port":9901},"address":"127.0.0.1","gateway":{}},"custom":[[],{},[1,[2]]],"labels":{"team":"blue"},"name":"web-1","mesh":"default","type":"Dataplane"})"));
    QCOMPARE(yaml, std::string(R"(type: Dataplane
mesh: default
name: web-1
labels:
  team: blue
networking:
  address: 127.0.0.1
  admin:
    port: 9901
  gateway: {}
  inbound:
    - name: http
      port: 8080
      servicePort: 8081
      state: NotReady
      tags:
        kuma.io/service: web
        version: "1"
  outbound:
    - port: 10001
      tags:
        kuma.io/service: backend
custom:
  - []
  - {}
  - - 1
    - - 2
)"));
}

void TestCodecYaml::quotesOnlyWhatNeedsIt_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("yaml");
    const auto row = [](const QByteArray &json, const QByteArray &yaml) {
        QTest::newRow(json.constData()) << json << yaml;
    };
    row(R"("web")", "web");
    row(R"("kuma.io/service")", "kuma.io/service");
    row(R"("two words")", "two words");
    row(R"("10.0.0.1")", "10.0.0.1");
    row(R"("v1.2.3")", "v1.2.3");
    row(R"("fd00::1")", "fd00::1");
    row(R"("2026-01-02T03:04:05Z")", "2026-01-02T03:04:05Z");
    row(R"("a:b")", "a:b");
    row(R"("80")", "\"80\"");
    row(R"("1.5")", "\"1.5\"");
    row(R"("0x1F")", "\"0x1F\"");
    row(R"("12:30")", "\"12:30\"");
    row(R"("1e3")", "\"1e3\"");
    row(R"("true")", "\"true\"");
    row(R"("yes")", "\"yes\"");
    row(R"("null")", "\"null\"");
    row(R"("~")", "\"~\"");
    row(R"("")", "\"\"");
    row(R"("*")", "\"*\"");
    row(R"("- a")", "\"- a\"");
    row(R"("a: b")", "\"a: b\"");
    row(R"("a #b")", "\"a #b\"");
    row(R"("a:")", "\"a:\"");
    row(R"(" a")", "\" a\"");
    row(R"("a ")", "\"a \"");
    row(R"("<<")", "\"<<\"");
    row(R"("---")", "\"---\"");
    row(R"("a\nb")", R"("a\nb")");
    row("80", "80");
    row("80.50", "80.50");
    row("123456789012345678901", "123456789012345678901");
    row("true", "true");
    row("null", "null");
}

void TestCodecYaml::quotesOnlyWhatNeedsIt()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, yaml);
    VALUE_OR_FAIL(written, yamlFromJson("{\"a\":" + json.toStdString() + "}"));
    QCOMPARE(written, "a: " + yaml.toStdString() + "\n");
    const auto back = YamlDocument::parse(written);
    QVERIFY(back.has_value());
    QCOMPARE(back->json(), "{\"a\":" + json.toStdString() + "}");
}

void TestCodecYaml::writesNoTimesOfTheServer()
{
    VALUE_OR_FAIL(
        yaml,
        yamlFromJson(
            R"({"name":"n","creationTime":"2026-01-02T03:04:05Z","modificationTime":"x","kri":"kri_dp","spec":{"creationTime":"mine"}})"));
    QCOMPARE(yaml, std::string("name: \"n\"\nspec:\n  creationTime: mine\n"));
}

void TestCodecYaml::refusesToWriteNonsense()
{
    QVERIFY(!yamlFromJson("{"));
    QVERIFY(!yamlFromJson(""));
    const auto deep = yamlFromJson(std::string(2'000, '[') + std::string(2'000, ']'));
    QVERIFY(!deep);
    QCOMPARE(deep.error().code, Error::Code::Invalid);
}

QTEST_GUILESS_MAIN(TestCodecYaml)
#include "tst_codec_yaml.moc"
