// Very many members of one room, each a bare TCP connection that only counts what it is told.
import { randomBytes } from "node:crypto";
import net from "node:net";

const text_byte = 0x81; // RFC 6455 5.2: FIN and the opcode of text
const opening_at_once = 200;
export const meta = { since: 1732320000 };

/// One member. The bytes of its presence events are counted; of the rest only the refs of replies are kept.
class crowd_member {
  presence = { bytes: 0 };
  is_reader = false;
  list = new Set(); ///< a reader's, of keys; each has one meta here
  #buffer = Buffer.alloc(0);
  #replies = new Map();
  #upgraded = null;

  constructor(port) {
    this.socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (bytes) => this.#take(bytes));
    this.socket.on("error", () => {});
    this.upgraded = new Promise((resolve, reject) => {
      this.#upgraded = resolve;
      this.socket.once("close", () => reject(new Error("a member's socket was closed")));
    });
    this.upgraded.catch(() => {});
    this.socket.write("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n" +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`);
  }

  /// Resolves to the reply's status.
  ask(ref, topic, event, payload) {
    const reply = new Promise((resolve) => this.#replies.set(ref, resolve));
    this.socket.write(text_frame(JSON.stringify(["1", ref, topic, event, payload])));
    return reply;
  }

  #take(bytes) {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes]);
    if (this.#upgraded !== null) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#buffer = this.#buffer.subarray(end + 4);
      this.#upgraded();
      this.#upgraded = null;
    }
    for (let size = frame_size(this.#buffer); size > 0; size = frame_size(this.#buffer)) {
      if (this.#buffer[0] === text_byte) this.#hear(this.#buffer.subarray(header_size(this.#buffer), size), size);
      this.#buffer = this.#buffer.subarray(size);
    }
  }

  // Of ten thousand, few have to understand what they are told.
  #hear(text, frame_bytes) {
    const is_presence = text.indexOf('"presence_') >= 0;
    if (is_presence) this.presence.bytes += frame_bytes;
    if (is_presence && !this.is_reader) return;
    const [, ref, , event, payload] = JSON.parse(text.toString());
    if (is_presence) this.#update(event, payload);
    else if (event === "phx_reply" && this.#replies.has(ref)) {
      this.#replies.get(ref)(payload.status);
      this.#replies.delete(ref);
    }
  }

  #update(event, payload) {
    if (event === "presence_state") this.list = new Set(Object.keys(payload));
    if (event !== "presence_diff") return;
    for (const key of Object.keys(payload.joins)) this.list.add(key);
    for (const key of Object.keys(payload.leaves)) this.list.delete(key);
  }
}

/// `count` members of `topic`, tracked under the keys that `key_of` gives; readers know who is there.
export async function enter_crowd(port, topic, count, key_of, { are_readers = false } = {}) {
  const members = [];
  while (members.length < count) {
    const some = Array.from({ length: Math.min(opening_at_once, count - members.length) },
      () => new crowd_member(port));
    for (const member of some) member.is_reader = are_readers;
    await Promise.all(some.map((member) => member.upgraded));
    const statuses = await Promise.all(some.map((member, n) =>
      member.ask("1", topic, "phx_join", { presence: { key: key_of(members.length + n), meta } })));
    if (statuses.some((status) => status !== "ok")) throw new Error("a member of the crowd could not join");
    members.push(...some);
  }
  return members;
}

// RFC 6455 5.2: a masked frame, with a mask of zeros.
function text_frame(text) {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? Buffer.from([text_byte, 0x80 | payload.length, 0, 0, 0, 0])
    : Buffer.from([text_byte, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}

const header_size = (frame) => (frame[1] < 126 ? 2 : frame[1] === 126 ? 4 : 10);

// Of the first frame; 0 if it is not there as a whole.
function frame_size(buffer) {
  if (buffer.length < 2 || buffer.length < header_size(buffer)) return 0;
  const payload = buffer[1] < 126 ? buffer[1] : buffer[1] === 126 ? buffer.readUInt16BE(2)
    : Number(buffer.readBigUInt64BE(2));
  const size = header_size(buffer) + payload;
  return buffer.length < size ? 0 : size;
}
