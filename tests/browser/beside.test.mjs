// What an agent knows and does beside writing: who the visitor is and where they are, snoozing, passing on,
// taking over, who else is here, and the own state on all screens.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { Agent } from "./support/agent.mjs";
import { seriousIn as check } from "./support/axe.mjs";
import { story } from "./support/story.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PICTURES = resolve(import.meta.dirname, "../../target/tests/beside");
const PASSWORD = "correct horse battery";

/** Another agent of the shop, at a console of their own. */
async function colleague(world, name, options = WIDE, role = "agent") {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@shop.example`;
  await world.server.runs("agent", "add", "--email", email, "--name", name, "--role", role, "--password", PASSWORD);
  const { context, watch } = await world.context(options);
  return Agent.signIn(context, watch, world.url, { email, password: PASSWORD });
}

async function asker(world, text) {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says(text);
  await visitor.seesState("Sent|Delivered");
  return visitor;
}

/** The site tells something, as its page would. */
const tells = (visitor, ...call) => visitor.page.evaluate((args) => void window.Deskbell(...args), call);

const panel = (agent) => agent.page.locator("#side");

story("the side panel shows where the visitor goes, as they go there", async (world) => {
  const visitor = await asker(world, "Is it in stock?");
  const agent = await world.agent(WIDE);
  await agent.opensChat("Is it in stock?");
  await tells(visitor, "set", { attributes: { plan: "pro", time_zone: "Europe/Lisbon" } });
  await panel(agent).getByText("plan").waitFor();
  await panel(agent).getByText(/^\d\d:\d\d, Lisbon$/).waitFor();
  await visitor.page.evaluate(() => {
    document.title = "Basket, two things";
    history.pushState({}, "", "/demo?basket");
  });
  await panel(agent).locator(".page-now", { hasText: "Basket, two things" }).waitFor();
  await tells(visitor, "track", "left_basket", { items: 2 });
  await panel(agent).getByText("left_basket").waitFor();
  await panel(agent).locator("summary", { hasText: "From the website" }).click();
  await tells(visitor, "set", { attributes: { plan: "free" } });
  await panel(agent).locator("dd", { hasText: "free" }).waitFor({ state: "attached" });
  assert.equal(await panel(agent).locator("[data-fold=attributes]").getAttribute("open"), null, "what was folded stays folded");
  await agent.page.reload();
  await agent.log.waitFor();
  assert.equal(await panel(agent).locator("[data-fold=attributes]").getAttribute("open"), null, "also in the next page");
});

story("a chat is snoozed by keyboard, says so, and wakes when the visitor writes", async (world) => {
  const visitor = await asker(world, "Next week is fine.");
  const agent = await world.agent(WIDE);
  await agent.opensChat("Next week is fine.");
  await agent.takes();
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("z");
  const menu = agent.page.locator(".pop:popover-open");
  await menu.getByText("Monday morning").waitFor();
  assert.equal(await agent.page.evaluate(() => document.activeElement?.closest(".pop") !== null), true, "the focus is in the menu");
  await agent.page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  await agent.page.locator(".pane .snooze").focus();
  await agent.page.keyboard.press("Enter");
  await agent.page.keyboard.press("ArrowDown");
  await agent.page.keyboard.press("Enter");
  await agent.log.getByText(/snoozed this chat until/).waitFor();
  await agent.pane.locator(".strip.snooze").waitFor();
  await visitor.says("It is next week now.");
  await agent.log.getByText(/the chat woke up/).waitFor();
  await agent.pane.getByText("Yours", { exact: true }).first().waitFor();
  assert.equal(await visitor.log.getByText(/snoozed|woke/).count(), 0, "the visitor is told nothing of it");
  await agent.page.keyboard.press("Escape");
  await agent.pane.locator(".more").click();
  await agent.page.locator(".pop:popover-open").getByRole("button", { name: "Urgent" }).click();
  await agent.log.getByText(/set the priority: Urgent/).waitFor();
  await agent.pane.locator(".chip.risk").waitFor();
});

story("a chat is passed on with a note, by keyboard", async (world) => {
  await asker(world, "My camera is wet.");
  const marek = await colleague(world, "Marek Kowalczyk");
  const agent = await world.agent(WIDE);
  await agent.opensChat("My camera is wet.");
  await agent.takes();
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("t");
  const dialog = agent.page.locator("dialog.pass-sheet");
  await dialog.waitFor();
  await agent.page.keyboard.type("marek");
  await dialog.locator(".pass-one", { hasText: "Marek" }).getByRole("radio", { checked: true }).waitFor();
  await dialog.getByLabel("Note for whoever gets it").fill("Knows cameras.");
  await dialog.getByRole("button", { name: "Pass on" }).press("Enter");
  await agent.log.getByText(/Transferred to Marek Kowalczyk/).waitFor();
  await agent.log.getByText("Knows cameras.").waitFor();
  await panel(agent).getByText("Knows cameras.").waitFor();
  await marek.shows("Mine");
  await marek.opensChat("My camera is wet.");
  await marek.pane.getByText("Yours", { exact: true }).first().waitFor();
  await agent.pane.getByRole("button", { name: "Take over" }).click();
  await agent.pane.getByText("Yours", { exact: true }).first().waitFor();
  await marek.pane.getByText(/has this chat/).first().waitFor();
});

story("without scripts a chat is passed on by a page, and snoozed by a menu", async (world) => {
  const visitor = await asker(world, "Who repairs wheels?");
  await colleague(world, "Marek Kowalczyk");
  const agent = await world.agent({ ...WIDE, javaScriptEnabled: false });
  await agent.opensChat("Who repairs wheels?");
  await agent.takes();
  await agent.pane.locator(".snooze").click();
  await agent.page.getByRole("button", { name: "In 1 day" }).click();
  await agent.pane.locator(".strip.snooze").waitFor();
  await agent.pane.getByRole("button", { name: "Wake it now" }).click();
  await agent.pane.getByText("Yours", { exact: true }).first().waitFor();
  await agent.pane.getByRole("link", { name: "Pass on" }).click();
  await agent.page.getByRole("radio", { name: /Marek Kowalczyk/ }).check();
  await agent.page.getByLabel("Note for whoever gets it").fill("Wheels.");
  await agent.page.getByRole("button", { name: "Pass on" }).click();
  await agent.page.getByRole("heading", { name: "Inbox" }).waitFor();
  await visitor.seesLine(/Marek Kowalczyk/);
});

story("two agents see each other in a chat, and who writes", async (world) => {
  const visitor = await asker(world, "Hello, both of you");
  const marek = await colleague(world, "Marek Kowalczyk");
  const agent = await world.agent(WIDE);
  await agent.opensChat("Hello, both of you");
  assert.equal(await agent.pane.locator(".looking:visible").count(), 0, "nobody else yet");
  await marek.opensChat("Hello, both of you");
  await agent.pane.getByText("Marek Kowalczyk is looking too").waitFor();
  await marek.pane.getByText(/is looking too/).waitFor();
  await marek.field.pressSequentially("I would say");
  await agent.pane.getByText("Marek Kowalczyk is writing a reply").waitFor();
  await marek.page.close();
  await agent.pane.locator(".looking").waitFor({ state: "hidden" });
  await agent.pane.locator(".strip.writing").waitFor({ state: "hidden" });
  assert.equal(await visitor.page.getByText(/looking too/).count(), 0);
  await visitor.page.close();
  await agent.pane.getByText(/has left/).waitFor();
});

story("the own state and load are the same on two devices", async (world) => {
  await asker(world, "One for me");
  const here = await world.agent(WIDE);
  const there = await world.agent(WIDE);
  await here.opensChat("One for me");
  await here.takes();
  await there.page.locator("#me summary", { hasText: /1 of \d+ chats/ }).waitFor();
  await here.page.locator("#me summary").click();
  await here.page.getByRole("button", { name: /^Away/ }).click();
  await there.page.locator("#me[data-state=away]").waitFor();
  await there.page.locator("#me summary").click();
  await there.page.getByText(/Your chats go on in \d:\d\d/).waitFor();
  await there.page.keyboard.press("Escape");
  assert.equal(await there.page.evaluate(() => document.activeElement?.tagName), "SUMMARY", "the focus is back");
});

story("what the visitor types is seen before it is sent, where the site allows it", async (world) => {
  const visitor = await asker(world, "Let me think");
  const agent = await world.agent(WIDE);
  await agent.opensChat("Let me think");
  await visitor.field.pressSequentially("perhaps the blue one");
  await agent.pane.locator(".unsent-words", { hasText: "perhaps the blue" }).waitFor();
  await visitor.field.press("Enter");
  await agent.log.getByText("perhaps the blue one").waitFor();
  await agent.pane.locator(".unsent-words").waitFor({ state: "hidden" });
}, { site: ["--preview", "on"] });

for (const colorScheme of ["light", "dark"]) {
  for (const [device, shape] of [["desktop", WIDE], ["phone", PHONE]]) {
    story(`axe finds nothing serious beside a chat, ${device}, ${colorScheme}`, async (world) => {
      await mkdir(PICTURES, { recursive: true });
      const take = (name) => agent.page.screenshot({ path: join(PICTURES, `${name}-${device}-${colorScheme}.png`), animations: "disabled" });
      const visitor = await asker(world, "Could you look at my order before Thursday?");
      await tells(visitor, "identify", { name: "Maximiliane von Hohenstein-Wagenknecht", email: "maximiliane@hohenstein.example" });
      await tells(visitor, "set", { attributes: { order: "NB-20418", plan: "Fjord 3, step-through", time_zone: "Europe/Berlin" } });
      await tells(visitor, "track", "left_basket", { items: 2, total: 148 });
      const marek = await colleague(world, "Marek Kowalczyk", WIDE, "supervisor");
      await marek.opensChat("Could you look");
      await marek.page.keyboard.press("Escape");
      await marek.page.keyboard.press("n");
      await marek.field.fill("Prefers mail after 18:00.");
      await marek.field.press("Enter");
      const agent = await world.agent({ ...shape, colorScheme });
      await agent.opensChat("Could you look");
      await agent.takes();
      await agent.says("Of course. One moment, I am looking at it now.");
      await marek.field.pressSequentially("It is");
      if (device === "desktop") await agent.pane.getByText(/is looking too/).waitFor();
      await take("chat");
      await check(agent.page, "a chat with its side panel");
      await agent.pane.locator(".more").click();
      await agent.page.locator(".pop:popover-open").waitFor();
      await take("more");
      await check(agent.page, "the menu");
      await agent.page.keyboard.press("Escape");
      if (device === "desktop") {
        await agent.pane.locator(".snooze").click();
        await take("snooze");
        await check(agent.page, "snoozing");
        await agent.page.keyboard.press("Escape");
        await agent.page.locator("#me summary").click();
        await take("own");
        await check(agent.page, "the own state");
        await agent.page.keyboard.press("Escape");
      }
      await agent.pane.locator(".pass").first().evaluate((link) => link.click());
      await agent.page.locator("dialog.pass-sheet").waitFor();
      await take("pass");
      await check(agent.page, "passing on");
    });
  }
}

story("tags are put on and taken off beside the chat, on every screen, with scripts and without", async (world) => {
  await asker(world, "The wheel is bent");
  const here = await world.agent(WIDE);
  const there = await world.agent(WIDE);
  await here.opensChat("The wheel is bent");
  await there.opensChat("The wheel is bent");
  await panel(there).getByPlaceholder("Add a tag").pressSequentially("half a t");
  await panel(here).getByPlaceholder("Add a tag").fill("wheels");
  await here.page.keyboard.press("Enter");
  await panel(there).locator(".tag", { hasText: "wheels" }).waitFor();
  assert.equal(await panel(there).getByPlaceholder("Add a tag").inputValue(), "half a t", "what somebody types there stays");
  await panel(there).getByRole("button", { name: "Take off the tag wheels" }).click();
  await panel(here).locator(".tag").waitFor({ state: "detached" });
  const plain = await world.agent({ ...WIDE, javaScriptEnabled: false });
  await plain.opensChat("The wheel is bent");
  await panel(plain).getByPlaceholder("Add a tag").fill("e-bike");
  await panel(plain).getByPlaceholder("Add a tag").press("Enter");
  await panel(plain).getByRole("button", { name: "Take off the tag e-bike" }).click();
  await panel(plain).locator(".tag").waitFor({ state: "detached" });
});
