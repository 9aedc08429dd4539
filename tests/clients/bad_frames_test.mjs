// Frames no client should send: each ends its own connection, with the right code, and no other.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { client_push } from "./support/binary_frames.mjs";
import { request } from "./support/http_client.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { opcode, tcp_client } from "./support/tcp_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const message_bytes_max = 64 * 1024;

// Joined before the first bad frame, asked after each of them.
const witness = {};
const lintel = world({ async opened(shared) {
  witness.client = await shared.phoenix(phoenix_versions.at(-1));
  witness.room = await witness.client.join("room:witness");
} });

async function assert_others_unharmed() {
  assert.deepEqual((await witness.room.push("ping", { n: 1 })).response, { n: 1 });
  assert.deepEqual(witness.client.lifecycle.all, [{ what: "open" }]);
  assert.deepEqual(witness.room.lifecycle.all, ["join"]);
}

/// A text message of exactly this many bytes.
function ping_of(bytes, topic) {
  const empty = JSON.stringify(["1", "2", topic, "ping", { pad: "" }]);
  return JSON.stringify(["1", "2", topic, "ping", { pad: "x".repeat(bytes - empty.length) }]);
}

describe("text that is no message", () => {
  const unreadable = { "broken JSON": "[\"1\",", "not JSON": "hello", "an empty text": "",
    "a number": "17", "an object": "{\"a\":1}", "an empty array": "[]", "numbers": "[1,2,3,4,5]" };
  for (const [what, text] of Object.entries(unreadable)) {
    it(`${what} is closed with 1007`, async () => {
      const client = await lintel.raw();
      client.send(text);
      assert.equal(await client.close_code(), 1007);
      await assert_others_unharmed();
    });
  }

  const readable = { "without a payload": ["1", "9", "room:a", "said"],
    "whose event is a number": ["1", "9", "room:a", 5, {}] };
  for (const [what, message] of Object.entries(readable)) {
    it(`a message ${what} is answered with an error and the socket stays open`, async () => {
      const client = await lintel.raw();
      await client.join("room:a");
      client.send(message);
      const [, ref, topic, event, payload] = await client.next_message();
      assert.deepEqual([ref, topic, event, payload.status], ["9", "room:a", "phx_reply", "error"]);
      client.send(["1", "10", "room:a", "ping", {}]);
      assert.equal((await client.next_message())[1], "10");
    });
  }
});

describe("binary frames of unknown kind", () => {
  for (const first of [0x05, 0x7f, 0xff]) {
    it(`kind ${first} is closed with 1003`, async () => {
      const client = await lintel.raw();
      client.send(Buffer.from([first, 1, 2, 3]));
      assert.equal(await client.close_code(), 1003);
      await assert_others_unharmed();
    });
  }

  it("kinds only a server sends are closed with 1003", async () => {
    for (const kind of [1, 2]) {
      const client = await lintel.raw();
      client.send(Buffer.from([kind, 1, 1, 1, 1, 49, 50, 51, 52]));
      assert.equal(await client.close_code(), 1003);
    }
  });

  const push = client_push({ join_ref: "1", ref: "2", topic: "room:a", event: "e", data: [] });
  const cut = { "an empty frame": 0, "half a header": 3, "half a topic": 9 };
  for (const [what, length] of Object.entries(cut)) {
    it(`${what} is closed with 1003 or 1007`, async () => {
      const client = await lintel.raw();
      client.send(push.subarray(0, length));
      assert.ok([1003, 1007].includes(await client.close_code()));
      await assert_others_unharmed();
    });
  }

  it("a broken MessagePack array is closed with 1003 or 1007", async () => {
    const client = await lintel.raw();
    client.send(Buffer.from([0x95, 0xc1, 0xc0, 0xc0, 0xc0, 0x80]));
    assert.ok([1003, 1007].includes(await client.close_code()));
    await assert_others_unharmed();
  });
});

describe("messages at the size limit", () => {
  it("a message of exactly 64 KiB is served", async () => {
    const [client, topic] = [await lintel.raw(), fresh_topic()];
    await client.join(topic);
    client.send(ping_of(message_bytes_max, topic));
    const [, ref, , , { response }] = await client.next_message();
    assert.equal(ref, "2");
    assert.match(response.pad, /^x{60000,}$/);
  });

  it("a message of one byte more is closed with 1009", async () => {
    const client = await lintel.raw();
    client.send(ping_of(message_bytes_max + 1, "room:a"));
    assert.equal(await client.close_code(), 1009);
    await assert_others_unharmed();
  });

  it("fragments that add up to more are closed with 1009", async () => {
    const client = await lintel.tcp();
    const fragment = Buffer.alloc(40_000, "x");
    client.send(opcode.text, fragment, { final: false });
    client.send(opcode.continuation, fragment);
    assert.equal(await client.close_code(), 1009);
    await assert_others_unharmed();
  });
});

describe("frames against RFC 6455", () => {
  it("5.1: an unmasked frame is closed with 1002", async () => {
    const client = await lintel.tcp();
    client.send(opcode.text, "[null,\"1\",\"phoenix\",\"heartbeat\",{}]", { masked: false });
    assert.equal(await client.close_code(), 1002);
    await assert_others_unharmed();
  });

  it("8.1: a text frame that is no UTF-8 is closed with 1007", async () => {
    const client = await lintel.tcp();
    client.send(opcode.text, Buffer.from([0x5b, 0x22, 0xc3, 0x28, 0x22, 0x5d]));
    assert.equal(await client.close_code(), 1007);
    await assert_others_unharmed();
  });

  it("5.2: a reserved opcode is closed with 1002", async () => {
    const client = await lintel.tcp();
    client.send(3, "x");
    assert.equal(await client.close_code(), 1002);
  });

  it("5.4: a continuation of nothing is closed with 1002", async () => {
    const client = await lintel.tcp();
    client.send(opcode.continuation, "x");
    assert.equal(await client.close_code(), 1002);
  });

  it("5.4: a fragmented message is read as one, with a ping in between", async () => {
    const client = await lintel.tcp();
    client.send(opcode.text, "[null,\"1\",\"phoe", { final: false });
    client.send(opcode.ping, "are you there");
    client.send(opcode.continuation, "nix\",\"heartbeat\",{}]");
    const pong = await client.frames.next("pong", (frame) => frame.opcode === opcode.pong);
    assert.equal(pong.payload.toString(), "are you there");
    const reply = await client.frames.next("reply", (frame) => frame.opcode === opcode.text);
    assert.equal(JSON.parse(reply.payload)[1], "1");
  });

  it("5.5.1: a close frame is answered with its code, then the connection ends", async () => {
    const client = await lintel.tcp();
    client.send(opcode.close, Buffer.from([0x03, 0xe8]));
    const answer = await client.frames.next("close", (frame) => frame.opcode === opcode.close);
    assert.equal(answer.payload.readUInt16BE(0), 1000);
    await client.ended;
  });
});

describe("bytes that are no request", () => {
  const requests = { "garbage": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a bad request line": "GET\r\n\r\n",
    "an endless header": `GET / HTTP/1.1\r\nX: ${"x".repeat(200_000)}` };
  for (const [what, bytes] of Object.entries(requests)) {
    it(`${what} ends only its own connection`, async () => {
      const client = await tcp_client.open(lintel.port);
      client.write(bytes);
      await client.ended;
      await assert_others_unharmed();
      assert.equal((await request(lintel.port, { path: "/healthz" })).status, 200);
    });
  }

  it("clients that hang up at once or in the middle of a frame harm nobody", async () => {
    for (let n = 0; n < 20; n++) {
      (await tcp_client.open(lintel.port)).disconnect();
      const half = await tcp_client.connect(lintel.port);
      half.write(Buffer.from([0x81, 0xfe, 0x10]));
      half.disconnect();
    }
    await assert_others_unharmed();
  });
});
