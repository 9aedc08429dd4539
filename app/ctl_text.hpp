#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace lintel::app {

/// What `lintel ctl` prints for people: the result of `command` as text. Works on answers only, so it is tested
/// without a server.
std::string text_of(std::string_view command, const rapidjson::Value& result);

/// `top`: what happened between two whole answers, about a second apart.
std::string top_text(const rapidjson::Value& answer_before, const rapidjson::Value& answer_now);

} // namespace lintel::app
