// $sys:self: whose actor am I, and what becomes of it when I kill it.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

for (const version of phoenix_versions)
  for (const [name, options] of [["JSON", {}], ["MessagePack", msgpack_options]])
    describe(`phoenix ${version}, ${name}`, () => {
      it("tells everybody the id and incarnation of their own connection", async () => {
        const { client, id } = await lintel.control.identify(() => lintel.phoenix(version, options));
        const self = client.channel("$sys:self");
        assert.deepEqual(await self.join(), { status: "ok", response: { id, incarnation: 1 } });
        assert.deepEqual(await self.push("whoami", {}), { status: "ok", response: { id, incarnation: 1 } });
      });

      it("kills one's own actor: told at once, nothing lost, the channels stay", async () => {
        const client = await lintel.phoenix(version, options);
        const room = await client.join(fresh_topic());
        const self = await client.join("$sys:self");
        const asked = [self.push("kill_me", {}), room.push("new_msg", { n: 1 }), self.push("kill_me", {}),
          room.push("new_msg", { n: 2 })];
        for (const answer of await Promise.all(asked)) assert.equal(answer.status, "ok");
        assert.deepEqual([(await self.next("self")).incarnation, (await self.next("self")).incarnation], [2, 3]);
        assert.deepEqual([(await room.next("new_msg")).n, (await room.next("new_msg")).n], [1, 2]);
        assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
      });

      it("tells of a kill by an operator, and of nothing after one has left", async () => {
        const { client, id } = await lintel.control.identify(() => lintel.phoenix(version, options));
        const self = await client.join("$sys:self");
        await lintel.control.run("kill", { id });
        assert.deepEqual(await self.next("self"), { id, incarnation: 2 });
        await self.leave();
        await lintel.control.run("kill", { id });
        const again = await client.join("$sys:self"); // whatever was told before lies before this answer
        assert.deepEqual((await again.push("whoami", {})).response, { id, incarnation: 3 });
        assert.equal(client.messages.all.filter(({ event }) => event === "self").length, 1);
      });

      it("takes no other order", async () => {
        const client = await lintel.phoenix(version, options);
        const self = await client.join("$sys:self");
        for (const event of ["kill", "crash", "tree", "self"])
          assert.deepEqual(await self.push(event, {}), { status: "error", response: { reason: "unknown event" } });
      });
    });
