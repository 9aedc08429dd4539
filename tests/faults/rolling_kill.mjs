// E1: every connection's actor is killed ten times while people chat.
import { percentile, restarts_between, shuffled } from "./figures.mjs";
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const kills_per_actor = 10;
const kills_per_second = 1_000;
const batch_ms = 10;
const probe_ms = 50;
const delivery_ms_max = 100;
const seed = 1;

export const rolling_kill = {
  id: "E1",
  what: "10 kills of every connection's actor in random order, 1,000 a second, while people chat",
  async run(x) {
    await x.start_server();
    const probe = await probe_of(x);
    await x.start_witness();
    for (const window of ["before_1", "before_2"]) await x.calm(window);
    const ids = (await x.control.run("connections", { limit: 100_000 })).map((row) => row.id)
      .filter((id) => id !== probe.id);
    x.equal("actors listed to be killed", ids.length, x.unit.connections);
    const before = look(x);
    const recovery_before = await x.control.run("recovery");

    x.witness.phase("during");
    const away = [];
    let is_over = false;
    const killer = await x.open_control();
    const moved = await x.counted(async () => {
      const probing = (async () => {
        for (; !is_over; await sleep(probe_ms)) away.push(await probe.kill_and_ask());
      })();
      probing.catch(() => {}); // awaited below
      const began = now_ms();
      for (let killed = 0, plan = plan_of(ids); killed < plan.length;) {
        const due = Math.min(plan.length, Math.floor((now_ms() - began) * kills_per_second / 1000));
        if (due > killed) {
          await killer.run("kill", { ids: plan.slice(killed, Math.min(due, killed + 256)) });
          killed = Math.min(due, killed + 256);
          x.say(`${killed.toLocaleString("en")} of ${plan.length.toLocaleString("en")} kills`);
        } else await sleep(batch_ms);
      }
      is_over = true;
      await probing;
    }, ({ restarts, kills }) => restarts === kills);
    const recovery = restarts_between(recovery_before.kills, (await x.control.run("recovery")).kills);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections + 1);
    const figures = await x.finish_witness();

    const wanted = ids.length * kills_per_actor + away.length;
    x.equal("kills counted by the server", moved.kills, wanted);
    x.equal("restarts", moved.restarts, wanted);
    x.equal("sockets closed, as the server counts", moved.sockets_closed_by_server, 0);
    x.equal("actors given up", moved.gave_up, 0);
    x.equal("recoveries timed by the server", recovery.count, wanted);
    x.at_most("recovery p50, order to ready", recovery.p50_us / 1000, 5, "ms");
    x.at_most("recovery p99, order to ready", recovery.p99_us / 1000, 50, "ms");
    x.at_most("recovery max, order to ready", recovery.max_us / 1000, 500, "ms");
    const seen = (percent) => percentile(away, percent);
    x.at_most(`kill to the next ping's reply, as a client sees it, p50 of ${away.length}`, seen(50), 5, "ms");
    x.at_most("kill to the next ping's reply, p99", seen(99), 50, "ms");
    x.at_most("kill to the next ping's reply, max", seen(100), 500, "ms");
    x.judge_latency(figures, { ms_max: delivery_ms_max });
  },
};

/// Every actor once per round; the rounds are shuffled apart.
function plan_of(ids) {
  return Array.from({ length: kills_per_actor }, (_, round) =>
    shuffled(ids.length, seed + round).map((index) => ids[index])).flat();
}

/// A client whose actor is killed, and who then waits for an answer: what it sees is an upper bound of the recovery,
/// with the control socket's way there and back in it.
async function probe_of(x) {
  const control = await x.open_control();
  const { client, id } = await control.identify(() => x.client());
  await client.join("room:probe");
  let ref = 1;
  return { id, async kill_and_ask() {
    const began = now_ms();
    await control.run("kill", { id });
    client.send(["1", String(++ref), "room:probe", "ping", {}]);
    await client.next("reply to the probe", ({ message }) => message[1] === String(ref));
    return now_ms() - began;
  } };
}
