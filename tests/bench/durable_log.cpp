// What a durable log does on this disk: messages a second and the time to their acknowledgement, with 1, 64 and 512 of
// them outstanding, beside what the disk itself does; how long a log of a million messages takes to open; and, with
// --cold, a million silent topics.
//   durable_log [--directory DIR] [--seconds N] [--messages N] [--cold TOPICS]
#include "history/rocks_log.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace lintel::history;
using steady = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t topic_count = 1000;
constexpr std::size_t payload_bytes = 256;
constexpr retention keep_all{
    .count_max = 1'000'000'000, .age_max = std::chrono::hours{100'000}, .bytes_max = std::uint64_t{1} << 50};

double us(steady::duration time) { return std::chrono::duration<double, std::micro>{time}.count(); }

struct times {
  std::vector<double> all_us;
  double quantile(double which) {
    if (all_us.empty())
      return 0;
    const auto at = all_us.begin() + static_cast<std::ptrdiff_t>(which * static_cast<double>(all_us.size() - 1));
    std::nth_element(all_us.begin(), at, all_us.end());
    return *at;
  }
};

// The same for everybody, and no compression makes it shorter.
std::string noise(std::mt19937_64& random) {
  std::string text(payload_bytes, ' ');
  for (auto& each : text)
    each = static_cast<char>('0' + random() % 75);
  return text;
}

lintel::protocol::message_ptr message_of(std::string_view topic, std::string_view payload) {
  return lintel::protocol::message::copy_of(
      {.topic = topic, .event = "new_msg", .payload = {lintel::protocol::payload_format::json, payload, false}});
}

std::string topic_name(std::size_t number) { return "room:" + std::to_string(number); }

void measure_disk(const fs::path& directory, std::chrono::seconds length) {
  const auto path = directory / "raw";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::string block(4096, 'x');
  times took;
  const auto end = steady::now() + length;
  for (off_t at = 0; steady::now() < end; at += 4096) {
    const auto begin = steady::now();
    if (::pwrite(file, block.data(), block.size(), at) != 4096 || ::fdatasync(file) != 0)
      throw std::runtime_error{"the disk cannot be measured"};
    took.all_us.push_back(us(steady::now() - begin));
  }
  ::close(file);
  fs::remove(path);
  std::printf("disk alone: pwrite of 4 KiB and fdatasync     %9.0f /s   p50 %7.0f us   p99 %7.0f us\n",
              static_cast<double>(took.all_us.size()) / static_cast<double>(length.count()), took.quantile(0.5),
              took.quantile(0.99));
}

// Appends with so many messages outstanding, and measures each.
class closed_loop {
public:
  closed_loop(rocks_log& log, std::size_t depth, level until) : log_(log), depth_(depth), until_(until) {
    for (std::size_t i = 0; i < topic_count; ++i)
      topics_.push_back(std::make_shared<topic>(*this, topic_name(i)));
    for (const auto& each : topics_)
      each->open();
  }

  void run(steady::time_point end, std::uint64_t messages_max) {
    std::uint64_t sent = 0;
    while (steady::now() < end && sent < messages_max) {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [&] { return outstanding_ < depth_; });
      for (; outstanding_ < depth_; ++sent) {
        ++outstanding_;
        topics_[random_() % topic_count]->append(noise(random_));
      }
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return outstanding_ == 0; });
  }
  times& took() { return took_; }

private:
  struct topic : log_listener, std::enable_shared_from_this<topic> {
    topic(closed_loop& owner, std::string name) : owner_(owner), name_(std::move(name)) {}
    void open() {
      std::promise<void> done;
      owner_.log_.open(name_, keep_all, 0, 0, [&](const opened_topic& found) {
        last_ = acknowledged_ = found.last;
        done.set_value();
      });
      done.get_future().wait();
    }
    void append(std::string payload) { // under the owner's lock, as what follows
      begun_.push_back(steady::now());
      owner_.log_.append({.writer = shared_from_this(),
                          .topic = name_,
                          .what = {++last_, 1'700'000'000'000, message_of(name_, payload)},
                          .key = {},
                          .until = owner_.until_});
    }
    void stored(std::uint32_t, std::uint64_t offset) noexcept override {
      std::lock_guard lock{owner_.mutex_};
      const auto now = steady::now();
      for (; acknowledged_ < offset; ++acknowledged_, --owner_.outstanding_) {
        owner_.took_.all_us.push_back(us(now - begun_.front()));
        begun_.pop_front();
      }
      owner_.changed_.notify_one();
    }
    void not_stored(std::uint32_t, std::uint64_t, log_error why) noexcept override {
      std::fprintf(stderr, "not stored: %s\n", name_of(why).data());
      std::_Exit(1);
    }
    closed_loop& owner_;
    const std::string name_;
    std::uint64_t last_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::deque<steady::time_point> begun_;
  };

  rocks_log& log_;
  const std::size_t depth_;
  const level until_;
  std::mt19937_64 random_{1};
  std::vector<std::shared_ptr<topic>> topics_;
  std::mutex mutex_; // guards what follows, and the topics
  std::condition_variable changed_;
  std::size_t outstanding_ = 0;
  times took_;
};

std::uint64_t bytes_on_disk(const fs::path& directory) {
  std::uint64_t sum = 0;
  for (const auto& file : fs::recursive_directory_iterator{directory})
    sum += file.is_regular_file() ? file.file_size() : 0;
  return sum;
}

double resident_mib() {
  std::ifstream file{"/proc/self/statm"};
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void measure_appends(const fs::path& directory, std::chrono::seconds length, std::size_t depth, level until) {
  const auto place = directory / "log";
  rocks_log log{{.directory = place}};
  closed_loop loop{log, depth, until};
  const auto begin = steady::now();
  loop.run(begin + length, UINT64_MAX);
  const auto seconds = us(steady::now() - begin) / 1e6;
  auto& took = loop.took();
  std::printf("%s, %3zu outstanding: %27.0f /s   p50 %7.0f us   p99 %7.0f us   (%.0f a batch)\n",
              until == level::synced ? "synced " : "written", depth, static_cast<double>(took.all_us.size()) / seconds,
              took.quantile(0.5), took.quantile(0.99),
              static_cast<double>(log.stats().stored_messages) / static_cast<double>(log.stats().batches));
  log.close();
  fs::remove_all(place);
}

// Opened again as after a crash: nothing is written out when it closes.
void measure_opening(const fs::path& directory, std::uint64_t messages) {
  const auto place = directory / "log";
  {
    rocks_log log{{.directory = place}};
    closed_loop loop{log, 512, level::written};
    loop.run(steady::time_point::max(), messages);
  }
  const auto bytes = bytes_on_disk(place);
  const auto begin = steady::now();
  rocks_log log{{.directory = place}};
  std::printf("opening a log of %lu messages (%lu MiB): %.0f ms; resident afterwards %.1f MiB\n", messages, bytes >> 20,
              us(steady::now() - begin) / 1e3, resident_mib());
  log.close();
  fs::remove_all(place);
}

class counter : public log_listener {
public:
  void stored(std::uint32_t, std::uint64_t offset) noexcept override {
    if (offset == 3)
      ++topics;
  }
  void not_stored(std::uint32_t, std::uint64_t, log_error) noexcept override { std::_Exit(1); }
  std::atomic<std::size_t> topics{0};
};

void fill_cold(rocks_log& log, std::size_t topics) {
  std::mt19937_64 random{1};
  const auto listener = std::make_shared<counter>();
  for (std::size_t i = 0; i < topics; ++i)
    for (std::uint64_t offset = 1; offset <= 3; ++offset) {
      while (log.waiting_bytes() > (8 << 20))
        std::this_thread::yield();
      log.append({.writer = listener,
                  .topic = topic_name(i),
                  .what = {offset, 1'700'000'000'000, message_of(topic_name(i), noise(random))},
                  .key = {},
                  .until = level::written});
    }
  while (listener->topics < topics)
    std::this_thread::yield();
}

void measure_cold(const fs::path& directory, std::size_t topics) {
  const auto place = directory / "log";
  const auto child = ::fork(); // or the memory would be that of having filled it
  if (child == 0) {
    {
      rocks_log log{{.directory = place}};
      fill_cold(log, topics);
    }
    std::_Exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error{"the topics could not be made"};
  const auto before = resident_mib();
  const auto begin = steady::now();
  rocks_log log{{.directory = place}};
  std::printf("%zu topics of 3 messages: %lu MiB on the disk, opened in %.0f ms, resident %.1f MiB (%.1f before)\n",
              topics, bytes_on_disk(place) >> 20, us(steady::now() - begin) / 1e3, resident_mib(), before);
  std::mt19937_64 random{2};
  times cold;
  times warm;
  for (int i = 0; i < 4000; ++i) {
    const auto topic = topic_name(random() % topics);
    for (auto* const kind : {&cold, &warm}) {
      std::promise<void> done;
      const auto asked = steady::now();
      log.open(topic, keep_all, 100, 1 << 20, [&](const opened_topic&) { done.set_value(); });
      done.get_future().wait();
      kind->all_us.push_back(us(steady::now() - asked));
    }
  }
  std::printf("opening one of them, tail included: p50 %.0f us, p99 %.0f us; again: p50 %.0f us; resident %.1f MiB\n",
              cold.quantile(0.5), cold.quantile(0.99), warm.quantile(0.5), resident_mib());
  log.close();
  fs::remove_all(place);
}

} // namespace

int main(int argc, char** argv) {
  fs::path directory = fs::temp_directory_path() / "lintel-durable-log";
  std::chrono::seconds length{5};
  std::uint64_t messages = 1'000'000;
  std::size_t cold = 0;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--directory")
      directory = argv[i + 1];
    else if (name == "--seconds")
      length = std::chrono::seconds{std::stoull(argv[i + 1])};
    else if (name == "--messages")
      messages = std::stoull(argv[i + 1]);
    else if (name == "--cold")
      cold = std::stoull(argv[i + 1]);
  }
  spdlog::set_level(spdlog::level::err);
  fs::create_directories(directory);
  if (cold > 0) {
    measure_cold(directory, cold);
  } else {
    measure_disk(directory, length);
    for (const std::size_t depth : {1, 64, 512})
      measure_appends(directory, length, depth, level::synced);
    measure_appends(directory, length, 512, level::written);
    measure_disk(directory, length);
    measure_opening(directory, messages);
  }
  fs::remove_all(directory);
}
