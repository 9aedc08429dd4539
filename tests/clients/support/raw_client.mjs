import { decode, encode } from "@msgpack/msgpack";
import { WebSocket } from "ws";
import { inbox, within } from "./inbox.mjs";

export { WebSocket };

/// A bare WebSocket that shows every frame as it came. Frames in the inbox are
///   {text, message}    a text frame and what JSON.parse makes of it
///   {bytes}            a binary frame, and {message} too if it is a MessagePack array
export class raw_client {
  frames = new inbox("raw client");

  static connect(url, { protocols = [], headers = {} } = {}) {
    const client = new raw_client(new WebSocket(url, protocols, { headers }));
    return within(client.opened, "101 response").then(() => client);
  }

  constructor(socket) {
    this.socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    /// {code, reason} of the close frame; 1006 if there was none.
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.closed.then(({ code }) => this.frames.end(`closed with ${code}`));
    socket.on("error", () => {});
    socket.on("message", (bytes, is_binary) => this.frames.put(frame_of(bytes, is_binary)));
  }

  /// A string or a Buffer goes out as it is, anything else as JSON text.
  send(message) {
    const is_raw = typeof message === "string" || Buffer.isBuffer(message);
    this.socket.send(is_raw ? message : JSON.stringify(message));
  }

  send_msgpack(message) {
    this.socket.send(encode(message));
  }

  next(what, matches) {
    return this.frames.next(what, matches);
  }

  async next_message(what) {
    return (await this.next(what ?? "message")).message;
  }

  /// Joins and takes the reply, which must be the next frame.
  async join(topic, ref = "1") {
    this.send([ref, ref, topic, "phx_join", {}]);
    return this.next_message(`join reply of ${topic}`);
  }

  close_code() {
    return within(this.closed.then(({ code }) => code), "close frame");
  }

  async disconnect() {
    this.socket.close();
    await within(this.closed, "end of the WebSocket");
  }
}

function frame_of(bytes, is_binary) {
  if (!is_binary) return { text: bytes.toString(), message: parsed(bytes.toString()) };
  return bytes[0] === 0x95 ? { bytes, message: decode(bytes) } : { bytes };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
