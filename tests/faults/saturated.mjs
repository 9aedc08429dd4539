// E24: the operator's door while the data plane takes every cycle it can get.
import os from "node:os";
import { percentile, sum } from "./figures.mjs";
import { now_ms, sleep } from "./trial.mjs";
import { start_loadgen } from "./witness.mjs";

const requests = 200;
const request_ms_max = 500;
const busy_min = 0.9; // of the machine: less would be no saturation
const warm_up_ms = 3_000;
const pause_ms = 20;
const seconds = 14; // of load: warm-up, 200 requests, and some

export const saturated = {
  id: "E24",
  what: "200 control requests (tree, counters, kill of one) while a closed loop of fan-outs takes both cores",
  async run(x) {
    await x.start_server();
    const load = start_loadgen(["fanout", "--workload", "fan-rooms10", "--warm-up", "1s", "--duration",
      `${seconds}s`, "--target", `127.0.0.1:${x.server.port}`, "--server-pid", String(x.process.pid)]);
    x.say("fan-rooms10: 1,000 connections, 100 senders in a closed loop");
    await sleep(warm_up_ms);
    const [cpu, began, machine] = [x.process.cpu_seconds(), now_ms(), machine_ms()];
    const took = { tree: [], counters: [], kill: [] };
    let killed = 0;
    const moved = await x.counted(async () => {
      for (let n = 0; n < requests; n++) {
        const command = Object.keys(took)[n % 3];
        const asked = now_ms();
        const answer = await x.control.run(command, command === "kill" ? { random: 1 } : {});
        took[command].push(now_ms() - asked);
        killed += answer.killed ?? 0;
        x.say(`${n + 1} of ${requests} requests`);
        await sleep(pause_ms);
      }
    }, ({ restarts, kills }) => restarts === kills);
    const cores = (x.process.cpu_seconds() - cpu) / ((now_ms() - began) / 1000);
    const [total, idle] = machine_ms().map((ms, n) => ms - machine[n]);
    x.say("the generator checks every delivery");
    const { checks, figures, withheld } = await load.report;
    for (const { name, passed, detail } of checks) x.check(`generator: ${name}`, detail, "so", passed);
    x.check("the machine is saturated", `${((1 - idle / total) * 100).toFixed(0)} % busy`, `>= ${busy_min * 100} %`,
      1 - idle / total >= busy_min);
    x.note(`the server used ${cores.toFixed(2)} cores meanwhile` +
      (figures.deliveries_per_s ? `, ${Math.round(figures.deliveries_per_s).toLocaleString("en")} deliveries/s` : "") +
      (withheld ? `; generator: ${withheld}` : ""));
    const all = Object.values(took).flat();
    x.at_most(`control requests, p99 of ${all.length}`, percentile(all, 99), request_ms_max, "ms");
    for (const [command, each] of Object.entries(took))
      x.note(`${command}: p50 ${percentile(each, 50).toFixed(1)} ms, p99 ${percentile(each, 99).toFixed(1)} ms`);
    x.equal("kills that hit one connection each", killed, took.kill.length);
    x.equal("kills counted by the server", moved.kills, took.kill.length);
    x.equal("restarts", moved.restarts, took.kill.length);
    x.equal("sockets closed, as the server counts", moved.sockets_closed_by_server, 0);
  },
};

/// [all, idle] time of all cores since boot.
function machine_ms() {
  const times = os.cpus().map((each) => each.times);
  return [sum(times.flatMap((each) => Object.values(each))), sum(times.map((each) => each.idle))];
}
