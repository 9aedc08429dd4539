#include "gateway/accept_error.hpp"

#include <cerrno>

namespace lintel::gateway {

accept_next classify_accept_error(int error) noexcept {
  switch (error) {
  case EAGAIN: return accept_next::nothing_left;
  case EINTR:
  case ECONNABORTED:
  case EPROTO:
  case EPERM:    // a firewall rule
  case ENETDOWN: // Linux passes pending network errors of the new socket here: accept(2)
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case ENONET:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
  case ETIMEDOUT: return accept_next::go_on;
  case EMFILE:
  case ENFILE:
  case ENOBUFS:
  case ENOMEM: return accept_next::pause;
  default: return accept_next::crash;
  }
}

} // namespace lintel::gateway
