#include "gateway/batch_sender.hpp"

#include "base/ensure.hpp"

#include <liburing.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <vector>

namespace lintel::gateway {

namespace {

// Sockets per io_uring_enter. Larger makes no difference (measured 16 to 1,000), and each costs a message header here.
constexpr unsigned sockets_per_submit = 256;
constexpr unsigned iovecs_per_submit = 1024;

constexpr std::size_t too_few_for_a_ring = 2;

// MSG_DONTWAIT makes every send end inside the submission. MSG_WAITALL makes a short one report its byte count:
// without it io_uring calls a short send a success, and CQE_SKIP_SUCCESS would hide it, which corrupts the stream.
constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_WAITALL;

class uring_sender : public batch_sender {
public:
  uring_sender() = default;
  ~uring_sender() override {
    if (is_open_)
      io_uring_queue_exit(&ring_);
  }
  uring_sender(const uring_sender&) = delete;
  uring_sender& operator=(const uring_sender&) = delete;

  bool open() {
    io_uring_params params{};
    // One thread submits and reaps; nothing runs behind its back.
    params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_DEFER_TASKRUN;
    is_open_ = io_uring_queue_init_params(sockets_per_submit, &ring_, &params) == 0;
    return is_open_ && (params.features & IORING_FEAT_CQE_SKIP) != 0;
  }

  void send(std::span<connection* const> ready, const done_function& done) override {
    if (ready.size() <= too_few_for_a_ring) {
      few_->send(ready, done);
      return;
    }
    while (!ready.empty()) {
      const auto taken = prepare(ready);
      submit(taken);
      collect(ready.first(taken));
      for (std::size_t i = 0; i < taken; ++i)
        done(*ready[i], results_[i]);
      ready = ready.subspan(taken);
    }
  }

  std::string_view name() const noexcept override { return "uring"; }

private:
  // Fills the ring with as many sockets as fit, at most one entry each: two sends of one socket could overtake.
  std::size_t prepare(std::span<connection* const> ready) {
    std::size_t taken = 0;
    std::size_t iovecs = 0;
    for (auto* c : ready) {
      if (taken == sockets_per_submit || iovecs_per_submit - iovecs < frames_per_send)
        break;
      const std::span parts{iovecs_.data() + iovecs, frames_per_send};
      const auto count = c->out->gather(parts);
      auto* entry = io_uring_get_sqe(&ring_);
      base::ensure(entry != nullptr, "the ring has an entry for every socket of a batch");
      std::size_t bytes = 0;
      for (const auto& part : parts.first(count))
        bytes += part.iov_len;
      if (count == 1) { // the usual broadcast: no message header to read
        io_uring_prep_send(entry, c->fd, parts[0].iov_base, bytes, send_flags);
      } else {
        messages_[taken] = {};
        messages_[taken].msg_iov = parts.data();
        messages_[taken].msg_iovlen = count;
        io_uring_prep_sendmsg(entry, c->fd, &messages_[taken], send_flags);
        iovecs += count;
      }
      entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
      entry->user_data = taken;
      results_[taken++] = static_cast<ssize_t>(bytes); // unless a completion says otherwise
    }
    return taken;
  }

  void submit(std::size_t count) {
    for (std::size_t submitted = 0; submitted < count;) {
      const int now = io_uring_submit(&ring_);
      base::ensure(now > 0, "io_uring takes what is in its ring");
      submitted += static_cast<std::size_t>(now);
    }
  }

  // Completions exist only for what went wrong or short.
  void collect(std::span<connection* const> batch) {
    io_uring_cqe* completion = nullptr;
    unsigned head = 0;
    unsigned count = 0;
    io_uring_for_each_cqe(&ring_, head, completion) {
      if (completion->user_data < batch.size())
        results_[completion->user_data] = completion->res;
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
  }

  const std::unique_ptr<batch_sender> few_ = make_plain_sender();
  io_uring ring_{};
  bool is_open_ = false;
  std::array<iovec, iovecs_per_submit + frames_per_send> iovecs_;
  std::array<msghdr, sockets_per_submit> messages_;
  std::array<ssize_t, sockets_per_submit> results_;
};

} // namespace

std::unique_ptr<batch_sender> make_uring_sender() {
  auto sender = std::make_unique<uring_sender>();
  if (!sender->open())
    return nullptr;
  return sender;
}

} // namespace lintel::gateway
