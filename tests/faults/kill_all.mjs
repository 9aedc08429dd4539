// E2: all connections' actors at once.
import { percentile, restarts_between } from "./figures.mjs";
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const rounds = 5;
const round_ms = 2_000;

export const kill_all = {
  id: "E2",
  what: "all connections' actors killed at once, five times, while an operator looks on",
  async run(x) {
    await x.start_server();
    await x.start_witness();
    await x.fill_history();
    const before = look(x);
    const recovery_before = await x.control.run("recovery");
    x.witness.phase("during");
    const [served_ms, requests_ms, memory] = [[], [], []];
    const moved = await x.counted(async () => {
      for (let round = 1; round <= rounds; round++) {
        x.say(`round ${round} of ${rounds}`);
        await kill_once(x, served_ms, requests_ms);
        memory.push((look(x).rss_bytes / 1024 / 1024).toFixed(1));
      }
    });
    const recovery = restarts_between(recovery_before.kills, (await x.control.run("recovery")).kills);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections);
    const figures = await x.finish_witness();

    x.equal("kills counted by the server", moved.kills, rounds * x.unit.connections);
    x.equal("restarts", moved.restarts, rounds * x.unit.connections);
    x.equal("sockets closed, as the server counts", moved.sockets_closed_by_server, 0);
    x.at_most("all serving again, slowest round", Math.max(...served_ms), 2_000, "ms");
    x.at_most("recovery max, order to ready", recovery.max_us / 1000, 2_000, "ms");
    x.at_most(`a control request meanwhile, p99 of ${requests_ms.length}`, percentile(requests_ms, 99), 200, "ms");
    x.note(`recovery p50 ${(recovery.p50_us / 1000).toFixed(2)} ms, p99 ${(recovery.p99_us / 1000).toFixed(2)} ms`);
    x.note(`RSS after each round: ${memory.join(", ")} MiB; what the first took for its letters the allocator keeps`);
    x.note_latency(figures);
  },
};

/// Kills everybody and waits until as many restarts are counted; a second operator asks for the tree all the time.
async function kill_once(x, served_ms, requests_ms) {
  const operator = await x.open_control();
  const wanted = (await x.control.run("counters")).restarts + x.unit.connections;
  const began = now_ms();
  const asking = (async () => {
    while (now_ms() - began < round_ms) {
      for (const command of ["tree", "counters", "recovery"]) {
        const asked = now_ms();
        await operator.run(command);
        requests_ms.push(now_ms() - asked);
      }
      await sleep(5);
    }
  })();
  asking.catch(() => {}); // awaited below
  await x.control.run("kill", { all: "connections" });
  while ((await x.control.run("counters")).restarts < wanted && now_ms() - began < 2 * round_ms) await sleep(1);
  served_ms.push(now_ms() - began);
  await asking;
  operator.close();
}
