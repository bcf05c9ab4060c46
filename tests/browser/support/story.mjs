// One test is one story: a server of its own, people who talk, and at the end nothing untoward in
// any of their browsers. What stands open is closed afterwards, whatever came of the story.

import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { after, test } from "node:test";

import { Agent } from "./agent.mjs";
import { openContext, quit } from "./browser.mjs";
import { Proxy } from "./proxy.mjs";
import { Server } from "./server.mjs";
import { Shop } from "./shop.mjs";
import { Visitor } from "./visitor.mjs";

const EVIDENCE = resolve(import.meta.dirname, "../../../target/tests/browser");
const STORY_MS = 120_000;

after(quit);

/**
 * `network`: what the proxy does ({blocksSockets, holdsEvents}); without it browsers talk to the
 * server itself. `shop`: visitors are on a website of its own instead of the demo page.
 * `site`: flags of `deskbell site set`. `settings`: lines of `deskbell.toml`.
 */
export function story(name, tell, { setUp = true, network, shop = false, site, settings, timeout = STORY_MS } = {}) {
  test(name, { timeout }, async () => {
    const world = new World();
    try {
      await world.begin({ setUp, network, shop, site, settings });
      await tell(world);
      world.isUnharmed();
    } catch (error) {
      throw await world.told(name, error);
    } finally {
      await world.end();
    }
  });
}

class World {
  #contexts = [];
  #socketsFail = false;
  server;
  proxy;
  shop;

  async begin({ setUp, network, shop, site, settings }) {
    if (shop) this.shop = await Shop.open();
    if (network) this.proxy = await Proxy.start(network);
    this.#socketsFail = !!network?.blocksSockets;
    this.server = await Server.start({ setUp, publicUrl: this.proxy?.url, origin: this.shop?.url, site, settings });
    this.proxy?.to(this.server.port);
    if (setUp) this.shop?.embeds(this.url, this.server.ids.site_key);
  }

  get url() {
    return this.server.url;
  }

  async context(options) {
    const opened = await openContext([this.url, this.shop?.url], options);
    if (this.#socketsFail) opened.watch.expects(/^WebSocket connection to .* failed/);
    this.#contexts.push(opened);
    return opened;
  }

  /** A visitor on a demo page or the shop's, with the chat still shut. */
  async visitor({ path, ...options } = {}) {
    const { context, watch } = await this.context(options);
    return Visitor.arrive(context, watch, this.shop ? this.shop.url + path : this.url + (path ?? "/demo"));
  }

  /** An agent at the console, signed in: the owner, or `who`. */
  async agent({ who, ...options } = {}) {
    const { context, watch } = await this.context(options);
    return Agent.signIn(context, watch, this.url, who);
  }

  /** For what a story expects in every browser it opened. */
  expects(...patterns) {
    for (const { watch } of this.#contexts) watch.expects(...patterns);
  }

  isUnharmed() {
    const troubles = this.#contexts.flatMap(({ watch }) => watch.troubles);
    if (troubles.length) throw new Error(`not as it should be in a browser:\n  ${[...new Set(troubles)].join("\n  ")}`);
  }

  /** The error with what the browsers saw, and where pictures of them lie. */
  async told(name, error) {
    const folder = join(EVIDENCE, name.replace(/\W+/g, "-"));
    await mkdir(folder, { recursive: true });
    const troubles = [...new Set(this.#contexts.flatMap(({ watch }) => watch.troubles))];
    await writeFile(join(folder, "server.log"), this.server?.log ?? "");
    await writeFile(join(folder, "story.txt"), [error.stack, ...troubles].join("\n"));
    const pages = this.#contexts.flatMap(({ context }) => context.pages());
    for (const [at, page] of pages.entries()) {
      await page.screenshot({ path: join(folder, `page-${at}.png`), timeout: 5_000 }).catch(() => {});
    }
    const seen = troubles.slice(0, 10).map((line) => `\n  in a browser: ${line}`);
    return new Error(`${error.stack}${seen.join("")}\n  pictures and log: ${relative(process.cwd(), folder)}`);
  }

  async end() {
    for (const { context } of this.#contexts) await context.close().catch(() => {});
    await this.proxy?.stop();
    await this.shop?.close();
    await this.server?.remove();
  }
}
