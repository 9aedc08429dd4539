import net from "node:net";
import { inbox, within } from "./inbox.mjs";

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/// A WebSocket peer without manners: writes any bytes, frames built by hand (RFC 6455, 5.2).
export class tcp_client {
  /// Whole frames from the server: {opcode, payload}.
  frames = new inbox("tcp client");
  #bytes = Buffer.alloc(0);
  #is_upgraded = false;

  static async connect(port, path = "/socket/websocket?vsn=2.0.0") {
    const client = await tcp_client.open(port);
    client.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    const head = await client.frames.next("101 response", (item) => item.head !== undefined);
    if (!head.head.startsWith("HTTP/1.1 101")) throw new Error(`refused: ${head.head}`);
    return client;
  }

  /// Connects and says nothing yet.
  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new tcp_client(socket)));
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => socket.once("close", resolve));
    this.ended.then(() => this.frames.end("the connection ended"));
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      if (!this.#is_upgraded) this.#read_head();
      if (this.#is_upgraded) while (this.#read_frame());
    });
  }

  write(bytes) {
    this.socket.write(bytes);
  }

  send(kind, payload, options) {
    this.write(frame_bytes(kind, Buffer.from(payload), options));
  }

  /// The code of the close frame the server sends, which must then end the connection.
  async close_code() {
    const is_close = (item) => item.opcode === opcode.close;
    const { payload } = await this.frames.next("close frame", is_close);
    this.send(opcode.close, payload);
    await within(this.ended, "end of the TCP connection after the close frames");
    return payload.readUInt16BE(0);
  }

  disconnect() {
    this.socket.destroy();
  }

  #read_head() {
    const end = this.#bytes.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#bytes.subarray(0, end).toString();
    this.#bytes = this.#bytes.subarray(end + 4);
    this.#is_upgraded = head.startsWith("HTTP/1.1 101");
    this.frames.put({ head });
  }

  #read_frame() {
    const bytes = this.#bytes;
    if (bytes.length < 2) return false;
    const short = bytes[1] & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < header) return false;
    const length = short < 126 ? short
      : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < header + length) return false;
    this.frames.put({ opcode: bytes[0] & 0x0f, payload: bytes.subarray(header, header + length) });
    this.#bytes = bytes.subarray(header + length);
    return true;
  }
}

function frame_bytes(kind, payload, { masked = true, final = true } = {}) {
  const first = (final ? 0x80 : 0) | kind;
  const mask_bit = masked ? 0x80 : 0;
  const header = Buffer.concat([Buffer.from([first]), length_bytes(payload.length, mask_bit)]);
  if (!masked) return Buffer.concat([header, payload]);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ mask[index % 4])]);
}

/// The shortest form that fits, as RFC 6455 demands.
function length_bytes(length, mask_bit) {
  if (length < 126) return Buffer.from([mask_bit | length]);
  if (length < 65_536) return Buffer.from([mask_bit | 126, length >> 8, length & 0xff]);
  const bytes = Buffer.alloc(9);
  bytes[0] = mask_bit | 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}
