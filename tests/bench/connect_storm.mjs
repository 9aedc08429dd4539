// Do 10,000 new connections a second disturb those who are talking? 2,000 chat alone, then while the others arrive.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, start } from "./servers.mjs";
import { median } from "./table.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const chat = ["chat", "--connections", "2000", "--rooms", "40", "--rate", "50", "--warm-up", "500ms"];
const measured_s = 3;
const lead_ms = 500; // so that the storm covers the whole measured phase: its own start, and the chat's
const ratio_max = 2;

const { values } = parseArgs({ options: {
  rounds: { type: "string", default: "5" },
  rate: { type: "string", default: "10000" },
  build: { type: "string", default: path.join(root, "build/release") },
  help: { type: "boolean", short: "h", default: false },
} });
if (values.help) {
  process.stdout.write(`tests/bench/connect_storm.mjs [--rounds 5] [--rate 10000] [--build build/release]
p99 of chat deliveries (2,000 members, 40 rooms, 50 messages/s) alone and while --rate connections/s arrive and join.
Exit code: 0 the median of the ratios is at most ${ratio_max}, 1 it is not or a check failed.
`);
  process.exit(0);
}
const build = { lintel: path.join(values.build, "lintel"), loadgen: path.join(values.build, "lintel-loadgen") };
const rate = Number(values.rate);
const newcomers = Math.round(rate * (measured_s + 2.5));

function sound(report) {
  const failed = report.checks.find((check) => !check.passed);
  if (report.withheld || failed) throw new Error(report.withheld ?? `${failed.name}: ${failed.detail}`);
  return report.figures;
}

async function one_round() {
  const server = await start("lintel", build, ["--max-connections", String(newcomers + 3000)]);
  try {
    const alone = sound(await measure(build, server, chat, measured_s));
    const storm = measure(build, server,
      ["idle", "--connections", String(newcomers), "--rooms", "1000", "--connect-rate", String(rate)], 1);
    await new Promise((resolve) => setTimeout(resolve, lead_ms));
    const during = await measure(build, server, chat, measured_s);
    const arrived = sound(await storm);
    return { alone: alone.delivery_p99_us, during: sound(during).delivery_p99_us, arrived: arrived.handshakes_per_s };
  } finally {
    await server.stop();
  }
}

const rounds = [];
for (let n = 1; n <= Number(values.rounds); ++n) {
  try {
    const { alone, during, arrived } = await one_round();
    rounds.push({ alone, during, arrived });
    process.stderr.write(`round ${n}: p99 alone ${alone.toFixed(0)} us, with newcomers ${during.toFixed(0)} us `
      + `(x${(during / alone).toFixed(2)}), ${arrived?.toFixed(0) ?? `asked for ${rate}`} joined/s\n`);
  } catch (error) {
    process.stderr.write(`round ${n}: n/a: ${error.message}\n`);
  }
}
if (rounds.length === 0) process.exit(1);
const of = (figure) => median(rounds.map(figure));
const ratio = of(({ alone, during }) => during / alone);
const joined = of((r) => r.arrived ?? rate).toFixed(0); // a busy generator gives no rate of its own
process.stdout.write(`p99 alone ${of((r) => r.alone).toFixed(0)} us, while ${joined} `
  + `connections/s arrive and join ${of((r) => r.during).toFixed(0)} us; median of ratios x${ratio.toFixed(2)} `
  + `(${rounds.length} rounds)\n`
  + `  ${ratio <= ratio_max ? "PASS" : "FAIL"}  p99 is at most ${ratio_max} times as long\n`);
process.exit(ratio <= ratio_max ? 0 : 1);
