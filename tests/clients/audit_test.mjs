// Every kill leaves a line in the log: who, what, to whom, how many, from where.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const newest = phoenix_versions.at(-1);
const lintel = world({ server: { args: ["--enable-chaos"] } });

const lines_of = (action) => lintel.server.stderr.split("\n")
  .filter((line) => line.includes(` audit action=${action} `));

/// The one line of that action that the body leads to.
async function line_behind(action, body) {
  const before = lines_of(action).length;
  await body();
  await eventually(() => assert.equal(lines_of(action).length, before + 1));
  return lines_of(action).at(-1);
}

const admin_key = async () => (await readFile(path.join(lintel.server.data_dir, "admin.key"), "utf8")).trim();

it("what is pushed on a page names its connection and the address of its other end", async () => {
  const client = await lintel.phoenix(newest, { params: { token: await admin_key() } });
  const tree = await client.join("$sys:tree");
  const line = await line_behind("kill", () => tree.push("kill", { id: "registry" }));
  assert.match(line, /whom="registry" count=1 role=admin source="c\d+-\d+-\d+ 127\.0\.0\.1:\d+"/);
});

it("what comes over HTTP names the address, too", async () => {
  const headers = { Authorization: `Bearer ${await admin_key()}`, "Content-Type": "application/json" };
  const order = (what, body) => fetch(`http://127.0.0.1:${lintel.port}/api/v1/${what}`,
    { method: "POST", headers, body: JSON.stringify(body) });
  const line = await line_behind("kill", () => order("kill", { id: "registry" }));
  assert.match(line, /role=admin source="HTTP API 127\.0\.0\.1:\d+"/);
  const { id } = await lintel.control.identify(() => lintel.phoenix(newest));
  assert.match(await line_behind("disconnect", () => order("disconnect", { id })), new RegExp(`whom="${id}" count=1 `));
});

it("continuous chaos says how many it has killed", async () => {
  await lintel.phoenix(newest);
  const kills = async () => (await lintel.control.run("counters")).kills;
  const before = await kills();
  const line = await line_behind("chaos_kill", async () => {
    await lintel.control.run("chaos", { rate: 50 });
    await eventually(async () => assert.ok(await kills() > before));
    await lintel.control.run("chaos", { rate: 0 });
  });
  assert.match(line, /whom="random connections" count=[1-9]\d* role=admin source="control socket"/);
  await eventually(async () => assert.equal(await kills() - before, Number(line.match(/count=(\d+)/)[1])));
});

it("whoever kills their own actor, or crashes a handler in an experiment, is counted in a line a second", async () => {
  const { client, id } = await lintel.control.identify(() => lintel.phoenix(newest));
  const self = await client.join("$sys:self");
  assert.match(await line_behind("kill_me", () => self.push("kill_me", {})),
    new RegExp(`whom="${id}" count=1 role=none source="${id}"`));
  const topic = fresh_topic();
  const room = await client.join(topic);
  assert.match(await line_behind("chaos_crash", () => room.push("chaos:crash", {})), new RegExp(`whom="${id}" `));
  assert.match(await line_behind("chaos_crash_room", () => room.push("chaos:crash_room", {})),
    new RegExp(`whom="${topic}" count=1 role=none source="${id}"`));
});
