// Limits on crashing as an operator sets them, and the alarms that he sees when they are reached.
import assert from "node:assert/strict";
import { eventually } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const clients_count = 60;
const cleared_ms_max = 15_000; // two seconds of storm, and five of calm
const newest = phoenix_versions.at(-1);
const lintel = world({ server: { args: ["--restart-rate", "30", "--restart-burst", "2", "--crash-budget", "1/1h",
  "--room-crash-budget", "1/1h", "--quarantine", "5m"] } });

it("a storm is an alarm until it is over, in `alarms` and in `tree`", async () => {
  assert.equal((await lintel.server.ctl("alarms")).stdout, "(none)\n");
  const clients = await Promise.all(Array.from({ length: clients_count }, () => lintel.phoenix(newest)));
  await lintel.control.run("crash", { all: "connections" });
  const storm = await eventually(async () => {
    const found = (await lintel.control.run("alarms")).find(({ alarm }) => alarm === "restart_storm");
    assert.ok(found, "a storm");
    return found;
  });
  assert.match(storm.source, /^connections\/\d+$/);
  assert.ok(storm.waiting <= clients_count, JSON.stringify(storm));
  const { stdout } = await lintel.server.ctl("tree");
  assert.match(stdout, /connections\/\d+ .*, restart_storm since \d+ s, \d+ waiting\n/);
  await eventually(async () => assert.deepEqual(await lintel.server.ctl_json("alarms"), []), cleared_ms_max);
  for (const client of clients) assert.deepEqual(client.lifecycle.all, [{ what: "open" }]);
});

it("a budget that is smaller is spent sooner, and the topic is an alarm with the time it has left", async () => {
  const topic = fresh_topic();
  const client = await lintel.phoenix(newest);
  await client.join(topic);
  await lintel.control.counts({ crashes: 2, gave_up: 1 }, async () => {
    for (let n = 0; n < 2; n++) await lintel.control.run("crash", { id: topic });
  });
  const [alarm, ...others] = await lintel.control.run("alarms");
  assert.deepEqual(others, []);
  assert.equal(alarm.alarm, "quarantine");
  assert.equal(alarm.source, topic);
  assert.ok(alarm.ends_within_seconds > 200 && alarm.ends_within_seconds <= 300, JSON.stringify(alarm));
  assert.match((await lintel.server.ctl("alarms")).stdout, /^room:\S+ +quarantine since \d+ s, \d+ s left\n$/);
  assert.match((await lintel.server.ctl("tree")).stdout, / ! room:\S+ quarantine since \d+ s, \d+ s left\n/);
});

it("an option that makes no sense is named", async () => {
  for (const args of [["--crash-budget", "5"], ["--quarantine", "20m"], ["--restart-rate", "0"]]) {
    const server = new lintel_server({ args });
    await assert.rejects(server.start(), (error) => error.message.includes(args[0]));
    await server.remove_data();
  }
});
