// chaos:crash and chaos:crash_room: poison for experiments where a server allows it, events like any other elsewhere.
import assert from "node:assert/strict";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const newest = phoenix_versions.at(-1);
const allowing = world({ server: { args: ["--enable-chaos"] } });
const usual = world();

for (const event of ["chaos:crash", "chaos:crash_room"]) {
  it(`${event} crashes one handler, is refused and never handled again`, async () => {
    const topic = fresh_topic();
    const rooms = [];
    for (let n = 0; n < 2; n++) rooms.push(await (await allowing.phoenix(newest)).join(topic));
    await allowing.control.counts({ crashes: 1, restarts: 1, sockets_closed_by_server: 0 }, async () =>
      assert.deepEqual(await rooms[0].push(event, {}), { status: "error", response: { reason: "crashed" } }));
    assert.equal((await rooms[0].push("fence", {})).status, "ok");
    for (const room of rooms) {
      await room.next("fence");
      assert.deepEqual(room.unread(), []);
      assert.deepEqual(room.lifecycle.all, ["join"]);
    }
  });

  it(`${event} is an event like any other on a server that does not allow it`, async () => {
    const room = await (await usual.phoenix(newest)).join(fresh_topic());
    await usual.control.counts({ crashes: 0, restarts: 0 }, async () =>
      assert.deepEqual(await room.push(event, { n: 1 }), { status: "ok", response: {} }));
    assert.deepEqual(await room.next(event), { n: 1 });
  });
}
