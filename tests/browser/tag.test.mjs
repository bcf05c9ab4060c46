// The attributes of the script tag, on a website of another origin.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const SHOP = { shop: true };

/** How far an element is from the edges of the screen. */
async function edges(visitor, element) {
  const { x, y, width, height } = await element.boundingBox();
  const screen = visitor.page.viewportSize();
  return { left: x, right: screen.width - x - width, bottom: screen.height - y - height };
}

const layer = (visitor) => visitor.page.locator("deskbell-chat").evaluate((host) => getComputedStyle(host).zIndex);

story("without attributes the bubble is at the right, above everything", async (world) => {
  const visitor = await world.visitor({ path: "/with" });
  const { right, bottom } = await edges(visitor, visitor.bubble);
  assert.deepEqual([right, bottom], [24, 24]);
  assert.equal(await layer(visitor), "2147483000");
}, SHOP);

story("data-position, data-offset and data-z-index place the bubble, and the window with it", async (world) => {
  const visitor = await world.visitor({ path: "/with?data-position=left&data-offset=40,90&data-z-index=7" });
  const { left, bottom } = await edges(visitor, visitor.bubble);
  assert.deepEqual([left, bottom], [40, 90]);
  assert.equal(await layer(visitor), "7");
  await visitor.opensChat();
  await until(visitor.page, async () => (await edges(visitor, visitor.window)).left, 40, "the window's edge");
  assert.ok((await edges(visitor, visitor.window)).bottom >= 150, "it stands above the bubble");
}, SHOP);

story("data-offset with one number counts for both sides", async (world) => {
  const visitor = await world.visitor({ path: "/with?data-offset=12px" });
  const { right, bottom } = await edges(visitor, visitor.bubble);
  assert.deepEqual([right, bottom], [12, 12]);
}, SHOP);

story("data-locale speaks another language than the page", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  await page.goto(`${world.shop.url}/with?data-locale=de-AT`);
  await page.getByRole("button", { name: "Chat öffnen" }).click();
  assert.equal(await page.getByRole("dialog").getAttribute("lang"), "de");
}, SHOP);

story("data-open opens the chat with the page", async (world) => {
  const visitor = await world.visitor({ path: "/with?data-open" });
  await visitor.field.waitFor();
}, SHOP);

story("the site's key may stand in the script's address", async (world) => {
  const visitor = await world.visitor({ path: "/in-path" });
  await visitor.says("by the address");
  await visitor.seesState("Sent|Delivered");
}, SHOP);

story("a container that comes late gets the chat, and gets it back when it is drawn anew", async (world) => {
  const { context } = await world.context();
  const page = await context.newPage();
  await page.goto(`${world.shop.url}/with?data-container=%23later`);
  await page.waitForFunction(() => window.Deskbell?.up);
  assert.equal(await page.locator("deskbell-chat").count(), 0);
  const draws = () => page.evaluate(() => {
    document.querySelector("#later")?.remove();
    const later = document.createElement("div");
    later.id = "later";
    later.style.height = "500px";
    document.querySelector("main").append(later);
  });
  await draws();
  const field = page.locator("#later").getByRole("textbox");
  await field.fill("half a thought");
  await draws();
  await field.waitFor();
  assert.equal(await field.inputValue(), "half a thought");
}, SHOP);
