// One Chromium for a test file, and pages that remember everything that went wrong in them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));
export const screenshots = path.resolve(here, "../../../build/test/screenshots");
const wait_ms_max = 60_000;

// Without a sandbox, for tests run as root in containers; without what would ask the internet.
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];

export class browser {
  #chromium;
  #pages = [];

  static async start() {
    const made = new browser();
    const executablePath = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
    made.#chromium = await chromium.launch({ executablePath, args: flags });
    return made;
  }

  /// A window of its own: nothing is shared with others but what `context` brings.
  async open(url, { width = 1440, height = 960, scheme = "light", motion = "reduce" } = {}) {
    const context = await this.#chromium.newContext({
      viewport: { width, height }, colorScheme: scheme, reducedMotion: motion });
    return this.tab(context, url);
  }

  /// Another tab of the same window.
  async tab(context, url) {
    const page = await context.newPage();
    page.setDefaultTimeout(wait_ms_max);
    page.setDefaultNavigationTimeout(wait_ms_max);
    const watched = new watched_page(page, new URL(url).origin);
    this.#pages.push(watched);
    await page.goto(url);
    return watched;
  }

  /// Fails if any page logged an error, threw, or asked anybody else.
  async close_pages() {
    const pages = this.#pages.splice(0);
    const contexts = new Set(pages.map(({ page }) => page.context()));
    await Promise.all([...contexts].map((context) => context.close()));
    for (const { troubles } of pages) assert.deepEqual(troubles, []);
  }

  async stop() {
    await this.#chromium?.close();
  }
}

class watched_page {
  troubles = [];

  constructor(page, origin) {
    this.page = page;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.troubles.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.troubles.push(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith("data:")) this.troubles.push(`asked ${url}`);
    });
  }

  /// What was expected to go wrong.
  forgive(pattern) {
    this.troubles = this.troubles.filter((each) => !pattern.test(each));
  }

  /// The text of the first that matches.
  text(selector) {
    return this.page.locator(selector).first().innerText();
  }

  /// Waits until the text of `selector` is what `is_right` wants.
  async shows(selector, is_right, what) {
    const deadline = Date.now() + wait_ms_max;
    let seen = "";
    while (Date.now() < deadline) {
      seen = await this.text(selector);
      if (is_right(seen)) return seen;
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    return assert.fail(`${selector}: ${what}; it shows ${JSON.stringify(seen)}`);
  }

  async screenshot(name, options = {}) {
    await mkdir(screenshots, { recursive: true });
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), ...options });
  }

  /// Remembers an element, to be compared with what is there later.
  remember(selector) {
    return this.page.locator(selector).first().evaluate((element) => void (globalThis.remembered = element));
  }

  /// It was neither replaced nor has it lost the focus.
  has_kept() {
    return this.page.evaluate(() => ({
      element: globalThis.remembered.isConnected, focus: document.activeElement === globalThis.remembered }));
  }

  /// How far the page is wider than its window.
  overflow() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

/// A number as people read it: "1,234" → 1234.
export const number_of = (text) => Number(text.replaceAll(",", ""));

/// Waits until the server hears the page.
export const is_live = (window) => window.shows(".state", (text) => text === "live", "that it is live");

/// A new one-time link of a running server.
export async function link_of(server, role = "admin") {
  const { code, stdout, stderr } = await server.ctl("link", "--role", role);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/// The load generator at work until stop(), which resolves to what it printed.
export class crowd {
  #child;
  #done;

  constructor(server, { connections, rooms = 10, rate = 20 }) {
    const program = process.env.LINTEL_LOADGEN ?? path.resolve(here, "../../../build/release/lintel-loadgen");
    this.#done = promisify(execFile)(program, ["chat", "--target", `127.0.0.1:${server.port}`, "--control",
      path.join(server.data_dir, "control.sock"), "--connections", String(connections), "--rooms", String(rooms),
      "--rate", String(rate), "--duration", "10m"]);
    this.#done.catch(() => undefined); // stop() tells
    this.#child = this.#done.child;
  }

  async stop() {
    this.#child.kill("SIGINT");
    return this.#done.then(({ stdout }) => stdout, (failure) => `${failure.stdout}${failure.stderr}`);
  }
}
