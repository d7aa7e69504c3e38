// The envelope of a list: total, next, and the items, each looked at on its own. Internal to codec. Any
// thread.
#pragma once

#include "backend/codec/dataplane_reader.h"
#include "backend/codec/json_text.h"
#include "backend/codec/listed.h"
#include "backend/core/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshscope {

// The beginning of an answer that was not what we asked for, on one line.
std::string beginningOf(std::string_view body);
bool looksLikeHtml(std::string_view body);

// The parsed object; Invalid, with what came instead, for web pages, other text and other JSON. `what`
// completes "the answer is not …".
Result<JsonText> objectFrom(std::string_view body, std::string_view what);

// A list cut into its items without reading them; valid while the text is.
struct ListCut {
    std::vector<std::string_view> items;
    std::optional<std::size_t> total;
    std::optional<std::string> nextOffset;
};
// Nothing when the text is no such list; then objectFrom and readItems say why.
std::optional<ListCut> cutList(std::string_view json);

// Calls read(item, problem) for each item of the list; Invalid with its place in the list when that is false.
using ReadItem = std::function<bool(JsonValue item, ReadProblem &problem)>;
Result<ListCut> readItems(std::string_view json, std::string_view what, const ReadItem &read);

// A page in which items with a known fingerprint are taken as they are, and read(item, row, problem) makes
// the others.
template <class T, class Read>
Result<Page<Listed<T>>> listedPage(std::string_view json, std::string_view what, const KnownRows<T> &known,
                                   Read read)
{
    Page<Listed<T>> page;
    const auto take = [&](std::string_view raw, JsonValue item, ReadProblem &problem) {
        auto row = std::make_shared<T>();
        if (!read(item, *row, problem))
            return false;
        page.items.push_back({fingerprintOf(raw), std::move(row)});
        return true;
    };
    auto cut = cutList(json);
    bool isRead = cut.has_value();
    if (cut) {
        page.items.reserve(cut->items.size());
        for (std::size_t i = 0; i < cut->items.size() && isRead; ++i) {
            const auto raw = cut->items[i];
            if (const auto found = known.find(fingerprintOf(raw)); found != known.end()) {
                page.items.push_back({found->first, found->second});
                continue;
            }
            const auto parsed = JsonText::parse(raw);
            ReadProblem problem;
            isRead = parsed && parsed->root().is(JsonKind::Object) && take(raw, parsed->root(), problem);
        }
    }
    if (!isRead) {
        // Once more as a whole, for the words of the error.
        page.items.clear();
        auto read2 = readItems(json, what, [&](JsonValue item, ReadProblem &problem) {
            return take(item.raw(), item, problem);
        });
        if (!read2)
            return fail(read2.error());
        cut = std::move(*read2);
    }
    page.total = cut->total.value_or(page.items.size());
    page.nextOffset = std::move(cut->nextOffset);
    return page;
}

}  // namespace meshscope
