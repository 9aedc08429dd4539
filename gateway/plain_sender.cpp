#include "gateway/batch_sender.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace lintel::gateway {

namespace {

class plain_sender : public batch_sender {
public:
  void send(std::span<connection* const> ready, const done_function& done) override {
    for (auto* c : ready)
      done(*c, send_one(*c));
  }

  std::string_view name() const noexcept override { return "plain"; }

private:
  ssize_t send_one(const connection& c) {
    msghdr message{};
    message.msg_iov = parts_.data();
    message.msg_iovlen = c.out->gather(parts_);
    for (;;) {
      const auto sent = ::sendmsg(c.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0)
        return sent;
      if (errno != EINTR)
        return -errno;
    }
  }

  std::array<iovec, frames_per_send> parts_;
};

} // namespace

std::unique_ptr<batch_sender> make_plain_sender() { return std::make_unique<plain_sender>(); }

} // namespace lintel::gateway
