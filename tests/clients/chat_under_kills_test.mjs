// A chat goes on while an operator kills its actors: every acknowledged message reaches every
// member exactly once and in its sender's order, and no client is disturbed.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const members_count = 4;
const messages_per_member = 100;
const messages_per_kill = 5;
const kills_count = members_count * messages_per_member / messages_per_kill;
const push_ms_max = 5_000;
const lintel = world();

/// Pushes one message after the other and calls `kill` between some of them, without waiting for
/// it: while one member's kill strikes, the others are in the middle of their pushes.
async function talk(room, who, kill) {
  const said = { acknowledged: [], refused: [], kills: [] };
  for (let n = 0; n < messages_per_member; n++) {
    if ((n + who) % messages_per_kill === 0) said.kills.push(kill());
    const { status, response } = await room.push("said", { who, n }, push_ms_max);
    if (status === "ok") said.acknowledged.push(n);
    else said.refused.push({ n, status, response });
  }
  await Promise.all(said.kills);
  return said;
}

async function chat_while(version, kill) {
  const topic = fresh_topic();
  const opened = [];
  for (let who = 0; who < members_count; who++)
    opened.push(await lintel.control.identify(() =>
      lintel.phoenix(version, who === 0 ? msgpack_options : {})));
  const clients = opened.map(({ client }) => client);
  const ids = opened.map(({ id }) => id);
  const rooms = await Promise.all(clients.map((client) => client.join(topic)));
  const before = await lintel.control.run("counters");

  let turn = 0;
  const talks = await Promise.all(rooms.map((room, who) =>
    talk(room, who, () => kill({ topic, ids, n: turn++ }))));

  await fence(rooms);
  assert_deliveries(rooms, talks);
  clients.forEach((client) => assert.deepEqual(client.lifecycle.all, [{ what: "open" }]));
  rooms.forEach((room) => assert.deepEqual(room.lifecycle.all, ["join"]));
  const after = await lintel.control.run("counters");
  assert.equal(after.sockets_closed_by_server, before.sockets_closed_by_server);
  assert.equal(after.gave_up, before.gave_up);
  const kills = after.kills - before.kills;
  assert_refusals(talks, kills);
  return kills;
}

/// A last message to all: whatever was sent before it has arrived once it has.
async function fence(rooms) {
  assert.equal((await rooms[0].push("fence", {}, push_ms_max)).status, "ok");
  await Promise.all(rooms.map((room) => room.next("fence")));
}

function assert_deliveries(rooms, talks) {
  for (const room of rooms) {
    const events = room.events.all.filter(({ event }) => event === "said");
    for (const [who, { acknowledged }] of talks.entries()) {
      const heard = events.map(({ payload }) => payload)
        .filter((payload) => payload.who === who).map(({ n }) => n);
      assert.deepEqual(heard, [...new Set(heard)].sort((a, b) => a - b), `order of member ${who}`);
      assert.deepEqual(acknowledged.filter((n) => !heard.includes(n)), [], `lost from ${who}`);
    }
  }
}

/// A kill may cost the one message its actor was working on, and that message's sender is told.
function assert_refusals(talks, kills) {
  const refused = talks.flatMap((said) => said.refused);
  assert.ok(refused.every(({ status }) => status === "error"), JSON.stringify(refused));
  assert.ok(refused.length <= kills, `${refused.length} refused in ${kills} kills`);
}

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("nothing acknowledged is lost while connection actors are killed", async () => {
      const counted = await chat_while(version, ({ ids, n }) =>
        lintel.control.run("kill", { id: ids[n % ids.length] }));
      assert.equal(counted, kills_count);
    });

    it("nothing acknowledged is lost while the room actor is killed", async () => {
      const counted = await chat_while(version, ({ topic }) =>
        lintel.control.run("kill", { id: topic }));
      assert.equal(counted, kills_count);
    });

    it("nothing acknowledged is lost while rooms and connections die together", async () => {
      const counted = await chat_while(version, ({ n }) => n % 2 === 0
        ? lintel.control.run("kill", { all: "rooms" })
        : lintel.control.run("kill", { random: 2 }));
      assert.ok(counted > kills_count);
    });
  });
}
