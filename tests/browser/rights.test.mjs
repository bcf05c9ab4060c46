// What a visitor may do with what is kept of them: read in one sentence what it is, save it, read
// what was before, and leave nothing on this device.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const SENTENCE = "We keep chats for 90 days, on our own server in Leeds.";

story(
  "the site says in its own sentence what is kept",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.opensChat();
    await visitor.chooses("What is kept");
    await visitor.window.getByText(SENTENCE).waitFor();
    await visitor.page.keyboard.press("Escape");
    await visitor.window.getByText(SENTENCE).waitFor({ state: "hidden" });
    await visitor.field.waitFor();
  },
  { site: ["--privacy", SENTENCE] },
);

story("the chat is saved as text", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  const many = Array.from({ length: 70 }, (_, at) => `line ${at + 1}`);
  await visitor.says(...many);
  await visitor.seesState("Sent|Delivered");
  await agent.opensChat("line 70");
  await agent.takes();
  await agent.says("Saved?");
  await visitor.reloads();
  await visitor.log.getByText("Saved?").waitFor();
  const download = visitor.page.waitForEvent("download");
  await visitor.chooses("Save this chat");
  const file = await download;
  assert.match(file.suggestedFilename(), /\.txt$/);
  const lines = (await readFile(await file.path(), "utf8")).split("\n").filter(Boolean);
  const said = lines.map((line) => line.replace(/^\[[^\]]*\] /, ""));
  assert.deepEqual(said.filter((line) => line.startsWith("You: ")), many.map((text) => `You: ${text}`), "all of it, older pages too");
  assert.equal(said.at(-1), "lena: Saved?");
});

story(
  "earlier chats are listed and can be read",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    await visitor.says("The first question");
    await agent.opensChat("The first question");
    await agent.takes();
    await agent.says("The first answer");
    await visitor.sees("The first question", "The first answer");
    await agent.closes();
    await visitor.seesLine(/closed the chat/);
    await visitor.says("The second question");
    await visitor.sees("The second question");
    await visitor.seesState("Sent|Delivered");

    await visitor.chooses("Earlier chats");
    await visitor.window.getByRole("button", { name: /The first answer/ }).click();
    const past = visitor.window.locator(".past .b");
    await until(visitor.page, () => past.allTextContents(), ["The first question", "The first answer"], "the earlier chat");
    await visitor.window.getByRole("button", { name: "Back" }).click();
    await visitor.sees("The second question");
  },
  { site: ["--on-closed", "new"] },
);

story("after forgetting, the next person on the device sees nothing", async (world) => {
  const visitor = await world.visitor();
  await visitor.says("This is private");
  await visitor.seesState("Sent|Delivered");
  await visitor.keeps(/This is private/);
  const other = await visitor.opensTab();
  await other.opensChat();
  await other.sees("This is private");

  await visitor.chooses("Forget me on this device");
  await visitor.window.getByRole("button", { name: "Cancel" }).click();
  await visitor.sees("This is private");
  await visitor.chooses("Forget me on this device");
  await visitor.window.getByRole("button", { name: "Forget me", exact: true }).click();
  await visitor.window.waitFor({ state: "hidden" });
  assert.equal(await visitor.device(), "{}");
  await other.window.waitFor({ state: "hidden" });
  for (const tab of [visitor, other]) {
    await tab.opensChat();
    await tab.window.getByText("Nobody is here right now").or(tab.window.getByText("How can we help")).first().waitFor();
    await tab.sees();
  }
  await visitor.reloads();
  await visitor.sees();
  await visitor.says("Somebody else");
  await visitor.sees("Somebody else");
  await other.sees("Somebody else");
  assert.equal(await visitor.page.evaluate(() => JSON.stringify(localStorage).includes("private")), false);
});

story("the first of two tabs that wait for the server decides who the visitor is", async (world) => {
  const left = await world.visitor();
  const right = await left.opensTab();
  await Promise.all([left.bubble.click(), right.bubble.click()]);
  await Promise.all([left.field.waitFor(), right.field.waitFor()]);
  await left.says("from the left");
  await right.says("from the right");
  for (const tab of [left, right]) await until(tab.page, async () => (await tab.messages()).sort(), ["from the left", "from the right"], "both in one chat");
  const agent = await world.agent();
  assert.equal(await agent.rows.count(), 1, "one visitor, one chat");
});

story("a visitor is blocked from the chat's menu, is told so, and may come back", async (world) => {
  const visitor = await world.visitor();
  await visitor.says("Rude words");
  const agent = await world.agent();
  await agent.opensChat("Rude words");
  await agent.pane.getByRole("button", { name: "More", exact: true }).click();
  await agent.page.getByRole("button", { name: "Block this visitor" }).click();
  await agent.page.getByText("Blocked", { exact: true }).first().waitFor();
  await visitor.window.getByRole("status").getByText(/chat/).waitFor();
  await agent.page.goto(`${world.url}/console/settings/blocked`);
  await agent.page.getByRole("button", { name: "Unblock" }).click();
  await agent.page.getByText("Nobody is blocked.").waitFor();
  await visitor.reloads();
  await visitor.says("Sorry");
  await visitor.seesState("Sent|Delivered");
});
