#include "app/api_desk.hpp"

#include <pthread.h>

#include <utility>

namespace lintel::app {

namespace {

// Each takes a look at every worker, milliseconds when they are busy: who asks faster is told so.
constexpr std::size_t questions_max = 100;

} // namespace

void api_desk::start(operations& server) {
  server_ = &server;
  thread_ = std::thread{[this] {
    pthread_setname_np(pthread_self(), "api desk");
    run();
  }};
}

void api_desk::close() {
  std::deque<question> dropped; // after the lock is gone
  std::multimap<clock::time_point, std::function<void()>> silenced;
  std::lock_guard lock{mutex_};
  is_stopping_ = true;
  dropped.swap(questions_);
  silenced.swap(alarms_);
  called_.notify_all();
}

void api_desk::stop() {
  close();
  if (thread_.joinable())
    thread_.join();
}

bool api_desk::ask(question what) {
  std::lock_guard lock{mutex_};
  if (is_stopping_ || questions_.size() >= questions_max)
    return false;
  questions_.push_back(std::move(what));
  called_.notify_one();
  return true;
}

void api_desk::call_at(clock::time_point when, std::function<void()> what) {
  std::lock_guard lock{mutex_};
  if (is_stopping_)
    return;
  const bool is_first = alarms_.emplace(when, std::move(what)) == alarms_.begin();
  if (is_first)
    called_.notify_one();
}

void api_desk::run() {
  std::unique_lock lock{mutex_};
  while (!is_stopping_) {
    if (!alarms_.empty() && alarms_.begin()->first <= clock::now()) {
      const auto due = alarms_.extract(alarms_.begin());
      lock.unlock();
      due.mapped()();
    } else if (!questions_.empty()) {
      const auto asked = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      asked(*server_);
    } else if (!alarms_.empty()) {
      const auto due = alarms_.begin()->first; // a copy: the alarm may be gone when wait_until() looks again
      called_.wait_until(lock, due);
      continue;
    } else {
      called_.wait(lock);
      continue;
    }
    lock.lock();
  }
}

} // namespace lintel::app
