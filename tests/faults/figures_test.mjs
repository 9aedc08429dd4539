import assert from "node:assert/strict";
import { test } from "node:test";
import { median, percentile, restarts_between, shuffled } from "./figures.mjs";
import { unit_of } from "./load.mjs";

test("the median of an even number of values is between the middle two", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 9]), 3);
});

test("a percentile is a value that was there, and the hundredth is the largest", () => {
  const values = Array.from({ length: 200 }, (_, n) => 200 - n);
  assert.equal(percentile(values, 50), 100);
  assert.equal(percentile(values, 99), 198);
  assert.equal(percentile(values, 100), 200);
  assert.ok(Number.isNaN(percentile([], 99)));
});

test("what two looks at the restarts say is what happened between them", () => {
  const before = { buckets: [[5_000, 100], [90_000_000, 3]] };
  const after = { buckets: [[5_000, 190], [20_000, 9], [90_000_000, 3], [95_000_000, 1]] };
  assert.deepEqual(restarts_between(before, after), { count: 100, p50_us: 5, p99_us: 20, max_us: 95_000 });
  assert.equal(restarts_between(after, after).count, 0);
});

test("a shuffle keeps everybody, changes the order, and repeats for its seed", () => {
  const order = shuffled(1_000, 1);
  assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 1_000 }, (_, n) => n));
  assert.notDeepEqual(order, [...order].sort((a, b) => a - b));
  assert.deepEqual(order, shuffled(1_000, 1));
  assert.notDeepEqual(order, shuffled(1_000, 2));
});

test("the load unit is L10k, a fifth of it L2k", () => {
  assert.deepEqual([unit_of(1).name, unit_of(1).rate, unit_of(1).rooms], ["L10k", 500, 100]);
  assert.deepEqual([unit_of(0.2).name, unit_of(0.2).rate, unit_of(0.2).rooms], ["L2k", 100, 20]);
});
