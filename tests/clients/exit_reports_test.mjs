// What the log says of crashes: one line each that a program can read, a loop in few lines, and never a word of what
// clients say.
import assert from "node:assert/strict";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { opcode } from "./support/tcp_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const crashes_max = 5;
const lines_max = 10;
const marker = "MARKER-7d1c-payload";
const newest = phoenix_versions.at(-1);
const lintel = world();

const logged = (part) => lintel.server.stderr.split("\n").filter((line) => line.includes(part));

/// key=value pairs; a value may be in quotes.
function fields(line) {
  const found = line.slice(line.indexOf("exit ")).matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S+)/g);
  return Object.fromEntries([...found].map(([, key, value]) => [key, value]));
}

it("a crash is one line with all its fields", async () => {
  const { client, id } = await lintel.control.identify(() => lintel.phoenix(newest));
  await client.join(fresh_topic());
  await lintel.control.counts({ crashes: 1 }, () => lintel.control.run("crash", { id }));
  const [line] = await eventually(() => {
    const lines = logged(`actor=${id} `);
    assert.equal(lines.length, 1);
    return lines;
  });
  const { last, ...rest } = fields(line);
  assert.deepEqual(rest, { actor: id, incarnation: "1", reason: '"crash ordered by an operator"',
    during: "control", restarts_left: "4", next: "restart" });
  assert.equal(last, "control,inbound_frame");
});

it("an actor that crashes until it is given up leaves ten lines at most", async () => {
  const { client, id } = await lintel.control.identify(() => lintel.phoenix(newest));
  await lintel.control.counts({ crashes: crashes_max + 1, gave_up: 1 }, async () => {
    for (let n = 0; n <= crashes_max; n++) await lintel.control.run("crash", { id });
  });
  await client.next("close");
  const lines = await eventually(() => {
    const found = logged(`actor=${id} `);
    assert.ok(found.some((line) => line.includes("next=give_up")), found.join("\n"));
    assert.ok(found.some((line) => line.includes(`exit reports of actor=${id} suppressed=2`)));
    return found;
  });
  assert.ok(lines.length <= lines_max, lines.join("\n"));
});

it("nothing of a payload is ever in the log", async () => {
  const topic = fresh_topic();
  const { client, id } = await lintel.control.identify(() => lintel.phoenix(newest));
  const room = await client.join(topic, { token: marker });
  const bytes = new TextEncoder().encode(marker).buffer;
  const packed = await lintel.raw();
  packed.send_msgpack(["1", "1", topic, "phx_join", { token: marker }]);
  await packed.next_message();
  for (let n = 0; n < 3; n++) {
    const said = [room.push("said", { text: marker }), room.push("blob", bytes), room.push(marker, { n })];
    packed.send_msgpack(["1", `${n + 2}`, topic, "said", { text: marker }]);
    await lintel.control.run("crash", { ids: [id, topic, "registry", "courier/0", "courier/1"] });
    assert.ok((await Promise.all(said)).every(({ status }) => status === "ok" || status === "error"));
  }
  for (const bad of [`["1","2","${topic}","said",{"${marker}":]`, `["1","2","${topic} ${marker}","said",{}]`,
    `["1","2","${topic}","phx_${marker}",{}]`, `{"${marker}":1}`, `\ud800${marker}`]) {
    const peer = await lintel.tcp();
    peer.send(opcode.text, bad);
    peer.send(opcode.binary, Buffer.from(`\x00\x01\x01\xff\x04${marker}`, "latin1"));
    peer.send(opcode.close, Buffer.from(`\x03\xe8${marker}`, "latin1"));
    await peer.ended;
  }
  await eventually(() => assert.ok(logged(`actor=${topic} `).length >= 1));
  assert.deepEqual(logged(marker), []);
});
