#include "backend/query/parser.h"

#include <algorithm>

namespace meshscope::query {

namespace {

constexpr int kMaxDepth = 100;  // of parentheses and nots; each is a few calls deep here and when it is asked

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// What ends a word: the language's own signs.
bool isSign(char c)
{
    return isBlank(c) || std::string_view("()\"'{},=!<>~:").find(c) != std::string_view::npos;
}

std::string tick(std::string_view text) { return "`" + std::string(text) + "`"; }

}  // namespace

Parsed parse(std::string_view text) { return Parser(text).run(); }

std::string quotedValue(std::string_view value)
{
    const bool plain = !value.empty() && std::none_of(value.begin(), value.end(), isSign)
                       && value.find('\\') == std::string_view::npos;
    if (plain)
        return std::string(value);
    std::string result = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

std::string Diagnosis::sentence() const
{
    return verdict == Verdict::Good ? std::string() : "column " + std::to_string(column) + ": " + what;
}

Parsed Parser::run()
{
    Parsed parsed;
    skipBlanks();
    if (!atEnd()) {
        auto root = alternatives();
        if (root && !atEnd()) {
            if (here() == ')')
                wrong({m_at, m_at + 1}, "this ) closes nothing");
            else
                wrong({m_at, m_at + 1}, "a field, a word, and, or or ( was expected, not " + tick(ahead(1)));
            root.reset();
        }
        if (root) {
            parsed.query.m_root = std::make_shared<const Node>(std::move(*root));
            parsed.query.m_usesTime = m_usesTime;
            parsed.query.m_usesPolicies = m_usesPolicies;
            parsed.query.m_text = m_text;
        }
    }
    parsed.diagnosis = std::move(m_problem);
    parsed.pieces = std::move(m_pieces);
    return parsed;
}

Parser::Parts Parser::alternatives()
{
    Node node;
    node.kind = Node::Kind::Or;
    for (;;) {
        auto part = conjunction();
        if (!part)
            return part;
        node.children.push_back(std::move(*part));
        const Span word = wordAhead();
        if (!isKeyword(word, "or"))
            break;
        m_at = word.end;
        note(Piece::Role::Keyword, word);
        skipBlanks();
        if (atEnd() || here() == ')')
            return expected("a term was expected after or");
    }
    if (node.children.size() == 1)
        return std::move(node.children.front());
    node.span = {node.children.front().span.begin, node.children.back().span.end};
    return node;
}

Parser::Parts Parser::conjunction()
{
    Node node;
    node.kind = Node::Kind::And;
    for (;;) {
        auto part = operand();
        if (!part)
            return part;
        node.children.push_back(std::move(*part));
        skipBlanks();
        const Span word = wordAhead();
        if (isKeyword(word, "and")) {
            m_at = word.end;
            note(Piece::Role::Keyword, word);
            skipBlanks();
            if (atEnd() || here() == ')')
                return expected("a term was expected after and");
            continue;
        }
        if (atEnd() || here() == ')' || isKeyword(word, "or"))
            break;
    }
    if (node.children.size() == 1)
        return std::move(node.children.front());
    node.span = {node.children.front().span.begin, node.children.back().span.end};
    return node;
}

Parser::Parts Parser::operand()
{
    const Span word = wordAhead();
    if (m_depth >= kMaxDepth)
        return wrong({m_at, m_text.size()}, "this is nested too deep");
    if (isKeyword(word, "not") && !operatorFollows(word.end)) {
        m_at = word.end;
        note(Piece::Role::Keyword, word);
        skipBlanks();
        if (atEnd() || here() == ')')
            return expected("a term was expected after not");
        ++m_depth;
        auto inner = operand();
        --m_depth;
        if (!inner)
            return inner;
        Node node;
        node.kind = Node::Kind::Not;
        node.span = {word.begin, inner->span.end};
        node.children.push_back(std::move(*inner));
        return node;
    }
    if (here() == '(')
        return group(Node::Kind::And, {m_at, m_at + 1});
    if (isKeyword(word, "inbound")) {
        const std::size_t before = m_at;
        m_at = word.end;
        skipBlanks();
        if (here() == '(') {
            const Span opening{word.begin, m_at + 1};
            if (m_inInbound)
                return wrong(opening, "inbound( ) cannot stand inside of inbound( )");
            m_inInbound = true;
            auto inner = group(Node::Kind::Inbound, opening);
            m_inInbound = false;
            return inner;
        }
        m_at = before;
    }
    return term();
}

// From its opening parenthesis to the closing one. Without one of its own, Kind::And stands for plain ( ).
Parser::Parts Parser::group(Node::Kind kind, Span opening)
{
    m_at = opening.end;
    note(Piece::Role::Parenthesis, opening);
    skipBlanks();
    if (here() == ')')
        return wrong({opening.begin, m_at + 1}, "a term was expected inside of the parentheses");
    if (atEnd())
        return expected("a term was expected after " + tick(textOf(opening)));
    ++m_depth;
    auto inner = alternatives();
    --m_depth;
    if (!inner)
        return inner;
    skipBlanks();
    if (here() != ')')
        return expected(") was expected");
    const Span closing{m_at, m_at + 1};
    note(Piece::Role::Parenthesis, closing);
    ++m_at;
    skipBlanks();
    if (kind != Node::Kind::Inbound) {
        inner->span = {opening.begin, closing.end};
        return inner;
    }
    Node node;
    node.kind = kind;
    node.span = {opening.begin, closing.end};
    node.children.push_back(std::move(*inner));
    return node;
}

Parser::Parts Parser::term()
{
    Span span;
    if (here() == '"' || here() == '\'') {
        auto text = quotedText(span);
        if (!text)
            return {};
        note(Piece::Role::Word, span);
        skipBlanks();
        if (operatorFollows(span.end) && here() != '<' && here() != '>')
            return wrong(span, "a field was expected before " + tick(ahead(1)) + ", not a word in quotes");
        return wordNode(std::move(*text), span);
    }
    span = wordAhead();
    if (span.begin == span.end) {
        Span sign;
        if (operatorAhead(sign) || here() == '=' || here() == '!')
            return wrong({m_at, m_at + 1}, "a field was expected before " + tick(ahead(1)));
        return wrong({m_at, m_at + 1}, "a field or a word was expected, not " + tick(ahead(1)));
    }
    for (const auto keyword : {"and", "or"}) {
        // At the very end it may become a longer word.
        if (isKeyword(span, keyword))
            return wrong(span, "a term was expected before " + std::string(keyword),
                         span.end == m_text.size());
    }
    const std::string text(textOf(span));
    auto field = fieldFrom(text);
    m_at = span.end;
    if (field && field->key.empty() && (field->field == Field::Tag || field->field == Field::Label)) {
        note(Piece::Role::Field, span).field = field->field;
        if (here() != '"' && here() != '\'')
            return expected("a key was expected after " + tick(text));
        Span keySpan;
        auto key = quotedText(keySpan);
        if (!key)
            return {};
        field->key = std::move(*key);
        span.end = keySpan.end;
        m_pieces.pop_back();
    }
    const bool compares = operatorFollows(span.end);
    skipBlanks();
    if (field) {
        Span next = wordAhead();
        const bool postfix = isKeyword(next, "exists") || isKeyword(next, "in");
        if (compares || postfix) {
            auto &piece = note(Piece::Role::Field, span);
            piece.field = field->field;
            piece.key = field->key;
            return comparison(*field, span);
        }
        if (text.find('.') != std::string::npos) {
            auto &piece = note(Piece::Role::Field, span);
            piece.field = field->field;
            piece.key = field->key;
            return expected("an operator was expected after " + tick(textOf(span)) + ": "
                            + opsText(infoOf(field->field).kind));
        }
    } else if (compares) {
        const auto near = nearestField(text);
        const std::string hint = near.empty() ? " (a word with such signs stands in quotes)"
                                              : "; " + tick(near) + " is the nearest";
        return wrong(span, "there is no field " + tick(text) + hint);
    }
    note(Piece::Role::Word, span);
    return wordNode(text, span);
}

Parser::Parts Parser::wordNode(std::string text, Span span)
{
    Node node;
    node.kind = Node::Kind::Word;
    node.span = span;
    node.test = ValueTest::word(text);
    node.values.push_back(std::move(text));
    skipBlanks();
    return node;
}

Parser::Parts Parser::comparison(const FieldName &field, Span fieldSpan)
{
    const FieldInfo &info = infoOf(field.field);
    Node node;
    node.kind = Node::Kind::Term;
    node.field = field.field;
    node.key = field.key;
    Span opSpan;
    const auto op = operatorAhead(opSpan);
    if (!op) {
        const std::string sign(ahead(1));
        const bool couldGoOn = m_at + 1 == m_text.size();
        return wrong({m_at, m_at + 1},
                     sign == "=" ? "== was expected, not ="
                                 : "!= was expected after the field; not stands before it",
                     couldGoOn);
    }
    node.op = *op;
    m_at = opSpan.end;
    auto &piece = note(Piece::Role::Operator, opSpan);
    piece.field = field.field;
    piece.key = field.key;
    piece.op = *op;
    if (!takes(info.kind, *op)) {
        // `<` is also how `<=` begins, but neither is `:` nor `=`; so this cannot be mended by going on.
        return wrong(opSpan,
                     tick(textOf(fieldSpan)) + " takes " + opsText(info.kind) + ", not " + tick(opText(*op)));
    }
    std::vector<Span> spans;
    if (*op != Op::Exists && !values(node, spans))
        return {};
    ValueProblem problem;
    std::size_t wrongValue = 0;
    node.test = ValueTest::make(field.field, *op, node.values, problem, wrongValue);
    if (!node.test) {
        const Span at = spans[wrongValue];
        return wrong(at, std::move(problem.what), problem.couldGoOn && at.end == m_text.size());
    }
    m_usesPolicies = m_usesPolicies || field.field == Field::Policy;
    m_usesTime = m_usesTime || (info.kind == FieldKind::Duration && *op != Op::Exists);
    node.span = {fieldSpan.begin, spans.empty() ? opSpan.end : m_at};
    skipBlanks();
    return node;
}

bool Parser::values(Node &node, std::vector<Span> &spans)
{
    const auto add = [&](bool inList) {
        Span span;
        auto text = value(inList, span);
        if (!text)
            return false;
        auto &piece = note(Piece::Role::Value, span);
        piece.field = node.field;
        piece.key = node.key;
        piece.op = node.op;
        node.values.push_back(std::move(*text));
        spans.push_back(span);
        return true;
    };
    skipBlanks();
    if (node.op != Op::In) {
        if (atEnd() || here() == ')')
            return expected("a value was expected after " + std::string(opText(node.op))), false;
        return add(false);
    }
    if (here() != '{')
        return expected("{ was expected after in, as in {a, b}"), false;
    note(Piece::Role::Parenthesis, {m_at, m_at + 1});
    ++m_at;
    for (;;) {
        skipBlanks();
        if (atEnd())
            return expected("a value was expected"), false;
        if (here() == ',' || here() == '}')
            return wrong({m_at, m_at + 1}, "a value was expected before " + tick(ahead(1))), false;
        if (!add(true))
            return false;
        skipBlanks();
        if (here() == '}') {
            note(Piece::Role::Parenthesis, {m_at, m_at + 1});
            ++m_at;
            return true;
        }
        if (here() != ',')
            return expected(", or } was expected"), false;
        ++m_at;
    }
}

// Up to a blank, or a closing parenthesis that it did not open; in a list also up to a comma or brace. A
// regular expression may so have its own parentheses without quotes.
std::optional<std::string> Parser::value(bool inList, Span &span)
{
    if (here() == '"' || here() == '\'')
        return quotedText(span);
    span.begin = m_at;
    int open = 0;
    bool inClass = false;
    for (; !atEnd() && !isBlank(here()); ++m_at) {
        const char c = here();
        if (inList && (c == ',' || c == '}'))
            break;
        if (c == '\\' && m_at + 1 < m_text.size()) {
            if (!isBlank(m_text[m_at + 1]))
                ++m_at;
            continue;
        }
        if (c == '[' || c == ']')
            inClass = c == '[';
        if (inClass)
            continue;
        if (c == '(')
            ++open;
        if (c == ')' && open-- == 0)
            break;
    }
    span.end = m_at;
    return std::string(textOf(span));
}

std::optional<std::string> Parser::quotedText(Span &span)
{
    const char mark = here();
    span.begin = m_at++;
    std::string text;
    for (; !atEnd() && here() != mark; ++m_at) {
        if (here() == '\\' && m_at + 1 < m_text.size())
            ++m_at;
        text += here();
    }
    if (atEnd()) {
        wrong({span.begin, m_text.size()}, "the closing " + std::string(1, mark) + " was expected", true);
        return {};
    }
    span.end = ++m_at;
    return text;
}

void Parser::skipBlanks()
{
    while (!atEnd() && isBlank(here()))
        ++m_at;
}

// A run without signs; one that begins as an address does keeps its colons. Empty where none begins.
Span Parser::wordAhead() const
{
    std::size_t end = m_at;
    const bool address =
        end < m_text.size() && ((m_text[end] >= '0' && m_text[end] <= '9') || m_text[end] == '[');
    while (end < m_text.size() && (!isSign(m_text[end]) || (address && m_text[end] == ':')))
        ++end;
    return {m_at, end};
}

bool Parser::isKeyword(Span span, std::string_view keyword) const
{
    return equalFolded(textOf(span), keyword);
}

std::optional<Op> Parser::operatorAhead(Span &span)
{
    for (const Op op : {Op::Equal, Op::NotEqual, Op::LessEqual, Op::GreaterEqual, Op::Contains, Op::Regex,
                        Op::Less, Op::Greater}) {
        const auto sign = opText(op);
        if (ahead(sign.size()) == sign) {
            span = {m_at, m_at + sign.size()};
            return op;
        }
    }
    span = wordAhead();
    for (const Op op : {Op::In, Op::Exists}) {
        if (isKeyword(span, opText(op)))
            return op;
    }
    return {};
}

// After blanks, if any: one of the signs, or a beginning of one.
bool Parser::operatorFollows(std::size_t from) const
{
    while (from < m_text.size() && isBlank(m_text[from]))
        ++from;
    return from < m_text.size() && std::string_view("=!<>~:").find(m_text[from]) != std::string_view::npos;
}

std::nullopt_t Parser::wrong(Span span, std::string what, bool couldGoOn)
{
    m_problem.verdict = couldGoOn ? Diagnosis::Verdict::CouldGoOn : Diagnosis::Verdict::Wrong;
    m_problem.span = {span.begin, std::min(span.end, m_text.size())};
    m_problem.column = columnOf(m_text, span.begin);
    m_problem.what = std::move(what);
    return std::nullopt;
}

std::nullopt_t Parser::expected(std::string what)
{
    return wrong({m_at, m_at + 1}, std::move(what), atEnd());
}

Piece &Parser::note(Piece::Role role, Span span)
{
    Piece &piece = m_pieces.emplace_back();
    piece.role = role;
    piece.span = span;
    return piece;
}

}  // namespace meshscope::query
