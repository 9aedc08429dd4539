// A client as docs/protocol.md wants one: it comes back by itself, recovers what it missed, and says again, with the
// same key, what was not acknowledged. A delivery checker is told of everything.
import { WebSocket } from "../clients/support/raw_client.mjs";

const retry_ms = 20;
const heartbeat_ms = 20_000;
const passing = ["unavailable", "join crashed", "crashed", "room closed", "storage unavailable"]; // refusals of joins

export class recovering_client {
  closes = []; // codes of its sockets' ends
  refused_joins = new Map(); // reason → how often
  other_events = new Map(); // topic and event → how often
  #topics = new Map(); // topic → {position, join_ref, is_joined, asked, waiting}
  #pushes = new Map(); // key → what is not settled yet, in the order in which it was said
  #requests = new Map(); // ref → {settle}
  #refs = 0;
  #said = 0;
  #is_wanted = false;
  #socket = null;

  /// `params` go into its URL: {sid: "…"}, `join_params` into each join beside `recover`. `keeps_trying`: refusals
  /// after which a push is said again.
  constructor(port, name, checker,
    { params = {}, join_params = {}, keeps_trying = ["unavailable", "crashed"] } = {}) {
    this.url = `ws://127.0.0.1:${port}/socket/websocket?${new URLSearchParams({ vsn: "2.0.0", ...params })}`;
    this.name = name;
    this.checker = checker;
    this.join_params = join_params;
    this.keeps_trying = keeps_trying;
  }

  get is_open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }
  get unsettled() {
    return this.#pushes.size;
  }
  position(topic) {
    return this.#topics.get(topic).position;
  }
  is_joined(topic) {
    return this.#topics.get(topic).is_joined;
  }

  /// Resolves with the answer's stream once it is a member, however often that takes.
  join(topic) {
    this.#is_wanted = true;
    const joined = new Promise((resolve) => this.#topics.set(topic,
      { position: true, asked: null, join_ref: null, is_joined: false, waiting: [resolve] }));
    if (this.is_open) this.#send_join(topic);
    else if (this.#socket === null) this.#connect();
    return joined;
  }

  /// Resolves when the topic is joined again.
  joined(topic) {
    const it = this.#topics.get(topic);
    return it.is_joined ? Promise.resolve() : new Promise((resolve) => it.waiting.push(resolve));
  }

  /// Resolves to {offset}, or to {reason} if it was refused for good. Lost answers are asked for again.
  publish(topic, payload = {}) {
    const key = `${this.name}.${this.#said++}`;
    return new Promise((settle) => {
      this.#pushes.set(key, { topic, key, payload, settle, began: performance.now() });
      this.checker.invoked(topic, key);
      if (this.is_joined(topic)) this.#send_push(this.#pushes.get(key));
    });
  }

  /// One request with an answer {status, response}; {status: "lost"} if the socket ends before it.
  ask(topic, event, payload) {
    return new Promise((settle) => {
      if (!this.is_open) return settle({ status: "lost" });
      const ref = this.#next_ref();
      this.#requests.set(ref, settle);
      this.#send([this.#topics.get(topic)?.join_ref ?? null, ref, topic, event, payload]);
    });
  }

  /// A page of history, as ask() answers; waits its turn where pages are rationed.
  async page(topic, query) {
    for (;;) {
      const answer = await this.ask(topic, "history", query);
      if (answer.response?.reason !== "rate limited") return answer;
      await new Promise((resolve) => setTimeout(resolve, answer.response.retry_after_ms));
    }
  }

  /// The socket is reset, as by a radio link that breaks. `is_back`: it comes back by itself.
  reset({ is_back = true } = {}) {
    this.#is_wanted = is_back;
    this.#socket?._socket?.resetAndDestroy();
  }
  /// It comes back after a reset() without.
  come_back() {
    this.#is_wanted = true;
    if (this.#socket === null) this.#connect();
  }
  pause() {
    this.#socket.pause();
  }

  close() {
    this.#is_wanted = false;
    this.#socket?.terminate();
  }

  #connect() {
    const socket = new WebSocket(this.url, [], { perMessageDeflate: false, skipUTF8Validation: true });
    this.#socket = socket;
    let heartbeat = null;
    socket.on("open", () => {
      heartbeat = setInterval(() => this.#send([null, this.#next_ref(), "phoenix", "heartbeat", {}]), heartbeat_ms);
      for (const topic of this.#topics.keys()) this.#send_join(topic);
    });
    socket.on("message", (bytes) => this.#take(JSON.parse(bytes.toString())));
    socket.on("error", () => {});
    socket.on("close", (code) => {
      clearInterval(heartbeat);
      if (heartbeat !== null) this.closes.push(code);
      this.#lost();
    });
  }

  #lost() {
    this.#socket = null;
    for (const it of this.#topics.values()) it.is_joined = false;
    for (const settle of this.#requests.values()) settle({ status: "lost" });
    this.#requests.clear();
    if (this.#is_wanted) setTimeout(() => this.#is_wanted && this.#socket === null && this.#connect(), retry_ms);
  }

  #send_join(topic) {
    const it = this.#topics.get(topic);
    it.join_ref = this.#next_ref();
    it.asked = it.position === true ? null : { ...it.position };
    this.#requests.set(it.join_ref, (answer) => this.#settle_join(topic, it, answer));
    this.#send([it.join_ref, it.join_ref, topic, "phx_join", { ...this.join_params, recover: it.position }]);
  }

  #settle_join(topic, it, { status, response }) {
    if (status === "lost") return;
    if (status !== "ok") {
      this.refused_joins.set(response.reason, (this.refused_joins.get(response.reason) ?? 0) + 1);
      if (!passing.includes(response.reason)) throw new Error(`join of ${topic}: ${response.reason}`);
      setTimeout(() => this.is_open && !it.is_joined && this.#send_join(topic), retry_ms);
      return;
    }
    const { stream } = response;
    this.checker.joined(this.name, topic, it.asked, stream);
    it.position = { epoch: stream.epoch, offset: stream.recovered ? stream.offset - stream.count : stream.offset };
    it.is_joined = true;
    for (const push of this.#pushes.values()) if (push.topic === topic) this.#send_push(push);
    it.waiting.splice(0).forEach((resolve) => resolve(stream));
  }

  #send_push(push) {
    const ref = this.#next_ref();
    this.#requests.set(ref, (answer) => this.#settle_push(push, answer));
    this.#send([this.#topics.get(push.topic).join_ref, ref, push.topic, "said", { ...push.payload, idem: push.key }]);
  }

  #settle_push(push, { status, response }) {
    if (status === "lost") return; // said again with the next join
    if (status !== "ok" && this.keeps_trying.includes(response.reason)) return;
    this.#pushes.delete(push.key);
    if (status === "ok") this.checker.acknowledged(push.topic, push.key, response.offset);
    else this.checker.refused(push.topic, push.key, response.reason);
    push.settle({ ...response, ms: performance.now() - push.began });
  }

  #take([join_ref, ref, topic, event, payload]) {
    if (event === "phx_reply") {
      const settle = this.#requests.get(ref);
      this.#requests.delete(ref);
      return settle?.(payload);
    }
    const it = this.#topics.get(topic);
    if (it === undefined || (join_ref !== null && join_ref !== it.join_ref)) return;
    if (event === "phx_error") {
      it.is_joined = false;
      setTimeout(() => this.is_open && !it.is_joined && this.#send_join(topic), retry_ms);
    } else if (event === "stream_reset") {
      it.position = { epoch: payload.epoch, offset: payload.offset };
      this.checker.reset(this.name, topic, payload.epoch);
    } else if (typeof ref === "string" && ref.startsWith("@")) {
      it.position.offset = Number(ref.slice(1));
      this.checker.received(this.name, topic, it.position.offset, payload.idem);
    } else {
      this.other_events.set(`${topic} ${event}`, (this.other_events.get(`${topic} ${event}`) ?? 0) + 1);
    }
  }

  #next_ref() {
    return String(++this.#refs);
  }

  #send(message) {
    if (this.is_open) this.#socket.send(JSON.stringify(message));
  }
}
