// Settings, as an owner meets them: people come in and are shut out, queues and tags change, and the log tells.

import assert from "node:assert/strict";

import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";

const BO = { email: "bo@shop.example", password: "a good long sentence" };

/** Opens a page of the settings from the rail. */
async function settings(page, section) {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: section }).click();
  await page.getByRole("heading", { level: 1, name: section }).waitFor();
}

/** Invites Bo, and gives the link that is shown. */
async function invites(page) {
  await settings(page, "Agents");
  await page.getByLabel("Email").fill(BO.email);
  await page.getByLabel("Name", { exact: true }).fill("Bo");
  await page.getByLabel("Role").selectOption("agent");
  await page.getByRole("button", { name: "Make the link" }).click();
  return page.getByLabel("Link", { exact: true }).inputValue();
}

/** Somebody opens the link on a device of their own, and signs in. */
async function comesIn(world, link) {
  const { context } = await world.context({});
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Your name").fill("Bo Berg");
  await page.getByLabel("Password").fill(BO.password);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByLabel("Email").fill(BO.email);
  await page.getByLabel("Password").fill(BO.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("region", { name: "Conversations" }).waitFor();
  return page;
}

for (const javaScriptEnabled of [true, false]) {
  story(`an agent is invited, comes in, and is shut out at once (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const owner = await world.agent({ javaScriptEnabled });
    const bo = await comesIn(world, await invites(owner.page));
    await bo.locator("#link[data-state=live]").waitFor({ state: "attached" });
    await owner.page.getByRole("link", { name: "Agents" }).first().click();
    await owner.page.getByRole("link", { name: "Bo Berg" }).click();
    await owner.page.getByRole("button", { name: "Disable" }).click();
    await owner.page.getByText("Disabled", { exact: true }).waitFor();
    await bo.getByRole("button", { name: "Sign in" }).waitFor();
    await owner.page.getByRole("link", { name: "Audit log" }).click();
    for (const act of [/invited Bo\./, /Bo Berg came in by their link\./, /disabled Bo Berg\./]) {
      await owner.page.getByText(act).waitFor();
    }
  });
}

story("the link is copied with one press", async (world) => {
  const owner = await world.agent({ permissions: ["clipboard-read", "clipboard-write"] });
  const link = await invites(owner.page);
  await owner.page.getByRole("button", { name: "Copy" }).click();
  await owner.page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await owner.page.evaluate(() => navigator.clipboard.readText()), link);
});

story("a queue is added, with hours, and what is wrong is said beside what was typed", async (world) => {
  const { page } = await world.agent();
  world.expects(/422 \(Unprocessable Entity\)/);
  await settings(page, "Queues");
  await page.getByLabel("Name", { exact: true }).fill("Sales");
  await page.getByRole("button", { name: "Add a queue" }).click();
  await page.getByRole("heading", { level: 1, name: "Sales" }).waitFor();
  await page.getByLabel("It has hours of its own").check();
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByLabel("Monday").fill("9-17");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByRole("alert").getByText(/The hours were not understood/).waitFor();
  assert.equal(await page.getByLabel("Monday").inputValue(), "9-17", "what was typed is kept");
  await page.getByLabel("Monday").fill("09:00-17:00");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.getByLabel("Time zone").inputValue(), "Europe/Berlin");
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByText(/changed the queue Sales\./).waitFor();
});

story("a website is added, its tag is copied, and its widget greets in its own words", async (world) => {
  const { page } = await world.agent({ permissions: ["clipboard-read", "clipboard-write"] });
  await settings(page, "Websites");
  await page.getByLabel("Name", { exact: true }).fill("Blog");
  await page.getByLabel("Address").fill("https://blog.example");
  await page.getByRole("button", { name: "Add a website" }).click();
  await page.getByRole("heading", { level: 1, name: "Blog" }).waitFor();
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^<script async src=".*\/widget\.js\/\w{16}"><\/script>$/);
  await page.getByRole("link", { name: "Change how it looks and asks" }).click();
  await page.getByLabel("First words").fill("Ask us anything about the blog");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  const [chat] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: "Try the chat" }).click()]);
  await chat.getByText("Ask us anything about the blog").waitFor();
});

story("a tag gets another name on every chat", async (world) => {
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says("My battery is dead");
  const agent = await world.agent();
  const { page } = agent;
  await agent.opensChat("My battery is dead");
  await page.getByPlaceholder("Add a tag").fill("batery");
  await page.getByPlaceholder("Add a tag").press("Enter");
  await agent.rows.getByText("batery", { exact: true }).first().waitFor();
  const admin = await world.agent();
  await settings(admin.page, "Tags");
  await admin.page.getByLabel("Name: batery").fill("battery");
  await admin.page.getByRole("button", { name: "Rename" }).click();
  await admin.page.getByLabel("Name: battery").waitFor();
  await agent.rows.getByText("battery", { exact: true }).first().waitFor();
});

story("the log says what was changed in the words of its pages, in the reader's language, and fits a phone", async (world) => {
  const { page } = await world.agent();
  await settings(page, "Queues");
  await page.getByRole("link", { name: "Support" }).click();
  await page.getByLabel("It has hours of its own").check();
  await page.getByLabel("Friday").fill("09:00-13:00");
  await page.getByLabel("Target: later answers").fill("300");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  const phone = { locale: "de", storageState: await page.context().storageState(), viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  const { context } = await world.context(phone);
  const there = await context.newPage();
  await there.goto(`${world.url}/console/settings/audit`);
  const line = there.locator(".audit > li").first();
  await line.getByText("jetzt", { exact: true }).waitFor();
  const told = (await line.getByRole("listitem").allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());
  assert.ok(told.includes("Freitag – → 09:00-13:00"), told.join("; "));
  assert.ok(told.some((text) => text.endsWith("0 s → 300 s")), told.join("; "));
  assert.ok(!told.join().includes("{"), told.join("; "));
  const section = await there.locator(".settings-nav [aria-current]").boundingBox();
  assert.ok(section.x >= 0 && section.x + section.width <= 390, "the section is in sight");
});

story("an agent has no settings", async (world) => {
  await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--password", OWNER.password);
  const { page } = await world.agent({ who: { email: BO.email, password: OWNER.password } });
  assert.equal(await page.getByRole("link", { name: "Settings" }).count(), 0);
  world.expects(/403 \(Forbidden\)/);
  const answer = await page.goto(`${world.url}/console/settings/agents`);
  assert.equal(answer.status(), 403);
});

for (const colorScheme of ["light", "dark"]) {
  story(`axe finds nothing serious in the settings, ${colorScheme}`, async (world) => {
    const { page } = await world.agent({ colorScheme });
    const link = await invites(page);
    await seriousIn(page, "agents, with a link");
    await page.getByRole("link", { name: "Bo", exact: true }).click();
    await page.getByRole("button", { name: "Disable" }).waitFor();
    await seriousIn(page, "one agent");
    await settings(page, "Queues");
    await seriousIn(page, "queues");
    await page.getByRole("link", { name: "Support" }).click();
    await page.getByLabel("Monday").waitFor();
    await seriousIn(page, "one queue");
    await settings(page, "Websites");
    await seriousIn(page, "websites");
    await page.getByRole("link", { name: "Shop" }).click();
    await page.getByLabel("First words").waitFor();
    await seriousIn(page, "one website");
    await settings(page, "Tags");
    await seriousIn(page, "tags");
    await settings(page, "Audit log");
    await seriousIn(page, "the audit log");
    const { context } = await world.context({ colorScheme });
    const door = await context.newPage();
    await door.goto(link);
    await seriousIn(door, "the way in");
  });
}

for (const javaScriptEnabled of [true, false]) {
  story(`a workspace says its language and where its day begins (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled, locale: "fr-FR" });
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("link", { name: "Workspace" }).click();
    await page.getByRole("heading", { level: 1, name: "Workspace" }).waitFor();
    world.expects(/422 \(Unprocessable Entity\)/);
    await page.getByLabel("Time zone").fill("Berlin");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("There is no such time zone").waitFor();
    assert.equal(await page.getByLabel("Time zone").inputValue(), "Berlin", "what was typed is kept");
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    await page.getByLabel("Language").selectOption("de");
    if (javaScriptEnabled) await seriousIn(page, "workspace");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Arbeitsbereich" }).waitFor();
    await page.getByText("Gespeichert").waitFor();
    await page.getByRole("link", { name: "Protokoll" }).click();
    await page.getByText(/hat den Arbeitsbereich .* geändert/).waitFor();
  });
}
