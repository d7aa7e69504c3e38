// The one way a function says that something outside of it went wrong. Standard C++ only; any thread.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace meshscope {

struct Error {
    enum class Code { Invalid, NotFound, Conflict, Unreachable, Refused, Cancelled, Internal };
    Code code = Code::Internal;
    std::string what;   // one sentence, no trailing period, safe to show (never a token or a key)
    std::string where;  // "policies/timeout-web: spec.to[0].targetRef", or a URL, or a path

    bool operator==(const Error &) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;  // becomes std::expected the day the compiler has it

inline tl::unexpected<Error> fail(Error::Code code, std::string what, std::string where = {})
{
    return tl::unexpected<Error>(Error{code, std::move(what), std::move(where)});
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace meshscope
