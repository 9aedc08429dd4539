// MessagePack through the stock client's encode and decode hooks (protocol 2.3).
import assert from "node:assert/strict";
import { describe } from "node:test";
import { encode } from "@msgpack/msgpack";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("joins, pushes, hears itself and leaves in MessagePack", async () => {
      const client = await lintel.phoenix(version, msgpack_options);
      const room = await client.join(fresh_topic());
      const payload = { text: "grüße", nested: { list: [1, -2, 2.5, null, true], big: 2 ** 40 } };
      assert.deepEqual(await room.push("said", payload), { status: "ok", response: {} });
      assert.deepEqual(await room.next("said"), payload);
      assert.deepEqual(await room.push("ping", payload), { status: "ok", response: payload });
      await room.leave();
      await client.messages.next("phx_close", (message) => message.event === "phx_close");
      assert.deepEqual(client.texts, []);
    });

    it("bytes inside a payload come back as bytes", async () => {
      const client = await lintel.phoenix(version, msgpack_options);
      const room = await client.join(fresh_topic());
      await room.push("file", { name: "a", content: Uint8Array.of(0, 255, 149) });
      const { name, content } = await room.next("file");
      assert.equal(name, "a");
      assert.deepEqual([...content], [0, 255, 149]);
    });

    it("heartbeats are answered in MessagePack too", async () => {
      const options = { ...msgpack_options, heartbeatIntervalMs: 300 };
      const client = await lintel.phoenix(version, options);
      for (let beat = 0; beat < 2; beat++)
        await client.messages.next("heartbeat", (message) => message.topic === "phoenix");
      assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
    });

    it("refusals arrive in MessagePack too", async () => {
      const client = await lintel.phoenix(version, msgpack_options);
      const channel = client.channel("nope:x");
      const { status, response } = await channel.join();
      await channel.leave();
      assert.deepEqual([status, response.reason], ["error", "unmatched topic"]);
    });
  });
}

it("?format=msgpack makes every frame a MessagePack array, also the answers to text", async () => {
  const client = await lintel.raw({ params: "vsn=2.0.0&format=msgpack" });
  client.send(["1", "1", "room:a", "phx_join", {}]);
  const { bytes, message } = await client.next("join reply");
  assert.equal(bytes?.[0], 0x95);
  assert.deepEqual(message.slice(0, 4), ["1", "1", "room:a", "phx_reply"]);
  assert.equal(message[4].status, "ok");
});

it("the first MessagePack frame switches a socket over for good", async () => {
  const client = await lintel.raw();
  assert.equal((await client.join("room:a"))[4].status, "ok");
  client.send_msgpack([null, "2", "phoenix", "heartbeat", {}]);
  assert.equal((await client.next("heartbeat reply")).bytes?.[0], 0x95);
  client.send([null, "3", "phoenix", "heartbeat", {}]);
  const { bytes, message } = await client.next("heartbeat reply");
  assert.equal(bytes?.[0], 0x95);
  assert.deepEqual(message, [null, "3", "phoenix", "phx_reply", { status: "ok", response: {} }]);
});

it("the longer array headers of MessagePack are understood as well", async () => {
  const client = await lintel.raw({ params: "vsn=2.0.0&format=msgpack" });
  const elements = [null, "4", "phoenix", "heartbeat", {}].map((element) => encode(element));
  for (const header of [[0xdc, 0, 5], [0xdd, 0, 0, 0, 5]]) {
    client.send(Buffer.concat([Buffer.from(header), ...elements]));
    assert.equal((await client.next_message())[1], "4");
  }
});
