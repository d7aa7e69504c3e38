// Text to syntax tree. By descent: or, and, not, then terms. Inner header of the room.
#pragma once

#include "backend/query/query.h"

#include <optional>

namespace meshscope::query {

class Parser
{
public:
    explicit Parser(std::string_view text)
        : m_text(text)
    {}
    Parsed run();

private:
    using Parts = std::optional<Node>;  // nothing: m_problem says why

    Parts alternatives();
    Parts conjunction();
    Parts operand();
    Parts group(Node::Kind kind, Span opening);
    Parts term();
    Parts comparison(const FieldName &field, Span fieldSpan);
    Parts wordNode(std::string text, Span span);
    // Values
    bool values(Node &node, std::vector<Span> &spans);
    std::optional<std::string> value(bool inList, Span &span);
    std::optional<std::string> quotedText(Span &span);

    // Looking ahead
    void skipBlanks();
    bool atEnd() const { return m_at >= m_text.size(); }
    char here() const { return atEnd() ? '\0' : m_text[m_at]; }
    std::string_view ahead(std::size_t bytes) const { return m_text.substr(m_at, bytes); }
    Span wordAhead() const;
    std::string_view textOf(Span span) const { return m_text.substr(span.begin, span.end - span.begin); }
    bool isKeyword(Span span, std::string_view keyword) const;
    std::optional<Op> operatorAhead(Span &span);
    bool operatorFollows(std::size_t from) const;

    std::nullopt_t wrong(Span span, std::string what, bool couldGoOn = false);
    // What was expected, at the place that was reached; amber when that is the end of the text.
    std::nullopt_t expected(std::string what);
    Piece &note(Piece::Role role, Span span);

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    bool m_inInbound = false;
    bool m_usesTime = false;
    bool m_usesPolicies = false;
    Diagnosis m_problem;
    std::vector<Piece> m_pieces;
};

}  // namespace meshscope::query
