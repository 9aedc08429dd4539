// Counts are what they are called, and the same wherever they stand.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const viewer_key = async () => (await readFile(path.join(lintel.server.data_dir, "viewer.key"), "utf8")).trim();

it("a TCP connection is no WebSocket, a system topic no room, and a user is found by a prefix", async () => {
  const client = await lintel.phoenix(phoenix_versions.at(-1),
    { params: { token: await viewer_key(), user: "Ada Lovelace" } });
  const tree = await client.join("$sys:tree");
  const silent = net.connect(lintel.port, "127.0.0.1");
  await once(silent, "connect");
  const rows = (node) => [node, ...node.children.flatMap(rows)];
  await eventually(async () => {
    const { response: { result } } = await tree.push("tree", {});
    const groups = rows(result).filter(({ kind }) => kind === "connections");
    assert.equal(groups.reduce((sum, { count }) => sum + count, 0), 1);
    assert.ok(rows(result).every(({ restarts_per_minute }) => restarts_per_minute >= 0));
  });
  const { response: { result: found } } = await tree.push("search", { text: "Ada L" });
  assert.deepEqual([found.scanned, found.open, found.connections.map(({ user }) => user)], [1, 1, ["Ada Lovelace"]]);
  const { response: { result: others } } = await tree.push("search", { text: "Lovelace" });
  assert.deepEqual(others.connections, []);
  silent.destroy();
  assert.equal((await lintel.control.run("counters")).rooms, 0);
  await client.join(fresh_topic());
  assert.equal((await lintel.control.run("counters")).rooms, 1);
});

it("an order that names nobody begins no chaos", async () => {
  await lintel.control.run("chaos", { reset: true });
  const answer = await lintel.control.ask({ command: "kill", id: "room:mistyped" });
  assert.equal(answer.ok, false);
  assert.equal((await lintel.control.run("chaos")).began_at_ms, null);
});
