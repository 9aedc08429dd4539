#pragma once

#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "base/bounded_writer.hpp"
#include "gateway/socket_worker.hpp"

namespace lintel::gateway {

/// Takes the posts for the sockets of one worker: broadcasts to walk through the members with, and the answers of
/// rooms. Connection actors are not on this path, so killing one loses no delivery; and a post to the courier is in
/// its mailbox, so killing the courier loses none either.
class courier : public actors::light_process {
public:
  courier(caf::actor_config& config, std::uint16_t worker, socket_worker& sockets);

  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("courier/").number(home()).size();
  }
  actors::process_class what() const noexcept override { return actors::process_class::courier; }

protected:
  actors::handled handle(actors::letter_ptr& mail) override;
  void refuse(actors::letter& mail) noexcept override;
  actors::trace_id trace_of(const actors::letter& mail) const noexcept override { return actors::trace_of(mail); }

private:
  void deliver(const actors::room_delivery& post);
  void settle(const actors::join_settled& answer);
  void settle(const actors::leave_settled& answer);
  void settle(const actors::request_settled& answer);
  void admit(connection& c, actors::channel& ch, const actors::join_settled& answer);
  void turn_away(connection& c, actors::channel* ch, const actors::join_settled& answer);
  void take_back(const actors::join_settled& answer);
  static std::string replay_of(const connection& c, const protocol::message_view& join,
                               const std::vector<history::entry>& missed);
  void tell_reset(const actors::stream_reset& news);
  void report_gone(const actors::room_gone& news);
  void go_on(connection& c);
  connection* open_connection(const actors::connection_id& id);
  void close_replaced(connection& c, const actors::inline_ref& old_join_ref, std::string_view topic);

  socket_worker& sockets_;
  std::vector<std::uint32_t> too_slow_; ///< found while walking through members; closed afterwards
};

} // namespace lintel::gateway
