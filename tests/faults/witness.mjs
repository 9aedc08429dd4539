// `lintel-loadgen witness`: everybody who chats while we disturb, and who checks every delivery.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const loadgen_bin = path.resolve(
  process.env.LINTEL_LOADGEN_BIN ?? path.join(here, "../../build/release/lintel-loadgen"));
const stderr_chars_max = 4_000;

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/// Starts a generator. `joined` resolves when its clients have joined (witness only), `report` to what it found.
export function start_loadgen(args) {
  const child = spawn(loadgen_bin, [...args, "--json"], { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (bytes) => { stderr = (stderr + bytes).slice(-stderr_chars_max); });
  child.stdin.on("error", () => {}); // it may have ended
  const joined = with_resolvers();
  child.stdout.on("data", (bytes) => {
    stdout += bytes;
    if (stdout.startsWith("joined\n")) joined.resolve();
  });
  joined.promise.catch(() => {});
  const report = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      running.delete(child);
      const line = stdout.trim().split("\n").at(-1);
      const ended = new Error(`${args[0]} ended with status ${code}: ${stderr.trim().split("\n").at(-1)}`);
      joined.reject(ended);
      if (line.startsWith("{")) resolve(JSON.parse(line));
      else reject(ended);
    });
  });
  report.catch(() => {});
  return { child, joined: joined.promise, report };
}

function with_resolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

export class witness {
  static async start(port, server_pid, unit, phases) {
    const generator = start_loadgen(["witness", "--target", `127.0.0.1:${port}`, "--server-pid", server_pid,
      "--connections", unit.connections, "--rooms", unit.rooms, "--rate", unit.rate, "--payload", unit.payload_bytes,
      ...(unit.latency_rooms ? ["--latency-rooms", unit.latency_rooms] : []),
      "--phases", phases.join(",")].map(String));
    await generator.joined;
    return new witness(generator);
  }

  constructor(generator) {
    this.generator = generator;
  }

  /// Measures under this name from now on; a name it was not started with: measures nothing.
  phase(name) {
    this.generator.child.stdin.write(`${name}\n`);
  }

  /// {checks, figures, notes} of the whole run.
  finish() {
    this.generator.child.stdin.end();
    return this.generator.report;
  }

  abandon() {
    this.generator.child.kill("SIGKILL");
  }
}
