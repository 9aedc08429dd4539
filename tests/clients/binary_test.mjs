// Binary payloads: push kind 0, reply kind 1, broadcast kind 2 (protocol 2.2).
import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  array_buffer, client_push, server_broadcast, server_reply,
} from "./support/binary_frames.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const bytes_of = (buffer) => [...new Uint8Array(buffer)];

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("a binary ping is answered with the same bytes as a binary reply", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      const { status, response } = await room.push("ping", array_buffer(0, 0x95, 0xff, 0x80, 10));
      assert.equal(status, "ok");
      assert.ok(response instanceof ArrayBuffer);
      assert.deepEqual(bytes_of(response), [0, 0x95, 0xff, 0x80, 10]);
    });

    it("a binary push reaches every member as an ArrayBuffer", async () => {
      const topic = fresh_topic();
      const clients = [await lintel.phoenix(version), await lintel.phoenix(version)];
      const rooms = await Promise.all(clients.map((client) => client.join(topic)));
      const { status, response } = await rooms[0].push("file", array_buffer(0xde, 0xad));
      assert.deepEqual({ status, response }, { status: "ok", response: {} });
      for (const room of rooms) {
        const payload = await room.next("file");
        assert.ok(payload instanceof ArrayBuffer);
        assert.deepEqual(bytes_of(payload), [0xde, 0xad]);
      }
    });

    it("an empty binary payload stays an empty binary payload", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      assert.equal((await room.push("file", array_buffer())).status, "ok");
      const payload = await room.next("file");
      assert.ok(payload instanceof ArrayBuffer);
      assert.equal(payload.byteLength, 0);
    });

    it("text and binary pushes of one sender keep their order", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      for (let n = 0; n < 20; n++) room.push("said", n % 2 === 0 ? { n } : array_buffer(n));
      for (let n = 0; n < 20; n++) {
        const payload = await room.next("said");
        assert.equal(n % 2 === 0 ? payload.n : bytes_of(payload)[0], n);
      }
    });
  });
}

const file = { join_ref: "1", ref: "7", topic: "room:lobby", event: "file", data: [0xde, 0xad] };

it("a binary reply has the published layout", async () => {
  const client = await lintel.raw();
  await client.join("room:lobby");
  client.send(client_push({ ...file, event: "ping", data: [0xbe, 0xef] }));
  const { bytes } = await client.next("binary reply");
  assert.equal(bytes.toString("hex"),
    server_reply({ ...file, status: "ok", data: [0xbe, 0xef] }).toString("hex"));
  assert.equal(bytes.toString("hex"), "0101010a023137726f6f6d3a6c6f6262796f6bbeef");
});

it("a binary broadcast has the published layout, and its sender's reply is text", async () => {
  const client = await lintel.raw();
  await client.join("room:lobby");
  client.send(client_push(file));
  const broadcast = await client.next("broadcast", ({ bytes }) => bytes !== undefined);
  const reply = await client.next("reply", ({ text }) => text !== undefined);
  assert.equal(broadcast.bytes.toString("hex"), server_broadcast(file).toString("hex"));
  assert.equal(broadcast.bytes.toString("hex"), "020a04726f6f6d3a6c6f62627966696c65dead");
  assert.deepEqual(reply.message,
    ["1", "7", "room:lobby", "phx_reply", { status: "ok", response: {} }]);
});

it("a binary push without refs is taken for the current join", async () => {
  const client = await lintel.raw();
  await client.join("room:lobby");
  client.send(client_push({ ...file, join_ref: "", ref: "" }));
  const { bytes } = await client.next("broadcast", (frame) => frame.bytes !== undefined);
  assert.equal(bytes.toString("hex"), server_broadcast(file).toString("hex"));
});
