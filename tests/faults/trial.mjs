// One experiment at work: a server of its own, the witness that watches it, and what was found.
import { control_socket } from "../clients/support/control_socket.mjs";
import { lintel_server } from "../clients/support/lintel_server.mjs";
import { raw_client } from "../clients/support/raw_client.mjs";
import { median } from "./figures.mjs";
import { server_process } from "./server_process.mjs";
import { witness } from "./witness.mjs";

/// Below it a window holds too few deliveries for its p99 to mean anything: ratios are shown, not judged.
const ratio_connections_min = 1_000;
const ratio_max = 2;
const messages_kept = 100; // by a room of room:*
const clean_end = "exit status 0";
export const baseline_windows = ["before_1", "before_2", "after"];

export class trial {
  checks = [];
  notes = [];
  ends_with = clean_end; // or the signal, where the experiment has the server end itself
  #clients = [];
  #controls = [];
  #last_steps = [];

  /// `unit`: the load, see load.mjs. `say`: shows progress. `options`: {kills, clients, messages}, where chosen.
  constructor(id, unit, say, options = {}) {
    this.id = id;
    this.unit = unit;
    this.say = say;
    this.options = options;
  }

  check(name, measured, required, holds) {
    this.checks.push({ name, measured: String(measured), required: String(required), holds });
  }
  equal(name, measured, wanted) {
    this.check(name, measured.toLocaleString("en"), wanted.toLocaleString("en"), measured === wanted);
  }
  at_most(name, measured, limit, unit) {
    const text = (value) => unit === "ms" && value < 1 ? `${Math.round(value * 1000)} us`
      : `${Number(value).toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;
    this.check(name, text(measured), `<= ${text(limit)}`, measured <= limit);
  }
  note(text) {
    this.notes.push(text);
  }

  /// `data_dir`: its own in a temporary directory unless another is given.
  async start_server(args = [], data_dir = undefined) {
    this.server = new lintel_server({ args });
    this.server.data_dir = data_dir;
    await this.start_again();
  }

  /// Same port, same data, after it was stopped or killed. Resolves to the milliseconds until it listened.
  async start_again() {
    const began = now_ms();
    await this.server.start();
    const took = now_ms() - began;
    this.control = await this.open_control();
    this.process = new server_process((await this.control.run("counters")).pid);
    return took;
  }

  /// SIGTERM; anything but a clean exit throws.
  async stop_server() {
    await this.server.stop();
    this.#controls.splice(0).forEach((control) => control.close());
  }
  /// It has been told to end: {code, signal}.
  async ended_server() {
    const end = await this.server.end();
    this.#controls.splice(0).forEach((control) => control.close());
    return end;
  }
  /// SIGKILL, and nothing is tidied up.
  async kill_server() {
    this.#controls.splice(0).forEach((control) => control.close());
    await this.server.kill();
  }

  /// The page /metrics.
  async metrics() {
    return (await fetch(`http://127.0.0.1:${this.server.port}/metrics`)).text();
  }

  async open_control() {
    const control = await control_socket.connect(this.server.data_dir);
    this.#controls.push(control);
    return control;
  }

  /// A client of ours, apart from the witness's.
  async client(params = "vsn=2.0.0") {
    const client = await raw_client.connect(`ws://127.0.0.1:${this.server.port}/socket/websocket?${params}`);
    this.#clients.push(client);
    return client;
  }

  /// Everybody of the load unit chats from here on.
  async start_witness(unit = this.unit) {
    this.say(`${unit.connections.toLocaleString("en")} clients join`);
    this.witness = await witness.start(this.server.port, this.process.pid, unit,
      [...baseline_windows, "during", "during_2"]);
  }

  /// A stretch of undisturbed chat; `seconds` long.
  async calm(window, seconds = this.unit.window_seconds) {
    this.say(`undisturbed (${window})`);
    this.witness.phase(window);
    await sleep(seconds * 1000);
  }

  /// Undisturbed chat until every room has the hundred messages that it keeps: until then memory grows by itself.
  async fill_history() {
    const seconds = Math.max(2 * this.unit.window_seconds, (messages_kept * this.unit.rooms) / this.unit.rate);
    for (const window of ["before_1", "before_2"]) await this.calm(window, seconds / 2);
  }

  /// What the counters moved by while `action` ran and until `settled(moved)` holds, at most `ms`.
  async counted(action, settled = () => true, ms = 10_000) {
    const before = await this.control.run("counters");
    await action();
    const deadline = Date.now() + ms;
    for (;;) {
      const now = await this.control.run("counters");
      const moved = Object.fromEntries(Object.keys(now).map((name) => [name, now[name] - before[name]]));
      if (settled(moved) || Date.now() > deadline) return moved;
      await sleep(20);
    }
  }

  /// The witness's verdict; it ends. Its checks become ours.
  async finish_witness() {
    this.say("the witness checks every delivery");
    const { checks, figures, notes } = await this.witness.finish();
    for (const { name, passed, detail } of checks) this.check(`witness: ${name}`, detail, "so", passed);
    for (const note of notes) this.note(`generator: ${note}`);
    return figures;
  }

  /// p99 of deliveries, in ms, while disturbed and beside the median of the undisturbed windows.
  judge_latency(figures, { ms_max, what = "deliveries", window = "during" } = {}) {
    const { ratio, during, shown } = latency_of(figures, window);
    if (this.unit.connections < ratio_connections_min) return this.note(`${what} p99 ${shown}: not judged`);
    this.check(`${what} p99 beside the undisturbed median`, `x${ratio.toFixed(2)} (${shown})`,
      `<= x${ratio_max}`, ratio <= ratio_max);
    if (ms_max) this.at_most(`${what} p99`, during, ms_max, "ms");
  }
  /// The same where nothing is required.
  note_latency(figures) {
    this.note(`deliveries p99 ${latency_of(figures, "during").shown}: not judged`);
  }

  #ended(how) {
    this.check("the server ends with", how, this.ends_with, how === this.ends_with);
  }

  /// Done when the server has ended, before its data is removed.
  at_the_end(step) {
    this.#last_steps.push(step);
  }

  /// Ends everything.
  async close() {
    this.witness?.abandon();
    for (const client of this.#clients) client.socket.terminate();
    for (const control of this.#controls) control.close();
    try {
      if (this.ends_with !== clean_end) this.#ended((await this.server.end()).signal);
      else if (this.server) {
        await this.server.stop();
        this.#ended(clean_end);
      }
    } catch (failure) {
      this.#ended(failure.message.split("\n")[0]);
    } finally {
      for (const step of this.#last_steps) step();
      await this.server?.remove_data();
    }
  }
}

function latency_of(figures, window) {
  const p99 = (name) => figures[`delivery_${name}_p99_us`] / 1000;
  const calm = baseline_windows.map(p99).filter(Number.isFinite);
  const during = p99(window);
  return { during, ratio: during / median(calm),
    shown: `${during.toFixed(1)} ms, undisturbed ${calm.map((ms) => ms.toFixed(1)).join(" / ")} ms` };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const now_ms = () => performance.now();
