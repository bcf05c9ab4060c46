// The demo's hard pages: each makes the widget's life hard in a way of its own, and the chat works
// on each, as on any other, without a report of the policy and without an error in the console.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

/** Both talk, the page is loaded again, and all is still there. */
async function theyTalkOn(world, path, look = async () => {}) {
  const visitor = await world.visitor({ path });
  const agent = await world.agent();
  await visitor.says("from the page");
  await visitor.seesState("Sent|Delivered");
  await agent.opensChat("from the page");
  await agent.says("from the desk");
  await visitor.sees("from the page", "from the desk");
  await look(visitor, agent);
  await visitor.reloads();
  await visitor.sees("from the page", "from the desk");
  return { visitor, agent };
}

/** The whole window and the bubble are on screen, and of a size to be used. */
async function isOnScreen(visitor) {
  const { width, height } = visitor.page.viewportSize();
  for (const [what, element, least] of [["window", visitor.window, 280], ["bubble", visitor.bubble, 48]]) {
    const box = await element.boundingBox();
    assert.ok(box.width >= least && box.height >= least, `the ${what} is ${box.width} by ${box.height}`);
    const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    assert.ok(inside, `the ${what} is at ${box.x}, ${box.y}, ${box.width} by ${box.height}`);
  }
}

story("the shop leads to every hard page, and the chat works on it", async (world) => {
  const { visitor } = await theyTalkOn(world, "/demo", isOnScreen);
  const links = await visitor.page.locator("#help li a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  assert.ok(links.length >= 13, `${links}`);
  for (const link of links) assert.equal((await visitor.page.request.get(world.url + link)).status(), 200, link);
});

for (const name of ["hostile", "strict", "written", "twice", "base", "zoomed", "transformed"]) {
  story(`the chat works on the page "${name}"`, async (world) => {
    const { visitor } = await theyTalkOn(world, `/demo/${name}`, isOnScreen);
    assert.equal(await visitor.page.locator("deskbell-chat").count(), 1);
  });
}

story("the chat works on a page whose scripts have bent the foundations", async (world) => {
  const { visitor, agent } = await theyTalkOn(world, "/demo/tampered", isOnScreen);
  // They are bent indeed.
  const bent = await visitor.page.evaluate(() => {
    try {
      return String(new WebSocket("ws://127.0.0.1:9"));
    } catch (error) {
      return error.message;
    }
  });
  assert.equal(bent, "WebSocket was used");
  await visitor.says('quotes " and \\, a 🚲 and [1,2]');
  await agent.sees("from the page", "from the desk", 'quotes " and \\, a 🚲 and [1,2]');
});

story(
  "the chat works on a page with bent foundations where sockets are blocked",
  async (world) => {
    await theyTalkOn(world, "/demo/tampered");
    assert.ok(world.proxy.counts.events > 0, JSON.stringify(world.proxy.counts));
  },
  { network: { blocksSockets: true } },
);

story("a body that is swapped takes neither the chat nor what is typed with it", async (world) => {
  const visitor = await world.visitor({ path: "/demo/swapping" });
  const agent = await world.agent();
  await visitor.says("from the first step");
  await agent.opensChat("from the first step");
  await visitor.field.fill("half a thought");
  for (const step of [2, 3, 4, 5]) {
    await visitor.page.getByRole("button", { name: "Next" }).click();
    await visitor.page.getByRole("heading", { name: `Step ${step}` }).waitFor();
    assert.equal(await visitor.page.locator("deskbell-chat").count(), 1);
    assert.equal(await visitor.field.inputValue(), "half a thought");
    await isOnScreen(visitor);
  }
  await agent.says("after the swaps");
  await visitor.sees("from the first step", "after the swaps");
  await visitor.field.press("Enter");
  await agent.sees("from the first step", "after the swaps", "half a thought");
});

story("in the page the chat rests until somebody goes into it", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  const live = [];
  page.on("websocket", (socket) => live.push(socket.url()));
  await page.goto(`${world.url}/demo/inline`);
  const field = page.getByRole("textbox");
  await field.waitFor();
  await page.getByRole("dialog").getByText(/.+/).first().waitFor();
  assert.deepEqual(await page.evaluate(() => [localStorage.length, document.activeElement.tagName]), [0, "BODY"]);
  assert.deepEqual(live, []);
  const agent = await world.agent();
  await field.click();
  await field.fill("in the page");
  await field.press("Enter");
  await agent.opensChat("in the page");
  await agent.says("and back");
  await until(page, () => page.locator("deskbell-chat .msg .b").allTextContents(), (texts) => texts.includes("and back"), "the answer");
  assert.equal(await page.locator("deskbell-chat #b").count(), 0);
  const [inside, around] = [await page.getByRole("dialog").boundingBox(), await page.locator("#chat-here").boundingBox()];
  assert.deepEqual(inside, around);
});

story("a button of the page opens the chat and gets the focus back", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  await page.goto(`${world.url}/demo/launcher`);
  const button = page.getByRole("button", { name: "Ask us" });
  const field = page.getByRole("dialog").getByRole("textbox");
  await page.waitForFunction(() => window.Deskbell?.up);
  assert.equal(await page.locator("deskbell-chat #b").count(), 0);
  await button.click();
  await field.fill("by the page's own button");
  await field.press("Enter");
  const agent = await world.agent();
  await agent.opensChat("by the page's own button");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "ask");
  await button.press("Enter");
  await field.waitFor();
});

story("on a page that reads from right to left the chat does too", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  await page.goto(`${world.url}/demo/rtl`);
  await page.getByRole("button", { name: "افتح المحادثة" }).click();
  const window = page.getByRole("dialog");
  assert.equal(await window.getAttribute("dir"), "rtl");
  assert.equal(await window.getAttribute("lang"), "ar");
  await window.getByRole("textbox").fill("مرحبا");
  await window.getByRole("textbox").press("Enter");
  const agent = await world.agent();
  await agent.opensChat("مرحبا");
  await agent.says("أهلا");
  await until(page, () => page.locator("deskbell-chat [role=log] .msg .b").allTextContents(), ["مرحبا", "أهلا"], "both messages");
});

story("the chat as a page fills the screen of a phone and is a card on a desk", async (world) => {
  const { context } = await world.context({ viewport: { width: 390, height: 800 }, locale: "de-DE" });
  const page = await context.newPage();
  const answer = await page.goto(`${world.url}/chat/${world.server.ids.site_key}`);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'self'/);
  assert.doesNotMatch(policy, /unsafe-/);
  assert.equal(await page.title(), "Shop");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  const field = page.getByRole("dialog").getByRole("textbox");
  await field.fill("from a page of its own");
  await field.press("Enter");
  const agent = await world.agent();
  await agent.opensChat("from a page of its own");
  assert.deepEqual(await page.getByRole("dialog").boundingBox(), { x: 0, y: 0, width: 390, height: 800 });
  assert.equal(await page.locator("deskbell-chat #b").count(), 0);
  await page.setViewportSize({ width: 1200, height: 900 });
  const card = await page.getByRole("dialog").boundingBox();
  assert.equal(card.width, 720);
  assert.ok(card.height < 900 && card.x > 200, JSON.stringify(card));
});
