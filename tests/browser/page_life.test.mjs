// What a page goes through: the way back from the browser's cache, an app that swaps its body with
// a real library, two tags of two builds, a server that went down after the tag was there.

import assert from "node:assert/strict";
import { after } from "node:test";

import { Guest, guestsLeave } from "./support/guest.mjs";
import { Sdk } from "./support/sdk.mjs";
import { story } from "./support/story.mjs";
import { Visitor } from "./support/visitor.mjs";

after(guestsLeave);

/** Writes, marks the page, goes on to another one, does `away` there, and comes back to the same page. */
async function goesAndReturns(visitor, world, text, away) {
  await visitor.says(text);
  await visitor.sees(text);
  // While the browser fetches or sends something, it may not keep the page.
  await visitor.hasSent();
  await visitor.page.keyboard.type("half a thought");
  await visitor.page.evaluate(() => {
    window.marked = "the same page";
  });
  await visitor.goesTo(`${world.url}/demo/hostile`);
  await away();
  await visitor.page.goBack();
  const { marked, why } = await visitor.page.evaluate(() => ({ marked: window.marked, why: JSON.stringify(performance.getEntriesByType("navigation")[0].notRestoredReasons) }));
  assert.equal(marked, "the same page", `it was kept for the way back: ${why}`);
}

story("the way back finds the chat as it was, with what came meanwhile", async (world) => {
  const visitor = await Guest.arrives("chromium", `${world.url}/demo`);
  const agent = await world.agent();
  await goesAndReturns(visitor, world, "before I left", async () => {
    await agent.opensChat("before I left");
    await agent.says("while you were away");
  });
  await visitor.sees("before I left", "while you were away");
  assert.equal(await visitor.draft(), "half a thought");
  assert.deepEqual(visitor.troubles, []);
  await visitor.leaves();
});

story("a page that comes back after a log-out elsewhere shows nothing of the last visitor", async (world) => {
  const visitor = await Guest.arrives("chromium", `${world.url}/demo`);
  await goesAndReturns(visitor, world, "my secret", async () => {
    await visitor.page.evaluate(() => window.Deskbell("reset"));
    await visitor.keepsNothing();
  });
  await visitor.hasShut();
  assert.ok(!(await visitor.page.evaluate(() => document.querySelector("deskbell-chat").shadowRoot.textContent)).includes("secret"));
  await visitor.keepsNothing();
  assert.equal(await visitor.draft(), "");
  await visitor.leaves();
});

story(
  "an app of Turbo keeps the chat from page to page",
  async (world) => {
    const { context, watch } = await world.context();
    const page = await context.newPage();
    const sockets = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await page.goto(`${world.shop.url}/turbo`);
    const visitor = new Visitor(page, watch);
    const agent = await world.agent();
    await visitor.says("on the first page");
    await agent.opensChat("on the first page");
    await visitor.field.fill("half a thought");
    for (const step of [2, 3, 4]) {
      await page.getByRole("link", { name: "Next" }).click();
      await page.getByRole("heading", { name: `Page ${step}` }).waitFor();
      assert.equal(await page.locator("deskbell-chat").count(), 1);
      assert.equal(await visitor.field.inputValue(), "half a thought");
    }
    await page.goBack();
    await page.getByRole("heading", { name: "Page 3" }).waitFor();
    await agent.says("still there?");
    await visitor.sees("on the first page", "still there?");
    assert.equal(await page.evaluate(() => window.loads), 1, "the page was loaded once");
    assert.equal(sockets.length, 1, "the session went on");
  },
  { shop: true },
);

story("two tags of two builds make one chat", async (world) => {
  const { context, watch } = await world.context();
  const page = await context.newPage();
  const loader = await (await page.request.get(`${world.url}/widget.js`)).text();
  const [build] = loader.match(/(?<=")[0-9a-f]{8}(?=")|(?<=-)[0-9a-f]{8}(?=\.js)/);
  // The other build's parts are not on this server: it serves its own, uncached.
  await page.route("**/widget.js", async (route) => route.fulfill({ body: loader.replaceAll(build, "00000000"), contentType: "text/javascript" }), { times: 1 });
  const fetched = [];
  page.on("response", (answer) => answer.url().includes("/widget/parts/") && fetched.push([answer.url().match(/-([0-9a-f]{8})\.js/)[1], answer.headers()["cache-control"]]));
  await page.goto(`${world.url}/demo/twice`);
  const visitor = new Visitor(page, watch);
  await visitor.bubble.waitFor();
  await visitor.says("how many are you?");
  await visitor.seesState("Sent|Delivered");
  assert.equal(await page.locator("deskbell-chat").count(), 1);
  assert.ok(fetched.length >= 2, JSON.stringify(fetched));
  for (const [hash, cache] of fetched) assert.equal(cache, hash === build ? "public, max-age=31536000, immutable" : "no-store");
});

story("a server that goes down after the tag was there: an error is told, and the next try works", async (world) => {
  const { context, watch } = await world.context();
  // What the browser itself prints when it cannot fetch, or, of an icon that it was still fetching, when that breaks
  // off; nothing else may be said.
  watch.expects(/Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)/);
  const page = await context.newPage();
  const sdk = await Sdk.on(page);
  await page.goto(`${world.url}/demo`);
  await sdk.hears("ready");
  await world.server.kill();
  const visitor = new Visitor(page, watch);
  await visitor.bubble.click();
  const [failure] = await sdk.hears("error");
  assert.match(failure.message, /fetch/i);
  await world.server.start();
  await visitor.bubble.click();
  await visitor.field.waitFor();
  await visitor.says("there you are");
  await visitor.seesState("Sent|Delivered");
});

story("the loader is checked again and again, the parts never, and both say so", async (world) => {
  const { context } = await world.context();
  const get = (path, headers) => context.request.get(world.url + path, { headers });
  const loader = await get("/widget.js");
  const { etag, "cache-control": cache, "access-control-allow-origin": anyone } = loader.headers();
  assert.match(cache, /max-age=300\b/);
  assert.equal(anyone, "*");
  assert.equal((await get("/widget.js", { "If-None-Match": etag })).status(), 304);
  assert.equal(await (await get(`/widget.js/${world.server.ids.site_key}`)).text(), await loader.text());
  const [build] = (await loader.text()).match(/(?<=-)[0-9a-f]{8}(?=\.js)/);
  const part = await get(`/widget/parts/chat-${build}.js`);
  assert.match(part.headers()["cache-control"], /immutable/);
  assert.equal((await get("/widget/parts/nothing-00000000.js")).status(), 404);
  const types = await get("/widget.d.ts");
  assert.match(await types.text(), /interface DeskbellEvents/);
});
