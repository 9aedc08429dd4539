#include "history/rocks_log.hpp"

#include "history/log_writer.hpp"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace lintel::history {

namespace {

rocks_log_options completed(rocks_log_options options) {
  if (!options.now_ms)
    options.now_ms = [] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    };
  return options;
}

order_time now() { return std::chrono::steady_clock::now(); }

// What an order is answered that nobody carries out any more.
struct refusal {
  void operator()(append_wanted& order) const {
    order.what.writer->not_stored(order.what.term, order.what.what.offset, log_error::closed);
  }
  void operator()(open_wanted& order) const { order.done({.error = log_error::closed}); }
  void operator()(read_wanted& order) const { order.done({.error = log_error::closed}); }
  void operator()(reset_wanted& order) const { order.done({.error = log_error::closed}); }
  void operator()(topic_found&) const {}
  void operator()(sweep_made&) const {}
};

} // namespace

struct rocks_log::parts {
  explicit parts(rocks_log_options wanted)
      : options(completed(std::move(wanted))), store(options, stats), reader(store, stats, options.now_ms),
        readers(reader, stats, [this](writer_order found) { put(std::move(found)); }),
        writer(store, reader, readers, stats, options), thread([this] { run(); }) {}

  // From a reader: it counts as long as anybody waits for it.
  void put(writer_order order) {
    std::lock_guard lock{mutex};
    orders.push_back(std::move(order));
    stats.waiting_orders.fetch_add(1, std::memory_order_relaxed);
    changed.notify_one();
  }

  // From outside.
  template <class Order>
  void take(Order order) {
    {
      std::lock_guard lock{mutex};
      if (!is_closed) {
        if constexpr (std::is_same_v<Order, append_wanted>)
          stats.waiting_bytes.fetch_add(order.bytes(), std::memory_order_relaxed);
        stats.waiting_orders.fetch_add(1, std::memory_order_relaxed);
        orders.emplace_back(std::move(order));
        changed.notify_one();
        return;
      }
    }
    refusal{}(order);
  }

  // Waits until there are some, or the house is to be kept. False: there will be none.
  bool next_orders(std::deque<writer_order>& taken) {
    std::unique_lock lock{mutex};
    const auto is_over = [this] { return is_closed && !writer.has_parked(); };
    changed.wait_until(lock, writer.house_due(), [&] { return !orders.empty() || is_over(); });
    taken.swap(orders);
    return !taken.empty() || !is_over();
  }

  void run() {
    ::pthread_setname_np(::pthread_self(), "history-write");
    std::deque<writer_order> taken;
    while (next_orders(taken)) {
      for (auto& order : taken)
        writer.carry_out(std::move(order));
      writer.write_batch();
      stats.waiting_orders.fetch_sub(taken.size(), std::memory_order_relaxed);
      taken.clear();
      writer.keep_house(now());
    }
  }

  void close() {
    {
      std::lock_guard lock{mutex};
      if (std::exchange(is_closed, true))
        return;
      changed.notify_one();
    }
    thread.join();
    readers.close();
    store.close();
  }

  const rocks_log_options options;
  log_stats stats;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<writer_order> orders; // guarded by mutex
  bool is_closed = false;          // guarded by mutex
  rocks_store store;
  topic_reader reader;
  reader_pool readers;
  log_writer writer; // its thread's
  std::thread thread;
};

rocks_log::rocks_log(rocks_log_options options) : parts_(std::make_unique<parts>(std::move(options))) {}

rocks_log::~rocks_log() { close(); }

void rocks_log::open(std::string topic, retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
                     std::function<void(opened_topic)> done) {
  parts_->take(open_wanted{std::move(topic), keep, tail_max, tail_bytes_max, std::move(done), now()});
}

void rocks_log::append(append_order order) { parts_->take(append_wanted{std::move(order), now()}); }

void rocks_log::read(std::string topic, range which, std::function<void(read_entries)> done) {
  parts_->take(read_wanted{std::move(topic), which, std::move(done), now()});
}

void rocks_log::reset(std::string topic, std::function<void(opened_topic)> done) {
  parts_->take(reset_wanted{std::move(topic), std::move(done)});
}

void rocks_log::close() { parts_->close(); }

const log_stats& rocks_log::stats() const noexcept { return parts_->stats; }

std::uint64_t rocks_log::waiting_bytes() const noexcept {
  return parts_->stats.waiting_bytes.load(std::memory_order_relaxed);
}

} // namespace lintel::history
