#include "app/ctl/command.h"

#include <charconv>
#include <iostream>

namespace meshscope::ctl {

int complain(int code, const std::string &what, const std::string &where)
{
    std::cerr << "meshscopectl: " << what;
    if (!where.empty() && what.find(where) == std::string::npos)
        std::cerr << " (" << where << ')';
    std::cerr << std::endl;
    return code;
}

int complain(int code, const Error &error) { return complain(code, error.what, error.where); }

Result<HostPort> parseHostPort(const std::string &text)
{
    const auto wrong = [&text] {
        return fail(Error::Code::Invalid, "\"" + text + "\" is not an address and port like 127.0.0.1:5681");
    };
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0)
        return wrong();
    HostPort result{text.substr(0, colon), 0};
    if (result.host.front() == '[' && result.host.back() == ']')
        result.host = result.host.substr(1, result.host.size() - 2);
    const char *from = text.data() + colon + 1;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(from, end, result.port);
    if (from == end || stop != end || error != std::errc() || result.host.empty())
        return wrong();
    return result;
}

}  // namespace meshscope::ctl
