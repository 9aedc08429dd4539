// The system's own topics: any Phoenix client with a key can watch the server and kill its actors.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { describe } from "node:test";
import { eventually } from "./support/inbox.mjs";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const newest = phoenix_versions.at(-1);

async function key(role) {
  return (await readFile(path.join(lintel.server.data_dir, `${role}.key`), "utf8")).trim();
}

async function client_with(role, options = {}) {
  const params = { ...options.params, ...(role && { token: await key(role) }) };
  return lintel.phoenix(newest, { ...options, params });
}

describe("who may come in", () => {
  it("keys are files that only the server's user can read", async () => {
    for (const role of ["admin", "viewer"]) {
      const { mode } = await stat(path.join(lintel.server.data_dir, `${role}.key`));
      assert.equal(mode & 0o777, 0o600);
      assert.match(await key(role), /^[A-Za-z0-9_-]{43}$/);
    }
  });

  it("nobody without a key, or with a wrong one", async () => {
    for (const params of [{}, { token: "x".repeat(43) }, { token: "an application's own token" }]) {
      const client = await lintel.phoenix(newest, { params });
      for (const topic of ["$sys:tree", "$sys:actors", "$sys:metrics", "$sys:actor:registry"])
        assert.deepEqual(await client.channel(topic).join(),
          { status: "error", response: { reason: "unauthorized" } });
      assert.equal((await client.channel(fresh_topic()).join()).status, "ok");
    }
  });

  it("a viewer sees, and is refused when it pushes", async () => {
    const client = await client_with("viewer");
    const tree = await client.join("$sys:tree");
    await tree.next("tree");
    assert.deepEqual(await tree.push("kill", { id: "registry" }),
      { status: "error", response: { reason: "unauthorized" } });
    assert.deepEqual(await tree.push("tree", {}),
      { status: "error", response: { reason: "unauthorized" } });
  });

  it("a key may come as authToken", async () => {
    const client = await lintel.phoenix(newest, { authToken: await key("admin") });
    assert.equal((await client.channel("$sys:tree").join()).status, "ok");
  });

  it("a topic of the system that does not exist is unmatched", async () => {
    const client = await client_with("admin");
    for (const topic of ["$sys:nonsense", "$sys:", "$sys:actor:"])
      assert.deepEqual(await client.channel(topic).join(),
        { status: "error", response: { reason: "unmatched topic" } });
  });
});

for (const [name, options] of [["JSON", {}], ["MessagePack", msgpack_options]]) {
  describe(`watching and killing in ${name}`, () => {
    it("$sys:tree shows the supervision tree, again after a change", async () => {
      const client = await client_with("admin", options);
      const channel = await client.join("$sys:tree");
      const { tree } = await channel.next("tree");
      assert.equal(tree.id, "root");
      assert.deepEqual(tree.children.map((child) => child.id),
        ["rooms", "registry", "connections", "listeners", "admin"]);
      const { incarnation } = tree.children[1];
      assert.deepEqual(await channel.push("kill", { id: "registry" }),
        { status: "ok", response: { result: { killed: 1 } } });
      await eventually(async () =>
        assert.equal((await channel.next("tree")).tree.children[1].incarnation, incarnation + 1));
    });

    it("$sys:actors tells who starts, restarts and ends", async () => {
      const client = await client_with("admin", options);
      const channel = await client.join("$sys:actors");
      const { client: guest, id } = await lintel.control.identify(() => lintel.phoenix(newest));
      await guest.join(fresh_topic());
      await channel.push("kill", { id });
      await guest.disconnect();
      const seen = [];
      await eventually(async () => {
        seen.push(...(await channel.next("events")).events.filter((event) => event.id === id));
        assert.deepEqual(seen, [
          { event: "spawn", id, incarnation: 1 },
          { event: "restart", id, incarnation: 2, reason: "killed" },
          { event: "exit", id, incarnation: 2 },
        ]);
      });
    });

    it("$sys:actor:<id> shows one connection, and a push without a name is about it", async () => {
      const client = await client_with("admin", options);
      const { client: guest, id } = await lintel.control.identify(() => lintel.phoenix(newest));
      const topic = fresh_topic();
      const room = await guest.join(topic);
      const channel = await client.join(`$sys:actor:${id}`);
      const before = await channel.next("actor");
      assert.equal(before.id, id);
      assert.deepEqual(before.rooms, [topic]);
      assert.deepEqual(await channel.push("kill", {}), { status: "ok", response: { result: { killed: 1 } } });
      await eventually(async () =>
        assert.equal((await channel.next("actor")).incarnation, before.incarnation + 1));
      assert.deepEqual(await room.push("ping", { n: 1 }), { status: "ok", response: { n: 1 } });
      assert.equal(guest.count("close"), 0);
      let frames = [];
      await eventually(async () => {
        ({ frames = [] } = await channel.next("actor"));
        assert.ok(frames.length >= 2);
      });
      assert.deepEqual(frames.slice(-2).map(({ way, topic, event }) => ({ way, topic, event })),
        [{ way: "in", topic, event: "ping" }, { way: "out", topic, event: "phx_reply" }]);
      assert.equal(frames.at(-1).ref, frames.at(-2).ref);
      assert.ok(frames.every(({ bytes, at_ms }) => bytes > 0 && Math.abs(Date.now() - at_ms) < 60_000));
      await guest.disconnect();
      await eventually(async () => assert.deepEqual(await channel.next("actor"), { status: "gone", id }));
    });

    it("$sys:actor:<name> shows rooms and the system's own processes", async () => {
      const client = await client_with("viewer", options);
      const topic = fresh_topic();
      await client.join(topic);
      const room = await (await client.join(`$sys:actor:${topic}`)).next("actor");
      assert.deepEqual({ ...room, mailbox: 0 },
        { id: topic, kind: "room", status: "up", incarnation: 1, mailbox: 0, members: 1 });
      const listener = await (await client.join("$sys:actor:listener/0")).next("actor");
      assert.equal(listener.kind, "listener");
      const gone = await (await client.join("$sys:actor:room:nobody")).next("actor");
      assert.deepEqual(gone, { status: "gone", id: "room:nobody" });
    });

    it("$sys:metrics counts", async () => {
      const client = await client_with("viewer", options);
      const channel = await client.join("$sys:metrics");
      const figures = await channel.next("metrics");
      assert.ok(figures.connections_open >= 1);
      assert.ok(figures.counters.connections_opened >= figures.connections_open);
      assert.equal(figures.counters.unhandled, 0);
      assert.ok(figures.workers.every(({ lag }) => lag.count > 0 && lag.p50_us <= lag.p99_us));
    });
  });
}

describe("a system room is an actor as any other", () => {
  it("goes on after a kill of itself", async () => {
    const client = await client_with("admin");
    const channel = await client.join("$sys:tree");
    await channel.next("tree");
    const answer = await channel.push("kill", { id: "$sys:tree" });
    assert.deepEqual(answer, { status: "ok", response: { result: { killed: 1 } } });
    assert.equal((await channel.push("connections", { limit: 1 })).response.result.length, 1);
    assert.equal((await (await client_with("viewer")).join("$sys:tree")).lifecycle.all.length, 1);
    await channel.next("tree");
  });

  it("ends with its last member, and nothing is gathered any more", async () => {
    const client = await client_with("viewer");
    await (await client.join("$sys:metrics")).next("metrics");
    await client.disconnect();
    await eventually(async () => {
      const rooms = await lintel.control.run("rooms");
      assert.deepEqual(rooms.filter(({ id }) => id === "$sys:metrics"), []);
    });
  });

  it("answers nonsense with a sentence", async () => {
    const client = await client_with("admin");
    const channel = await client.join("$sys:tree");
    for (const [event, payload, reason] of [
      ["dance", {}, /unknown command: dance/],
      ["kill", {}, /whom\?/],
      ["kill", { id: "c9-9-9" }, /no such actor: c9-9-9/],
      ["actor", { id: 7 }, /no such actor/],
    ]) {
      const answer = await channel.push(event, payload);
      assert.equal(answer.status, "error");
      assert.match(answer.response.reason, reason);
    }
  });
});

describe("/metrics", () => {
  it("is Prometheus text with histograms per class of actor", async () => {
    const client = await client_with();
    const room = await client.join(fresh_topic());
    for (let n = 0; n < 300; ++n) await room.push("said", { n });
    const response = await fetch(`http://127.0.0.1:${lintel.port}/metrics`);
    assert.match(response.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    const value = (series) => Number(text.match(new RegExp(`^${series.replace(/[{}]/g, "\\$&")} (\\S+)$`, "m"))?.[1]);
    assert.ok(value("lintel_broadcasts_total") >= 300);
    assert.ok(value("lintel_connections_open") >= 1);
    assert.equal(value("lintel_unhandled_total"), 0);
    assert.ok(value('lintel_handler_time_seconds_count{class="room"}') > 0);
    assert.ok(value('lintel_queue_time_seconds_count{class="connection"}') > 0);
    assert.ok(value('lintel_worker_lag_seconds_count{worker="0"}') > 0);
    assert.ok(value('lintel_worker_lag_quantile_seconds{worker="0",quantile="0.99"}') > 0);
    // Every line is a comment or a sample; buckets only grow.
    for (const line of text.trimEnd().split("\n"))
      assert.match(line, /^(# (HELP|TYPE) |[a-z_]+(\{[^}]*\})? [0-9.e+-]+$)/);
    const buckets = [...text.matchAll(/lintel_handler_time_seconds_bucket\{class="room",le="[^"]+"\} (\d+)/g)]
      .map((found) => Number(found[1]));
    assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
  });
});
