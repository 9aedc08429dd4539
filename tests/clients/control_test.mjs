// The operator's two doors, the control socket and `lintel ctl`, under clients that notice nothing.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const newest = phoenix_versions.at(-1);
const counters = ["kills", "crashes", "restarts", "gave_up", "connections_open",
  "connections_opened", "connections_closed", "sockets_closed_by_server"];

async function member(topic = fresh_topic()) {
  const { client, id } = await lintel.control.identify(() => lintel.phoenix(newest));
  return { client, id, room: await client.join(topic) };
}

async function assert_works({ client, room }) {
  assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
  assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
  assert.deepEqual(room.lifecycle.all, ["join"]);
}

const incarnation_reaches = (id, expected) =>
  eventually(async () => assert.equal(await lintel.control.incarnation(id), expected));

function assert_row(row) {
  assert.match(row.id, /^c\d+-\d+-\d+$/);
  assert.ok("user" in row && "rooms" in row, JSON.stringify(row));
  for (const name of ["incarnation", "mailbox", "outbox_bytes"])
    assert.ok(Number.isInteger(row[name]), `${name}: ${JSON.stringify(row)}`);
}

describe("control socket", () => {
  it("connections are listed with their rooms, and vanish when their client does", async () => {
    const { client, id } = await member();
    await client.join(fresh_topic());
    const row = await lintel.control.connection(id);
    assert_row(row);
    assert.equal(row.incarnation, 1);
    assert.equal(Array.isArray(row.rooms) ? row.rooms.length : row.rooms, 2);
    await client.disconnect();
    await eventually(async () => assert.equal(await lintel.control.connection(id), undefined));
  });

  it("counters are numbers and follow the sockets", async () => {
    const now = await lintel.control.run("counters");
    counters.forEach((name) => assert.equal(typeof now[name], "number", name));
    const expected = { connections_opened: 1, connections_closed: 1, connections_open: 0,
      sockets_closed_by_server: 0 };
    await lintel.control.counts(expected, async () => (await lintel.raw()).disconnect());
    await lintel.control.counts({ connections_opened: 1, connections_open: 1 }, () => lintel.raw());
  });

  it("a kill of an actor nobody knows is refused and counted nowhere", async () => {
    await lintel.control.counts({ kills: 0, crashes: 0, restarts: 0 }, async () => {
      for (const id of ["c0-999999-1", "room:nobody-is-here", "", "../../etc"]) {
        const answer = await lintel.control.ask({ command: "kill", id });
        assert.equal(answer.ok, false, `${id}: ${JSON.stringify(answer)}`);
      }
    });
  });

  it("an unknown command and a line that is no JSON are refused, the next is served", async () => {
    assert.equal((await lintel.control.ask({ command: "explode" })).ok, false);
    assert.equal((await lintel.control.ask_line("{nonsense")).ok, false);
    assert.ok(Array.isArray(await lintel.control.run("connections")));
  });

  it("a kill of n random connections kills n", async () => {
    const members = [await member(), await member(), await member()];
    const result = await lintel.control.counts({ kills: 2, restarts: 2 },
      () => lintel.control.run("kill", { random: 2 }));
    assert.equal(result.killed, 2);
    for (const one of members) await assert_works(one);
  });
});

describe("lintel ctl", () => {
  it("connections --json prints an array with the row of each connection", async () => {
    const { id } = await member();
    const rows = await lintel.server.ctl_json("connections");
    assert.ok(Array.isArray(rows));
    rows.forEach(assert_row);
    assert.ok(rows.some((row) => row.id === id));
  });

  it("connection ID --json prints that connection", async () => {
    const { id } = await member();
    const row = await lintel.server.ctl_json("connection", id);
    assert.equal(row.id, id);
    assert.equal(row.incarnation, 1);
  });

  it("kill ID and crash ID restart that connection unnoticed", async () => {
    const one = await member();
    assert.equal((await lintel.server.ctl_json("kill", one.id)).killed, 1);
    await incarnation_reaches(one.id, 2);
    await lintel.server.ctl_json("crash", one.id);
    await incarnation_reaches(one.id, 3);
    await assert_works(one);
  });

  it("kill TOPIC restarts that room unnoticed", async () => {
    const one = await member();
    await lintel.control.counts({ kills: 1, restarts: 1 },
      async () => assert.equal((await lintel.server.ctl_json("kill", one.room.topic)).killed, 1));
    await assert_works(one);
    assert.equal((await one.room.push("said", {})).status, "ok");
    await one.room.next("said");
  });

  it("kill --random 2 and kill --all tell how many they killed", async () => {
    const members = [await member(), await member()];
    assert.equal((await lintel.server.ctl_json("kill", "--random", "2")).killed, 2);
    assert.equal((await lintel.server.ctl_json("kill", "--all", "connections")).killed, 2);
    assert.ok((await lintel.server.ctl_json("kill", "--all", "rooms")).killed >= members.length);
    for (const one of members) await assert_works(one);
  });

  for (const command of ["tree", "top", "connections"]) {
    it(`${command} prints something for people and JSON for programs`, async () => {
      await member();
      const { code, stdout } = await lintel.server.ctl(command);
      assert.equal(code, 0);
      assert.notEqual(stdout.trim(), "");
      assert.equal(typeof await lintel.server.ctl_json(command), "object");
    });
  }

  it("an unknown id, an unknown command and a missing server end with an error", async () => {
    const nowhere = new lintel_server();
    nowhere.data_dir = path.join(tmpdir(), "lintel-clients-nowhere");
    for (const { code, stderr } of [await lintel.server.ctl("kill", "c0-999999-1"),
      await lintel.server.ctl("explode"), await nowhere.ctl("connections")]) {
      assert.ok(Number.isInteger(code) && code !== 0, `exit code ${code}`);
      assert.notEqual(stderr.trim(), "");
    }
  });
});
