// Heartbeats keep a socket open; a server that missed one would be disconnected by the client.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const is_heartbeat = (message) => message.topic === "phoenix" && message.event === "phx_reply";

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("every heartbeat is answered with its own ref and no join ref", async () => {
      const client = await lintel.phoenix(version, { heartbeatIntervalMs: 300 });
      for (let beat = 0; beat < 4; beat++) {
        const { join_ref, ref, payload } = await client.messages.next("heartbeat", is_heartbeat);
        assert.equal(join_ref, null);
        assert.equal(typeof ref, "string");
        assert.deepEqual(payload, { status: "ok", response: {} });
      }
      assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
    });

    it("heartbeats go on between the messages of a busy room", async () => {
      const client = await lintel.phoenix(version, { heartbeatIntervalMs: 100 });
      const room = await client.join(fresh_topic());
      let beats = 0;
      for (let n = 0; beats < 3; n++) {
        await room.push("said", { n });
        assert.deepEqual(await room.next("said"), { n });
        beats = client.messages.all.filter(is_heartbeat).length;
      }
      assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
      assert.deepEqual(room.lifecycle.all, ["join"]);
    });
  });
}

it("a heartbeat needs no joined channel and ignores its join ref", async () => {
  const client = await lintel.raw();
  client.send(["9", "41", "phoenix", "heartbeat", {}]);
  assert.deepEqual(await client.next_message(),
    [null, "41", "phoenix", "phx_reply", { status: "ok", response: {} }]);
});

it("any other event on the phoenix topic is unmatched", async () => {
  const client = await lintel.raw();
  client.send([null, "42", "phoenix", "heartbreak", {}]);
  assert.deepEqual(await client.next_message(), [
    null, "42", "phoenix", "phx_reply",
    { status: "error", response: { reason: "unmatched topic" } }]);
});
