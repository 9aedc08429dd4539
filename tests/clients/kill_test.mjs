// Kill any actor and nobody notices: no frame, no close, no rejoin, the next message flows.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventually } from "./support/inbox.mjs";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const ok = { status: "ok", response: {} };

/// The clients saw their socket open and their channel joined once, and nothing else since.
function assert_unnoticed(...members) {
  for (const { client, room } of members) {
    assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
    assert.deepEqual(room.lifecycle.all, ["join"]);
  }
}

async function incarnation_reaches(id, expected) {
  await eventually(async () => assert.equal(await lintel.control.incarnation(id), expected));
}

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    async function member(topic, options) {
      const { client, id } = await lintel.control.identify(() => lintel.phoenix(version, options));
      return { client, id, room: await client.join(topic) };
    }

    async function assert_chat_goes_on(...members) {
      for (const [n, sender] of members.entries()) {
        assert.deepEqual(await sender.room.push("said", { n }), ok);
        for (const { room } of members) assert.deepEqual(await room.next("said"), { n });
      }
      assert_unnoticed(...members);
    }

    for (const [verb, cause] of [["kill", "kills"], ["crash", "crashes"]]) {
      it(`a ${verb} of a connection actor is not seen by any client`, async () => {
        const topic = fresh_topic();
        const [victim, other] = [await member(topic), await member(topic)];
        const before = await lintel.control.incarnation(victim.id);
        const frames = victim.client.messages.all.length;
        await lintel.control.counts({ kills: 0, crashes: 0, [cause]: 1, restarts: 1, gave_up: 0,
          connections_opened: 0, connections_closed: 0, sockets_closed_by_server: 0 },
        () => lintel.control.run(verb, { id: victim.id }));
        await incarnation_reaches(victim.id, before + 1);
        assert.deepEqual(await victim.room.push("ping", { n: 1 }), { ...ok, response: { n: 1 } });
        assert.equal(victim.client.messages.all.length, frames + 1);
        await assert_chat_goes_on(victim, other);
        assert.equal(await lintel.control.incarnation(other.id), before);
      });
    }

    it("a kill of a room actor is not seen by any member", async () => {
      const topic = fresh_topic();
      const members = [await member(topic), await member(topic)];
      await lintel.control.counts({ kills: 1, crashes: 0, restarts: 1, gave_up: 0,
        sockets_closed_by_server: 0 }, () => lintel.control.run("kill", { id: topic }));
      await assert_chat_goes_on(...members);
      const late = await member(topic);
      await assert_chat_goes_on(...members, late);
    });

    it("a kill of all rooms and of all connections at once is not seen by any member", async () => {
      const topic = fresh_topic();
      const members = [await member(topic), await member(topic), await member(topic)];
      await lintel.control.run("kill", { all: "rooms" });
      await lintel.control.run("kill", { all: "connections" });
      await assert_chat_goes_on(...members);
      for (const { id } of members) await incarnation_reaches(id, 2);
    });

    it("a connection can still leave and join after its actor was killed", async () => {
      const topic = fresh_topic();
      const [victim, other] = [await member(topic), await member(topic)];
      await lintel.control.run("kill", { id: victim.id });
      await victim.room.leave();
      await victim.client.messages.next("phx_close", (message) => message.event === "phx_close");
      assert.deepEqual(await other.room.push("said", { n: 1 }), ok);
      const again = await victim.client.join(topic);
      assert.deepEqual(await again.push("said", { n: 2 }), ok);
      assert.deepEqual(await again.next("said"), { n: 2 });
      assert.deepEqual(again.unread(), []);
      assert_unnoticed(other);
    });

    it("heartbeats are answered by every incarnation", async () => {
      const victim = await member(fresh_topic(), { heartbeatIntervalMs: 100 });
      for (let n = 0; n < 4; n++) {
        await lintel.control.run("kill", { id: victim.id });
        await victim.client.messages.next("heartbeat", (message) => message.topic === "phoenix");
      }
      assert_unnoticed(victim);
    });

    it("a killed MessagePack connection goes on in MessagePack", async () => {
      const topic = fresh_topic();
      const [victim, other] = [await member(topic, msgpack_options), await member(topic)];
      await lintel.control.run("kill", { id: victim.id });
      await assert_chat_goes_on(victim, other);
      assert.deepEqual(victim.client.texts, []);
    });
  });
}

it("a killed connection still knows which join is stale", async () => {
  const topic = fresh_topic();
  const { client, id } = await lintel.control.identify(() => lintel.raw());
  await client.join(topic, "1");
  await client.join(topic, "2");
  await client.next("phx_close", ({ message }) => message[3] === "phx_close");
  await lintel.control.run("kill", { id });
  client.send(["1", "3", topic, "ping", {}]);
  client.send(["2", "4", topic, "ping", {}]);
  assert.deepEqual(await client.next_message(), ["2", "4", topic, "phx_reply", ok]);
});

it("a socket that switched to MessagePack stays switched after a kill", async () => {
  const { client, id } = await lintel.control.identify(() => lintel.raw());
  client.send_msgpack([null, "1", "phoenix", "heartbeat", {}]);
  await client.next_message();
  await lintel.control.run("kill", { id });
  client.send([null, "2", "phoenix", "heartbeat", {}]);
  assert.equal((await client.next("heartbeat reply")).bytes?.[0], 0x95);
});

it("a killed V1 connection goes on in V1", async () => {
  const { client, id } = await lintel.control.identify(() => lintel.v1());
  const room = await client.join(fresh_topic());
  await lintel.control.run("kill", { id });
  assert.deepEqual(await room.push("said", { n: 1 }), ok);
  assert.deepEqual(await room.next("said"), { n: 1 });
  assert.deepEqual(room.lifecycle.all, ["join"]);
});
