// What a restart alone costs, by the server's own clock, with all sockets open and nobody talking.
import { restarts_between } from "./figures.mjs";
import { now_ms, sleep } from "./trial.mjs";

const one_by_one = 1_000;
const quiet_rate = 1; // messages a second, so that the witness has something to check
// A crash is timed from the end of its handler. A kill from its order, which mostly has to wake an idle core first
// (some 40 us where this was written): it has the limits of E1.
const limits = { crashes: { p50_us: 5, p99_us: 50 }, kills: { p50_us: 5_000, p99_us: 50_000 } };
const all_ms_max = 100;

export const restart_times = {
  id: "restart",
  what: "the crash benchmark: single crashes and kills beside open, quiet sockets, then all at once",
  async run(x) {
    await x.start_server();
    await x.start_witness({ ...x.unit, rate: quiet_rate });
    await sleep(1_000);
    const ids = (await x.control.run("connections", { limit: 100_000 })).map((row) => row.id);
    for (const [order, kind] of [["crash", "crashes"], ["kill", "kills"]]) {
      x.say(`${one_by_one} single ${kind}`);
      const found = await timed(x, kind, async () => {
        for (let n = 0; n < one_by_one; n++) {
          await x.control.run(order, { id: ids[(n * 7) % ids.length] });
          await sleep(6); // each worker has its share of the pace at which crashes are a storm: stay below it
        }
        return one_by_one;
      });
      const { p50_us, p99_us } = limits[kind];
      x.at_most(`single ${kind}: to the next incarnation, p50 of ${found.count}`, found.p50_us, p50_us, "us");
      x.at_most(`single ${kind}: p99`, found.p99_us, p99_us, "us");
      x.note(`single ${kind}: max ${found.max_us.toFixed(0)} us`);
    }
    await sleep(1_000);
    x.say("all at once");
    let took = 0;
    const all = await timed(x, "kills", async () => {
      const began = now_ms();
      const wanted = (await x.control.run("counters")).restarts + ids.length;
      await x.control.run("kill", { all: "connections" });
      while ((await x.control.run("counters")).restarts < wanted && now_ms() - began < 5_000) await sleep(0);
      took = now_ms() - began;
      return ids.length;
    });
    x.equal("killed at once", all.count, ids.length);
    x.at_most("all serving again, order to the last one ready", took, all_ms_max, "ms");
    x.note(`of the ${all.count}: p50 ${all.p50_us.toFixed(0)} us, p99 ${all.p99_us.toFixed(0)} us after their orders`);
    await x.finish_witness();
  },
};

async function timed(x, kind, action) {
  const before = await x.control.run("recovery");
  const wanted = await action();
  for (let tries = 0; tries < 200; tries++) {
    const found = restarts_between(before[kind], (await x.control.run("recovery"))[kind]);
    if (found.count >= wanted) return found;
    await sleep(20);
  }
  return restarts_between(before[kind], (await x.control.run("recovery"))[kind]);
}
