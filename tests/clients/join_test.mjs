// Joining, leaving and being refused, seen through the stock client.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const channels_max = 100;
const lintel = world();

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("a join is answered ok with an object", async () => {
      const client = await lintel.phoenix(version);
      const { status, response } = await client.channel(fresh_topic()).join();
      assert.equal(status, "ok");
      assert.equal(Object.prototype.toString.call(response), "[object Object]");
    });

    it("a leave is answered ok and then closed", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      const join_ref = room.channel.joinPush.ref;
      await room.leave();
      const reply = await client.messages.next("leave reply", (message) =>
        message.topic === room.topic && message.event === "phx_reply" && message.ref !== join_ref);
      const close = await client.messages.next("phx_close", (message) =>
        message.event === "phx_close");
      assert.equal(reply.join_ref, join_ref);
      assert.deepEqual(reply.payload, { status: "ok", response: {} });
      assert.deepEqual([close.join_ref, close.ref, close.topic], [join_ref, join_ref, room.topic]);
      assert.ok(client.messages.all.indexOf(reply) < client.messages.all.indexOf(close));
    });

    it("who has left hears nothing more, who stayed hears everything", async () => {
      const topic = fresh_topic();
      const [leaver, stayer] = [await lintel.phoenix(version), await lintel.phoenix(version)];
      const [left, stayed] = [await leaver.join(topic), await stayer.join(topic)];
      await left.leave();
      await leaver.messages.next("phx_close", (message) => message.event === "phx_close");
      assert.equal((await stayed.push("said", { n: 1 })).status, "ok");
      assert.deepEqual(await stayed.next("said"), { n: 1 });
      // The leaver's next answer comes after anything that was sent to it by mistake.
      await (await leaver.join(fresh_topic())).push("ping", {});
      assert.deepEqual(leaver.messages.unread((message) => message.event === "said"), []);
    });

    it("a room can be joined again after leaving it", async () => {
      const client = await lintel.phoenix(version);
      const topic = fresh_topic();
      await (await client.join(topic)).leave();
      const again = await client.join(topic);
      assert.equal((await again.push("said", { n: 2 })).status, "ok");
      assert.deepEqual(await again.next("said"), { n: 2 });
      assert.deepEqual(again.lifecycle.all, ["join"]);
    });

    it("a second channel object takes over the topic from the first", async () => {
      const client = await lintel.phoenix(version);
      const first = await client.join(fresh_topic());
      const second = await client.join(first.topic);
      assert.equal((await second.push("said", { n: 3 })).status, "ok");
      assert.deepEqual(await second.next("said"), { n: 3 });
      assert.deepEqual(first.unread(), []);
      assert.deepEqual([first.lifecycle.all, second.lifecycle.all], [["join", "close"], ["join"]]);
    });

    it("a topic nobody serves is refused as unmatched", async () => {
      const client = await lintel.phoenix(version);
      const channel = client.channel("nope:x");
      const { status, response } = await channel.join();
      await channel.leave();
      assert.equal(status, "error");
      assert.equal(response.reason, "unmatched topic");
    });

    it("a refused join leaves the other channels of the socket alone", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      const refused = client.channel("nope:x");
      await refused.join();
      await refused.leave();
      assert.equal((await room.push("ping", { n: 4 })).response.n, 4);
      assert.deepEqual(room.lifecycle.all, ["join"]);
    });

    it("the hundred and first channel of a socket is refused until one is left", async () => {
      const client = await lintel.phoenix(version);
      const topics = Array.from({ length: channels_max }, fresh_topic);
      const rooms = await Promise.all(topics.map((topic) => client.join(topic)));
      const surplus = client.channel(fresh_topic());
      const { status, response } = await surplus.join();
      await surplus.leave();
      assert.equal(status, "error");
      assert.equal(response.reason, "too many channels joined");
      await rooms[0].leave();
      // A channel counts until it is closed; that the leave was sent is not enough.
      await client.messages.next("phx_close", (message) => message.event === "phx_close");
      await client.join(fresh_topic());
      assert.equal((await rooms[channels_max - 1].push("ping", { n: 5 })).response.n, 5);
    });
  });
}
