#include "app/broadcast_legs.hpp"

#include "app/room_requests.hpp"
#include "protocol/transcode.hpp"

#include <utility>

namespace lintel::app {

void broadcast_legs::settle(std::size_t leg, actors::room_answer answer) {
  std::unique_lock lock{mutex_};
  if (!done_ || answers_[leg])
    return;
  answers_[leg] = std::move(answer);
  if (--missing_ == 0)
    finish(lock);
}

void broadcast_legs::give_up() {
  std::unique_lock lock{mutex_};
  if (done_)
    finish(lock);
}

void broadcast_legs::finish(std::unique_lock<std::mutex>& lock) {
  const auto done = std::exchange(done_, nullptr);
  auto text = json();
  lock.unlock();
  done(std::move(text));
}

std::string broadcast_legs::json() const {
  std::string out = R"({"legs":[)";
  std::size_t failed = 0;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    out.append(i == 0 ? R"({"topic":)" : R"(,{"topic":)");
    protocol::append_json_string(out, topics_[i]);
    const auto& answer = answers_[i];
    if (answer && answer->error.empty()) {
      out.append(R"(,"result":)").append(answer->json).append("}");
      continue;
    }
    ++failed;
    const auto why = answer ? refusal_of(answer->error)
                            : request_refused{504, "timeout", "no answer in time; it may be published all the same"};
    out.append(R"(,"error":{"code":")").append(why.code).append(R"(","message":)");
    protocol::append_json_string(out, why.what());
    out.append("}}");
  }
  return out + R"(],"failed":)" + std::to_string(failed) + "}";
}

} // namespace lintel::app
