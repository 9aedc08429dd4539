// The HTTP API under fetch, and under peers without manners.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { describe } from "node:test";
import { fileURLToPath } from "node:url";
import SwaggerParser from "@apidevtools/swagger-parser";
import { eventually, within } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const newest = phoenix_versions.at(-1);
const description = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../docs/openapi.yaml");

const key_of = async (role, server = lintel.server) =>
  (await readFile(path.join(server.data_dir, `${role}.key`), "utf8")).trim();

/// {status, headers, json} of one request; `body` goes as JSON unless it is a string.
async function api(method, target, { body, role = "admin", headers = {}, server = lintel.server } = {}) {
  const authorization = role ? { authorization: `Bearer ${await key_of(role, server)}` } : {};
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1${target}`, {
    method,
    headers: { ...authorization, ...type, ...headers },
    body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: text.startsWith("{") ? JSON.parse(text) : null };
}

async function refused(method, target, options, status, code) {
  const answer = await api(method, target, options);
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error.code, code);
  assert.equal(typeof answer.json.error.message, "string");
  return answer;
}

/// A bare TCP connection that collects what comes.
class wire {
  text = "";
  static async open(port) {
    const one = new wire();
    one.socket = net.connect(port, "127.0.0.1");
    one.socket.setNoDelay(true);
    one.socket.on("error", () => {});
    one.socket.on("data", (bytes) => (one.text += bytes));
    one.ended = new Promise((resolve) => one.socket.once("close", resolve));
    await new Promise((resolve) => one.socket.once("connect", resolve));
    return one;
  }
  statuses() {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((found) => Number(found[1]));
  }
  answers(...expected) {
    return eventually(async () => assert.deepEqual(this.statuses(), expected));
  }
}

const publish_text = (key, topic, n, more = "") => {
  const body = JSON.stringify({ topic, event: "new_msg", payload: { n } });
  return `POST /api/v1/publish HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
};

describe("publish", () => {
  it("a message reaches the members, with its payload as it was said", async () => {
    const topic = fresh_topic();
    const client = await lintel.phoenix(newest);
    const room = await client.join(topic);
    const { status, json } = await api("POST", "/publish",
      { body: { topic, event: "new_msg", payload: { body: "hello", n: [1, 2.5, null] } } });
    assert.equal(status, 200);
    assert.equal(json.result.offset, 1);
    assert.equal(typeof json.result.epoch, "string");
    const heard = await room.next("new_msg");
    assert.deepEqual(heard, { body: "hello", n: [1, 2.5, null] });
  });

  it("a retry with the same key is one message", async () => {
    const topic = fresh_topic();
    const body = { topic, event: "new_msg", payload: {}, idem: "order-17" };
    const first = await api("POST", "/publish", { body });
    const again = await api("POST", "/publish", { body });
    assert.deepEqual(again.json.result, { ...first.json.result, duplicate: true });
    const history = await api("GET", `/history?topic=${topic}`, { role: "viewer" });
    assert.equal(history.json.result.messages.length, 1);
  });

  it("many messages get an answer each, and a topic that does not exist costs the others nothing", async () => {
    const [a, b] = [fresh_topic(), fresh_topic()];
    const message = (topic, n) => ({ topic, event: "new_msg", payload: { n } });
    const { status, json } = await api("POST", "/broadcast",
      { body: { messages: [message(a, 1), message("no:such", 2), message(b, 3), message(a, 4)] } });
    assert.equal(status, 200);
    assert.deepEqual(json.result.legs.map((leg) => [leg.topic, leg.result?.offset ?? leg.error.code]),
      [[a, 1], ["no:such", "not_found"], [b, 1], [a, 2]]);
    assert.equal(json.result.failed, 1);
    const same = await api("POST", "/broadcast", { body: { topics: [a, b], event: "new_msg", payload: {} } });
    assert.deepEqual(same.json.result.legs.map((leg) => leg.result.offset), [3, 2]);
  });

  it("history is read from both ends, and forgotten on demand", async () => {
    const topic = fresh_topic();
    for (let n = 1; n <= 5; ++n)
      await api("POST", "/publish", { body: { topic, event: "new_msg", payload: { n } } });
    const offsets = async (query) => (await api("GET", `/history?topic=${topic}&${query}`, { role: "viewer" }))
      .json.result.messages.map(({ offset, payload }) => (assert.equal(offset, payload.n), offset));
    assert.deepEqual(await offsets("limit=2"), [4, 5]);
    assert.deepEqual(await offsets("after=1&limit=2"), [2, 3]);
    assert.deepEqual(await offsets("before=3"), [1, 2]);
    const before = await api("GET", `/history?topic=${topic}`);
    const { json } = await api("DELETE", `/history?topic=${topic}`);
    assert.notEqual(json.result.epoch, before.json.result.epoch);
    assert.deepEqual(await offsets("limit=9"), []);
  });
});

describe("what is refused", () => {
  it("without a key, with a viewer's where an admin's is needed, and from foreign pages", async () => {
    const body = { topic: "room:a", event: "e", payload: {} };
    const answer = await refused("GET", "/rooms", { role: null }, 401, "unauthorized");
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    await refused("POST", "/publish", { body, role: null }, 401, "unauthorized");
    await refused("GET", "/nothing", { role: null }, 401, "unauthorized");
    await refused("POST", "/publish", { body, role: "viewer" }, 403, "forbidden");
    await refused("POST", "/kill", { body: { random: 1 }, role: "viewer" }, 403, "forbidden");
    await refused("DELETE", "/history?topic=room:a", { role: "viewer" }, 403, "forbidden");
    await refused("GET", "/rooms", { headers: { origin: "https://evil.example" } }, 403, "forbidden");
  });

  it("what is not there, or not so", async () => {
    await refused("GET", "/nothing", {}, 404, "not_found");
    const put = await refused("PUT", "/history", {}, 405, "method_not_allowed");
    assert.equal(put.headers.get("allow"), "GET, HEAD, DELETE, OPTIONS");
    await refused("POST", "/publish", { body: "x=1", headers: { "content-type": "text/plain" } },
      415, "unsupported_media_type");
    await refused("POST", "/publish", { body: "{" }, 400, "bad_request");
    await refused("POST", "/publish", { body: "" }, 400, "bad_request");
    await refused("POST", "/publish", { body: { topic: "no:such", event: "e", payload: {} } }, 404, "not_found");
    await refused("POST", "/publish", { body: { topic: "a b", event: "e", payload: {} } }, 400, "bad_request");
    await refused("GET", "/history", {}, 400, "bad_request");
    await refused("GET", "/history?topic=room:a&limit=many", {}, 400, "bad_request");
    await refused("GET", "/connections?limit=-1", {}, 400, "bad_request");
    await refused("GET", "/connections/c9-9-9", {}, 404, "not_found");
    await refused("GET", "/connections/x", {}, 404, "not_found");
    await refused("POST", "/kill", { body: {} }, 400, "bad_request");
    await refused("POST", "/kill", { body: { stall: 1 } }, 400, "bad_request");
    await refused("POST", "/disconnect", { body: { id: "c0-999-0" } }, 404, "not_found");
    await refused("POST", "/publish", { body: "x".repeat(1_100_000) }, 413, "too_large");
  });

  it("OPTIONS says what there is, and gives no page of others leave", async () => {
    const { status, headers } = await api("OPTIONS", "/publish", { role: null });
    assert.equal(status, 204);
    assert.equal(headers.get("allow"), "POST, OPTIONS");
    assert.equal(headers.get("access-control-allow-origin"), null);
  });
});

describe("connections", () => {
  it("are listed, shown, killed without noticing, and sent away to come back", async () => {
    const client = await lintel.phoenix(newest);
    const room = await client.join(fresh_topic());
    const all = (await api("GET", "/connections", { role: "viewer" })).json.result;
    const { id } = all.find(({ rooms }) => rooms.includes(room.topic ?? rooms[0]));
    assert.equal((await api("GET", `/connections/${id}`, { role: "viewer" })).json.result.id, id);
    assert.deepEqual((await api("POST", "/kill", { body: { ids: [id] } })).json.result, { killed: 1 });
    assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
    assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
    assert.ok((await api("GET", "/rooms", { role: "viewer" })).json.result.length >= 1);
    const raw = await lintel.raw();
    const raw_id = (await api("GET", "/connections")).json.result.find((row) => row.rooms.length === 0).id;
    assert.deepEqual((await api("POST", "/disconnect", { body: { id: raw_id } })).json.result, { disconnected: 1 });
    assert.equal(await raw.close_code(), 1001);
  });
});

describe("the wire", () => {
  it("pipelined requests are answered in order on one connection", async () => {
    const topic = fresh_topic();
    const key = await key_of("admin");
    const one = await wire.open(lintel.port);
    one.socket.write(Array.from({ length: 20 }, (_, n) => publish_text(key, topic, n)).join(""));
    await one.answers(...Array(20).fill(200));
    const offsets = [...one.text.matchAll(/"offset":(\d+)/g)].map((found) => Number(found[1]));
    assert.deepEqual(offsets, Array.from({ length: 20 }, (_, n) => n + 1));
    one.socket.end();
    await within(one.ended, "end of the connection");
  });

  it("a request that comes byte by byte is understood, one whose sender has ended its side is answered", async () => {
    const topic = fresh_topic();
    const one = await wire.open(lintel.port);
    for (const byte of publish_text(await key_of("admin"), topic, 1)) {
      one.socket.write(byte);
      await new Promise(setImmediate);
    }
    await one.answers(200);
    one.socket.end(publish_text(await key_of("admin"), topic, 2));
    await one.answers(200, 200);
    await within(one.ended, "end of the connection");
  });

  it("a body is sent when leave is given", async () => {
    const [head, body] = publish_text(await key_of("admin"), fresh_topic(), 1, "Expect: 100-continue\r\n")
      .split("\r\n\r\n");
    const one = await wire.open(lintel.port);
    one.socket.write(head + "\r\n\r\n");
    await one.answers(100);
    one.socket.end(body);
    await one.answers(100, 200);
  });

  it("what two readers could read differently ends the connection", async () => {
    const key = await key_of("admin");
    for (const [more, status] of [["Content-Length: 4\r\n", 400], ["Transfer-Encoding: chunked\r\n", 400]]) {
      const one = await wire.open(lintel.port);
      one.socket.write(publish_text(key, fresh_topic(), 1, more) + publish_text(key, fresh_topic(), 2));
      await one.answers(status);
      one.socket.end();
      await within(one.ended, "end of the connection");
      assert.deepEqual(one.statuses(), [status]);
    }
  });

  it("every byte that went into an outbox came out, or is counted as dropped", async () => {
    await eventually(async () => {
      const now = await lintel.control.run("counters");
      assert.equal(now.outbox_bytes_queued, now.outbox_bytes_sent + now.outbox_bytes_dropped);
    });
  });
});

describe("the description", () => {
  it("is OpenAPI 3.1, and served without a key", async () => {
    const { status, headers, text } = await api("GET", "/openapi.yaml", { role: null });
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^application\/yaml/);
    assert.ok(text === await readFile(description, "utf8"), "as it is in docs");
    const { openapi } = await SwaggerParser.validate(description);
    assert.match(openapi, /^3\.1\./);
  });
});

describe("ctl", () => {
  it("publishes, reads and forgets as the API does", async () => {
    const topic = fresh_topic();
    const said = await lintel.server.ctl_json("publish", topic, "new_msg", '{"n":\n1}', "--idem", "k");
    assert.equal(said.offset, 1);
    const { messages } = await lintel.server.ctl_json("history", topic, "--limit", "1");
    assert.deepEqual(messages[0].payload, { n: 1, idem: "k" });
    assert.match((await lintel.server.ctl("history", topic)).stdout, /new_msg/);
    const bad = await lintel.server.ctl("publish", topic, "new_msg", "[]");
    assert.equal(bad.code, 2);
    assert.match((await lintel.server.ctl("publish", "no:such", "e", "{}")).stderr, /unmatched topic/);
    assert.notEqual((await lintel.server.ctl_json("reset", topic)).epoch, said.epoch);
  });

  it("drains: nobody comes in, everybody is sent away, and the process goes on", async () => {
    const server = new lintel_server();
    await server.start();
    try {
      const keeper = await wire.open(server.port);
      const ask = "GET /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\n" +
        `Authorization: Bearer ${await key_of("viewer", server)}\r\n\r\n`;
      keeper.socket.write(ask);
      await keeper.answers(200);
      const { raw_client } = await import("./support/raw_client.mjs");
      const client = await raw_client.connect(`ws://127.0.0.1:${server.port}/socket/websocket?vsn=2.0.0`);
      assert.deepEqual(await server.ctl_json("drain"), { draining: 1 });
      assert.equal(await client.close_code(), 1012);
      keeper.socket.write(ask);
      await keeper.answers(200, 200);
      await assert.rejects(fetch(`http://127.0.0.1:${server.port}/readyz`));
      keeper.socket.destroy();
    } finally {
      await server.stop();
      await server.remove_data();
    }
  });
});
