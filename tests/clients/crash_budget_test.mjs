// A connection actor may crash five times within ten seconds. The sixth ends its socket with 1011,
// which only its own client notices, and that client is back a moment later.
import assert from "node:assert/strict";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const crashes_max = 5;
const newest = phoenix_versions.at(-1);
const lintel = world();

/// Crashes the actor `times` times, each time waiting for its next incarnation.
async function crash_and_recover(id, times) {
  for (let n = 0; n < times; n++) {
    const before = await lintel.control.incarnation(id);
    await lintel.control.run("crash", { id });
    await eventually(async () =>
      assert.equal(await lintel.control.incarnation(id), before + 1, `crash ${n + 1} of ${id}`));
  }
}

const identified = (version) => lintel.control.identify(() => lintel.phoenix(version));
const no_close = { gave_up: 0, connections_opened: 0, sockets_closed_by_server: 0 };

for (const version of phoenix_versions) {
  it(`phoenix ${version} sees nothing of five crashes, and 1011 after the sixth`, async () => {
    const topic = fresh_topic();
    const { client, id } = await identified(version);
    const room = await client.join(topic);
    const other = await lintel.phoenix(version);
    const other_room = await other.join(topic);

    await lintel.control.counts({ ...no_close, crashes: crashes_max, restarts: crashes_max },
      () => crash_and_recover(id, crashes_max));
    assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
    assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
    assert.deepEqual(room.lifecycle.all, ["join"]);

    await lintel.control.counts({ crashes: 1, gave_up: 1, sockets_closed_by_server: 1,
      connections_opened: 1, connections_closed: 1 }, async () => {
      await lintel.control.run("crash", { id });
      assert.equal((await client.next("close")).code, 1011);
      await room.joined(2);
    });
    assert.equal(await lintel.control.connection(id), undefined);
    assert.deepEqual(room.lifecycle.all, ["join", "error", "join"]);

    assert.equal((await room.push("said", { n: 1 })).status, "ok");
    for (const member of [room, other_room])
      assert.deepEqual(await member.next("said"), { n: 1 });
    assert.deepEqual(other.lifecycle.all, [{ what: "open" }]);
    assert.deepEqual(other_room.lifecycle.all, ["join"]);
  });
}

it("the connection that comes back has a budget of its own", async () => {
  const { client, id } = await identified(newest);
  const room = await client.join(fresh_topic());
  await crash_and_recover(id, crashes_max);
  const { id: next_id } = await lintel.control.identify(async () => {
    await lintel.control.run("crash", { id });
    await room.joined(2);
  });
  await crash_and_recover(next_id, crashes_max);
  assert.deepEqual((await room.push("ping", { n: 2 })).response, { n: 2 });
  assert.equal(client.count("open"), 2);
});

it("a connection is not charged for the crashes of others, nor for kills", async () => {
  const [killed, ...others] = [
    await identified(newest), await identified(newest), await identified(newest)];
  const kills = 3 * crashes_max;
  await lintel.control.counts({ ...no_close, kills, restarts: kills, crashes: 0 }, async () => {
    for (let n = 0; n < kills; n++) await lintel.control.run("kill", { id: killed.id });
  });
  const all = [killed, ...others];
  await lintel.control.counts({ ...no_close, crashes: 3 * crashes_max },
    () => Promise.all(all.map(({ id }) => crash_and_recover(id, crashes_max))));
  for (const { client } of all) {
    await client.join(fresh_topic());
    assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
  }
});
