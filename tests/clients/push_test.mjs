// Pushes, their replies, and the broadcasts they cause.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    async function members(count, topic = fresh_topic()) {
      const opening = Array.from({ length: count }, () => lintel.phoenix(version));
      const clients = await Promise.all(opening);
      return Promise.all(clients.map((client) => client.join(topic)));
    }

    it("a push is answered ok with an empty object", async () => {
      const [room] = await members(1);
      assert.deepEqual(await room.push("said", { text: "hi" }), { status: "ok", response: {} });
    });

    it("a push reaches every member once, its sender included", async () => {
      const rooms = await members(3);
      const list = [1, 2.5, null, true, "\u0000\"\\"];
      const payload = { text: "grüße, 世界 🎉", nested: { list } };
      await rooms[1].push("said", payload);
      await rooms[1].push("fence", {});
      for (const room of rooms) {
        assert.deepEqual(await room.next("said"), payload);
        await room.next("fence");
        assert.deepEqual(room.unread(), []);
      }
    });

    it("any event name is broadcast under that name", async () => {
      const [sender, receiver] = await members(2);
      for (const event of ["new_msg", "shout", "user:typing", "a.b-c/d?e=f"]) {
        await sender.push(event, { event });
        assert.deepEqual(await receiver.next(event), { event });
      }
    });

    it("a push stays inside its topic", async () => {
      const [sender] = await members(1);
      const [stranger] = await members(1);
      await sender.push("said", { n: 1 });
      await sender.next("said");
      await stranger.push("fence", {});
      await stranger.next("fence");
      assert.deepEqual(stranger.unread(), []);
    });

    it("ping is answered with its payload and broadcasts nothing", async () => {
      const [sender, receiver] = await members(2);
      const payload = { at: 17, tags: ["a"] };
      assert.deepEqual(await sender.push("ping", payload), { status: "ok", response: payload });
      await sender.push("fence", {});
      for (const room of [sender, receiver]) {
        await room.next("fence");
        assert.deepEqual(room.unread(), []);
      }
    });

    it("the pushes of one sender reach everyone in the order they were made", async () => {
      const rooms = await members(2);
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      const replies = await Promise.all(numbers.map((n) => rooms[0].push("said", { n })));
      assert.ok(replies.every(({ status }) => status === "ok"));
      for (const room of rooms) {
        const seen = [];
        for (const _ of numbers) seen.push((await room.next("said")).n);
        assert.deepEqual(seen, numbers);
      }
    });

    it("members of one room see the pushes of many senders in the same order", async () => {
      const rooms = await members(3);
      await Promise.all(rooms.flatMap((room, who) =>
        Array.from({ length: 20 }, (_, n) => room.push("said", { who, n }))));
      const seen = await Promise.all(rooms.map(async (room) => {
        const order = [];
        for (let n = 0; n < 60; n++) order.push(await room.next("said"));
        return order;
      }));
      assert.deepEqual(seen[1], seen[0]);
      assert.deepEqual(seen[2], seen[0]);
    });

    it("a client that vanished without a close frame does not disturb the room", async () => {
      const topic = fresh_topic();
      const vanishing = await lintel.phoenix(version);
      await vanishing.join(topic);
      const [room] = await members(1, topic);
      vanishing.socket.conn.terminate();
      vanishing.socket.disconnect();
      for (let n = 0; n < 10; n++)
        assert.equal((await room.push("said", { n })).status, "ok");
      assert.deepEqual(room.lifecycle.all, ["join"]);
    });
  });
}
