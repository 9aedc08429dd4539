// One room, four dialects: every member sees every message in the form its client understands.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { array_buffer } from "./support/binary_frames.mjs";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    /// One member per dialect. `bytes` is a V2 client like `text`, which sends binary frames.
    async function mixed_room() {
      const topic = fresh_topic();
      const clients = {
        text: await lintel.phoenix(version),
        bytes: await lintel.phoenix(version),
        msgpack: await lintel.phoenix(version, msgpack_options),
        v1: await lintel.v1(),
      };
      const room = {};
      for (const [dialect, client] of Object.entries(clients))
        room[dialect] = await client.join(topic);
      return room;
    }

    it("an object sent in any dialect reaches all of them unchanged", async () => {
      const room = await mixed_room();
      const list = [1, -7, 2.5, null, false, "\"\\\n"];
      const payload = { text: "grüße 🎉", list, deep: { a: {} } };
      for (const sender of [room.text, room.msgpack, room.v1]) {
        assert.deepEqual(await sender.push("said", payload), { status: "ok", response: {} });
        for (const member of Object.values(room))
          assert.deepEqual(await member.next("said"), payload);
      }
    });

    it("a binary payload reaches V2 as bytes, MessagePack as bin, V1 as base64", async () => {
      const room = await mixed_room();
      const { status, response } = await room.bytes.push("file", array_buffer(0xfb, 0xef, 0xbe, 1));
      assert.deepEqual({ status, response }, { status: "ok", response: {} });
      for (const member of [room.text, room.bytes]) {
        const payload = await member.next("file");
        assert.ok(payload instanceof ArrayBuffer);
        assert.deepEqual([...new Uint8Array(payload)], [0xfb, 0xef, 0xbe, 1]);
      }
      const packed = await room.msgpack.next("file");
      assert.ok(packed instanceof Uint8Array);
      assert.deepEqual([...packed], [0xfb, 0xef, 0xbe, 1]);
      assert.deepEqual(await room.v1.next("file"), { encoding: "base64", data: "++++AQ==" });
    });

    it("bytes inside a MessagePack map reach the JSON members as a base64 string", async () => {
      const room = await mixed_room();
      const content = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);
      await room.msgpack.push("file", { name: "a", content, list: [content] });
      const in_json = { name: "a", content: "3q2+7w==", list: ["3q2+7w=="] };
      for (const member of [room.text, room.bytes, room.v1])
        assert.deepEqual(await member.next("file"), in_json);
      const packed = await room.msgpack.next("file");
      assert.deepEqual([...packed.content], [...content]);
      assert.deepEqual([...packed.list[0]], [...content]);
    });

    it("all dialects see the messages of all senders in one order", async () => {
      const room = await mixed_room();
      const members = Object.entries(room);
      await Promise.all(members.flatMap(([who, member]) =>
        Array.from({ length: 10 }, (_, n) => member.push("said", { who, n }))));
      const seen = await Promise.all(members.map(async ([, member]) => {
        const order = [];
        for (let n = 0; n < 40; n++) order.push(await member.next("said"));
        return order;
      }));
      for (const order of seen) assert.deepEqual(order, seen[0]);
    });
  });
}
