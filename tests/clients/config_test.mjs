// The configuration file: what check-config says of it, and how a running server follows it.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "./support/inbox.mjs";
import { lintel_server, run_lintel } from "./support/lintel_server.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { it, world } from "./support/world.mjs";

const newest = phoenix_versions.at(-1);
const directory = mkdtempSync(path.join(tmpdir(), "lintel-config-"));
const file = path.join(directory, "lintel.toml");
const namespaces = (...patterns) =>
  patterns.map((pattern) => `[[namespace]]\npattern = "${pattern}"\n`).join("");
const configure = (toml) => writeFile(file, toml);

await configure(namespaces("room:*"));
const lintel = world({ server: { args: ["--config", file] } });
after(() => rm(directory, { recursive: true, force: true }));

const logged = (part) => lintel.server.stderr.split("\n").filter((line) => line.includes(part));

/// "ok", or the reason why not.
async function join(topic) {
  const client = await lintel.phoenix(newest);
  const channel = client.channel(topic);
  const { status, response } = await channel.join();
  await channel.leave();
  return status === "ok" ? status : response.reason;
}

describe("check-config", () => {
  let other;
  before(async () => {
    other = path.join(await mkdtemp(path.join(directory, "check-")), "lintel.toml");
  });
  const check = (...args) => run_lintel("check-config", "--config", other, ...args);

  it("says everything that is wrong, each with its line, and exits with 2", async () => {
    await writeFile(other, [
      "worker = 2",
      'listen = "127.0.0.1"',
      "[[namespace]]",
      'pattern = "room:*"',
      "[namespace.history]",
      'max-messages = "many"',
      "[[namespace]]",
      'pattern = "room:lobby"',
    ].join("\n"));
    const { code, stdout, stderr } = await check();
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.deepEqual(stderr.trim().split("\n"), [
      `${other}:1: worker is unknown; did you mean workers?`,
      `${other}:2: listen must be HOST:PORT, such as 127.0.0.1:4000; got 127.0.0.1`,
      `${other}:6: history.max-messages must be a whole number from 1 to 1,000,000; got "many"`,
      `${other}:8: pattern "room:lobby" can never match: "room:*" above it takes all of its topics; put it first`,
    ]);
  });

  it("serve says the same, and does not start", async () => {
    await writeFile(other, "workers = 2\nidle-timeout = 60\n");
    const { code, stdout, stderr } = await run_lintel("serve", "--config", other, "--data-dir", directory);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(stderr, `${other}:2: idle-timeout must be a time from 1ms to 24h, such as 30s or 10m; got 60\n`);
  });

  it("prints the namespaces that hold, for people and for programs", async () => {
    await writeFile(other, `${namespaces("room:*", "status")}publish-rate = "10/1s"\n`);
    const { code, stdout } = await check();
    assert.equal(code, 0);
    assert.match(stdout, /^the configuration is good/);
    assert.match(stdout, /^status .* 10\/1s /m);
    const shown = JSON.parse((await check("--json")).stdout).namespaces;
    assert.deepEqual(shown.map(({ pattern }) => pattern), ["room:*", "status"]);
    assert.equal(shown[1]["publish-rate"], "10/1s");
  });
});

describe("a running server", () => {
  it("follows its file on SIGHUP, and goes on serving who is there", async () => {
    const client = await lintel.phoenix(newest);
    const room = await client.join("room:stays");
    assert.equal(await join("chat:1"), "unmatched topic");
    await configure(namespaces("room:*", "chat:*"));
    lintel.server.hang_up();
    await eventually(() => assert.equal(logged("reload: namespaces: chat:* added").length, 1));
    assert.equal(await join("chat:1"), "ok");
    assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
    assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
  });

  it("ctl reload does the same, and prints what became of it", async () => {
    await configure(namespaces("room:*", "poll:*"));
    const { code, stdout } = await lintel.server.ctl("reload");
    assert.equal(code, 0);
    assert.equal(stdout, "applied        poll:* added\napplied        chat:* removed\n");
    assert.equal(await join("poll:1"), "ok");
    assert.equal(await join("chat:1"), "unmatched topic");
    assert.equal((await lintel.server.ctl("reload")).stdout, "nothing has changed\n");
  });

  it("names what needs a restart", async () => {
    await configure(`workers = 7\nidle-timeout = "10s"\n${namespaces("room:*", "poll:*")}`);
    assert.deepEqual(await lintel.server.ctl_json("reload"),
      { applied: [], needs_restart: ["idle-timeout", "workers"] });
    assert.equal(logged("reload: idle-timeout, workers: needs a restart").length, 1);
  });

  it("keeps the durability of topics with rooms until they have ended", async () => {
    const topics = (durability) => `${namespaces("room:*", "poll:*")}history.durability = "${durability}"\n`;
    await configure(topics("none"));
    await lintel.server.ctl_json("reload");
    const client = await lintel.phoenix(newest);
    const room = await client.join("poll:lives");
    await configure(topics("memory"));
    assert.deepEqual(await lintel.server.ctl_json("reload"),
      { applied: [], needs_restart: ["history.durability of poll:*"] });
    await room.leave();
    await eventually(async () => assert.ok(
      !(await lintel.control.run("rooms")).some(({ id }) => id === "poll:lives")));
    assert.deepEqual(await lintel.server.ctl_json("reload"), { applied: ["poll:* changed"], needs_restart: [] });
  });

  it("changes nothing when its file is wrong, and says why, with the line", async () => {
    await configure(`${namespaces("room:*")}slow-client = "maybe"\n`);
    const why = `${file}:3: slow-client must be disconnect or drop-messages; got "maybe"`;
    lintel.server.hang_up();
    await eventually(() => assert.equal(logged("reload: nothing was changed").length, 1));
    assert.equal(logged(`reload: ${why}`).length, 1);
    const { code, stderr } = await lintel.server.ctl("reload");
    assert.deepEqual([code, stderr], [1, `lintel ctl: ${why}\n`]);
    assert.equal(await join("poll:1"), "ok");
  });

  it("that was started without a file has nothing to read again, and survives SIGHUP", async () => {
    const server = await new lintel_server().start();
    try {
      server.hang_up();
      await eventually(() => assert.match(server.stderr, /started without --config/));
      const { code, stderr } = await server.ctl("reload");
      assert.equal(code, 1);
      assert.match(stderr, /started without --config/);
      await server.stop();
    } finally {
      await server.kill();
      await server.remove_data();
    }
  });
});
