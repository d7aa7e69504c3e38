// Reads one list over all its pages, several of them at a time, and notices when the list changes meanwhile.
//
// Offsets count rows: when a row goes while pages are read, the row behind it slips from one page to the one
// before and may be in neither answer. So neighbouring pages overlap by a few rows. As long as the first row
// of a page is not behind the last row of the page before it, no row that was there all the time can be
// missing; where that fails, the rows between are asked for once more. Kuma's lists are sorted by mesh and
// name; of a list that is not, only the total is watched, and it is read again as a whole.
//
// Internal to client. GUI thread; pages are parsed in a pool.
#pragma once

#include "backend/client/in_pool.h"
#include "backend/client/rest_connection.h"
#include "backend/codec/listed.h"
#include "backend/core/snapshot.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace meshscope {

inline const ResourceKey &keyOf(const DataplaneOverview &row) { return row.key(); }
inline const ResourceKey &keyOf(const ResourceRecord &row) { return row.key; }

struct ListingWishes {
    QString path;
    QString doing;  // completes "could not …"
    int pageSize = 1'000;
    int parallel = 4;
};

constexpr std::size_t kMostPages = 10'000;  // ten million rows; more is a server that never ends
constexpr int kMostListings = 3;            // of a list without order that changes between its pages

template <class T>
class PageListing
{
public:
    using Rows = std::vector<Listed<T>>;
    // Any thread.
    using Parse = std::function<Result<Page<Listed<T>>>(std::string_view)>;
    // The rows sorted by key without repetition, or what went wrong and with which HTTP status (0 = none).
    using Done = std::function<void(Result<Rows>, int status)>;

    // Connection, pool and receiver outlive it; `done` is called once, and may destroy it.
    PageListing(RestConnection &connection, QThreadPool &pool, QObject *receiver, ListingWishes wishes,
                Parse parse, Done done)
        : m_connection(connection)
        , m_pool(pool)
        , m_receiver(receiver)
        , m_wishes(std::move(wishes))
        , m_parse(std::move(parse))
        , m_done(std::move(done))
    {}
    ~PageListing() { stop(); }
    PageListing(const PageListing &) = delete;
    PageListing &operator=(const PageListing &) = delete;

    std::function<void()> onPage;  // after each page but the last

    void start() { ask(0); }

    std::size_t rowCount() const { return std::min(m_rows, m_total); }
    std::size_t total() const { return m_total; }
    // What has come so far, as a function to be called on any thread.
    std::function<Rows()> rows() const
    {
        return [pages = m_pages, count = m_rows] { return merged(pages, count); };
    }

private:
    struct PageAt {
        std::size_t offset = 0;
        std::shared_ptr<const Rows> rows;  // never null
    };

    void ask(std::size_t offset)
    {
        RestRequest request{"GET", m_wishes.path, {}, {}};
        request.query.addQueryItem(QStringLiteral("size"), QString::number(m_wishes.pageSize));
        if (offset > 0)
            request.query.addQueryItem(QStringLiteral("offset"), QString::number(offset));
        m_asked.insert(offset);
        ++m_open;
        const std::weak_ptr alive = m_alive;
        const auto id = m_connection.send(request, [this, offset, alive](const RestReply &reply) {
            if (alive.expired())
                return;
            m_requests.erase(offset);
            if (!reply.isSuccess())
                return finish(meshscope::fail(errorOf(reply, m_wishes.doing)), reply.status);
            parse(offset, reply);
        });
        if (!alive.expired())  // a closed connection answers at once
            m_requests[offset] = id;
    }

    void parse(std::size_t offset, const RestReply &reply)
    {
        using Read = Page<Listed<T>>;
        inPool<Read>(
            m_pool, m_receiver,
            [body = reply.body, parse = m_parse] {
                return parse(std::string_view(body.constData(), static_cast<std::size_t>(body.size())));
            },
            [this, offset, url = reply.url, alive = std::weak_ptr(m_alive)](Result<Read> page) {
                if (alive.expired())
                    return;
                if (!page) {
                    Error error = page.error();
                    if (error.where.starts_with("items"))
                        error.what = "the list holds something unexpected: " + error.where + " " + error.what;
                    error.where = url.toDisplayString().toStdString();
                    return finish(meshscope::fail(std::move(error)), 0);
                }
                take(offset, std::move(*page));
            });
    }

    void take(std::size_t offset, Page<Listed<T>> page)
    {
        --m_open;
        const auto size = page.items.size();
        if (offset == 0 && page.nextOffset && size > 0)
            m_step = size;  // some servers give less than was asked for
        if (!m_isFirst && page.total != m_total)
            m_isSteady = false;
        m_isFirst = false;
        m_total = page.total;
        if (page.nextOffset && size > 0)
            m_total = std::max(m_total, offset + size + 1);
        m_isSorted = m_isSorted && std::is_sorted(page.items.begin(), page.items.end(), isBefore);
        m_rows += size;
        if (size > 0)
            m_pages.push_back({offset, std::make_shared<const Rows>(std::move(page.items))});
        m_lastTaken = {offset, size};
        m_hasEnd = m_hasEnd || (!page.nextOffset && (size > 0 || offset == 0));
        if (size == 0 || !page.nextOffset)
            m_end = std::max(m_end, offset + std::max<std::size_t>(size, 1));
        proceed();
    }

    // Rows that two neighbouring pages have in common.
    std::size_t overlap() const { return m_step > 1 ? std::max<std::size_t>(1, m_step / 100) : 0; }

    void proceed()
    {
        if (m_step == 0)
            m_step = static_cast<std::size_t>(m_wishes.pageSize);
        const std::weak_ptr alive = m_alive;
        while (m_open < m_wishes.parallel && m_asked.size() < kMostPages) {
            const auto next = nextOffset();
            if (!next)
                break;
            ask(*next);
            if (alive.expired())
                return;
        }
        if (m_open > 0) {
            const auto tell = onPage;  // it may end this listing
            if (tell)
                tell();
            return;
        }
        if (m_isSorted && m_repairs < kMostRepairs + 3 * m_planned) {
            if (const auto offset = offsetOfGap()) {
                ++m_repairs;
                return ask(*offset);
            }
        } else if (!m_isSorted && !m_isSteady && m_listings < kMostListings) {
            ++m_listings;
            return again();
        }
        // Behind a pointer, since a result is copied on its way.
        inPool<std::shared_ptr<Rows>>(
            m_pool, m_receiver,
            [pages = std::move(m_pages), count = m_rows] {
                return Result<std::shared_ptr<Rows>>(std::make_shared<Rows>(merged(pages, count)));
            },
            [this, alive = std::weak_ptr(m_alive)](Result<std::shared_ptr<Rows>> rows) {
                if (alive.expired())
                    return;
                if (!rows)
                    return finish(meshscope::fail(rows.error()), 0);
                finish(std::move(**rows), 0);
            });
    }

    std::optional<std::size_t> nextOffset()
    {
        // As if each page came full; what is missing then is a gap.
        const std::size_t stride = m_step - overlap();
        const std::size_t last = m_lastPlanned;
        if (last + m_step >= m_total || (m_end > 0 && last + stride >= m_end))
            return std::nullopt;
        m_lastPlanned = last + stride;
        ++m_planned;
        return m_lastPlanned;
    }

    // Where to ask next for rows that may have slipped through; nothing when there is no gap. Rows went, so
    // what is wanted lies before the place where it would have been; how far is found by going back, and
    // forth when too far.
    std::optional<std::size_t> offsetOfGap()
    {
        std::vector<const PageAt *> byKey;
        for (const auto &page : m_pages)
            byKey.push_back(&page);
        std::stable_sort(byKey.begin(), byKey.end(), [](const PageAt *a, const PageAt *b) {
            return isBefore(a->rows->front(), b->rows->front());
        });
        const PageAt *last = nullptr;  // the page that reaches furthest so far
        for (const auto *page : byKey) {
            if (last != nullptr && isBefore(last->rows->back(), page->rows->front())
                && m_closedGaps.count(keyOf(*last->rows->back().row)) == 0)
                break;
            if (last == nullptr || isBefore(last->rows->back(), page->rows->back()))
                last = page;
        }
        if (last == nullptr || (m_hasEnd && !isBefore(last->rows->back(), byKey.back()->rows->back())))
            return std::nullopt;
        const ResourceKey &edge = keyOf(*last->rows->back().row);
        if (m_gapEdge != edge) {
            m_gapEdge = edge;
            const auto end = last->offset + last->rows->size();
            return end - std::min(end, m_step / 2 + 1);
        }
        const auto [offset, size] = m_lastTaken;
        const bool isTooFarForward = size == 0 || edge < keyOf(*m_pages.back().rows->front().row);
        if (!isTooFarForward)
            return offset + std::max<std::size_t>(1, size - std::min(size - 1, overlap()));
        if (offset > 0)
            return offset - std::min(offset, m_step);
        // The list begins behind it: whatever was between is gone.
        return m_closedGaps.insert(edge).second ? offsetOfGap() : std::nullopt;
    }

    void again()
    {
        m_pages.clear();
        m_asked.clear();
        m_rows = m_end = m_lastPlanned = 0;
        m_gapEdge.reset();
        m_closedGaps.clear();
        m_hasEnd = false;
        m_isFirst = m_isSteady = m_isSorted = true;
        ask(0);
    }

    static bool isBefore(const Listed<T> &a, const Listed<T> &b) { return keyOf(*a.row) < keyOf(*b.row); }

    // Without the rows at its beginning that `all` ends with.
    static void append(Rows &all, const Rows &page)
    {
        auto from = page.begin();
        if (!all.empty() && !page.empty()) {
            const auto begin = std::lower_bound(all.begin(), all.end(), page.front(), isBefore);
            const auto common = static_cast<std::ptrdiff_t>(all.end() - begin);
            if (common > 0 && common <= page.end() - page.begin()
                && std::equal(begin, all.end(), page.begin(),
                              [](const auto &a, const auto &b) { return a.fingerprint == b.fingerprint; }))
                from += common;
        }
        all.insert(all.end(), from, page.end());
    }

    static Rows merged(const std::vector<PageAt> &pages, std::size_t count)
    {
        std::vector<const PageAt *> inOrder;
        for (const auto &page : pages)
            inOrder.push_back(&page);
        std::stable_sort(inOrder.begin(), inOrder.end(),
                         [](const PageAt *a, const PageAt *b) { return a->offset < b->offset; });
        Rows all;
        all.reserve(count);
        for (const auto *page : inOrder)
            append(all, *page->rows);
        return sorted(std::move(all));
    }

    // A row that is in two pages is taken from the later one.
    static Rows sorted(Rows rows)
    {
        const bool isInOrder =
            std::adjacent_find(rows.begin(), rows.end(),
                               [](const auto &a, const auto &b) { return !isBefore(a, b); })
            == rows.end();
        if (isInOrder)
            return rows;
        std::stable_sort(rows.begin(), rows.end(), isBefore);
        const auto end = std::unique(rows.rbegin(), rows.rend(), [](const auto &a, const auto &b) {
            return keyOf(*a.row) == keyOf(*b.row);
        });
        rows.erase(rows.begin(), end.base());
        return rows;
    }

    void stop()
    {
        m_alive.reset();
        const auto requests = std::move(m_requests);
        for (const auto &[offset, id] : requests)
            m_connection.cancel(id);
    }

    void finish(Result<Rows> result, int status)
    {
        stop();
        const auto done = std::move(m_done);
        done(std::move(result), status);
    }

    static constexpr int kMostRepairs = 40;

    RestConnection &m_connection;
    QThreadPool &m_pool;
    QObject *m_receiver;
    ListingWishes m_wishes;
    Parse m_parse;
    Done m_done;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    std::map<std::size_t, RestConnection::Id> m_requests;  // by offset
    std::set<std::size_t> m_asked;
    std::vector<PageAt> m_pages;                      // as they came, none empty
    std::pair<std::size_t, std::size_t> m_lastTaken;  // offset and rows of the page that came last
    std::set<ResourceKey> m_closedGaps;    // rows after which nothing is any more before the next row we have
    bool m_hasEnd = false;                 // a page without a next one was seen
    std::optional<ResourceKey> m_gapEdge;  // the row after which rows are being looked for
    std::size_t m_rows = 0, m_total = 0, m_step = 0;
    std::size_t m_end = 0;  // an offset at which nothing was any more; 0 = not seen yet
    std::size_t m_lastPlanned = 0;
    int m_planned = 0;
    int m_open = 0, m_repairs = 0, m_listings = 1;
    bool m_isFirst = true, m_isSteady = true, m_isSorted = true;
};

}  // namespace meshscope
