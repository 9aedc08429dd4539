#include "app/control_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>
#include <utility> // Boost 1.74's awaitable.hpp forgets it under C++20

#include <pthread.h>
#include <sys/stat.h>

#include <future>
#include <optional>
#include <thread>

namespace lintel::app {

namespace net = boost::asio;
using boost::system::error_code;
using net::local::stream_protocol;

namespace {

constexpr std::size_t request_bytes_max = 4 * 1024 * 1024; // a list of 100,000 ids fits

/// One client. Lives as long as an operation of it is under way.
class control_session : public std::enable_shared_from_this<control_session> {
public:
  control_session(stream_protocol::socket socket, const control_server::answer_function& answer)
      : socket_(std::move(socket)), answer_(answer) {}

  void read() {
    net::async_read_until(socket_, net::dynamic_buffer(received_, request_bytes_max), '\n',
                          [self = shared_from_this()](error_code error, std::size_t bytes) {
                            if (!error)
                              self->answer(bytes);
                          });
  }

private:
  void answer(std::size_t bytes) {
    response_ = answer_(std::string_view{received_}.substr(0, bytes - 1));
    response_.push_back('\n');
    received_.erase(0, bytes);
    net::async_write(socket_, net::buffer(response_), [self = shared_from_this()](error_code error, std::size_t) {
      if (!error)
        self->read();
    });
  }

  stream_protocol::socket socket_;
  const control_server::answer_function& answer_;
  std::string received_;
  std::string response_;
};

} // namespace

struct control_server::state {
  state(std::filesystem::path where, answer_function how) : path(std::move(where)), answer(std::move(how)) {}

  void open() {
    try {
      std::filesystem::remove(path);
      acceptor.emplace(context, stream_protocol::endpoint{path.string()});
      ::chmod(path.c_str(), S_IRUSR | S_IWUSR); // who may write here may kill: the owner, nobody else
      accept();
      tell_opened(true);
    } catch (const std::exception& e) {
      spdlog::error("cannot open the control socket {}: {}", path.string(), e.what());
      tell_opened(false);
    }
  }

  void tell_opened(bool is_open) {
    if (!std::exchange(is_told, true))
      first_open.set_value(is_open);
  }

  void accept() {
    acceptor->async_accept([this](error_code error, stream_protocol::socket socket) {
      if (error == net::error::operation_aborted || !acceptor)
        return;
      if (!error) {
        std::make_shared<control_session>(std::move(socket), answer)->read();
        accept();
        return;
      }
      // Out of descriptors, most likely: accepting again at once would only spin.
      retry.expires_after(std::chrono::milliseconds{100});
      retry.async_wait([this](error_code stopped) {
        if (!stopped && acceptor)
          accept();
      });
    });
  }

  const std::filesystem::path path;
  const answer_function answer;
  net::io_context context{1};
  net::executor_work_guard<net::io_context::executor_type> keep_running{context.get_executor()};
  std::optional<stream_protocol::acceptor> acceptor;
  net::steady_timer retry{context};
  std::promise<bool> first_open;
  bool is_told = false;
  std::thread thread;
};

control_server::control_server(std::filesystem::path socket, answer_function answer)
    : state_(std::make_shared<state>(std::move(socket), std::move(answer))) {
  state_->thread = std::thread{[state = state_.get()] {
    pthread_setname_np(pthread_self(), "control");
    state->context.run();
  }};
}

void control_server::stop() noexcept {
  state_->context.stop();
  if (state_->thread.joinable())
    state_->thread.join();
}

control_server::~control_server() {
  stop();
  std::error_code ignored; // a file left behind is replaced by the next server
  std::filesystem::remove(state_->path, ignored);
}

void control_server::open() {
  net::post(state_->context, [state = state_.get()] { state->open(); });
}

void control_server::close() noexcept {
  net::post(state_->context, [state = state_.get()] { state->acceptor.reset(); });
}

bool control_server::wait_until_open(std::chrono::milliseconds patience) {
  auto opened = state_->first_open.get_future();
  return opened.wait_for(patience) == std::future_status::ready && opened.get();
}

const std::filesystem::path& control_server::path() const noexcept { return state_->path; }

} // namespace lintel::app
