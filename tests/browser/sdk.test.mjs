// What a website calls, and what it is told: each call and each event of docs/embedding.md with the
// real server.

import assert from "node:assert/strict";

import { Sdk } from "./support/sdk.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

/** A visitor on the demo page whose scripts listen to everything. */
async function arrives(world, path = "/demo", options) {
  const { context, watch } = await world.context(options);
  const page = await context.newPage();
  const sdk = await Sdk.on(page);
  await page.goto(world.url + path);
  const visitor = new Visitor(page, watch);
  await sdk.hears("ready");
  return { visitor, sdk, page, watch, context };
}

const kept = (page) => page.evaluate(() => Object.keys(localStorage).sort().map((key) => key.split(":").at(-1)));

story("open, close, toggle, show and hide", async (world) => {
  const { visitor, sdk } = await arrives(world);
  assert.deepEqual(await sdk.heard("ready"), [null]);
  await sdk.calls("open");
  await visitor.field.waitFor();
  await sdk.calls("open");
  assert.equal((await sdk.hears("open")).length, 1);
  await sdk.calls("close");
  await visitor.window.waitFor({ state: "hidden" });
  await sdk.hears("close");
  await sdk.calls("toggle");
  await visitor.window.waitFor();
  await sdk.hears("open", 2);
  await sdk.calls("toggle");
  await visitor.window.waitFor({ state: "hidden" });
  await sdk.calls("hide");
  await visitor.bubble.waitFor({ state: "hidden" });
  await sdk.calls("show");
  await visitor.bubble.waitFor();
});

story("prefill puts words into the field, message sends them", async (world) => {
  const { visitor, sdk } = await arrives(world);
  const agent = await world.agent();
  await sdk.calls("prefill", "Where is order ");
  assert.deepEqual(await kept(visitor.page), [], "nothing happens until the visitor opens the chat");
  await visitor.bubble.click();
  await visitor.field.waitFor();
  assert.equal(await visitor.field.inputValue(), "Where is order ");
  await sdk.calls("message", "from the page's script");
  await agent.opensChat("from the page's script");
  await visitor.sees("from the page's script");
  const [{ id }] = await sdk.hears("message:sent");
  assert.match(id, /^[0-9a-f-]{36}$/);
});

story("what cannot be sent is told as an error, and the rest goes on", async (world) => {
  const { visitor, sdk, page } = await arrives(world);
  await page.evaluate(() => {
    const circle = {};
    circle.self = circle;
    window.Deskbell("set", { attributes: circle });
    window.Deskbell("track", "big", { words: "x".repeat(70_000) });
    window.Deskbell("message", "y".repeat(8_001));
    window.Deskbell("message", "short enough");
  });
  await visitor.opensChat();
  await visitor.seesState("Sent|Delivered");
  await visitor.sees("short enough");
  assert.equal((await sdk.hears("error", 3)).length, 3);
});

story("a hundred and fifty calls before the chat is there do not keep it from opening", async (world) => {
  const { visitor, page } = await arrives(world);
  await page.evaluate(() => {
    for (let n = 0; n < 150; n++) window.Deskbell("track", `event ${n}`);
  });
  await visitor.bubble.click();
  await visitor.field.waitFor();
});

story("a conversation tells the page of its course", async (world) => {
  const { visitor, sdk } = await arrives(world);
  const agent = await world.agent();
  await visitor.says("hello?");
  const [{ id }] = await sdk.hears("conversation:started");
  assert.match(id, /^[0-9a-f-]{36}$/);
  const [{ online }] = await sdk.hears("availability");
  assert.equal(typeof online, "boolean");
  await agent.opensChat("hello?");
  await agent.takes();
  const [owner] = await sdk.hears("conversation:assigned");
  assert.equal(owner.kind, "agent");
  await visitor.page.keyboard.press("Escape");
  await agent.says("yes?");
  const [message] = await sdk.hears("message:received");
  assert.deepEqual([message.text, message.author.kind, message.author.name], ["yes?", "agent", owner.name]);
  assert.deepEqual(await sdk.hears("unread"), [1]);
  await visitor.opensChat();
  assert.deepEqual(await sdk.hears("unread", 2), [1, 0]);
  await agent.closes();
  assert.deepEqual(await sdk.hears("conversation:closed"), [{ id }]);
});

story("the place in the line is told as it comes", async (world) => {
  const other = await world.visitor();
  await other.says("I am first");
  await other.seesState("Sent|Delivered");
  const { visitor, sdk } = await arrives(world);
  await visitor.says("am I second?");
  const places = await sdk.hears("queue:position");
  assert.equal(places.at(-1).position, "2");
});

story("details of the visitor reach the agent as nobody's word", async (world) => {
  const { visitor, sdk } = await arrives(world);
  await sdk.calls("identify", { name: "Ada Example", email: "ada@shop.example" });
  await sdk.calls("set", { attributes: { plan: "pro" } });
  await sdk.calls("consent", true);
  await visitor.says("it is me");
  await visitor.seesState("Sent|Delivered");
  const agent = await world.agent();
  await agent.opensChat("it is me");
  await agent.page.getByText("ada@shop.example").waitFor();
  await agent.page.getByText("Ada Example").first().waitFor();
  assert.deepEqual(await sdk.heard("error"), []);
});

story("a queue and what happened on the site are taken by the server, in their order", async (world) => {
  const { visitor, sdk, page } = await arrives(world);
  const [said, taken] = [[], []];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => said.push(JSON.parse(payload)));
    socket.on("framereceived", ({ payload }) => JSON.parse(payload).type === "ack" && taken.push(JSON.parse(payload).id));
  });
  await sdk.calls("queue", "Support");
  await sdk.calls("track", "checkout", { total: 12 });
  await sdk.calls("message", "to Support");
  await visitor.opensChat();
  await visitor.seesState("Sent|Delivered");
  const durable = () => said.filter(({ id }) => id);
  assert.deepEqual(durable().map(({ type, queue, event }) => queue ?? event ?? type), ["Support", { name: "checkout", data: { total: 12 } }, "send"]);
  await until(page, async () => taken.length, 3, "acknowledgements");
  assert.deepEqual(taken.toSorted(), durable().map(({ id }) => id).toSorted());
  assert.deepEqual(await sdk.heard("error"), []);
});

story("what the server refuses and what makes no sense is told as an error", async (world) => {
  const { visitor, sdk } = await arrives(world);
  await visitor.opensChat();
  await sdk.calls("queue", "no queue of this name");
  const [refused] = await sdk.hears("error");
  assert.ok(refused.status >= 400 && refused.title, JSON.stringify(refused));
  for (const wrong of [["identify", "ada"], ["set", "x"], ["track", ""], ["queue", 7], ["consent", "yes"], ["theme", "pink"], ["locale"], ["opne"]]) {
    const before = (await sdk.heard("error")).length;
    await sdk.calls(...wrong);
    const said = await sdk.hears("error", before + 1);
    assert.ok(said.at(-1).title.includes(wrong[0]), JSON.stringify(said.at(-1)));
  }
  await visitor.says("it still works");
  await visitor.seesState("Sent|Delivered");
});

story("the language and the theme follow the page's wish, before and after the chat is there", async (world) => {
  const { visitor, sdk, page } = await arrives(world);
  await sdk.calls("locale", "de");
  const german = page.getByRole("button", { name: "Chat öffnen" });
  await german.click();
  await visitor.field.waitFor();
  assert.equal(await visitor.window.getAttribute("lang"), "de");
  await sdk.calls("locale", "ar");
  await until(page, () => visitor.window.getAttribute("dir"), "rtl", "the direction");
  const theme = () => page.locator("deskbell-chat").getAttribute("data-theme");
  for (const wish of ["dark", "light"]) {
    await sdk.calls("theme", wish);
    await until(page, theme, wish, "the theme");
  }
  await page.emulateMedia({ colorScheme: "dark" });
  await sdk.calls("theme", "auto");
  await until(page, theme, "dark", "the theme");
  assert.deepEqual(await sdk.heard("error"), []);
});

story("on and off: a listener that throws hurts only itself", async (world) => {
  const { visitor, sdk, page, watch } = await arrives(world);
  watch.expects(/the page's own mistake/);
  await page.evaluate(() => {
    window.counts = { off: 0, late: 0, ready: 0 };
    const off = () => (window.counts.off += 1);
    window.Deskbell("on", "open", () => {
      throw new Error("the page's own mistake");
    });
    window.Deskbell("on", "open", off);
    window.Deskbell("off", "open", off);
    window.Deskbell("on", "open", () => (window.counts.late += 1));
    window.Deskbell("on", "ready", () => (window.counts.ready += 1));
  });
  await visitor.opensChat();
  await until(page, () => page.evaluate(() => window.counts), { off: 0, late: 1, ready: 1 }, "what the listeners counted");
  assert.equal((await sdk.heard("ready")).length, 1, "those who knew already are not told again");
});

story(
  "calls before the script are kept, and come in their order",
  async (world) => {
    const { context, watch } = await world.context();
    const page = await context.newPage();
    const said = [];
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => said.push(JSON.parse(payload))));
    await page.goto(`${world.shop.url}/early`);
    const visitor = new Visitor(page, watch);
    await visitor.sees("sent before the script");
    await visitor.seesState("Sent|Delivered");
    assert.deepEqual(await page.evaluate(() => window.early), ["ready", "open"]);
    assert.equal(await visitor.field.inputValue(), "typed before the script");
    const frames = said.filter(({ type }) => type === "update" || type === "send");
    assert.deepEqual(frames.slice(0, 3).map(({ type, profile, attributes }) => profile?.name ?? attributes?.plan ?? type), ["Ada Example", "pro", "send"]);
  },
  { shop: true },
);

story("the page's changes of address are told while a conversation lives, and only then", async (world) => {
  const { visitor, page, sdk } = await arrives(world);
  const said = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => said.push(JSON.parse(payload))));
  const walksTo = (path) => page.evaluate((to) => {
    history.pushState({}, "", to);
    document.title = `At ${to}`;
  }, path);
  const told = () => said.filter(({ type, page: at }) => type === "update" && at).map(({ page: { url, title } }) => [new URL(url).search, title]);
  await visitor.opensChat();
  await sdk.hears("availability");
  await walksTo("?looks=around");
  await visitor.says("which bell is louder?");
  await visitor.seesState("Sent|Delivered");
  // Only now does anybody care where the visitor is, and that is no longer where the hello said.
  await until(page, async () => told(), [["?looks=around", "At ?looks=around"]], "the page of the conversation");
  await page.evaluate(() => {
    for (const step of [1, 2, 3]) history.replaceState({}, "", `?quick=${step}`);
  });
  await until(page, async () => told().length, 2, "one report for three quick steps");
  await page.goBack();
  await until(page, async () => told().length, 3, "the way back");
  assert.deepEqual(told().map(([search]) => search), ["?looks=around", "?quick=3", ""]);
  await walksTo("/demo?bell=2");
  await until(page, async () => told().length, 4, "the last step");
  const agent = await world.agent();
  await agent.opensChat("which bell is louder?");
  await agent.page.locator(`.page-now a[href$="/demo?bell=2"]`).waitFor();
});
