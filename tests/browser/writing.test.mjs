// Everything an agent writes with: drafts in step over devices, canned replies, mentions, changing and
// taking back what was said.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

async function asker(world, text) {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says(text);
  return visitor;
}

story("a draft comes to the agent's other device, and nothing that is typed there is lost", async (world) => {
  await asker(world, "A question");
  const [desk, phone] = [await world.agent(), await world.agent()];
  await desk.opensChat("A question");
  await phone.opensChat("A question");
  await desk.field.fill("begun at the desk");
  await until(phone.page, () => phone.field.inputValue(), "begun at the desk", "the draft on the other device");
  await phone.field.fill("changed on the phone");
  await until(desk.page, async () => (await desk.field.inputValue()) + (await desk.page.locator(".aside-words").allTextContents()).join(), "begun at the deskchanged on the phone", "both are there");
  await desk.page.getByRole("button", { name: "Use" }).click();
  assert.equal(await desk.field.inputValue(), "changed on the phone");
  const third = await world.agent();
  await third.opensChat("A question");
  assert.equal(await third.field.inputValue(), "changed on the phone");
});

story("a browser that crashes loses nothing that was typed", async (world) => {
  await asker(world, "A question");
  const agent = await world.agent();
  await agent.opensChat("A question");
  await agent.field.pressSequentially("half a sen");
  const context = agent.page.context();
  const address = agent.page.url();
  // Without a word to the page, as in a crash.
  await agent.page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(address);
  assert.equal(await again.locator(".pane.on textarea").inputValue(), "half a sen");
});

story("a canned reply is kept, found by its shortcut, and filled", async (world) => {
  await asker(world, "Where is my parcel?");
  const agent = await world.agent();
  await agent.opensChat("Where is my parcel?");
  await agent.takes();
  await agent.field.fill("Hello {{visitor.first_name|there}}, it is on its way.");
  await agent.page.getByRole("button", { name: "More for writing" }).click();
  await agent.page.getByRole("menuitem", { name: "Save as canned reply" }).click();
  await agent.page.getByLabel("Shortcut", { exact: true }).fill("way");
  await agent.page.keyboard.press("Enter");
  await agent.page.getByText(/^Saved\. Type \/way/).waitFor();
  await agent.field.fill("");
  await agent.page.reload();
  await agent.field.focus();
  await agent.page.keyboard.type("/wa");
  await agent.page.getByRole("option", { name: /way/ }).waitFor();
  await agent.page.keyboard.press("Enter");
  await until(agent.page, () => agent.field.inputValue(), "Hello there, it is on its way.", "the filled text");
  await agent.page.keyboard.press("Enter");
  await agent.log.locator(".msg.out .b", { hasText: "Hello there, it is on its way." }).waitFor();
});

story("my last message is changed with the arrow key, and the visitor sees it changed", async (world) => {
  const visitor = await asker(world, "When?");
  const agent = await world.agent();
  await agent.opensChat("When?");
  await agent.takes();
  await agent.says("On Munday.");
  await agent.field.press("ArrowUp");
  await until(agent.page, () => agent.field.inputValue(), "On Munday.", "the message in the composer");
  await agent.field.fill("On Monday.");
  await agent.page.keyboard.press("Enter");
  await visitor.sees("When?", "On Monday.");
  await agent.log.locator(".edited").last().click();
  await agent.log.getByText("On Munday.").waitFor();
});

story("what was just sent is had back", async (world) => {
  const visitor = await asker(world, "How much?");
  const agent = await world.agent();
  await agent.opensChat("How much?");
  await agent.takes();
  await visitor.page.goto("about:blank");
  await agent.says("Ten thousand");
  await agent.log.getByRole("button", { name: "Undo" }).click();
  await until(agent.page, () => agent.field.inputValue(), "Ten thousand", "the words are back");
  await agent.log.locator(".is-deleted").waitFor();
});

story("two agents take the same chat in the same instant: one has it, the other is told", async (world) => {
  await asker(world, "Who is first?");
  const marek = { email: "marek@shop.example", password: "correct horse battery" };
  await world.server.runs("agent", "add", "--email", marek.email, "--name", "Marek", "--password", marek.password);
  const [one, two] = [await world.agent(), await world.agent({ who: marek })];
  await Promise.all([one.opensChat("Who is first?"), two.opensChat("Who is first?")]);
  const moment = Date.now() + 500;
  const press = (button, at) => setTimeout(() => button.click(), at - Date.now());
  await Promise.all([one, two].map((agent) => agent.pane.getByRole("button", { name: "Take", exact: true }).evaluate(press, moment)));
  // Whoever came second sees who has it, and is offered to take it over instead.
  const lost = [one, two].map((agent) => agent.pane.getByRole("button", { name: "Take over" }).waitFor().then(() => agent));
  const loser = await Promise.any(lost);
  const winner = loser === one ? two : one;
  await winner.pane.getByText("Yours", { exact: true }).first().waitFor();
  assert.equal(await loser.pane.getByText("Yours", { exact: true }).first().isVisible(), false);
});

story("two who answer in the same instant: one is asked, sees the difference and keeps the text", async (world) => {
  const visitor = await asker(world, "Which size?");
  const marek = { email: "marek@shop.example", password: "correct horse battery" };
  await world.server.runs("agent", "add", "--email", marek.email, "--name", "Marek", "--role", "supervisor", "--password", marek.password);
  const one = await world.agent();
  const two = await world.agent({ who: marek });
  await one.opensChat("Which size?");
  await one.takes();
  await two.opensChat("Which size?");
  await Promise.all([one.field.fill("Size M"), two.field.fill("Size L")]);
  await Promise.all([one, two].map((agent) => agent.field.press("Enter")));
  const asked = await Promise.race([one, two].map((agent) => agent.page.locator(".guard").waitFor().then(() => agent)));
  assert.match(await asked.field.inputValue(), /^Size [ML]$/);
  await visitor.log.getByText(/^Size [ML]$/).first().waitFor();
});
