// The peer: the same job as floor_server, by node and the `ws` package as its users write it.

import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const rooms = new Map();
const ok = { status: "ok", response: {} };

function reply([join_ref, ref, topic], payload) {
  return JSON.stringify([join_ref, ref, topic, "phx_reply", payload]);
}

function take(socket, text) {
  const message = JSON.parse(text);
  const [, , topic, event, payload] = message;
  if (event === "phx_join") {
    const room = rooms.get(topic) ?? new Set();
    rooms.set(topic, room.add(socket));
    socket.room = room;
    socket.send(reply(message, ok));
  } else if (topic === "phoenix") {
    socket.send(reply(message, ok));
  } else if (event === "ping") {
    socket.send(reply(message, { status: "ok", response: payload }));
  } else {
    const shared = Buffer.from(JSON.stringify([null, null, topic, event, payload]));
    for (const member of rooms.get(topic) ?? []) member.send(shared, { binary: false });
    socket.send(reply(message, ok));
  }
}

const server = createServer();
const acceptor = new WebSocketServer({ server, perMessageDeflate: false });
acceptor.on("connection", (socket) => {
  socket.on("message", (text) => take(socket, text));
  socket.on("close", () => socket.room?.delete(socket));
  socket.on("error", () => socket.terminate());
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  process.stdout.write(`ws: ready at 127.0.0.1:${server.address().port}\n`);
});
