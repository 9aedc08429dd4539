// The system's own topics: any Phoenix client with a key can watch the server and kill its actors.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { describe } from "node:test";
import { control_socket } from "./support/control_socket.mjs";
import { eventually } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_client, phoenix_versions } from "./support/phoenix_client.mjs";
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
  });

  it("a viewer may ask", async () => {
    const client = await client_with("viewer");
    const tree = await client.join("$sys:tree");
    const { status, response } = await tree.push("tree", {});
    assert.deepEqual([status, response.result.id], ["ok", "root"]);
    const found = await tree.push("search", { text: "$sys:tree" });
    assert.deepEqual(found.response.result.rooms.map(({ id }) => id), ["$sys:tree"]);
    assert.equal(found.response.result.connections.length, 1);
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
      assert.deepEqual([room.id, room.kind, room.status, room.incarnation, room.members], [topic, "room", "up", 1, 1]);
      const listener = await (await client.join("$sys:actor:listener/0")).next("actor");
      assert.equal(listener.kind, "process");
      const gone = await (await client.join("$sys:actor:room:nobody")).next("actor");
      assert.deepEqual(gone, { status: "gone", id: "room:nobody" });
    });

    it("$sys:metrics begins with what was before, and counts", async () => {
      const client = await client_with("viewer", options);
      const channel = await client.join("$sys:metrics");
      const { interval_ms, samples } = await channel.next("history");
      assert.equal(interval_ms, 1000);
      assert.ok(samples.length >= 1 && samples.length <= 300);
      assert.ok(samples.every((one, i) => i === 0 || one.clock_ms > samples[i - 1].clock_ms));
      const { restarts_per_minute } = await channel.next("metrics");
      await lintel.control.run("kill", { id: "registry" });
      await eventually(async () =>
        assert.ok((await channel.next("metrics")).restarts_per_minute > restarts_per_minute));
      const figures = await channel.next("metrics");
      assert.ok(figures.connections_open >= 1);
      assert.ok(figures.counters.connections_opened >= figures.connections_open);
      assert.equal(figures.counters.unhandled, 0);
      assert.ok(figures.workers.every(({ lag }) => lag.count > 0 && lag.p50_us <= lag.p99_us));
      await eventually(async () => {
        const { workers } = await channel.next("metrics");
        assert.ok(workers.every(({ lag, lag_now }) => lag_now.count <= lag.count));
      });
    });
  });
}

describe("nothing is left out", () => {
  it("a room that starts and ends again and again is told each time", async () => {
    const client = await client_with("viewer");
    const channel = await client.join("$sys:actors");
    const guest = await lintel.phoenix(newest);
    const topic = fresh_topic();
    const ended = async (count) => {
      let seen = 0;
      while (seen < count)
        seen += (await channel.next("events")).events
          .filter(({ event, id }) => event === "exit" && id === topic).length;
    };
    for (let n = 0; n < 3; ++n) {
      await (await guest.join(topic)).leave();
      await ended(1); // else two of them may be one publication
    }
  });

  it("a heartbeat of a watched connection is seen, and its answer", async () => {
    const client = await client_with("viewer");
    const { id } = await lintel.control.identify(() => lintel.phoenix(newest, { heartbeatIntervalMs: 50 }));
    const channel = await client.join(`$sys:actor:${id}`);
    await eventually(async () => {
      const { frames = [] } = await channel.next("actor");
      const ways = frames.filter(({ topic }) => topic === "phoenix").map(({ way, event }) => `${way} ${event}`);
      assert.deepEqual(ways.slice(0, 4), ["in heartbeat", "out phx_reply", "in heartbeat", "out phx_reply"]);
    });
  });
});

describe("a worker that is stuck", () => {
  it("does not hold up the end of a server whose tree somebody watches", async () => {
    const server = new lintel_server({
      args: ["--workers", "4", "--enable-chaos", "--stuck-abandon", "0", "--stop-deadline", "500ms"] });
    await server.start();
    const endpoint = `ws://127.0.0.1:${server.port}/socket`;
    const control = await control_socket.connect(server.data_dir);
    const token = (await readFile(path.join(server.data_dir, "viewer.key"), "utf8")).trim();
    const watcher = await phoenix_client.connect(newest, endpoint, { params: { token } });
    await (await watcher.join("$sys:tree")).next("tree");
    const [{ id }] = await control.run("connections");
    await control.run("stall", { id, for_ms: 60_000 });
    // By then the tree is being asked for once more, and its worker does not answer.
    assert.equal((await control.ask({ command: "connections" })).workers_not_answering.length, 1);
    const began = Date.now();
    await server.stop(1).finally(() => watcher.socket.disconnect());
    // The deadline is 500 ms; asking each of four workers with 2 s of patience would take longer.
    assert.ok(Date.now() - began < 4_000, `it took ${Date.now() - began} ms`);
    control.close();
    await server.remove_data();
  });
});

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
