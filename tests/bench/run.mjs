// Runs every workload against every server in turn (A B A B …) and prints medians and ratios to the first of them.

import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure, servers, start } from "./servers.mjs";
import { as_markdown, summarise } from "./table.mjs";
import { workloads } from "./workloads.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const help = `tests/bench/run: what Lintel costs beside the least a server can cost

  --workloads LIST   of: ${Object.keys(workloads).join(",")}; default: all
  --servers LIST     of: ${Object.keys(servers).join(",")}; default: floor,lintel
                     lintel speaks in room:, kept in memory; lintel-log in log:, kept on disk
  --other FILE       another build of lintel, as server "other": what has a change cost?
  --peers            node ws as well (npm ci in tests/bench first)
  --rounds N         default 5; medians are over rounds
  --duration T       of the measured phase, as 5s or 500ms; default: 5s, idle 1s
  --json FILE        write every run and the table
  --append           keep the runs that FILE holds and add to them: many short sittings, one table
  --build DIR        where floor_server, lintel and lintel-loadgen are; default build/release
  --floor, --lintel, --loadgen FILE   one of them from elsewhere

Exit code: 0 every run gave figures, 1 some did not, 2 bad usage or a program is missing.`;

function fail(text) {
  process.stderr.write(`tests/bench/run: ${text}\n`);
  process.exit(2);
}

function read_options() {
  const text = { type: "string" };
  const flag = { type: "boolean", default: false };
  let given;
  try {
    given = parseArgs({ options: {
      workloads: text, servers: text, peers: flag, rounds: { ...text, default: "5" }, duration: text, json: text,
      append: flag, build: { ...text, default: path.join(root, "build/release") }, floor: text, lintel: text,
      other: text, loadgen: text, help: { ...flag, short: "h" },
    } }).values;
  } catch (error) {
    fail(error.message);
  }
  if (given.help) {
    process.stdout.write(`${help}\n`);
    process.exit(0);
  }
  const listed = (value, known, fallback) => {
    const names = value === undefined ? fallback : value.split(",");
    for (const name of names) if (!(name in known)) fail(`"${name}" is none of ${Object.keys(known).join(", ")}`);
    return names;
  };
  const duration = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(given.duration ?? "1s");
  const rounds = Number(given.rounds);
  if (duration === null) fail(`--duration ${given.duration} is no time`);
  if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds ${given.rounds} is no count`);
  if (given.append && given.json === undefined) fail("--append needs --json FILE");
  const server_names = listed(given.servers, servers, ["floor", "lintel"]);
  if (given.peers && !server_names.includes("ws")) server_names.push("ws");
  const build = {
    floor: given.floor ?? path.join(given.build, "floor_server"),
    lintel: given.lintel ?? path.join(given.build, "lintel"),
    loadgen: given.loadgen ?? path.join(given.build, "lintel-loadgen"),
    ...(given.other && { other: given.other }),
  };
  if (server_names.includes("other") && !given.other) fail('server "other" needs --other FILE');
  const programs = server_names.flatMap((name) => servers[name].program ?? []);
  for (const name of [...programs, "loadgen"]) require_program(build[name]);
  return {
    workloads: listed(given.workloads, workloads, Object.keys(workloads)), servers: server_names, rounds, build,
    duration_s: given.duration && Number(duration[1]) * { ms: 0.001, s: 1, m: 60 }[duration[2] ?? "s"],
    json: given.json, append: given.append,
  };
}

function require_program(file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    fail(`${file} is missing: cmake --preset release -DLINTEL_BUILD_BENCHMARKS=ON && cmake --build --preset release`);
  }
}

async function run_once(server, name, options) {
  const workload = workloads[name];
  let target;
  try {
    target = await start(server, options.build);
  } catch (error) {
    return { withheld: error.message, figures: {}, checks: [] };
  }
  const report = await measure(options.build, target, workload.scenario, options.duration_s ?? workload.duration);
  await target.stop();
  return report;
}

function short_result(name, report) {
  if (report.withheld) return `n/a: ${report.withheld}`;
  const failed = report.checks.find((check) => !check.passed);
  if (failed) return `n/a: ${failed.name}: ${failed.detail}`;
  return workloads[name].rows
    .map((row) => `${row.figure} ${report.figures[row.figure]?.toFixed(row.digits)}`).join(", ");
}

/// What exactly was measured: binaries get rebuilt between two sittings, and a table must not mix them.
function fingerprints({ build }) {
  return Object.fromEntries(Object.entries(build).filter(([, file]) => existsSync(file))
    .map(([name, file]) => [name, createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16)]));
}

const options = read_options();
const binaries = fingerprints(options);
const earlier = options.append && existsSync(options.json) ? JSON.parse(readFileSync(options.json, "utf8")) : null;
for (const [name, print] of Object.entries(earlier?.environment.binaries ?? {})) {
  if (binaries[name] !== print) fail(`${options.json} holds runs of another ${name} (${print}); start a new file`);
}
const runs = earlier?.runs ?? [];
const first_round = 1 + Math.max(0, ...runs.map((run) => run.round));
const started = Date.now();
const total = options.rounds * options.workloads.length * options.servers.length;
let done = 0;
let is_complete = true;

for (let round = first_round; round < first_round + options.rounds; ++round) {
  for (const workload of options.workloads) {
    for (const server of options.servers) {
      const before = os.loadavg()[0];
      process.stderr.write(`[${++done}/${total}, ${Math.round((Date.now() - started) / 1000)} s] `
        + `round ${round}: ${workload} ${server} ... `);
      const report = await run_once(server, workload, options);
      const result = short_result(workload, report);
      is_complete &&= !result.startsWith("n/a");
      process.stderr.write(`${result}\n`);
      runs.push({ round, workload, server, load_before: before, withheld: report.withheld ?? null,
        figures: report.figures, checks: report.checks, notes: report.notes ?? [] });
    }
  }
}

const seen = Object.keys(servers).filter((name) => runs.some((run) => run.server === name));
const table = summarise(runs, seen);
process.stdout.write(`${as_markdown(table, seen)}\n`);
if (options.json !== undefined) {
  const environment = { date: new Date().toISOString(), kernel: os.release(), cores: os.cpus().length,
    cpu: os.cpus()[0]?.model ?? "unknown", node: process.version, binaries };
  writeFileSync(options.json, `${JSON.stringify({ environment, table, runs }, null, 1)}\n`);
}
process.exit(is_complete ? 0 : 1);
