// E13: SIGTERM in the middle of everything.
import net from "node:net";
import { recovering_client } from "./recovering_client.mjs";
import { history_load, judge_delivery } from "./history_load.mjs";
import { now_ms, sleep } from "./trial.mjs";

const drains = 5;
const talk_ms = 1_000;
const exit_ms_max = 15_000;
const refused_ms_max = 100;
const idle_clients_default = 1_000;
const back_ms_max = 30_000;
const restart_code = 1012;
const closes_of_none = 1006; // reset, or refused at the door

export const drain = {
  id: "E13",
  what: "SIGTERM while publishers and subscribers are at work beside 1,000 quiet members, five times, and a restart",
  has_own_load: true,
  async run(x) {
    await x.start_server();
    const load = new history_load(x.server.port);
    const quiet = Array.from({ length: x.options.clients ?? idle_clients_default },
      (_, i) => new recovering_client(x.server.port, `quiet${i}`, load.checker));
    const [ends, exits, refusals] = [[], [], []];
    try {
      await Promise.all([load.join(), ...quiet.map((client, i) => client.join(`room:quiet/${i % 50}`))]);
      for (let round = 1; round <= drains; round++) {
        x.say(`drain ${round} of ${drains}`);
        load.talk();
        await sleep(talk_ms);
        const began = now_ms();
        x.process.signal("SIGTERM");
        const refused = refused_after(x.server.port);
        ends.push(await x.ended_server());
        exits.push(now_ms() - began);
        refusals.push(await refused);
        await x.start_again();
        await all_back(load, quiet);
        await load.fall_silent();
      }
      await load.read_stored(x, { from_the_start: true });
      judge(x, load, quiet, { ends, exits, refusals });
    } finally {
      [load, ...quiet].forEach((each) => each.close());
    }
  },
};

/// Connects again and again; resolves to the time from now until it was refused for the first time.
async function refused_after(port) {
  const began = now_ms();
  for (;;) {
    const is_accepted = await new Promise((resolve) => {
      const socket = net.connect({ port, host: "127.0.0.1" });
      socket.once("connect", () => { socket.destroy(); resolve(true); });
      socket.once("error", () => resolve(false));
    });
    if (!is_accepted || now_ms() - began > exit_ms_max) return now_ms() - began;
    await sleep(1);
  }
}

async function all_back(load, quiet) {
  const began = now_ms();
  const is_back = () => [...load.members, load.reader, ...quiet].every((client) => client.is_open);
  while (!is_back()) {
    if (now_ms() - began > back_ms_max) throw new Error(`not everybody is back ${back_ms_max} ms after the restart`);
    await sleep(10);
  }
}

function judge(x, load, quiet, { ends, exits, refusals }) {
  x.check("exit status after SIGTERM", ends.map(({ code, signal }) => signal ?? code).join(" "), "0 each",
    ends.every(({ code }) => code === 0));
  x.at_most(`exit after SIGTERM, slowest of ${drains}`, Math.max(...exits), exit_ms_max, "ms");
  x.at_most("nobody is accepted any more, slowest", Math.max(...refusals), refused_ms_max, "ms");
  const closes = [...load.members, ...quiet].map((client) => client.closes);
  const odd = closes.flat().filter((code) => code !== restart_code && code !== closes_of_none);
  x.check("codes of other closes than 1012", odd.join(" ") || "none", "none", odd.length === 0);
  const told = closes.flat().filter((code) => code === restart_code).length;
  x.check("closes that said 1012", `${told} of ${closes.length * drains}`, "all", told === closes.length * drains);
  judge_delivery(x, load.checker);
  x.note(`exits after ${exits.map((ms) => ms.toFixed(0)).join(", ")} ms`);
}
