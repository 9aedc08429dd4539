import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { control_socket } from "./control_socket.mjs";
import { within } from "./inbox.mjs";

const start_ms_max = 10_000;
const stop_ms_max = 12_000;
const stderr_chars_max = 20_000;

const here = path.dirname(fileURLToPath(import.meta.url));
export const lintel_bin = path.resolve(
  process.env.LINTEL_BIN ?? path.join(here, "../../../build/release/lintel"));

// Options are also read from LINTEL_… variables: the caller's must not leak into the server.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("LINTEL_")));

// A test file that dies must leave neither its servers nor their data behind.
const running = new Map();
process.on("exit", () => running.forEach((data_dir, child) => {
  child.kill("SIGKILL");
  rmSync(data_dir, { recursive: true, force: true });
}));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/// Runs a command; resolves to {code, stdout, stderr} whatever the exit code.
export function run_lintel(...args) {
  return new Promise((resolve) => {
    execFile(lintel_bin, args, { env: environment, timeout: 10_000 },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
  });
}

/// One server process with a data directory of its own. Start it, use its port, stop it.
export class lintel_server {
  port = 0;
  first_url = ""; // of the ready line
  stderr = "";
  #child = null;
  #exited = null;

  /// `descriptors`: the hard limit of open files it is to live with; `config`: the text of its configuration file.
  constructor({ args = [], descriptors, config } = {}) {
    this.args = args;
    this.config = config;
    this.descriptors = descriptors;
  }

  /// The first start takes any free port, later ones the same again.
  async start() {
    this.data_dir ??= await mkdtemp(path.join(tmpdir(), "lintel-clients-"));
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data-dir", this.data_dir, ...this.args];
    if (this.config !== undefined) {
      const file = path.join(this.data_dir, "lintel.toml");
      await writeFile(file, this.config);
      args.push("--config", file);
    }
    const limited = this.descriptors === undefined ? [lintel_bin, args]
      : ["sh", ["-c", `ulimit -n ${this.descriptors} && exec "$@"`, "sh", lintel_bin, ...args]];
    const child = spawn(...limited, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    running.set(child, this.data_dir);
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once("error", (error) => resolve({ error }));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#exited.then(() => running.delete(child));
    child.stderr.on("data", (bytes) => {
      this.stderr = (this.stderr + bytes).slice(-stderr_chars_max);
    });
    this.port = await this.#ready_port(child);
    return this;
  }

  /// Ends it as an operator would; anything but a clean exit, or the one that is expected, is a failure.
  async stop(code = 0) {
    if (this.#child === null) return;
    const unhandled = await this.#unhandled();
    this.#child.kill("SIGTERM");
    const child = this.#child;
    this.#child = null;
    const end = await within(this.#exited, "exit after SIGTERM", stop_ms_max).catch((late) => {
      child.kill("SIGKILL");
      throw this.#with_stderr(late.message);
    });
    assert.deepEqual(end, { code, signal: null }, this.#with_stderr("unclean exit").message);
    assert.equal(unhandled, 0, this.#with_stderr("messages that nobody expected").message);
  }

  /// Waits until it ends by itself: {code, signal}.
  async end() {
    const child = this.#child;
    this.#child = null;
    return within(this.#exited, "exit by itself", stop_ms_max).catch((late) => {
      child.kill("SIGKILL");
      throw this.#with_stderr(late.message);
    });
  }

  /// Leaves nothing running, whatever happened before.
  async kill() {
    this.#child?.kill("SIGKILL");
    this.#child = null;
    await this.#exited;
  }

  async remove_data() {
    if (this.data_dir) await rm(this.data_dir, { recursive: true, force: true });
  }

  get pid() {
    return this.#child.pid;
  }

  /// Tells it to read its configuration again.
  hang_up() {
    this.#child.kill("SIGHUP");
  }

  /// Runs `lintel ctl`.
  ctl(...args) {
    return run_lintel("ctl", "--data-dir", this.data_dir, ...args);
  }

  /// Runs `lintel ctl … --json` and parses what it prints.
  async ctl_json(...args) {
    const { code, stdout, stderr } = await this.ctl(...args, "--json");
    assert.equal(code, 0, `lintel ctl ${args.join(" ")} failed: ${stderr}${stdout}`);
    return JSON.parse(stdout);
  }

  /// What no test may leave behind: messages that reached an actor which did not know them.
  async #unhandled() {
    const control = await control_socket.connect(this.data_dir);
    try {
      return (await control.run("counters")).unhandled_total;
    } finally {
      control.close();
    }
  }

  async #ready_port(child) {
    let stdout = "";
    const ready = new Promise((resolve, reject) => {
      child.stdout.on("data", (bytes) => {
        stdout += bytes;
        const url = stdout.match(/(http:\/\/127\.0\.0\.1:(\d+)\S*)\s/);
        if (!url) return;
        this.first_url = url[1];
        resolve(Number(url[2]));
      });
      this.#exited.then((end) => reject(new Error(
        `ended before it was ready: ${end.error ?? JSON.stringify(end)}`)));
    });
    return within(ready, "ready line on stdout", start_ms_max).catch((failure) => {
      child.kill("SIGKILL");
      this.#child = null;
      throw this.#with_stderr(`${lintel_bin}: ${failure.message}; stdout: ${stdout}`);
    });
  }

  #with_stderr(message) {
    return new Error(`${message}\n--- server's stderr ---\n${this.stderr}`);
  }
}
