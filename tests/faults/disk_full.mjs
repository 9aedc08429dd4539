// E14: no space is left on the disk.
import { spawnSync } from "node:child_process";
import { mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { history_load, judge_delivery } from "./history_load.mjs";
import { disk_faults } from "./disk_faults.mjs";
import { now_ms, sleep } from "./trial.mjs";

const disk_bytes = 64 << 20;
const ballast_bytes = 24 << 20;
const payload_bytes = 32 << 10;
const fill_ms_max = 120_000;
const full_for_ms = 2_000; // nothing was stored for so long: it is full
const watched_ms = 1_500;
const ok_ms_max = 1_000;
const heard_ms_max = 5_000;

export const disk_full = {
  id: "E14",
  what: "the disk is full, twice: a tmpfs of 64 MiB, then ENOSPC in the middle of a write; and has space again",
  has_own_load: true,
  async run(x) {
    const disk = small_disk(x);
    const faults = new disk_faults(x);
    await x.start_server(faults.args, disk.dir);
    const load = new history_load(x.server.port, { topics: 2, publishers: 4, subscribers: 2, window: 4,
      payload_bytes, keeps_trying: [] });
    try {
      await load.join();
      load.talk();
      if (disk.is_small) {
        await fill(x, load);
        await watch(x, load, "tmpfs full", () => truncateSync(disk.ballast, 0));
      }
      await watch(x, load, "ENOSPC within a write", () => faults.are(""), () => faults.are("append=enospc"));
      await load.fall_silent();
      await x.kill_server(); // what was acknowledged must be on the disk, not in memory
      await x.start_again();
      await load.fall_silent();
      await load.read_stored(x, { from_the_start: true });
      judge_delivery(x, load.checker);
    } finally {
      load.close();
    }
  },
};

/// A tmpfs where we may mount one. That we may not is no reason to say that all is well.
function small_disk(x) {
  const dir = mkdtempSync(path.join(tmpdir(), "lintel-disk-"));
  const done = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${disk_bytes}`, "lintel-faults", dir]);
  const is_small = done.status === 0;
  x.check("a tmpfs of 64 MiB is mounted", is_small ? "so" : `SKIPPED, NOT PASSED: ${done.stderr ?? done.error}`,
    "so, which takes root", is_small);
  const ballast = path.join(dir, "ballast");
  if (is_small) {
    const unmount = () => spawnSync("umount", ["-l", dir]);
    process.once("exit", unmount);
    x.at_the_end(unmount);
    writeFileSync(ballast, Buffer.alloc(ballast_bytes));
  }
  return { dir, ballast, is_small };
}

async function fill(x, load) {
  const began = now_ms();
  while (load.last_ok === -Infinity || now_ms() - load.last_ok < full_for_ms) {
    x.say(`${load.acknowledged_ms.length} messages of ${payload_bytes / 1024} KiB are stored`);
    if (now_ms() - began > fill_ms_max) throw new Error("the disk does not become full");
    await sleep(20);
  }
}

/// While it is full nothing is acknowledged or heard; when it no longer is, messages are stored again.
async function watch(x, load, what, free, exhaust = () => {}) {
  x.say(what);
  exhaust();
  await sleep(100); // what was under way may still have found room
  const before = { ok: load.acknowledged_ms.length, heard: load.checker.deliveries, refused: refused(load) };
  await sleep(watched_ms);
  x.equal(`${what}: acknowledged meanwhile`, load.acknowledged_ms.length - before.ok, 0);
  x.equal(`${what}: heard by anybody meanwhile`, load.checker.deliveries - before.heard, 0);
  const now_refused = refused(load) - before.refused;
  x.check(`${what}: refused meanwhile`, now_refused, "some", now_refused > 0);
  const reasons = [...load.refusals.keys()].join(", ");
  x.check(`${what}: the reason given`, reasons, "storage unavailable", reasons === "storage unavailable");
  const began = now_ms();
  free();
  while (load.last_ok < began && now_ms() - began < heard_ms_max) await sleep(2);
  x.at_most(`${what}: from space to the first message stored`, load.last_ok - began, ok_ms_max, "ms");
}

const refused = ({ refusals }) => refusals.get("storage unavailable") ?? 0;
