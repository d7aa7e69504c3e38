// The tree behind a YamlDocument: what yaml-cpp's parser reports, kept with its marks. Internal to codec. Any
// thread.
#pragma once

#include "backend/codec/yaml_document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// As yaml-cpp counts: lines and columns from 0, columns in bytes.
struct YamlMark {
    int line = 0;
    int column = 0;
};

struct YamlNode {
    enum class Kind : std::uint8_t { Scalar, Sequence, Mapping, Alias };
    struct Member {
        std::uint32_t key;
        std::uint32_t value;
    };

    Kind kind = Kind::Scalar;
    bool isPlain = false;         // a scalar without quotes or a string tag
    bool isImplicitNull = false;  // nothing stands there: `key:`
    YamlMark mark;
    std::string text;                     // of a scalar
    std::uint32_t target = 0;             // of an alias
    std::vector<std::uint32_t> children;  // of a sequence
    std::vector<Member> members;          // of a mapping, in the order they stand
};

// One document. Aliases are kept as such, so that an alias bomb costs nothing until it is written out.
struct YamlTree {
    std::vector<YamlNode> nodes;
    std::uint32_t root = 0;

    const YamlNode &resolve(std::uint32_t index) const;  // through aliases
    // Own members first, the last of equal ones; then those merged by `<<`.
    const YamlNode::Member *member(const YamlNode &mapping, std::string_view key) const;
};

// The lines of the text, to count columns in characters. A byte order mark belongs to no line.
class YamlText
{
public:
    YamlText() = default;
    explicit YamlText(const std::string &text);
    Position positionOf(YamlMark mark) const;

    Position positionAt(std::size_t offset) const;  // of a byte
    std::size_t offsetOf(YamlMark mark) const;
    std::string_view line(int number) const;  // from 0
    const std::string &all() const { return *m_text; }

private:
    std::shared_ptr<const std::string> m_text;
    std::shared_ptr<const std::vector<std::size_t>> m_starts;
};

tl::expected<std::vector<YamlTree>, YamlError> parseYamlStream(const std::string &text,
                                                               const YamlText &lines);
tl::expected<std::string, YamlError> jsonOfYaml(const YamlTree &tree, const YamlText &lines);
std::vector<std::string> duplicateKeysOf(const YamlTree &tree);

}  // namespace meshscope
