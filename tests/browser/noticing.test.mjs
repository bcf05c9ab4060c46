// How a visitor who looks elsewhere hears of new messages, and how one who listens does.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { settled, until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

/** Counts notes instead of sounding them, in each page. */
const LISTENING = () => {
  window.notes = 0;
  const param = () => ({ setValueAtTime: () => {}, linearRampToValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} });
  window.AudioContext = class { currentTime = 0; destination = {}; resume() { return Promise.resolve(); } };
  window.GainNode = class { gain = param(); connect(to) { return to; } };
  window.OscillatorNode = class { connect(to) { return to; } start() { window.notes += 1; } stop() {} };
};
const NOTES = 2;
/** Numbers stand between marks that isolate their direction. */
const unread = (count) => new RegExp(`^Open chat, \\W*${count}\\W* new`);

const title = ({ page }, wanted) => until(page, () => page.title(), wanted, "the page's title");
const notes = ({ page }) => page.evaluate(() => window.notes);

async function inTalk(world, prepare) {
  const { context, watch } = await world.context();
  if (prepare) await context.addInitScript(prepare);
  const visitor = await Visitor.arrive(context, watch, `${world.url}/demo`);
  await visitor.says("Hello?");
  await visitor.seesState("Sent|Delivered");
  const agent = await world.agent();
  await agent.opensChat("Hello?");
  await agent.takes();
  return { visitor, agent };
}

story("unread messages are counted on the bubble and in the title, which the page may change", async (world) => {
  const { visitor, agent } = await inTalk(world);
  const { page } = visitor;
  const own = await page.title();
  await visitor.bubble.click();
  await agent.says("One moment.");
  await title(visitor, `(1) ${own}`);
  await agent.says("It is on its way.");
  await title(visitor, `(2) ${own}`);
  await page.getByRole("button", { name: unread(2) }).waitFor();
  await page.evaluate(() => (document.title = "Checkout"));
  await title(visitor, "(2) Checkout");

  await visitor.opensChat();
  await visitor.sees("Hello?", "One moment.", "It is on its way.");
  await title(visitor, "Checkout");
  await agent.seesState("Read");
  await page.getByRole("button", { name: "Close chat" }).waitFor();
});

story("what is read in one tab is read in the other", async (world) => {
  const { visitor, agent } = await inTalk(world);
  await visitor.bubble.click();
  const other = await visitor.opensTab();
  await agent.says("Here I am.");
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: unread(1) }).waitFor();
  await other.opensChat();
  await other.sees("Hello?", "Here I am.");
  await agent.seesState("Read");
  await visitor.page.bringToFront();
  await visitor.reloads();
  await title(visitor, (text) => !/^\(/.test(text));
});

story("a first glance shows what came, and leads into the chat", async (world) => {
  const { visitor, agent } = await inTalk(world);
  await visitor.bubble.click();
  await agent.says("<b>Good news</b>");
  const glance = visitor.page.locator(".peek");
  await glance.getByText("<b>Good news</b>").waitFor();
  await glance.getByRole("button", { name: "Close" }).click();
  await glance.waitFor({ state: "hidden" });
  await agent.says("It is here.");
  await glance.getByText("It is here.").click();
  await visitor.field.waitFor();
  await glance.waitFor({ state: "hidden" });
  assert.ok(await visitor.field.evaluate((field) => field.getRootNode().activeElement === field), "the field has the focus");
});

story("one tab of many makes the sound, and none while the visitor wants quiet", async (world) => {
  const { visitor, agent } = await inTalk(world, LISTENING);
  await visitor.bubble.click();
  const other = await visitor.opensTab();
  await other.opensChat();
  await other.bubble.click();
  await agent.says("Do you hear me?");
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: unread(1) }).waitFor();
  const both = async () => (await notes(visitor)) + (await notes(other));
  await until(other.page, both, NOTES, "notes in both tabs");

  await other.opensChat();
  await other.chooses("Sound");
  await other.bubble.click();
  await agent.says("And now?");
  for (const tab of [visitor, other]) await tab.page.getByRole("button", { name: /new message/ }).waitFor();
  await other.page.locator(".peek").getByText("And now?").waitFor();
  assert.equal(await both(), NOTES, "quiet");
  await other.reloads();
  await other.window.getByRole("button", { name: "Menu" }).click();
  assert.equal(await other.window.getByRole("menuitemcheckbox", { name: "Sound" }).getAttribute("aria-checked"), "false");
});

story("new words are announced once, with who says them", async (world) => {
  const { visitor, agent } = await inTalk(world);
  await visitor.window.evaluate((element) => {
    window.said = [];
    new MutationObserver(() => {
      const text = element.querySelector("[aria-live=polite]").textContent;
      if (text) window.said.push(text);
    }).observe(element, { childList: true, subtree: true });
  });
  await agent.says("First.");
  await visitor.sees("Hello?", "First.");
  await agent.says("Second.");
  await visitor.sees("Hello?", "First.", "Second.");
  await agent.seesState("Read");
  const said = await visitor.page.evaluate(() => [...new Set(window.said)]);
  assert.deepEqual(said, ["lena: First.", "lena: Second."]);
});

story("older messages come in above without a jump, and new ones below are counted", async (world) => {
  const visitor = await world.visitor();
  const many = Array.from({ length: 120 }, (_, at) => `line ${at + 1}`);
  await visitor.says(...many);
  await visitor.seesState("Sent|Delivered");
  const agent = await world.agent();
  await agent.opensChat("line 120");
  await visitor.reloads();
  await visitor.sees(...many.slice(-50));

  const list = visitor.window.locator(".scroll");
  const placeOf = (text) => visitor.log.locator(".b", { hasText: new RegExp(`^${text}$`) }).evaluate((line) => Math.round(line.getBoundingClientRect().top));
  await settled(visitor.page);
  const before = await list.evaluate((element) => {
    element.scrollTop = 80;
    return Math.round([...element.querySelectorAll(".b")].find(({ textContent }) => textContent === "line 75").getBoundingClientRect().top);
  });
  await until(visitor.page, async () => (await visitor.messages()).length, (count) => count >= 90, "messages after scrolling back");
  await settled(visitor.page);
  assert.equal(await placeOf("line 75"), before, "what was read stays in place");

  await agent.says("Anything else?");
  const jump = visitor.window.getByRole("button", { name: /new message/ });
  await jump.waitFor();
  assert.equal(await placeOf("line 75"), before, "a new message does not move what is read");
  await jump.click();
  await jump.waitFor({ state: "hidden" });
  await agent.seesState("Read");
});
