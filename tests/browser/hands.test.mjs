// By keyboard alone, by touch on a phone, and by ear: the window takes and returns the focus, keeps
// it on a phone, and leaves the page behind in peace.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { settled, until } from "./support/until.mjs";

const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };

const focused = ({ page }) => page.evaluate(() => {
  const { activeElement } = document.querySelector("deskbell-chat").shadowRoot;
  return activeElement && (activeElement.getAttribute("aria-label") ?? activeElement.textContent);
});

story("everything is done by keyboard, and the focus comes back", async (world) => {
  const visitor = await world.visitor();
  const { keyboard } = visitor.page;
  await visitor.bubble.focus();
  await keyboard.press("Enter");
  await visitor.field.waitFor();
  assert.equal(await focused(visitor), "Write a message");
  assert.equal(await visitor.window.getAttribute("aria-modal"), null, "the page beside it stays in reach");
  await keyboard.type("by keyboard");
  await keyboard.press("Enter");
  await visitor.sees("by keyboard");

  await visitor.window.getByRole("button", { name: "Menu" }).focus();
  await keyboard.press("Enter");
  await visitor.window.getByRole("menu").waitFor();
  assert.equal(await focused(visitor), "Sound");
  await keyboard.press("ArrowDown");
  assert.equal(await focused(visitor), "Earlier chats");
  await keyboard.press("End");
  assert.equal(await focused(visitor), "Forget me on this device");
  await keyboard.press("ArrowDown");
  await keyboard.press("Escape");
  assert.equal(await focused(visitor), "Menu");
  await visitor.window.waitFor();
  await keyboard.press("Escape");
  await visitor.window.waitFor({ state: "hidden" });
  assert.match(await focused(visitor), /^Open chat/);
});

story("on a phone the window is the screen, keeps the focus, and the page behind stands still", async (world) => {
  const visitor = await world.visitor(PHONE);
  const { page } = visitor;
  await visitor.bubble.tap();
  await visitor.field.waitFor();
  await until(page, () => visitor.window.getAttribute("aria-modal"), "true", "modal");
  await settled(page);
  const box = await visitor.window.boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height].map(Math.round), [0, 0, 390, 780]);
  const before = await page.evaluate(() => scrollY);
  await page.mouse.wheel(0, 400);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(await page.evaluate(() => scrollY), before, "the page did not scroll");

  const inside = () => page.evaluate(() => document.activeElement === document.querySelector("deskbell-chat"));
  for (let at = 0; at < 12; at++) {
    await page.keyboard.press("Tab");
    assert.ok(await inside(), "the focus stays inside");
  }
  const small = await visitor.window.evaluate((element) => [...element.querySelectorAll("textarea, input")].filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16).length);
  assert.equal(small, 0, "no field makes the browser zoom");
  const targets = await visitor.window.evaluate((element) => [...element.querySelectorAll("button")].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect()).filter(({ width, height }) => Math.min(width, height) < 44).length);
  assert.equal(targets, 0, "targets have 44 px");

  await visitor.window.getByRole("button", { name: "Close" }).tap();
  await visitor.window.waitFor({ state: "hidden" });
  await page.mouse.wheel(0, 400);
  await until(page, () => page.evaluate(() => scrollY), (y) => y > before, "the page scrolls again");
});

story("on a phone the composer stays above the keyboard", async (world) => {
  const { context, watch } = await world.context(PHONE);
  // No keyboard comes up here: the page is told that the view became smaller, as a phone tells it.
  await context.addInitScript(() => {
    const view = Object.assign(new EventTarget(), { width: 390, height: 780, offsetTop: 0, offsetLeft: 0, scale: 1 });
    Object.defineProperty(window, "visualViewport", { value: view });
  });
  const page = await context.newPage();
  await page.goto(`${world.url}/demo`);
  await page.locator("deskbell-chat #b").tap();
  const field = page.locator(".comp textarea");
  await field.waitFor();
  await page.locator(".w[aria-modal]").waitFor();
  await page.evaluate(() => {
    Object.assign(window.visualViewport, { height: 420, offsetTop: 60 });
    window.visualViewport.dispatchEvent(new Event("resize"));
  });
  await settled(page);
  const { y, height } = await page.locator(".w").boundingBox();
  assert.deepEqual([Math.round(y), Math.round(height)], [60, 420]);
  const box = await field.boundingBox();
  assert.ok(box.y + box.height <= 480, `the field ends at ${box.y + box.height}`);
  assert.equal(watch.troubles.length, 0);
});

story("at 200 % zoom, in 320 px and with long words nothing is cut off", async (world) => {
  for (const viewport of [{ width: 640, height: 400 }, { width: 320, height: 480 }]) {
    const visitor = await world.visitor({ viewport });
    await visitor.says("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(3), `https://shop.example/${"0123456789".repeat(20)}`);
    await visitor.seesState("Sent|Delivered");
    const wide = await visitor.window.evaluate((element) => [element, ...element.querySelectorAll("*")].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).overflowX !== "visible" && getComputedStyle(one).textOverflow !== "ellipsis").map((one) => one.className));
    assert.deepEqual(wide, []);
    const box = await visitor.field.boundingBox();
    assert.ok(box.y + box.height <= viewport.height && box.x + box.width <= viewport.width, "the field is on screen");
    await visitor.page.close();
  }
});

story("links lead only to the web, and do not tell where they were", async (world) => {
  const visitor = await world.visitor();
  await visitor.says("See https://shop.example/a?b=c, javascript:alert(1) and data:text/html,x");
  await visitor.seesState("Sent|Delivered");
  const links = await visitor.log.getByRole("link").evaluateAll((all) => all.map(({ href, rel, target }) => [href, rel, target]));
  assert.deepEqual(links, [["https://shop.example/a?b=c", "noreferrer nofollow", "_blank"]]);
});
