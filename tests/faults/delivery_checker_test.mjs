// The checker of histories finds each thing that can go wrong, and nothing where nothing did.
import assert from "node:assert/strict";
import { test } from "node:test";
import { delivery_checker, violations } from "./delivery_checker.mjs";

const room = "log:a";
const epoch = "e1";

/// Three messages, said, acknowledged, stored, and heard by one member, but for what `spoil` changes.
function history(spoil = () => {}) {
  const it = {
    pushes: [["p.0", 1], ["p.1", 2], ["p.2", 3]],
    stored: [["p.0", 1], ["p.1", 2], ["p.2", 3]],
    heard: [["p.0", 1], ["p.1", 2], ["p.2", 3]],
    join: [null, { epoch, offset: 0, recovered: false, count: 0 }],
    after: () => {},
  };
  spoil(it);
  const checker = new delivery_checker();
  checker.joined("m", room, ...it.join);
  for (const [key] of it.pushes) checker.invoked(room, key);
  for (const [key, offset] of it.pushes) if (offset !== null) checker.acknowledged(room, key, offset);
  for (const [key, offset] of it.heard) checker.received("m", room, offset, key);
  it.after(checker);
  checker.stored(room, epoch, it.stored.map(([key, offset]) => ({ key, offset })));
  return checker.verdict();
}

function found_in({ violations: all }) {
  return Object.keys(all).filter((kind) => all[kind].count > 0);
}

test("a history in which nothing went wrong has no violations", () => {
  const verdict = history();
  assert.deepEqual(found_in(verdict), []);
  assert.deepEqual([verdict.pushes, verdict.acknowledged, verdict.refused, verdict.deliveries], [3, 3, 0, 3]);
});

const wrongs = {
  lost: (it) => { it.stored.pop(); it.heard.pop(); },
  unanswered: (it) => { it.pushes.push(["p.3", null]); },
  moved: (it) => { it.pushes[2][1] = 4; },
  stored_twice: (it) => { it.stored.push(["p.0", 4]); it.heard.push(["p.0", 4]); },
  offset_reused: (it) => { it.heard[1][0] = "p.9"; },
  hole: (it) => { it.stored.splice(1, 1); },
  publisher_order: (it) => { for (const list of [it.pushes, it.stored, it.heard]) list[0][0] = "p.7"; },
  refused_stored: (it) => {
    it.pushes[2][1] = null;
    it.after = (checker) => checker.refused(room, "p.2", "storage unavailable");
  },
  heard_unstored: (it) => { it.heard.push(["p.3", 4]); },
  gap: (it) => { it.heard.splice(1, 1); },
  duplicate: (it) => { it.heard.push(["p.1", 2]); },
  reordered: (it) => { it.join = [null, { epoch, offset: 2, recovered: false, count: 0 }]; it.heard.reverse(); },
  wrong_recovery: (it) => {
    it.join = [{ epoch, offset: 0 }, { epoch, offset: 3, recovered: false, count: 0 }];
    it.heard = [];
  },
  deaf: (it) => { it.heard.pop(); },
};

test("there is a case for everything that can be wrong", () => {
  assert.deepEqual(Object.keys(wrongs).sort(), Object.keys(violations).sort());
});

for (const [kind, spoil] of Object.entries(wrongs))
  test(`it finds ${violations[kind]}`, () => assert.ok(found_in(history(spoil)).includes(kind)));

test("a retried key that is acknowledged twice with one offset is no violation", () => {
  assert.deepEqual(found_in(history((it) => {
    it.after = (checker) => checker.acknowledged(room, "p.1", 2);
  })), []);
});

test("two acknowledgements with two offsets are a key that is stored twice", () => {
  const verdict = history((it) => { it.after = (checker) => checker.acknowledged(room, "p.1", 5); });
  assert.ok(found_in(verdict).includes("stored_twice"));
});

test("a member that recovers hears on from where it was", () => {
  assert.deepEqual(found_in(history((it) => {
    it.heard.pop();
    it.after = (checker) => {
      checker.joined("m", room, { epoch, offset: 2 }, { epoch, offset: 3, recovered: true, count: 1 });
      checker.received("m", room, 3, "p.2");
    };
  })), []);
});

test("a recovery from elsewhere than asked is found", () => {
  const verdict = history((it) => {
    it.after = (checker) =>
      checker.joined("m", room, { epoch, offset: 3 }, { epoch, offset: 3, recovered: true, count: 1 });
  });
  assert.ok(found_in(verdict).includes("wrong_recovery"));
});

test("a gap that is told is counted, and no violation", () => {
  const checker = new delivery_checker();
  checker.joined("m", room, null, { epoch, offset: 0, recovered: false, count: 0 });
  checker.joined("m", room, { epoch, offset: 0 }, { epoch, offset: 400, recovered: false, count: 0 });
  checker.received("m", room, 401, "p.0");
  const verdict = checker.verdict();
  assert.deepEqual(found_in(verdict), ["heard_unstored"]);
  assert.equal(verdict.gaps_told, 1);
});

test("another epoch begins again, and its offsets are other offsets", () => {
  const verdict = history((it) => {
    it.after = (checker) => {
      checker.reset("m", room, "e2");
      checker.invoked(room, "p.3");
      checker.acknowledged(room, "p.3", 1);
      checker.received("m", room, 1, "p.3");
      checker.stored(room, "e2", [{ offset: 1, key: "p.3" }]);
    };
  });
  assert.deepEqual(found_in(verdict), []);
});

test("what is lost so far can be asked before all is over", () => {
  const checker = new delivery_checker();
  for (const [n, offset] of [[0, 1], [1, 2]]) {
    checker.invoked(room, `p.${n}`);
    checker.acknowledged(room, `p.${n}`, offset);
  }
  checker.stored(room, epoch, [{ offset: 1, key: "p.0" }]);
  assert.deepEqual(checker.lost_of(checker.acknowledgements()).map(({ key }) => key), ["p.1"]);
});

test("what is older than everything that is kept is not lost", () => {
  assert.deepEqual(found_in(history((it) => it.stored.shift())), []);
});
