// The servers under measurement: each is started afresh for every workload, on a free port.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const start_ms_max = 10_000;
const stop_ms_max = 5_000;
const stderr_chars_max = 2_000;

const here = path.dirname(fileURLToPath(import.meta.url));

const serve = (program) => (build, data_dir) =>
  [build[program], "serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir];

/// program: its name in `build`. command(build, data_dir) is what to execute; the ready line names the port as
/// 127.0.0.1:PORT. topics: what the generator is told about them.
export const servers = {
  floor: { program: "floor", command: ({ floor }) => [floor, "--port", "0"] },
  other: { program: "other", command: serve("other") },
  lintel: { program: "lintel", command: serve("lintel") },
  "lintel-log": { program: "lintel", command: serve("lintel"), topics: ["--topic-prefix", "log:"] },
  ws: { command: () => [process.execPath, path.join(here, "ws_server.mjs")] },
};

// Lintel's options are also read from LINTEL_… variables: the caller's must not leak into the run.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("LINTEL_")));

const running = new Map();
const generators = new Set();
process.on("exit", () => {
  generators.forEach((child) => child.kill("SIGTERM"));
  running.forEach((data_dir, child) => {
    child.kill("SIGKILL");
    rmSync(data_dir, { recursive: true, force: true });
  });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/// Starts a server and resolves to { pid, port, stop }. Rejects when it does not become ready.
export async function start(name, build, more_args = []) {
  const data_dir = mkdtempSync(path.join(tmpdir(), "lintel-bench-"));
  const [file, ...args] = [...servers[name].command(build, data_dir), ...more_args];
  const child = spawn(file, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  running.set(child, data_dir);
  const exited = new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", resolve);
  }).then(() => {
    running.delete(child);
    rmSync(data_dir, { recursive: true, force: true });
  });
  let stderr = "";
  child.stderr.on("data", (bytes) => { stderr = (stderr + bytes).slice(-stderr_chars_max); });

  const port = await new Promise((resolve, reject) => {
    let stdout = "";
    const give_up = (why) => {
      child.kill("SIGKILL");
      reject(new Error(`${name} (${file}) ${why}. ${stderr}`));
    };
    const timer = setTimeout(() => give_up("printed no ready line"), start_ms_max);
    const done = (call, value) => { clearTimeout(timer); call(value); };
    child.once("error", (error) => done(reject, error));
    child.once("exit", (code) => done(give_up, `ended with code ${code}`));
    child.stdout.on("data", (bytes) => {
      stdout += bytes;
      const found = /127\.0\.0\.1:(\d+)/.exec(stdout);
      if (found && stdout.includes("\n")) done(resolve, Number(found[1]));
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stop_ms_max);
    await exited;
    clearTimeout(timer);
  };
  return { pid: child.pid, port, stop, topics: servers[name].topics ?? [] };
}

/// Runs the generator once; resolves to its report, or to { withheld } when there is none.
export function measure({ loadgen }, target, scenario, duration_s) {
  return new Promise((resolve) => {
    const child = spawn(loadgen, [...scenario, ...target.topics, "--duration", `${duration_s}s`, "--json",
      "--target", `127.0.0.1:${target.port}`, "--server-pid", String(target.pid)],
    { stdio: ["ignore", "pipe", "pipe"] });
    generators.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (bytes) => { stdout += bytes; });
    child.stderr.on("data", (bytes) => { stderr = (stderr + bytes).slice(-stderr_chars_max); });
    child.once("error", (error) => resolve({ withheld: error.message, figures: {}, checks: [] }));
    child.once("close", () => {
      generators.delete(child);
      try {
        resolve(JSON.parse(stdout));
      } catch {
        resolve({ withheld: stderr.trim() || "the generator said nothing", figures: {}, checks: [] });
      }
    });
  });
}
