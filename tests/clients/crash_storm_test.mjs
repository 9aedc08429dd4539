// Very many crashes at once: restarts are paced, nobody is disconnected. And a room beyond repair: its
// topic takes no joins for a while, and nothing else is touched.
import assert from "node:assert/strict";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const clients_count = 200;
const room_crashes_max = 3;
const alarm_ms_max = 12_000; // the storm takes a moment, the alarm ends within 10 s after it
const newest = phoenix_versions.at(-1);
const lintel = world();

it("two hundred crashes at once are paced, seen by nobody, and the alarm is raised and cleared", async () => {
  const clients = await Promise.all(Array.from({ length: clients_count }, () => lintel.phoenix(newest)));
  const rooms = await Promise.all(clients.map((client, n) => client.join(`${fresh_topic()}-${n % 10}`)));
  const before = await lintel.control.run("counters");
  const moved = async (name) => (await lintel.control.run("counters"))[name] - before[name];

  await lintel.control.run("crash", { all: "connections" });
  await eventually(async () => assert.equal(await moved("restarts"), clients_count));
  assert.equal(await moved("crashes"), clients_count);
  assert.ok(await moved("restarts_paced") >= clients_count / 2, "most had to wait");
  assert.ok(await moved("storms_raised") >= 1, "an alarm");

  const replies = await Promise.all(rooms.map((room, n) => room.push("ping", { n })));
  replies.forEach((reply, n) => assert.deepEqual(reply.response, { n }));
  for (const client of clients) assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
  for (const room of rooms) assert.deepEqual(room.lifecycle.all, ["join"]);
  await eventually(async () =>
    assert.equal(await moved("storms_cleared"), await moved("storms_raised")), alarm_ms_max);
  assert.equal(await moved("sockets_closed_by_server"), 0);
});

it("two hundred kills at once are not paced", async () => {
  await Promise.all(Array.from({ length: clients_count }, () => lintel.phoenix(newest)));
  await lintel.control.counts({ kills: clients_count, restarts: clients_count, restarts_paced: 0,
    storms_raised: 0 }, () => lintel.control.run("kill", { all: "connections" }));
});

it("a room that crashes past its budget is quarantined, with every socket open", async () => {
  const [topic, other_topic] = [fresh_topic(), fresh_topic()];
  const members = [await lintel.phoenix(newest), await lintel.phoenix(newest)];
  const rooms = await Promise.all(members.map((member) => member.join(topic)));
  const other = await members[0].join(other_topic);

  await lintel.control.counts({ crashes: room_crashes_max + 1, gave_up: 1, rooms_quarantined: 1 }, async () => {
    for (let n = 0; n <= room_crashes_max; n++) await lintel.control.run("crash", { id: topic });
  });
  await eventually(() =>
    rooms.forEach((room) => assert.ok(room.lifecycle.all.includes("error"), "phx_error")));
  const late = await lintel.phoenix(newest);
  assert.deepEqual(await late.channel(topic).join(),
    { status: "error", response: { reason: "room is quarantined" } });

  assert.deepEqual((await other.push("ping", { n: 1 })).response, { n: 1 });
  assert.deepEqual(other.lifecycle.all, ["join"]);
  for (const client of [...members, late]) assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
});
