#include "backend/pki/base64.h"

#include <openssl/evp.h>

namespace meshscope::pki {

std::string toBase64(std::string_view bytes)
{
    std::string result(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(result.data()),
                                     reinterpret_cast<const unsigned char *>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    result.resize(static_cast<std::size_t>(size));
    return result;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    std::string result(3 * (text.size() / 4) + 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char *>(result.data()),
                        reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
    if (size < 0)
        return std::nullopt;
    // OpenSSL counts the padding as bytes.
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    result.resize(static_cast<std::size_t>(size) - padding);
    return result;
}

}  // namespace meshscope::pki
