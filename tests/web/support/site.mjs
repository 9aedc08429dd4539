// The server and the browser of one test file.
import { after, afterEach, before, test } from "node:test";
import { lintel_server } from "../../clients/support/lintel_server.mjs";
import { browser } from "./browser.mjs";

const test_ms_max = 300_000;

export function it(name, body) {
  test(name, { timeout: test_ms_max }, body);
}

/// `opened` runs when the server does, `closed` when the browser is gone and the server still there.
export function site({ opened = async () => {}, closed = async () => {}, ...options } = {}) {
  const shared = { server: new lintel_server(options), browser: null, get url() {
    return `http://127.0.0.1:${this.server.port}/`;
  } };
  before(async () => {
    await shared.server.start();
    await opened(shared);
    shared.browser = await browser.start();
  });
  afterEach(() => shared.browser.close_pages());
  after(async () => {
    await shared.browser?.stop();
    await closed(shared);
    await shared.server.stop();
    await shared.server.remove_data();
  });
  return shared;
}
