#include "actors/presence_limits.hpp"

namespace lintel::actors {

std::string_view describe(presence_errc error) noexcept {
  switch (error) {
  case presence_errc::ok: return "ok";
  case presence_errc::invalid_key: return "invalid presence key";
  case presence_errc::invalid_meta: return "invalid presence meta";
  case presence_errc::meta_too_big: return "presence meta too big";
  case presence_errc::too_many_metas: return "too many metas of one key";
  case presence_errc::presence_full: return "presence is full";
  }
  return "unknown";
}

} // namespace lintel::actors
