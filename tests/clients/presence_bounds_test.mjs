// Presence at its bounds: rooms with more members than are listed, lingering that ends, who may not see anybody.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { presence_member } from "./support/presence_member.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world({ server: { config: `
[[namespace]]
pattern = "room:*"
[namespace.presence]
max-listed = 4
linger = "200ms"

[[namespace]]
pattern = "blind:*"
[namespace.presence]
[namespace.permissions]
see-presence = "viewer"

[[namespace]]
pattern = "off:*"
` } });
const ok = { status: "ok", response: {} };
const as = (key, meta = {}) => ({ presence: { key, meta } });
const [version] = phoenix_versions.slice(-1);
const member = async (topic, params, options) =>
  presence_member.join(version, await lintel.phoenix(version, options), topic, params);

it("a session that does not come back leaves when its linger is over", async () => {
  const topic = fresh_topic();
  const watcher = await member(topic, { presence: true });
  const alice = await member(topic, as("alice"), { params: { sid: "session_of_alice_1234" } });
  await watcher.sees({ alice: 1 });
  await alice.client.disconnect();
  await watcher.sees({});
  assert.deepEqual(watcher.changes.all.map(({ what }) => what), ["join", "leave"]);
});

it("above the bound the list is emptied and the number told; below half of it the list is back", async () => {
  const topic = fresh_topic();
  const members = [];
  for (const key of ["a", "b", "c", "d"]) members.push(await member(topic, as(key)));
  const [first] = members;
  await first.sees({ a: 1, b: 1, c: 1, d: 1 });
  const refs = first.refs();
  members.push(await member(topic, as("e")));
  assert.deepEqual(await first.room.next("presence_count"), { count: 5 });
  assert.deepEqual(first.list(), {});
  const late = await member(topic, as("f"));
  assert.deepEqual(await late.room.next("presence_count"), { count: 5 }); // what the others know
  assert.deepEqual(await first.room.next("presence_count"), { count: 6 });
  for (const each of [...members.slice(1), late].slice(0, 4)) await each.room.leave();
  assert.deepEqual((await first.room.events.next("lower count or list", ({ event, payload }) =>
    event === "presence_count" ? payload.count === 2 : event === "presence_state" && "a" in payload)).event,
    "presence_count");
  await late.room.leave();
  await first.sees({ a: 1 });
  assert.deepEqual(first.refs().a, refs.a);
  const back = await member(topic, as("g"));
  for (const each of [first, back]) await each.sees({ a: 1, g: 1 });
});

it("who may not see others is told nothing, and seen by those who may", async () => {
  const client = await lintel.phoenix(version);
  const alice = await presence_member.join(version, client, "blind:room", as("alice"));
  assert.deepEqual(alice.joined, ok);
  const bob = await member("blind:room", as("bob"));
  await bob.room.push("said", {});
  await alice.room.next("said");
  assert.deepEqual(alice.room.unread(), []);
  const token = (await readFile(path.join(lintel.server.data_dir, "viewer.key"), "utf8")).trim();
  const viewer = await member("blind:room", { presence: true }, { params: { token } });
  await viewer.sees({ alice: 1, bob: 1 });
  await bob.room.leave();
  await viewer.sees({ alice: 1 });
  assert.deepEqual(await alice.room.push("ping", {}), ok);
  assert.deepEqual(alice.room.unread(), []);
});

it("without presence its event is like any other", async () => {
  const room = await (await lintel.phoenix(version)).join("off:room", as("alice"));
  assert.deepEqual(await room.push("presence", { event: "track" }), ok);
  assert.deepEqual(await room.next("presence"), { event: "track" });
  assert.deepEqual(room.unread(), []);
});
