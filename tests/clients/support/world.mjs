import { after, afterEach, before, test } from "node:test";
import { control_socket } from "./control_socket.mjs";
import { lintel_server } from "./lintel_server.mjs";
import { phoenix_client, v1_client } from "./phoenix_client.mjs";
import { raw_client } from "./raw_client.mjs";
import { tcp_client } from "./tcp_client.mjs";

const test_ms_max = 20_000;

/// A test with the suite's deadline.
export function it(name, body) {
  test(name, { timeout: test_ms_max }, body);
}

/// The server of one test file: started before its first test, ended, cleanly, after its last.
/// Clients opened through it are disconnected after each test, except those that `opened` opens.
export function world({ opened = async () => {} } = {}) {
  const shared = new shared_world();
  before(async () => {
    await shared.open();
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
  server = new lintel_server();
  control = null;
  #clients = [];
  #residents = [];

  get port() {
    return this.server.port;
  }

  get endpoint() {
    return `ws://127.0.0.1:${this.port}/socket`;
  }

  async open() {
    await this.server.start();
    this.control = await control_socket.connect(this.server.data_dir);
  }

  async restart_server() {
    this.control.close();
    await this.server.restart();
    this.control = await control_socket.connect(this.server.data_dir);
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
  }

  async close() {
    this.control?.close();
    await Promise.all(this.#residents.map((client) => client.disconnect()));
    await this.server.stop();
    await this.server.remove_data();
  }

  async #keep(opening) {
    const client = await opening;
    this.#clients.push(client);
    return client;
  }
}
