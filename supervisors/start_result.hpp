#pragma once

#include <caf/actor.hpp>
#include <caf/message.hpp>
#include <cstdint>
#include <string>
#include <utility>

namespace lintel::supervisors {

/// What a child's start function came to.
class start_result {
public:
  enum class status : std::uint8_t {
    up,         ///< the child lives and is ready
    starting,   ///< the child lives and answers `await_started` when it is ready
    ignored,    ///< nothing to run here and now; the spec is kept (OTP's `ignore`)
    failed,
  };

  /// A child that is ready when it is spawned, or one that already lived. `extra` is handed to whoever
  /// asked for the start, unchanged (S3); nobody else sees it.
  start_result(caf::actor child, caf::message extra = {})
    : actor_(std::move(child)), extra_(std::move(extra)) {}

  /// A child whose start takes several messages, such as a supervisor with children of its own.
  [[nodiscard]] static start_result starting(caf::actor child) {
    return {status::starting, std::move(child), {}};
  }

  [[nodiscard]] static start_result ignored() { return {status::ignored, {}, {}}; }

  [[nodiscard]] static start_result failed(std::string why) {
    return {status::failed, {}, std::move(why)};
  }

  [[nodiscard]] status what() const { return what_; }
  [[nodiscard]] const caf::actor& actor() const { return actor_; }
  [[nodiscard]] const caf::message& extra() const { return extra_; }
  [[nodiscard]] const std::string& why() const { return why_; }

private:
  start_result(status what, caf::actor actor, std::string why)
    : what_(what), actor_(std::move(actor)), why_(std::move(why)) {}

  status what_ = status::up;
  caf::actor actor_;
  caf::message extra_;
  std::string why_;
};

} // namespace lintel::supervisors
