// The chat leaves when it is told to: after `destroy` nothing of it is on the page, after `reset`
// nothing of the visitor is on the device, in whichever tab.

import assert from "node:assert/strict";

import { Sdk } from "./support/sdk.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

/** Keeps count, from the page's beginning on, of everything that a script can leave behind. */
async function ledger(page) {
  await page.addInitScript(() => {
    const held = { timeouts: new Set(), intervals: new Set(), listeners: new Set(), observers: new Set() };
    window.__held = held;
    const { setTimeout: later, setInterval: often, clearTimeout: never, clearInterval: stop } = window;
    window.setTimeout = (act, ms, ...rest) => {
      const id = later(() => {
        held.timeouts.delete(id);
        act(...rest);
      }, ms);
      held.timeouts.add(id);
      return id;
    };
    window.setInterval = (...given) => {
      const id = often(...given);
      held.intervals.add(id);
      return id;
    };
    window.clearTimeout = (id) => held.timeouts.delete(id) && never(id);
    window.clearInterval = (id) => held.intervals.delete(id) && stop(id);
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, act, options) {
      const wide = this === window || this === document || this instanceof MediaQueryList || this === window.navigation || this === window.visualViewport;
      if (wide) {
        const mark = `${this.constructor.name} ${name}`;
        const entry = { mark };
        held.listeners.add(entry);
        options?.signal?.addEventListener?.call(options.signal, "abort", () => held.listeners.delete(entry));
      }
      return addEventListener.call(this, name, act, options);
    };
    const { observe, disconnect } = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (...given) {
      held.observers.add(this);
      return observe.apply(this, given);
    };
    MutationObserver.prototype.disconnect = function () {
      held.observers.delete(this);
      return disconnect.call(this);
    };
  });
}

const holds = (page) => page.evaluate(async () => {
  const { held, pending } = await navigator.locks.query();
  const { timeouts, intervals, listeners, observers } = window.__held;
  return {
    timeouts: timeouts.size,
    intervals: intervals.size,
    listeners: [...listeners].map(({ mark }) => mark).sort(),
    observers: observers.size,
    locks: [...held, ...pending].map(({ name }) => name),
    elements: document.querySelectorAll("deskbell-chat, iframe").length,
    globals: Object.keys(window).filter((name) => !name.startsWith("__")).sort(),
    title: document.title,
  };
});

story("destroy leaves nothing behind, and a new tag begins afresh", async (world) => {
  const { context, watch } = await world.context();
  const page = await context.newPage();
  await ledger(page);
  const sockets = new Set();
  page.on("websocket", (socket) => sockets.add(socket) && socket.on("close", () => sockets.delete(socket)));
  await page.route("**/widget.js", (route) => route.fulfill({ body: "", contentType: "text/javascript" }), { times: 1 });
  await page.goto(`${world.url}/demo`);
  const before = await holds(page);
  const agent = await world.agent();
  const paste = () => page.evaluate(() => {
    const old = document.querySelector("script[data-site]");
    const tag = document.createElement("script");
    for (const { name, value } of old.attributes) if (name !== "src") tag.setAttribute(name, value);
    // The demo requires Trusted Types: a page with them names the tag's address as one it trusts.
    tag.src = trustedTypes.createPolicy("paste", { createScriptURL: (url) => url }).createScriptURL(old.src);
    old.replaceWith(tag);
  });
  for (const round of [1, 2]) {
    await paste();
    const visitor = new Visitor(page, watch);
    await visitor.bubble.waitFor();
    await visitor.says(`hello, round ${round}`);
    await visitor.seesState("Sent|Delivered");
    if (round === 1) await agent.opensChat("hello, round 1");
    await page.evaluate(() => {
      history.pushState({}, "", "?elsewhere");
      window.Deskbell("track", "something");
    });
    // Someone types on both sides, and a report of the page is due: timers run.
    await visitor.field.pressSequentially("unsent");
    await agent.field.pressSequentially("typing too");
    await page.evaluate(() => window.Deskbell("destroy"));
    await until(page, () => holds(page), before, `what is left in round ${round}`);
    await until(page, async () => sockets.size, 0, "open sockets");
    assert.equal(await page.evaluate(() => window.Deskbell), undefined);
    await page.evaluate(() => history.replaceState({}, "", location.pathname));
  }
  await agent.sees("hello, round 1", "hello, round 2");
});

story("destroy while the chat is on its way starts nothing", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  await ledger(page);
  const sdk = await Sdk.on(page);
  let release;
  const held = new Promise((done) => (release = done));
  await page.route("**/parts/chat-*", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${world.url}/demo`);
  await sdk.hears("ready");
  const arrives = page.waitForResponse(/\/parts\/chat-/);
  await page.evaluate(() => {
    const kept = window.Deskbell;
    kept("open");
    kept("destroy");
    kept("open");
    kept("message", "from beyond");
  });
  release();
  // Once the page has the part by this import, the loader has had it too.
  await page.evaluate((path) => import(path), (await arrives).url());
  assert.equal(await page.locator("deskbell-chat").count(), 0);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, typeof window.Deskbell]), [0, "undefined"]);
  assert.deepEqual((await sdk.heard("open")), []);
});

const words = (page) => page.evaluate(() => document.querySelector("deskbell-chat").shadowRoot.textContent);
const token = (page) => page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith(":token"))?.[1]);

story("after reset another person on the device sees nothing, in any tab", async (world) => {
  const { context, watch } = await world.context();
  const sdk = await Sdk.on(await context.newPage());
  const ada = new Visitor(sdk.page, watch);
  await sdk.page.goto(`${world.url}/demo`);
  await ada.says("my secret");
  await ada.seesState("Sent|Delivered");
  const second = await ada.opensTab();
  await second.opensChat();
  await second.sees("my secret");
  await second.field.fill("a secret draft");
  const first = await token(ada.page);
  const agent = await world.agent();
  await agent.opensChat("my secret");
  await agent.takes();

  await sdk.calls("reset");
  await ada.window.waitFor({ state: "hidden" });
  await second.window.waitFor({ state: "hidden" });
  await sdk.hears("close");
  for (const { page } of [ada, second]) {
    await until(page, () => words(page), (text) => !text.includes("secret"), "what the chat holds");
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  }
  // The agent writes into the old conversation: nobody here may hear of it.
  await agent.says("another secret");
  await second.opensChat();
  assert.equal(await second.field.inputValue(), "");
  await second.says("I am somebody else");
  await second.seesState("Sent|Delivered");
  await second.sees("I am somebody else");
  await ada.opensChat();
  await ada.sees("I am somebody else");
  // The tab that had not acted writes as the same visitor.
  await ada.says("me again");
  await ada.seesState("Sent|Delivered");
  await second.sees("I am somebody else", "me again");
  const now = await token(ada.page);
  assert.ok(now && now !== first);
  await agent.shows("All");
  await agent.opensChat("me again");
  await agent.sees("I am somebody else", "me again");
});

story("reset where nothing is kept asks for nothing", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  const sdk = await Sdk.on(page);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${world.url}/demo`);
  await sdk.hears("ready");
  await sdk.calls("reset");
  await page.waitForLoadState("networkidle");
  assert.deepEqual(asked.filter((path) => path.startsWith("/widget/")), []);
});

story("a page that logs out on every load forgets what was written, also before the chat is there", async (world) => {
  const { context, watch } = await world.context();
  const sdk = await Sdk.on(await context.newPage());
  await sdk.page.goto(`${world.url}/demo`);
  const visitor = new Visitor(sdk.page, watch);
  await visitor.says("my secret");
  await visitor.seesState("Sent|Delivered");
  await sdk.page.addInitScript(() => window.Deskbell("reset"));
  await sdk.page.reload();
  await until(sdk.page, () => sdk.page.evaluate(() => localStorage.length), 0, "what is kept");
  await visitor.opensChat();
  await visitor.sees();
});

story("what the page asks after reset is for the next person, also behind a part that is on its way", async (world) => {
  const { context, watch } = await world.context();
  const sdk = await Sdk.on(await context.newPage());
  world.expects(/ERR_FAILED/);
  await sdk.page.goto(`${world.url}/demo`);
  const visitor = new Visitor(sdk.page, watch);
  await visitor.says("my secret");
  await visitor.seesState("Sent|Delivered");
  // The part fails once: what was asked waits for it, and what the chat can do itself goes on.
  await sdk.page.route("**/parts/page-*", (route) => route.abort(), { times: 1 });
  await sdk.page.reload();
  await sdk.hears("ready");
  await sdk.page.evaluate(() => {
    window.Deskbell("track", "something");
    window.Deskbell("reset");
    window.Deskbell("open");
    window.Deskbell("message", "from the next");
  });
  await visitor.seesState("Sent|Delivered");
  await visitor.sees("from the next");
});
