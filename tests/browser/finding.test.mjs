// The list: search as you type, a filter that is kept as a view and lives, what is late.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";

async function asker(world, text) {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says(text);
  return visitor;
}

story("a chat is found by its words with the keyboard, and opens", async (world) => {
  await asker(world, "My charger blinks orange");
  await asker(world, "Where is order 1042?");
  const agent = await world.agent();
  await agent.page.keyboard.press("/");
  await agent.page.keyboard.type("CHARGER");
  const hit = agent.page.getByRole("region", { name: "Found" }).getByRole("link");
  await hit.waitFor();
  assert.equal(await hit.locator("mark").textContent(), "charger");
  await agent.page.keyboard.press("Enter");
  await agent.log.getByText("My charger blinks orange").waitFor();
  await agent.page.getByRole("searchbox").focus();
  await agent.page.keyboard.type("nothing like it");
  await agent.page.getByText(/^No chats match/).waitFor();
  await agent.page.keyboard.press("Escape");
  await agent.rows.filter({ hasText: "Where is order 1042?" }).waitFor();
});

story("the palette finds a chat, too", async (world) => {
  await asker(world, "The saddle is too high");
  const agent = await world.agent();
  await agent.page.keyboard.press("Control+k");
  await agent.page.keyboard.type("saddle");
  await agent.page.getByRole("option", { name: /saddle is too high/ }).waitFor();
  await agent.page.keyboard.press("Enter");
  await agent.log.getByText("The saddle is too high").waitFor();
});

story("a filter is kept as a view, and chats come into it by themselves", async (world) => {
  const agent = await world.agent();
  await agent.page.locator("#filter summary").click();
  await agent.page.getByLabel("State").selectOption({ label: "In the queue" });
  await agent.page.getByLabel("Keep as").fill("Who waits");
  await agent.page.getByRole("button", { name: "Show", exact: true }).click();
  await agent.page.locator("nav a[aria-current=page]", { hasText: "Who waits" }).waitFor();
  await agent.page.getByText("No chat fits").waitFor();
  await asker(world, "I am new here");
  await agent.rows.filter({ hasText: "I am new here" }).waitFor();
  await agent.opensChat("I am new here");
  await agent.takes();
  await agent.page.locator(".conv.gone, .empty:not([hidden])").first().waitFor();
});

story("the list can be filtered without scripts", async (world) => {
  await asker(world, "A question");
  const agent = await world.agent({ javaScriptEnabled: false });
  await agent.page.locator("#filter summary").click();
  await agent.page.getByLabel("State").selectOption({ label: "Closed" });
  await agent.page.getByRole("button", { name: "Show", exact: true }).click();
  await agent.page.getByText("No chat fits").waitFor();
});
