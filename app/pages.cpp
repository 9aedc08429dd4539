#include "app/pages.hpp"

#include "app/metrics.hpp"
#include "app/server_parts.hpp"
#include "gateway/listening_socket.hpp"

namespace lintel::app {

namespace {

constexpr std::string_view front_page = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lintel</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}
body{max-width:44rem;margin:3rem auto;padding:0 1rem}
pre{padding:1rem;overflow-x:auto;border:1px solid #8888;border-radius:.5rem}
</style></head><body>
<h1>Lintel is running</h1>
<p>A real-time message server. Every WebSocket connection is a supervised actor;
kill any of them and nobody notices.</p>
<p>Connect with any Phoenix Channels client:</p>
<pre>import {Socket} from "phoenix"
const socket = new Socket("/socket"); socket.connect()
const room = socket.channel("room:lobby")
room.on("new_msg", m =&gt; console.log(m))
room.join().receive("ok", () =&gt; room.push("new_msg", {body: "hello"}))</pre>
<p>Then look at the actors and kill some:</p>
<pre>lintel ctl tree
lintel ctl connections
lintel ctl kill --random 100
lintel ctl counters</pre>
</body></html>
)";

} // namespace

gateway::http_page metrics_page(const gateway::credentials& shown, server_parts& parts) {
  if (!gateway::is_loopback(parts.config.gateway.host) && parts.keys.role_of(shown.token) < actors::role::viewer)
    return {401, "text/plain; charset=utf-8",
            "metrics need a key: Authorization: Bearer KEY, as `lintel token --role viewer` prints it\n"};
  return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(read_metrics(parts))};
}

gateway::http_page page_at(std::string_view path, bool is_ready) {
  if (path == "/healthz")
    return {200, "text/plain; charset=utf-8", "ok\n"};
  if (path == "/readyz")
    return is_ready ? gateway::http_page{200, "text/plain; charset=utf-8", "ready\n"}
                    : gateway::http_page{503, "text/plain; charset=utf-8", "not ready: starting or draining\n"};
  if (path == "/")
    return {200, "text/html; charset=utf-8", std::string{front_page}};
  return {404, "text/plain; charset=utf-8", "no such page; WebSockets are at /socket/websocket\n"};
}

} // namespace lintel::app
