import assert from "node:assert/strict";
import net from "node:net";
import path from "node:path";
import { eventually, inbox } from "./inbox.mjs";

/// The operator's door: DATA_DIR/control.sock, one JSON object per line in each direction.
export class control_socket {
  static connect(data_dir) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path.join(data_dir, "control.sock"));
      socket.once("error", reject);
      socket.once("connect", () => resolve(new control_socket(socket)));
    });
  }

  #answers = new inbox("control socket");
  #tail = Promise.resolve();

  constructor(socket) {
    this.socket = socket;
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop();
      lines.forEach((line) => this.#answers.put(JSON.parse(line)));
    });
  }

  /// The whole answer line, for tests of refusals.
  ask(request) {
    return this.ask_line(JSON.stringify(request));
  }

  ask_line(line) {
    const turn = this.#tail.then(() => {
      this.socket.write(`${line}\n`);
      return this.#answers.next(`answer to ${line}`);
    });
    this.#tail = turn.catch(() => {});
    return turn;
  }

  /// The result of a command that must succeed.
  async run(command, args = {}) {
    const answer = await this.ask({ command, ...args });
    assert.equal(answer.ok, true, `${command} ${JSON.stringify(args)}: ${JSON.stringify(answer)}`);
    return answer.result;
  }

  async connection(id) {
    return (await this.run("connections")).find((row) => row.id === id);
  }

  async incarnation(id) {
    return (await this.connection(id))?.incarnation;
  }

  /// Opens one client and tells which connection actor is its own.
  async identify(open_client) {
    const before = new Set((await this.run("connections")).map((row) => row.id));
    const client = await open_client();
    const fresh = await eventually(async () => {
      const rows = (await this.run("connections")).filter((row) => !before.has(row.id));
      assert.equal(rows.length, 1, `one new connection expected: ${JSON.stringify(rows)}`);
      return rows;
    });
    return { client, id: fresh[0].id };
  }

  /// Runs `action`, then waits until exactly these counters moved by exactly this much.
  async counts(expected, action) {
    const before = await this.run("counters");
    const result = await action();
    await eventually(async () => {
      const after = await this.run("counters");
      const moved = Object.keys(expected).map((name) => [name, after[name] - before[name]]);
      assert.deepEqual(Object.fromEntries(moved), expected);
    });
    return result;
  }

  close() {
    this.socket.destroy();
  }
}
