// What a room's book tells, as tests/unit/actors/presence_trace_test.cpp wrote it down, given to the stock Presence
// class.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { phoenix_versions, presence_class } from "./support/phoenix_client.mjs";

const steps = readFileSync(new URL("golden/presence_trace.jsonl", import.meta.url), "utf8")
  .trim().split("\n").map((line) => JSON.parse(line));

/// As much of a channel as Presence asks for.
function quiet_channel() {
  const hears = {};
  return { on: (event, callback) => { hears[event] = callback; return event; }, joinRef: () => "1", hears };
}

const pairs_in = (list) => Object.entries(list).flatMap(([key, refs]) => refs.map((ref) => `${key} ${ref}`)).sort();
const refs_in = (presence) => presence.metas.map((meta) => meta.phx_ref);

for (const version of phoenix_versions) {
  describe(`Presence of phoenix ${version}`, () => {
    test("its list is the book's, and each join and leave is told to the application once", async () => {
      const Presence = await presence_class(version);
      const channel = quiet_channel();
      const presence = new Presence(channel);
      let joined = [];
      let left = [];
      presence.onJoin((key, _, what) => joined.push(...refs_in(what).map((ref) => `${key} ${ref}`)));
      presence.onLeave((key, _, what) => left.push(...refs_in(what).map((ref) => `${key} ${ref}`)));
      let known = [];
      for (const { hear, list } of steps) {
        const before = known;
        const heard_at_once = hear.filter(([event]) => event !== "presence_count").length <= 1;
        for (const [event, payload] of hear) channel.hears[event]?.(payload);
        known = pairs_in(Object.fromEntries(presence.list((key, { metas }) => [key, metas.map((m) => m.phx_ref)])));
        assert.deepEqual(known, pairs_in(list));
        if (heard_at_once) {
          assert.deepEqual(joined.sort(), known.filter((pair) => !before.includes(pair)));
          assert.deepEqual(left.sort(), before.filter((pair) => !known.includes(pair)));
        }
        joined = [];
        left = [];
      }
    });
  });
}

test("the steps have diffs, updates, empty lists and lists that come back", () => {
  const heard = steps.flatMap(({ hear }) => hear);
  const count = (name, says = () => true) => heard.filter(([event, what]) => event === name && says(what)).length;
  const is_empty = (list) => Object.keys(list).length === 0;
  assert.ok(count("presence_diff") > 50);
  assert.ok(count("presence_diff", ({ joins }) => JSON.stringify(joins).includes("phx_ref_prev")) > 10);
  assert.ok(count("presence_state", is_empty) > 3);
  assert.ok(count("presence_state", (list) => !is_empty(list)) > 3);
  assert.ok(count("presence_count") > 10);
});
