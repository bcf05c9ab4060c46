// Several chats side by side: opened without a new page, found again after a reload, in the address,
// with the keyboard, and shut again.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";

const TEXTS = ["The charger blinks", "Where is order 1042?", "Is the child seat in stock?"];

/** Visitors who each said one thing. */
async function askers(world, texts) {
  for (const text of texts) {
    const visitor = await world.visitor();
    await visitor.opensChat();
    await visitor.says(text);
  }
}

const WIDE = { viewport: { width: 1440, height: 900 } };

const row = (agent, text) => agent.rows.filter({ hasText: text }).getByRole("link").first();
const panes = (agent) => agent.page.locator("#open > .pane");

async function opensBeside(agent, ...texts) {
  await agent.opensChat(texts[0]);
  for (const [n, text] of texts.slice(1).entries()) {
    await row(agent, text).click({ modifiers: ["Shift"] });
    await panes(agent).nth(n + 1).waitFor();
  }
}

story("chats stand side by side, and a reload finds them again", async (world) => {
  await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  const marked = await agent.page.evaluate(() => (window.marked = true));
  await opensBeside(agent, ...TEXTS);
  assert.equal(marked && (await agent.page.evaluate(() => window.marked)), true, "no new page was loaded");
  await panes(agent).nth(1).getByRole("textbox").fill("half a sentence");
  await agent.page.reload();
  for (const [n, text] of TEXTS.entries()) await panes(agent).nth(n).getByText(text).waitFor();
  assert.equal(await panes(agent).nth(1).getByRole("textbox").inputValue(), "half a sentence");
  assert.equal(await agent.page.locator("#side .facts-of:visible").count(), 1, "one side panel");
});

story("the way back shuts what was opened last", async (world) => {
  await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  await opensBeside(agent, ...TEXTS);
  await agent.page.goBack();
  await panes(agent).nth(2).waitFor({ state: "detached" });
  await agent.page.goForward();
  await panes(agent).nth(2).getByText(TEXTS[2]).waitFor();
});

story("panes are resized and changed with the keyboard", async (world) => {
  await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  await opensBeside(agent, ...TEXTS);
  const line = agent.page.getByRole("separator").first();
  const before = await panes(agent).first().evaluate((pane) => pane.offsetWidth);
  await line.focus();
  await agent.page.keyboard.press("ArrowRight");
  assert.ok((await panes(agent).first().evaluate((pane) => pane.offsetWidth)) > before, "wider");
  await agent.page.keyboard.press("Enter");
  assert.equal(await panes(agent).first().evaluate((pane) => pane.offsetWidth), before, "equal again");
  await agent.page.keyboard.press("Alt+2");
  await panes(agent).nth(1).and(agent.page.locator(".on")).waitFor();
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("w");
  await panes(agent).nth(2).waitFor({ state: "detached" });
  assert.deepEqual(await panes(agent).locator(".msg .b").allTextContents(), [TEXTS[0], TEXTS[2]]);
});

story("an agent answers six chats at once with the keyboard alone", async (world) => {
  const texts = ["one", "two", "three", "four", "five", "six"].map((word) => `question ${word}`);
  await askers(world, texts);
  const agent = await world.agent();
  const { keyboard } = agent.page;
  await keyboard.press("j");
  for (const text of texts) {
    await row(agent, text).focus();
    await keyboard.press("g");
    await agent.page.locator(".pane.on .msg .b", { hasText: text }).waitFor();
    await agent.page.locator(".pane.on").getByText("Yours", { exact: true }).first().waitFor();
    await keyboard.type(`an answer to ${text}`);
    await keyboard.press("Enter");
    await agent.page.locator(".pane.on .msg.out .b", { hasText: text }).waitFor();
    await keyboard.press("Escape");
  }
  await row(agent, texts[0]).focus();
  await keyboard.press("Shift+Enter");
  await panes(agent).nth(1).waitFor();
  await keyboard.type("and beside the other");
  await keyboard.press("Enter");
  await agent.page.locator(".pane.on .msg.out .b", { hasText: "beside the other" }).waitFor();
  for (const text of texts) await row(agent, text === texts[0] ? "beside the other" : `answer to ${text}`).waitFor();
});

story("a chat that arrives while the agent types takes no focus and moves nothing", async (world) => {
  await askers(world, ["first of all"]);
  const agent = await world.agent();
  await agent.opensChat("first of all");
  const field = agent.page.locator(".pane.on textarea");
  await field.pressSequentially("I am writ");
  const mine = agent.rows.filter({ hasText: "first of all" });
  await mine.locator(".draft").waitFor();
  const place = await mine.boundingBox();
  await askers(world, ["somebody new"]);
  await agent.page.locator("#line").getByText(/2/).waitFor();
  await field.pressSequentially("ing");
  assert.equal(await field.inputValue(), "I am writing");
  assert.equal(await agent.page.evaluate(() => document.activeElement?.tagName), "TEXTAREA");
  assert.deepEqual(await mine.boundingBox(), place);
});

story("a closed chat can be had back for a few seconds, and its words with it", async (world) => {
  await askers(world, ["close me", "and me"]);
  const agent = await world.agent();
  await agent.opensChat("close me");
  await agent.takes();
  await agent.field.fill("not finished");
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("e");
  await agent.page.getByText(/^Chat with .* closed\.$/).waitFor();
  await agent.page.locator(".no-pane").waitFor();
  await agent.page.keyboard.press("u");
  await agent.log.getByText("close me").waitFor();
  assert.equal(await agent.field.inputValue(), "not finished");
  await agent.page.getByText("Yours", { exact: true }).first().waitFor();
});

story("a page that is left closes at once what was to be closed", async (world) => {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says("that was all");
  const agent = await world.agent();
  await agent.opensChat("that was all");
  await agent.takes();
  await agent.closes();
  await agent.page.getByText(/^Chat with .* closed\.$/).waitFor();
  await agent.page.goto(`${world.url}/console/conversations?view=closed`);
  await row(agent, "that was all").waitFor();
});

story("two panes work without scripts", async (world) => {
  await askers(world, ["left one", "right one"]);
  const agent = await world.agent({ javaScriptEnabled: false });
  const ids = await agent.page.locator(".conv").evaluateAll((rows) => rows.map((row) => row.id.slice(4)));
  await agent.page.goto(`${world.url}/console/conversations/${ids[1]}?view=all&beside=${ids.join(",")}`);
  assert.equal(await panes(agent).count(), 2);
  const right = panes(agent).nth(1);
  await right.getByRole("button", { name: "Take" }).click();
  await panes(agent).nth(1).getByRole("textbox").fill("by a plain form");
  await panes(agent).nth(1).getByRole("button", { name: "Send", exact: true }).click();
  await panes(agent).nth(1).locator(".msg.out .b", { hasText: "by a plain form" }).waitFor();
  assert.equal(await panes(agent).count(), 2, "the other pane is still there");
  await panes(agent).nth(1).getByRole("link", { name: "Shut this pane" }).click();
  assert.equal(await panes(agent).count(), 1);
});
