#pragma once

#include "app/api_desk.hpp"
#include "app/request_refused.hpp"
#include "app/server_parts.hpp"
#include "gateway/api_request.hpp"
#include "gateway/http_page.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace lintel::app {

/// /api/v1: publish, history, presence, and what operators see and do (docs/operations.md, docs/openapi.yaml).
/// Rooms are asked by letters, and no thread waits for them; what takes asking all workers runs on the desk's thread.
class http_api {
public:
  explicit http_api(server_parts& parts) : parts_(parts) {}

  /// `server` is the desk's alone until stop(). From the main thread.
  void start(operations& server) { desk_.start(server); }
  void close() { desk_.close(); }
  void stop() { desk_.stop(); }

  /// The answer, or none: it goes to the connection later. On any worker.
  std::optional<gateway::http_page> take(gateway::api_request request);

  struct route {
    std::string_view method;
    std::string_view path; ///< "{id}" at the end stands for one segment
    actors::role may;      ///< none: everybody, without a key
    std::optional<gateway::http_page> (http_api::*answer)(const gateway::api_request& request);
  };
  static std::span<const route> routes() noexcept;

private:
  using page = std::optional<gateway::http_page>;
  page publish(const gateway::api_request& request);
  page broadcast(const gateway::api_request& request);
  page history(const gateway::api_request& request);
  page presence(const gateway::api_request& request);
  page reset(const gateway::api_request& request);
  page rooms(const gateway::api_request& request);
  page connections(const gateway::api_request& request);
  page connection(const gateway::api_request& request);
  page disconnect(const gateway::api_request& request);
  page kill(const gateway::api_request& request);
  page drain(const gateway::api_request& request);
  page description(const gateway::api_request& request);

  page answer_of(const gateway::api_request& request);
  static gateway::http_page result_page(std::string_view json, std::string_view more_members = {});
  static gateway::http_page refusal_page(const request_refused& why);
  /// `done`: when it was, on a worker; it may be nothing.
  page ask_one(const gateway::api_request& request, actors::room_request::order what, protocol::message_ptr message,
               std::function<void()> done = nullptr);
  page run(const gateway::api_request& request, std::string command);
  /// From any thread.
  void send(const actors::connection_id& to, gateway::http_page answer);
  /// False: there are too many questions to rooms already.
  [[nodiscard]] bool take_places(std::size_t count) noexcept;

  server_parts& parts_;
  std::atomic<std::size_t> asking_{0}; ///< questions to rooms that are not answered yet
  api_desk desk_;
};

} // namespace lintel::app
