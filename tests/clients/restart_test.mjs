// A deployment: the server ends with SIGTERM (close 1012) and another one takes its port.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

async function assert_all_hear_each(rooms) {
  for (const [n, sender] of rooms.entries()) {
    assert.equal((await sender.push("said", { n })).status, "ok");
    for (const room of rooms) assert.deepEqual(await room.next("said"), { n });
  }
}

/// What a client of any version goes through: once closed, with this code, and open again.
function assert_one_close(client, code) {
  const happened = client.lifecycle.all.filter(({ what }) => what !== "error");
  assert.deepEqual(happened[0], { what: "open" });
  assert.deepEqual(happened[1], { what: "close", code });
  assert.equal(client.count("open"), 2);
}

it("three versions of phoenix close with 1012, come back and rejoin their room", async () => {
  const topic = fresh_topic();
  const clients = await Promise.all(phoenix_versions.map((version) => lintel.phoenix(version)));
  const rooms = await Promise.all(clients.map((client) => client.join(topic)));
  await lintel.restart_server();
  await Promise.all(rooms.map((room) => room.joined(2)));
  clients.forEach((client) => assert_one_close(client, 1012));
  rooms.forEach((room) => assert.deepEqual(room.lifecycle.all, ["join", "error", "join"]));
  await assert_all_hear_each(rooms);
});

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("every channel of every client is joined again after a restart", async () => {
      const clients = await Promise.all([1, 2, 3].map(() => lintel.phoenix(version)));
      const topics = [fresh_topic(), fresh_topic(), fresh_topic()];
      const rooms = await Promise.all(clients.flatMap((client) =>
        topics.map((topic) => client.join(topic))));
      await lintel.restart_server();
      await Promise.all(rooms.map((room) => room.joined(2)));
      clients.forEach((client) => assert_one_close(client, 1012));
      for (const topic of topics)
        await assert_all_hear_each(rooms.filter((room) => room.topic === topic));
    });

    it("a push made while the server is away is answered after the rejoin", async () => {
      const client = await lintel.phoenix(version);
      const room = await client.join(fresh_topic());
      await lintel.stop_server();
      await client.next("close");
      const pushed = room.push("said", { n: 1 });
      await lintel.start_server();
      assert.deepEqual(await pushed, { status: "ok", response: {} });
      assert.deepEqual(await room.next("said"), { n: 1 });
    });

    it("the join parameters are asked for again at every rejoin", async () => {
      const client = await lintel.phoenix(version);
      let asked = 0;
      const room = await client.join(fresh_topic(), () => ({ asked: ++asked }));
      await lintel.restart_server();
      await room.joined(2);
      assert.equal(asked, 2);
    });

    it("a MessagePack client comes back speaking MessagePack", async () => {
      const client = await lintel.phoenix(version, msgpack_options);
      const room = await client.join(fresh_topic());
      await lintel.restart_server();
      await room.joined(2);
      await assert_all_hear_each([room]);
      assert.deepEqual(client.texts, []);
    });
  });
}

it("a channel that was left stays left after a restart", async () => {
  const client = await lintel.phoenix(phoenix_versions.at(-1));
  const [left, kept] = [await client.join(fresh_topic()), await client.join(fresh_topic())];
  await left.leave();
  await lintel.restart_server();
  await kept.joined(2);
  await kept.push("ping", {});
  assert.deepEqual(left.lifecycle.all, ["join", "close"]);
});

it("a bare WebSocket is told 1012, joined or not, and its connection ends", async () => {
  const [idle, peer] = [await lintel.raw(), await lintel.tcp()];
  const bare = await lintel.raw();
  await bare.join("room:a");
  const codes = Promise.all([idle.close_code(), bare.close_code(), peer.close_code()]);
  await lintel.restart_server();
  assert.deepEqual(await codes, [1012, 1012, 1012]);
});

it("phoenix-channels comes back and rejoins too", async () => {
  const room = await (await lintel.v1()).join(fresh_topic());
  await lintel.restart_server();
  await room.joined(2);
  await assert_all_hear_each([room]);
});
