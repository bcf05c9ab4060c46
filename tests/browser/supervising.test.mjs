// The wallboard, live; what supervisors do there; and alerts, of which one tab rings.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

async function asker(world, text) {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says(text);
  return visitor;
}

const tile = (page, name) => page.locator(".tile", { hasText: name }).locator("dd");

story("the wallboard shows who waits and who has what, by itself", async (world) => {
  const supervisor = await world.agent();
  const { page } = supervisor;
  await page.getByRole("link", { name: "Team" }).click();
  await page.getByRole("heading", { name: "Team" }).waitFor();
  await until(page, () => tile(page, "Waiting").first().textContent(), "0", "nobody waits");
  await asker(world, "Is anybody there?");
  await until(page, () => tile(page, "Waiting").first().textContent(), "1", "one waits");
  const agent = await world.agent();
  await agent.opensChat("Is anybody there?");
  await agent.takes();
  await until(page, () => tile(page, "Waiting").first().textContent(), "0", "nobody waits any more");
  await page.locator(".person-chats a").first().waitFor();
  await page.getByLabel(/^State of/).first().selectOption("offline");
  await page.getByRole("button", { name: "Set" }).first().click();
  await until(page, () => tile(page, "Waiting").first().textContent(), "1", "the chats of who went go back to the line");
});

story("the wallboard is a plain page without scripts", async (world) => {
  await asker(world, "Hello");
  const agent = await world.agent({ javaScriptEnabled: false });
  await agent.page.getByRole("link", { name: "Team" }).click();
  assert.equal(await tile(agent.page, "Waiting").first().textContent(), "1");
  await agent.page.getByRole("row", { name: /Support/ }).waitFor();
});

/** Counts what a page would sound: a test hears nothing. */
const EARS = () => {
  window.rung = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.rung += 1;
    return start.apply(this, when);
  };
};

story("of two tabs one rings, and the other when that one is gone", async (world) => {
  const agent = await world.agent();
  const context = agent.page.context();
  await context.addInitScript(EARS);
  await agent.page.reload();
  const other = await context.newPage();
  await other.goto(agent.page.url());
  for (const page of [agent.page, other]) {
    await page.bringToFront();
    await page.locator("body").click({ position: { x: 5, y: 300 } });
    await page.getByRole("button", { name: "Sound is on" }).waitFor();
    await page.locator("#link[data-state=live]").waitFor();
  }
  const rung = async () => [await agent.page.evaluate(() => window.rung), await other.evaluate(() => window.rung)];
  await asker(world, "First of all");
  await until(other, async () => (await rung()).reduce((sum, count) => sum + count), 2, "two notes of one tab");
  const [first] = await rung();
  const [leader, follower] = first > 0 ? [agent.page, other] : [other, agent.page];
  await leader.close();
  await asker(world, "And another");
  await until(follower, () => follower.evaluate(() => window.rung), 2, "the other tab took over");
});

story("sounds and notifications are chosen, tested and kept", async (world) => {
  const agent = await world.agent();
  const { page } = agent;
  await page.locator(".alerts-btn").click();
  const dialog = page.getByRole("dialog", { name: "Alerts" });
  await dialog.getByLabel("a chat waits in my queues").uncheck();
  await dialog.getByLabel("Sound", { exact: true }).uncheck();
  await dialog.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: "Sound is off", exact: true }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sound is off", exact: true }).click();
  assert.equal(await dialog.getByLabel("a chat waits in my queues").isChecked(), false);
});
