// The list of the console while chats come in live.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";

story("an agent who opens a chat that came in live stays in the view they chose", async (world) => {
  const agent = await world.agent();
  const visitor = await world.visitor();
  await visitor.says("came in live");
  await agent.opensChat("came in live");
  const current = await agent.page.getByRole("navigation", { name: "Views" }).locator("[aria-current=page]").textContent();
  assert.match(current, /^All/);
  await agent.takes();
  await agent.rows.filter({ hasText: "came in live" }).waitFor();
});

story("an incoming chat neither takes the focus nor disturbs what is being written", async (world) => {
  const first = await world.visitor();
  await first.says("the first");
  const agent = await world.agent();
  await agent.opensChat("the first");
  await agent.field.fill("half an ans");

  const second = await world.visitor();
  await second.says("the second");
  await agent.rows.filter({ hasText: "the second" }).waitFor();
  assert.equal(await agent.field.inputValue(), "half an ans");
  assert.equal(await agent.field.evaluate((field) => field === document.activeElement), true);
  await agent.sees("the first");
});
