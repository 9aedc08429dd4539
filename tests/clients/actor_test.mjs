// One actor, as $sys:actor:<id> shows it: supervisors, rooms, connections, and workers that are silent.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe } from "node:test";
import { control_socket } from "./support/control_socket.mjs";
import { eventually } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { phoenix_client, phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const newest = phoenix_versions.at(-1);

async function watcher_of(server) {
  const token = (await readFile(path.join(server.data_dir, "admin.key"), "utf8")).trim();
  return phoenix_client.connect(newest, `ws://127.0.0.1:${server.port}/socket`, { params: { token } });
}

/// The next news that will do.
async function news(channel, event, will_do) {
  return eventually(async () => {
    const said = await channel.next(event);
    assert.ok(will_do(said), JSON.stringify(said));
    return said;
  }, 15_000);
}

describe("one actor", () => {
  for (const id of ["root", "rooms", "connections", "listeners"])
    it(`the supervisor ${id} is seen, killed and seen again`, async () => {
      const client = await watcher_of(lintel.server);
      const channel = await client.join(`$sys:actor:${id}`);
      const before = await channel.next("actor");
      assert.deepEqual([before.kind, before.status, before.incarnation, before.restarts], ["supervisor", "up", 1, 0]);
      assert.ok(before.children > 0 && before.uptime_seconds >= 0 && !("last_exit" in before));
      assert.deepEqual(await channel.push("kill", {}), { status: "ok", response: { result: { killed: 1 } } });
      const after = await news(channel, "actor", ({ incarnation }) => incarnation === 2);
      assert.deepEqual([after.status, after.restarts, after.last_exit], ["up", 1, "killed"]);
      assert.equal(after.children, before.children);
      await client.disconnect();
    });

  it("a group of connections is a supervisor too, and tells what it took last", async () => {
    const client = await watcher_of(lintel.server);
    const group = await (await client.join("$sys:actor:connections/0")).next("actor");
    assert.equal(group.kind, "supervisor");
    assert.equal(typeof group.children, "number");
    assert.ok(group.last_kinds.includes("control"));
    await client.disconnect();
  });

  it("a crash is remembered although nobody watched, and a room tells its offset", async () => {
    const topic = fresh_topic();
    const room = await (await lintel.phoenix(newest)).join(topic);
    await room.push("said", { n: 1 });
    await lintel.control.run("crash", { id: topic });
    const client = await watcher_of(lintel.server);
    const view = await news(await client.join(`$sys:actor:${topic}`), "actor", (it) => it.incarnation === 2);
    assert.equal(view.kind, "room");
    assert.equal(view.last_exit, "crash: crash ordered by an operator");
    assert.deepEqual([view.members, view.offset, view.restarts], [1, 1, 1]);
    assert.deepEqual(view.last_kinds.slice(-1), ["control"]);
    await client.disconnect();
  });

  it("a connection's offsets move with what its rooms say", async () => {
    const topic = fresh_topic();
    const { client: guest, id } = await lintel.control.identify(() => lintel.phoenix(newest));
    const room = await guest.join(topic);
    const client = await watcher_of(lintel.server);
    const channel = await client.join(`$sys:actor:${id}`);
    assert.deepEqual((await channel.next("actor")).offsets, { [topic]: 0 });
    for (const n of [1, 2, 3]) await room.push("said", { n });
    const view = await news(channel, "actor", ({ offsets }) => offsets[topic] === 3);
    assert.equal(view.kind, "connection");
    assert.ok(view.last_kinds.includes("inbound_frame"));
    await client.disconnect();
  });
});

describe("a worker that does not answer", () => {
  it("is named, its counts are null, and its connection is stuck, not gone", async () => {
    const server = new lintel_server({
      args: ["--workers", "2", "--enable-chaos", "--stuck-warn", "50ms", "--stuck-abandon", "0"] });
    await server.start();
    const control = await control_socket.connect(server.data_dir);
    const clients = [];
    const worker_of = (id) => Number(id.match(/^c(\d+)-/)[1]);
    const connected = async () => {
      const { client, id } = await control.identify(() => watcher_of(server));
      clients.push(client);
      return { client, id };
    };
    const { client: watcher, id: own } = await connected();
    let victim;
    do victim = await connected();
    while (worker_of(victim.id) === worker_of(own));
    const silent = worker_of(victim.id);

    const actor = await watcher.join(`$sys:actor:${victim.id}`);
    assert.equal((await actor.next("actor")).status, "up");
    const tree = await watcher.join("$sys:tree");
    assert.ok(!("workers_not_answering" in await tree.next("tree")));
    await control.run("stall", { id: victim.id, for_ms: 8_000 });
    const sampled = await tree.push("sample", { group: `connections/${silent}` });
    assert.deepEqual(sampled.response.workers_not_answering, [silent]);
    const stuck = await news(actor, "actor", ({ status }) => status !== "up");
    assert.deepEqual(stuck, { id: victim.id, kind: "connection", status: "stuck", workers_not_answering: [silent] });
    const gap = await news(tree, "tree", (said) => "workers_not_answering" in said);
    assert.deepEqual(gap.workers_not_answering, [silent]);
    const counts = gap.tree.children[2].children.filter(({ kind }) => kind === "connections").map(({ count }) => count);
    assert.equal(counts[silent], null);
    assert.ok(counts[1 - silent] >= 1);
    await news(actor, "actor", ({ status }) => status === "up");
    await news(tree, "tree", (said) => !("workers_not_answering" in said));
    await Promise.all(clients.map((client) => client.disconnect()));
    control.close();
    await server.stop();
    await server.remove_data();
  });
});
