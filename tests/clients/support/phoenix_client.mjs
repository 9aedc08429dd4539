import { createRequire } from "node:module";
import { WebSocket } from "ws";
import { inbox, within } from "./inbox.mjs";

/// The three reconnect cores that people run.
export const phoenix_versions = ["1.7.21", "1.8.15", "1.8.16"];

const require = createRequire(import.meta.url);

/// The stock class that keeps the list of a channel's members.
export const presence_class = async (version) => (await import(`phoenix-${version}`)).Presence;

/// Promises around a stock Socket of the npm package `phoenix`; the client itself is untouched.
export class phoenix_client {
  /// Every message the socket decoded: {join_ref, ref, topic, event, payload}.
  messages;
  /// What happened to the socket: {what: "open" | "close" | "error", code}.
  lifecycle;
  /// Text frames as they came over the wire.
  texts = [];
  #transports = [];

  constructor(socket_class, endpoint, { name = "client", ...options } = {}) {
    this.messages = new inbox(`${name} messages`);
    this.lifecycle = new inbox(`${name} socket`);
    this.socket = new socket_class(endpoint, { transport: this.#transport(), ...options });
    this.socket.onMessage((message) => this.messages.put(message));
    this.socket.onOpen(() => this.lifecycle.put({ what: "open" }));
    this.socket.onClose(({ code }) => this.lifecycle.put({ what: "close", code }));
    this.socket.onError(() => this.lifecycle.put({ what: "error" }));
  }

  static async connect(version, endpoint, options = {}) {
    const { Socket } = await import(`phoenix-${version}`);
    const client = new phoenix_client(Socket, endpoint, { name: `phoenix ${version}`, ...options });
    return client.connect();
  }

  async connect() {
    this.socket.connect();
    // Left alone, a socket that never opens would try again for ever and keep the process alive.
    await this.next("open").catch((failure) => {
      this.socket.disconnect();
      throw failure;
    });
    return this;
  }

  next(what) {
    return this.lifecycle.next(`socket ${what}`, (event) => event.what === what);
  }

  /// The n-th "open", "close" or "error" events so far.
  count(what) {
    return this.lifecycle.all.filter((event) => event.what === what).length;
  }

  channel(topic, params = {}) {
    return new phoenix_channel(this.socket.channel(topic, params));
  }

  async join(topic, params = {}) {
    const channel = this.channel(topic, params);
    const { status, response } = await channel.join();
    if (status !== "ok") throw new Error(`join of ${topic}: ${status} ${JSON.stringify(response)}`);
    return channel;
  }

  async disconnect() {
    this.socket.disconnect();
    await within(Promise.all(this.#transports.map(closed)), "end of the WebSocket");
  }

  /// `ws`, remembering each connection and its text frames.
  #transport() {
    const { texts } = this;
    const transports = this.#transports;
    return class recording_web_socket extends WebSocket {
      constructor(...args) {
        super(...args);
        transports.push(this);
        this.on("message", (bytes, is_binary) => {
          if (!is_binary) texts.push(bytes.toString());
        });
      }
    };
  }
}

/// npm `phoenix-channels`: speaks V1 over a WebSocket implementation it brings along.
export class v1_client extends phoenix_client {
  static connect(endpoint) {
    const { Socket } = require("phoenix-channels");
    return new v1_client(Socket, endpoint, { name: "phoenix-channels", transport: undefined })
      .connect();
  }

  async disconnect() {
    this.socket.disconnect();
    // Its disconnect() forgets the timer, which would keep the process alive.
    clearInterval(this.socket.heartbeatTimer);
  }
}

/// Promises around one Channel, and a record of all it went through.
export class phoenix_channel {
  /// "join", "close" and "error", as the application is told.
  lifecycle;

  constructor(channel) {
    this.channel = channel;
    this.topic = channel.topic;
    /// The application's events: {event, payload}.
    this.events = new inbox(channel.topic);
    this.lifecycle = new inbox(`${channel.topic} lifecycle`);
    channel.onClose(() => this.lifecycle.put("close"));
    channel.onError(() => this.lifecycle.put("error"));
    channel.onMessage = (event, payload) => {
      if (!/^(phx_|chan_reply_)/.test(event)) this.events.put({ event, payload });
      return payload;
    };
  }

  join() {
    const push = this.channel.join();
    push.receive("ok", () => this.lifecycle.put("join"));
    return outcome(push);
  }

  /// The n-th time the client joined, the first included.
  async joined(count) {
    while (this.count("join") < count)
      await this.lifecycle.next(`join number ${count}`, (what) => what === "join");
  }

  count(what) {
    return this.lifecycle.all.filter((one) => one === what).length;
  }

  /// Resolves to {status, response}; `status` is "timeout" if the server said nothing.
  push(event, payload, ms) {
    return outcome(this.channel.push(event, payload, ms));
  }

  leave() {
    return outcome(this.channel.leave());
  }

  async next(event) {
    return (await this.events.next(`"${event}"`, (item) => item.event === event)).payload;
  }

  /// What nobody has taken yet, as [event, payload].
  unread() {
    return this.events.unread().map(({ event, payload }) => [event, payload]);
  }
}

function outcome(push) {
  return new Promise((resolve) => {
    for (const status of ["ok", "error", "timeout"])
      push.receive(status, (response) => resolve({ status, response }));
  });
}

function closed(transport) {
  if (transport.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => transport.once("close", resolve));
}
