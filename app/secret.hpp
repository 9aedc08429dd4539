#pragma once

#include <string>
#include <string_view>

namespace lintel::app {

/// 256 random bits as 43 letters, digits, - and _ : may stand in a URL as it is.
std::string new_secret();

/// Takes as long whatever part of the guess is right.
bool is_same_secret(std::string_view secret, std::string_view guess) noexcept;

/// RFC 4648 4, without the padding.
std::string unpadded_base64(std::string_view bytes);
/// Either alphabet (RFC 4648 4 and 5) in the first one, to be compared.
std::string standard_base64(std::string_view text);

} // namespace lintel::app
