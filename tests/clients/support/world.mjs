import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { control_socket } from "./control_socket.mjs";
import { eventually } from "./inbox.mjs";
import { lintel_server } from "./lintel_server.mjs";
import { phoenix_client, v1_client } from "./phoenix_client.mjs";
import { raw_client } from "./raw_client.mjs";
import { tcp_client } from "./tcp_client.mjs";

const test_ms_max = 20_000;
const settle_ms_max = 1_000;

/// A test with the suite's deadline.
export function it(name, body) {
  test(name, { timeout: test_ms_max }, body);
}

/// The server of one test file: started before its first test, ended, cleanly, after its last.
/// Clients opened through it are disconnected after each test, except those that `opened` opens.
export function world({ opened = async () => {}, server = {} } = {}) {
  const shared = new shared_world(server);
  before(async () => {
    await shared.start_server();
    await opened(shared);
    shared.keep_clients();
  });
  afterEach(() => shared.disconnect_clients());
  after(() => shared.close());
  return shared;
}

let topics = 0;

/// A topic no other test of this file uses.
export function fresh_topic() {
  return `room:${++topics}`;
}

class shared_world {
  control = null;
  #clients = [];
  #residents = [];

  constructor(server_options) {
    this.server = new lintel_server(server_options);
  }

  get port() {
    return this.server.port;
  }

  get endpoint() {
    return `ws://127.0.0.1:${this.port}/socket`;
  }

  async start_server() {
    await this.server.start();
    this.control = await control_socket.connect(this.server.data_dir);
  }

  async stop_server() {
    this.control?.close();
    await this.server.stop();
  }

  /// Same port, same data: what a deployment looks like to the clients.
  async restart_server() {
    await this.stop_server();
    await this.start_server();
  }

  phoenix(version, options) {
    return this.#keep(phoenix_client.connect(version, this.endpoint, options));
  }

  v1() {
    return this.#keep(v1_client.connect(this.endpoint));
  }

  raw({ params = "vsn=2.0.0", ...options } = {}) {
    return this.#keep(raw_client.connect(`${this.endpoint}/websocket?${params}`, options));
  }

  tcp(path) {
    return this.#keep(tcp_client.connect(this.port, path));
  }

  /// The clients opened so far stay until the end.
  keep_clients() {
    this.#residents.push(...this.#clients.splice(0));
  }

  async disconnect_clients() {
    const clients = this.#clients.splice(0);
    await Promise.all(clients.map((client) => client.disconnect()));
    if (clients.length > 0) await this.#settle();
  }

  async close() {
    await Promise.all(this.#residents.map((client) => client.disconnect()));
    await this.stop_server().finally(() => this.server.remove_data());
  }

  /// Keeps one test's last disconnects out of the next one's counters. That a closed connection
  /// vanishes is a test of its own: a server that forgets to must not fail all the others too.
  async #settle() {
    const settled = eventually(async () => {
      const { length } = await this.control.run("connections");
      assert.equal(length, this.#residents.length);
    }, settle_ms_max);
    await settled.catch(() => {});
  }

  async #keep(opening) {
    const client = await opening;
    this.#clients.push(client);
    return client;
  }
}
