#pragma once

#include "actors/room_actor.hpp"
#include "actors/system_desk.hpp"

namespace lintel::actors {

/// The room of a system topic: members come and go as in any room, but what is said in it comes from the desk, and
/// what members push goes there. As killable as any other actor.
class system_room : public room_actor {
public:
  system_room(caf::actor_config& config, std::string topic, room_supervisor& supervisor, room_limits limits,
              const address_book& book, system_desk& desk);

  process_class what() const noexcept override { return process_class::other; }

protected:
  handled handle(letter_ptr& mail) override;
  void push(letter_ptr& mail) override;
  void members_changed() override;
  std::vector<presence_news> greet(const client_request& request, const protocol::presence_params& said) override;
  void ended(const caf::error& reason) noexcept override;

private:
  system_desk& desk_;
};

} // namespace lintel::actors
