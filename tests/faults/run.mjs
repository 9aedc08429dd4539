// The fault experiments: each against a server of its own, then a verdict. `script/faults --help`.
import { parseArgs } from "node:util";
import os from "node:os";
import { crash_loop } from "./crash_loop.mjs";
import { device_errors, flipped_bits } from "./disk_errors.mjs";
import { disk_full } from "./disk_full.mjs";
import { drain } from "./drain.mjs";
import { exit_storm } from "./exit_storm.mjs";
import { kill_all } from "./kill_all.mjs";
import { unit_for_this_machine, unit_of } from "./load.mjs";
import { poison } from "./poison.mjs";
import { reconnect_storm } from "./reconnect_storm.mjs";
import { restart_times } from "./restart_times.mjs";
import { rolling_kill } from "./rolling_kill.mjs";
import { saturated } from "./saturated.mjs";
import { long_log, sigkill } from "./sigkill.mjs";
import { slow_readers } from "./slow_readers.mjs";
import { all_stuck, one_stuck } from "./stuck.mjs";
import { storm } from "./storm.mjs";
import { system_actors } from "./system_actors.mjs";
import { trial } from "./trial.mjs";

const experiments = [rolling_kill, kill_all, poison, crash_loop, storm, system_actors, one_stuck, all_stuck, saturated,
  exit_storm, slow_readers, reconnect_storm, sigkill, long_log, drain, disk_full, device_errors, flipped_bits,
  restart_times];

const usage = `script/faults [EXPERIMENT ...] [--scale NUMBER] [--kills N] [--messages N] [--clients N]
              [--list]

Runs fault experiments, all of them unless some are named, each against a server of its own.
  --scale NUMBER  1 is 10,000 connections in 100 rooms and 500 messages a second, 0.2 a fifth of each.
                  Default: 1, or 0.2 where the load generator cannot keep up with 1 on this machine.
                  The experiments of durable history, from E10 to E15, have loads of their own.
  --kills N       of E12a; default 100
  --messages N    in the log of E12b; default 1,000,000
  --clients N     of E10 (default 2,000), of E11 (5,000), and beside those who talk in E13 (1,000)
  --list          what each experiment does
Exit status: 0 everything required holds, 1 something does not, 2 bad usage or nothing could be run.`;

function fail_usage(message) {
  console.error(`faults: ${message}\n\n${usage}`);
  process.exit(2);
}

function chosen() {
  let parsed;
  try {
    const text = { type: "string" };
    parsed = parseArgs({ allowPositionals: true, options: { scale: text, kills: text, messages: text, clients: text,
      list: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
  } catch (problem) {
    fail_usage(problem.message);
  }
  const { values, positionals } = parsed;
  const is_named = (id, by) => id === by || (id.startsWith(by) && /^[a-z]$/.test(id.slice(by.length))); // E7: E7a, E7b
  const unknown = positionals.filter((by) => !experiments.some(({ id }) => is_named(id, by)));
  if (unknown.length > 0) fail_usage(`no experiment ${unknown.join(", ")}; --list shows them`);
  const scale = values.scale === undefined ? undefined : Number(values.scale);
  if (scale !== undefined && !(scale > 0 && scale <= 1)) fail_usage("--scale must be above 0 and at most 1");
  const counts = Object.fromEntries(["kills", "messages", "clients"].filter((name) => values[name] !== undefined)
    .map((name) => [name, Number(values[name])]));
  for (const [name, count] of Object.entries(counts))
    if (!(Number.isInteger(count) && count > 0)) fail_usage(`--${name} must be a whole number above 0`);
  return { ...values, scale, counts,
    wanted: experiments.filter(({ id }) => positionals.length === 0 || positionals.some((by) => is_named(id, by))) };
}

const is_terminal = process.stderr.isTTY;
let last_said = { at: -Infinity, id: "" };

/// One line that is written over, or a line every two seconds where that is not possible.
function say(id, text) {
  const now = performance.now();
  if (now - last_said.at < (is_terminal ? 100 : 2_000) && id === last_said.id) return;
  last_said = { at: now, id };
  process.stderr.write(is_terminal ? `\r\x1b[K${id}: ${text}` : `${id}: ${text}\n`);
}
const clear_line = () => is_terminal && process.stderr.write("\r\x1b[K");

async function run_one(experiment, unit) {
  const x = new trial(experiment.id, unit, (text) => say(experiment.id, text), options.counts);
  const began = performance.now();
  try {
    await experiment.run(x);
  } catch (failure) {
    x.check("runs to its end", shortened(failure.message), "so", false);
  }
  await x.close();
  clear_line();
  const failed = x.checks.filter(({ holds }) => !holds).length;
  console.log(`${x.id} ${experiment.what}; ${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const { name, measured, required, holds } of x.checks)
    console.log(`  ${holds ? "PASS" : "FAIL"}  ${x.id} ${name}: ${measured} (required: ${required})`);
  for (const note of x.notes) console.log(`  note  ${x.id} ${note}`);
  return { id: x.id, passed: x.checks.length - failed, failed };
}

/// A request that failed may have named hundreds of actors.
function shortened(text) {
  const line = text.split("\n").slice(0, 3).join(" ");
  return line.length <= 300 ? line : `${line.slice(0, 100)} ... ${line.slice(-200)}`;
}

const options = chosen();
if (options.help) {
  console.log(usage);
  process.exit(0);
}
if (options.list) {
  for (const { id, what } of experiments) console.log(`${id.padEnd(8)} ${what}`);
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const is_unit_needed = options.wanted.some(({ has_own_load }) => !has_own_load);
const unit = options.scale === undefined && is_unit_needed ? await unit_for_this_machine((text) => say("load", text))
  : unit_of(options.scale ?? 1);
clear_line();
const machine = `${os.cpus().length} cores of ${os.cpus()[0].model.trim()}, Linux ${os.release()}`;
console.log(is_unit_needed ? `load unit ${unit.name}: ${unit.connections.toLocaleString("en")} connections, ` +
  `${unit.rooms} rooms, ${unit.rate} messages/s of ${unit.payload_bytes} bytes; ${machine}` : machine);
const verdicts = [];
for (const experiment of options.wanted) verdicts.push(await run_one(experiment, unit));
console.log("\nexperiment  verdict  checks");
for (const { id, passed, failed } of verdicts)
  console.log(`${id.padEnd(11)} ${(failed === 0 ? "passed" : "FAILED").padEnd(8)} ${passed} of ${passed + failed}`);
process.exit(verdicts.every(({ failed }) => failed === 0) ? 0 : 1);
