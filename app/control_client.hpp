#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace lintel::app {

/// The client side of the control socket: one line there, one line back. Throws std::runtime_error with a sentence
/// that says what to do when no server answers.
class control_client {
public:
  explicit control_client(const std::filesystem::path& data_dir);
  ~control_client();

  std::string ask(const std::string& request);

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

} // namespace lintel::app
