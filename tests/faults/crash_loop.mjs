// E4: one client whose connection crashes with each of its frames.
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const topic = "room:loop";
const siblings_count = 20;
const crashes_max = 5; // the sixth ends it
const back_off_ms = [0, 50, 200, 800, 3_200];
const shortest = 0.8; // of a back-off, which is spread by a fifth
const end_ms_max = 6_000;
const log_lines_max = 10;
const secret = "not-for-the-log";

export const crash_loop = {
  id: "E4",
  what: "one connection crashes with every frame of its client: restarts with back-off, then only it closes",
  async run(x) {
    await x.start_server(["--enable-chaos"]);
    const siblings = await Promise.all(Array.from({ length: siblings_count }, () => x.client()));
    for (const sibling of siblings) await sibling.join(topic);
    const before = look(x);
    const { client: victim } = await x.control.identify(() => x.client());
    await victim.join(topic);
    const log_before = x.server.stderr.length;

    x.say("six poisoned frames at once");
    const crashed_at = [];
    let closed_ms = Infinity;
    const moved = await x.counted(async () => {
      const began = now_ms();
      for (let n = 0; n <= crashes_max; n++)
        victim.send(["1", String(10 + n), topic, "chaos:crash", { token: secret }]);
      const ended = victim.closed.then(({ code }) => {
        closed_ms = now_ms() - began;
        return code;
      });
      for (let n = 0; n <= crashes_max; n++) {
        const { message } = await victim.next(`answer ${n}`, ({ message: [, ref] }) => ref === String(10 + n));
        crashed_at.push(now_ms() - began);
        if (message[4].response.reason !== "crashed") x.check("each frame is refused", message[4], "crashed", false);
      }
      const code = await Promise.race([ended, sleep(end_ms_max).then(() => "still open")]);
      x.check("then its socket closes with", code, "1011", code === 1011);
    });
    x.equal("crashes", moved.crashes, crashes_max + 1);
    x.equal("restarts", moved.restarts, crashes_max);
    x.equal("given up", moved.gave_up, 1);
    x.equal("sockets closed", moved.sockets_closed_by_server, 1);
    x.at_most("from the first crash to the close", closed_ms, end_ms_max, "ms");
    judge_back_off(x, crashed_at);
    const rows = await x.control.run("connections");
    x.equal("siblings restarted", rows.filter((row) => row.incarnation !== 1).length, 0);
    x.check("siblings connected", rows.length, siblings_count, rows.length === siblings_count);
    await sleep(500); // its last line may be on its way
    const lines = x.server.stderr.slice(log_before).split("\n").filter((line) => line !== "");
    x.at_most("lines in the log", lines.length, log_lines_max, "lines");
    x.equal("I9 lines with what the client sent", lines.filter((line) => line.includes(secret)).length, 0);
    await judge_invariants(x, before, siblings_count);
  },
};

function judge_back_off(x, crashed_at) {
  const gaps = crashed_at.slice(1).map((at, n) => at - crashed_at[n]);
  const is_kept = gaps.every((gap, n) => gap >= back_off_ms[n] * shortest);
  x.check("waits between the restarts", gaps.map((gap) => `${gap.toFixed(0)}`).join(", ") + " ms",
    `at least ${back_off_ms.map((ms) => ms * shortest).join(", ")} ms`, is_kept);
}
