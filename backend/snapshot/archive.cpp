#include "backend/snapshot/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <memory>

namespace meshscope {

namespace {

constexpr std::size_t kMostBytes = std::size_t(2) << 30;
constexpr std::size_t kMostFiles = 20'000;

struct CloseReader {
    void operator()(archive *reader) const { archive_read_free(reader); }
};
struct CloseWriter {
    void operator()(archive *writer) const { archive_write_free(writer); }
};
struct FreeEntry {
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};

std::string wordsOf(archive *handle)
{
    const char *words = archive_error_string(handle);
    return words != nullptr ? words : "unknown error";
}

la_ssize_t append(archive *, void *out, const void *data, std::size_t size)
{
    static_cast<std::string *>(out)->append(static_cast<const char *>(data), size);
    return static_cast<la_ssize_t>(size);
}

bool leadsOut(std::string_view name)
{
    return name.empty() || name.front() == '/' || name == ".." || name.starts_with("../")
           || name.find("/../") != std::string_view::npos || name.ends_with("/..");
}

}  // namespace

Result<std::string> zipOf(const ArchiveEntries &entries)
{
    std::string out;
    const std::unique_ptr<archive, CloseWriter> writer(archive_write_new());
    const auto failed = [&writer] {
        return fail(Error::Code::Internal, "the archive cannot be written: " + wordsOf(writer.get()));
    };
    if (archive_write_set_format_zip(writer.get()) != ARCHIVE_OK
        || archive_write_open(writer.get(), &out, nullptr, append, nullptr) != ARCHIVE_OK)
        return failed();
    for (const auto &[name, contents] : entries) {
        const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(contents.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0600);
        if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK
            || archive_write_data(writer.get(), contents.data(), contents.size())
                   != static_cast<la_ssize_t>(contents.size()))
            return failed();
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK)
        return failed();
    return out;
}

Result<ArchiveEntries> entriesOf(std::string_view bytes)
{
    const std::unique_ptr<archive, CloseReader> reader(archive_read_new());
    archive_read_support_format_zip(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_all(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return fail(Error::Code::Invalid, "this is neither a zip nor a tar file: " + wordsOf(reader.get()));
    ArchiveEntries entries;
    std::size_t total = 0;
    archive_entry *entry = nullptr;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
        const char *path = archive_entry_pathname(entry);
        const std::string name = path != nullptr ? path : "";
        if (archive_entry_filetype(entry) != AE_IFREG || leadsOut(name))
            continue;
        std::string &contents = entries[name];
        contents.clear();
        std::array<char, 65'536> buffer;
        la_ssize_t got = 0;
        while ((got = archive_read_data(reader.get(), buffer.data(), buffer.size())) > 0) {
            total += static_cast<std::size_t>(got);
            if (total > kMostBytes)
                return fail(Error::Code::Invalid, "the file unpacks to more than 2 GB", name);
            contents.append(buffer.data(), static_cast<std::size_t>(got));
        }
        if (got < 0)
            return fail(Error::Code::Invalid, "the file is damaged: " + wordsOf(reader.get()), name);
        if (entries.size() > kMostFiles)
            return fail(Error::Code::Invalid, "the file holds more than 20,000 files");
    }
    if (status != ARCHIVE_EOF)
        return fail(Error::Code::Invalid, "the file is damaged or no archive: " + wordsOf(reader.get()));
    return entries;
}

}  // namespace meshscope
