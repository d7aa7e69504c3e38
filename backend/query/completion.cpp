#include "backend/query/completion.h"

#include "backend/query/text.h"

#include <algorithm>

namespace meshscope::query {

namespace {

constexpr std::size_t kMost = 40;

std::string_view aboutOf(Op op)
{
    switch (op) {
    case Op::Contains:
        return "contains, without case";
    case Op::Equal:
        return "is exactly";
    case Op::NotEqual:
        return "is not";
    case Op::Regex:
        return "matches a regular expression";
    case Op::Less:
        return "is less than";
    case Op::LessEqual:
        return "is at most";
    case Op::Greater:
        return "is more than";
    case Op::GreaterEqual:
        return "is at least";
    case Op::In:
        return "is one of a list";
    case Op::Exists:
        return "is there at all";
    }
    return {};
}

bool takesPart(std::string_view name, std::string_view part) { return startsWithFolded(name, part); }

// `after` is what is typed already and stays before the operator.
void addOperators(Completion &completion, Field field, std::string_view after)
{
    for (const Op op : opsOf(infoOf(field).kind)) {
        std::string text(after);
        text += after.empty() || op == Op::Contains ? "" : " ";
        text += op == Op::In ? "in {" : opText(op);
        completion.suggestions.push_back(
            {Suggestion::Kind::Operator, text, std::string(opText(op)), std::string(aboutOf(op)), 0});
    }
}

void addKeyword(Completion &completion, std::string_view part, std::string_view word, std::string_view about)
{
    if (takesPart(word, part))
        completion.suggestions.push_back(
            {Suggestion::Kind::Keyword, std::string(word), std::string(word), std::string(about), 0});
}

void addJoins(Completion &completion, std::string_view part)
{
    addKeyword(completion, part, "and", "both sides hold");
    addKeyword(completion, part, "or", "one of the sides holds");
}

// A key that is no plain word stands in quotes: tag."my key".
std::string keyText(Field field, const std::string &key)
{
    const std::string text = fieldText(field, key);
    const auto parsed = parse(text + " exists");
    return parsed.diagnosis.verdict == Diagnosis::Verdict::Good && parsed.query.root()->key == key
               ? text
               : fieldText(field) + quotedValue(key);
}

void addKeys(Completion &completion, Field field, std::string_view part, const ValueSource &source)
{
    for (auto &key : source.keys(field, part, kMost))
        completion.suggestions.push_back(
            {Suggestion::Kind::Field, keyText(field, key.value), fieldText(field, key.value), {}, key.count});
}

void addTerms(Completion &completion, std::string_view part, bool inInbound, const ValueSource &source)
{
    for (const FieldInfo &info : allFields()) {
        const bool keyed = info.field == Field::Tag || info.field == Field::Label;
        if (keyed && startsWithFolded(part, info.name))
            addKeys(completion, info.field, part.substr(info.name.size()), source);
        else if (takesPart(info.name, part))
            completion.suggestions.push_back({Suggestion::Kind::Field, std::string(info.name),
                                              keyed ? std::string(info.name) + "KEY" : std::string(info.name),
                                              std::string(info.about), 0});
    }
    // "ver" finds tag.version, too.
    if (!part.empty() && part.find('.') == std::string_view::npos)
        addKeys(completion, Field::Tag, part, source);
    addKeyword(completion, part, "not", "the term after it does not hold");
    if (!inInbound)
        addKeyword(completion, part, "inbound(", "what is inside holds for one and the same inbound");
}

void addValues(Completion &completion, const Piece &piece, std::string_view part, const ValueSource &source)
{
    const auto add = [&completion](std::string_view value, std::size_t count, std::string_view about) {
        completion.suggestions.push_back(
            {Suggestion::Kind::Value, quotedValue(value), std::string(value), std::string(about), count});
    };
    if (infoOf(piece.field).kind == FieldKind::Duration) {
        for (const std::string_view value : {"5m", "1h", "24h", "7d", "30d"}) {
            if (takesPart(value, part))
                add(value, 0, {});
        }
        return;
    }
    const auto values = source.values(piece.field, piece.key, part, kMost);
    for (const auto &value : values)
        add(value.value, value.count, {});
    // Names that no dataplane has at the moment are still names.
    for (const std::string_view name : namesOf(piece.field)) {
        const bool has = std::any_of(values.begin(), values.end(),
                                     [name](const auto &value) { return value.value == name; });
        if (!has && takesPart(name, part))
            add(name, 0, "none at the moment");
    }
}

// How many inbound( are open before the end.
bool isInInbound(std::string_view text, const std::vector<Piece> &pieces)
{
    std::vector<bool> open;
    for (const Piece &piece : pieces) {
        if (piece.role != Piece::Role::Parenthesis)
            continue;
        const auto sign = text.substr(piece.span.begin, piece.span.end - piece.span.begin);
        if (sign.back() == '(')
            open.push_back(sign.size() > 1);
        else if (sign == ")" && !open.empty())
            open.pop_back();
    }
    return std::find(open.begin(), open.end(), true) != open.end();
}

std::string_view withoutQuotes(std::string_view text)
{
    if (!text.empty() && (text.front() == '"' || text.front() == '\''))
        text.remove_prefix(1);
    return text;
}

// What the end of a text asks for.
struct Context {
    enum class Wants { Term, TermOrOperator, OperatorOrMore, Operator, TermOrJoin, List, Value, Nothing };
    Wants wants = Wants::Term;
    Piece piece;            // the field before an operator or a value
    std::string_view part;  // what is typed of it already
    Span replaced;
};

Context contextOf(std::string_view before, const Parsed &parsed)
{
    using Wants = Context::Wants;
    const auto &pieces = parsed.pieces;
    const std::size_t end = before.size();
    const auto textOf = [before](Span span) { return before.substr(span.begin, span.end - span.begin); };
    if (pieces.empty()) {
        const auto quote = before.find_first_of("\"'");
        return {quote == std::string_view::npos ? Wants::Term : Wants::Nothing, {}, {}, {end, end}};
    }
    const Piece &last = pieces.back();
    const auto text = textOf(last.span);
    const bool touches = last.span.end == end;
    const bool isGood = parsed.diagnosis.verdict == Diagnosis::Verdict::Good;
    // What is wrong is not mended by more.
    if (parsed.diagnosis.verdict == Diagnosis::Verdict::Wrong
        && before.find_first_not_of(" \t", last.span.end) != std::string_view::npos)
        return {Wants::Nothing, {}, {}, {end, end}};
    switch (last.role) {
    case Piece::Role::Word:
    case Piece::Role::Field: {
        const auto field = fieldFrom(text);
        const bool hasKey = last.role == Piece::Role::Word || !last.key.empty();
        Piece named = last;
        if (field)
            named.field = field->field;
        if (touches)
            return {field && hasKey ? Wants::TermOrOperator : Wants::Term, named, text, last.span};
        if (last.role == Piece::Role::Field)
            return {Wants::Operator, named, {}, {end, end}};
        return {field ? Wants::OperatorOrMore : Wants::TermOrJoin, named, {}, {end, end}};
    }
    case Piece::Role::Keyword:
        return {touches ? Wants::Nothing : Wants::Term, last, {}, {end, end}};
    case Piece::Role::Parenthesis:
        if (text == "{")
            return {Wants::Value, pieces[pieces.size() - 2], {}, {end, end}};
        return {text == ")" || text == "}" ? Wants::TermOrJoin : Wants::Term, last, {}, {end, end}};
    case Piece::Role::Operator: {
        if (last.op == Op::Exists)
            return {touches ? Wants::Nothing : Wants::TermOrJoin, last, {}, {end, end}};
        if (last.op == Op::In)
            return {Wants::List, last, {}, {end, end}};
        // A quote that is still open is no piece yet.
        const auto quote = before.find_first_not_of(" \t", last.span.end);
        if (quote == std::string_view::npos)
            return {Wants::Value, last, {}, {end, end}};
        return {Wants::Value, last, withoutQuotes(before.substr(quote)), {quote, end}};
    }
    case Piece::Role::Value:
        if (touches)
            return {Wants::Value, last, withoutQuotes(text), last.span};
        if (last.op == Op::In && !isGood)  // after the comma of a list
            return {Wants::Value, last, {}, {end, end}};
        return {Wants::TermOrJoin, last, {}, {end, end}};
    }
    return {};
}

}  // namespace

Completion complete(std::string_view text, std::size_t cursor, const ValueSource &source)
{
    using Wants = Context::Wants;
    // What stands before the cursor decides what can come.
    const auto before = text.substr(0, std::min(cursor, text.size()));
    const Parsed parsed = parse(before);
    const Context context = contextOf(before, parsed);
    const bool inInbound = isInInbound(before, parsed.pieces);
    Completion completion;
    completion.replaced = context.replaced;
    auto &suggestions = completion.suggestions;
    switch (context.wants) {
    case Wants::Nothing:
        break;
    case Wants::List:
        suggestions.push_back({Suggestion::Kind::Operator, "{", "{", "a list, as in {a, b}", 0});
        break;
    case Wants::Value:
        addValues(completion, context.piece, context.part, source);
        break;
    case Wants::Operator:
        addOperators(completion, context.piece.field, {});
        break;
    case Wants::OperatorOrMore:
        addOperators(completion, context.piece.field, {});
        addJoins(completion, {});
        break;
    case Wants::TermOrOperator:
        addTerms(completion, context.part, inInbound, source);
        // Where the field is whole, operators follow it instead of taking its place.
        if (std::erase_if(suggestions, [&context](const auto &s) { return s.text == context.part; }) > 0) {
            std::vector<Suggestion> terms;
            terms.swap(suggestions);
            addOperators(completion, context.piece.field, context.part);
            suggestions.insert(suggestions.end(), terms.begin(), terms.end());
        }
        break;
    case Wants::Term:
        addTerms(completion, context.part, inInbound, source);
        if (!context.part.empty())
            addJoins(completion, context.part);
        break;
    case Wants::TermOrJoin:
        addJoins(completion, {});
        addTerms(completion, {}, inInbound, source);
        break;
    }
    return completion;
}

}  // namespace meshscope::query
