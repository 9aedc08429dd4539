// More connections than a descriptor table holds: each worker has a table of its own, and nobody can tell.
import assert from "node:assert/strict";
import { lintel_server } from "./support/lintel_server.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const descriptors = 800;
const connections_max = 900;
const lintel = world({ server: { args: ["--max-connections", String(connections_max)], descriptors } });

async function fill(topic, count) {
  const clients = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(50, count - clients.length) }, () => lintel.raw());
    clients.push(...await Promise.all(batch));
  }
  await Promise.all(clients.map((client) => client.join(topic)));
  return clients;
}

async function say(sender, topic, members, text) {
  sender.send(["1", null, topic, "said", { text }]);
  for (const member of members) {
    const [, , , event, payload] = await member.next_message("broadcast");
    assert.deepEqual([event, payload], ["said", { text }]);
  }
}

it("says at the start what it does and why", () => {
  assert.match(lintel.server.stderr,
    /900 connections do not fit into one descriptor table: \d+ workers, each with a table of its own/);
});

it("more than a table's worth are in one room, hear each other, and survive a kill of every actor", async () => {
  const topic = fresh_topic();
  const members = await fill(topic, descriptors + 20);
  const rows = await lintel.control.run("connections", { limit: connections_max });
  assert.equal(rows.length, members.length);
  const workers = new Set(rows.map(({ id }) => id.split("-")[0]));
  assert.ok(workers.size >= 3, `spread over ${[...workers]}`);

  await say(members[0], topic, members, "before");
  await lintel.control.counts({ kills: members.length, restarts: members.length, sockets_closed_by_server: 0 },
    () => lintel.control.run("kill", { all: "connections" }));
  await say(members.at(-1), topic, members, "after");
});

it("a Phoenix client lives there like anywhere else", async () => {
  const client = await lintel.phoenix(phoenix_versions.at(-1));
  const room = await client.join(fresh_topic());
  assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
});

it("what cannot be had is refused with the way out", async () => {
  const greedy = new lintel_server({ args: ["--max-connections", "100000"], descriptors });
  await assert.rejects(greedy.start(), (error) => {
    assert.match(error.message, /--max-connections 100000 needs \d+ workers/);
    assert.match(error.message, /at most 64; raise the limit of open files/);
    return true;
  });
  await greedy.remove_data();
});
