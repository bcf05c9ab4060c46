// API keys: one is made, seen once, used by software and revoked; and what else is changed in the
// settings stands in the log that owners read.

import assert from "node:assert/strict";

import { seriousIn } from "./support/axe.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const BO = { email: "bo@shop.example", password: "a good long sentence" };
const IN_TIME_MS = 5_000;

async function hires(world, role) {
  await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--role", role, "--password", BO.password);
}

/** What software gets with this key. */
async function asks(world, key, path, init = {}) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return (await fetch(`${world.url}/api/v1${path}`, { headers, ...init })).status;
}

/** The newest lines of the audit log, as sentences. */
async function log(page, url) {
  await page.goto(`${url}/console/settings/audit`);
  return (await page.locator(".audit > li > p").allTextContents()).map((line) => line.replace(/[\u2068\u2069]/g, ""));
}

for (const javaScriptEnabled of [true, false]) {
  story(`a key is made, seen once, used, and revoked (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled, permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByText("There are no keys yet.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Shop import");
    await page.getByLabel("It may").selectOption("read");
    await page.getByRole("button", { name: "Make a key" }).click();
    const key = await page.getByRole("textbox", { name: "API key" }).inputValue();
    assert.match(key, /^dbk_[\w-]{43}$/);
    if (javaScriptEnabled) {
      await page.getByRole("button", { name: "Copy" }).click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    }
    assert.equal(await asks(world, key, "/sites"), 200);
    assert.equal(await asks(world, key, "/queues", { method: "POST", body: JSON.stringify({ name: "Sales" }) }), 403);
    await page.goto(`${world.url}/console/settings/keys`);
    const line = page.getByRole("main").getByRole("listitem").filter({ hasText: "Shop import" });
    await line.getByText("Look", { exact: true }).waitFor();
    assert.equal((await page.content()).includes("dbk_"), false, "it is shown once");
    await line.getByRole("button", { name: "Revoke: Shop import" }).click();
    await page.getByText("There are no keys yet.").waitFor();
    assert.equal(await asks(world, key, "/sites"), 401);
    const told = await log(page, world.url);
    assert.match(told[0], /revoked the API key Shop import\./);
    assert.match(told[1], /made the API key Shop import\./);
  });
}

story("keys are not for supervisors and agents", async (world) => {
  await hires(world, "supervisor");
  const { page } = await world.agent({ who: BO });
  world.expects(/403 \(Forbidden\)/);
  const answer = await page.goto(`${world.url}/console/settings/keys`);
  assert.equal(answer.status(), 403);
});

story("the page of keys is fit for every reader, light and dark", async (world) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await world.agent({ colorScheme });
    await page.goto(`${world.url}/console/settings/keys`);
    await page.getByLabel("Name", { exact: true }).fill("Import");
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.getByRole("textbox", { name: "API key" }).waitFor();
    await seriousIn(page);
  }
});

story("an agent gets another role and is let in again; a tag, a reply and a block: the log tells each", async (world) => {
  await hires(world, "agent");
  const visitor = await world.visitor();
  await visitor.says("My battery is dead");
  const owner = await world.agent();
  const { page } = owner;
  await owner.opensChat("My battery is dead");
  await owner.pane.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Block this visitor" }).click();
  await page.getByText("Blocked", { exact: true }).first().waitFor();
  await page.getByPlaceholder("Add a tag").fill("battery");
  await page.getByPlaceholder("Add a tag").press("Enter");
  await page.getByText("battery", { exact: true }).filter({ visible: true }).first().waitFor();
  await page.goto(`${world.url}/console/settings/blocked`);
  await page.getByRole("button", { name: "Unblock" }).click();
  await page.getByText("Nobody is blocked.").waitFor();

  await page.goto(`${world.url}/console/settings/tags`);
  await page.getByRole("textbox", { name: /battery/ }).fill("power");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("button", { name: "Remove: power" }).click();
  await page.getByRole("textbox", { name: /power/ }).waitFor({ state: "detached" });

  await page.goto(`${world.url}/console/replies`);
  await page.getByLabel("Shortcut").fill("hours");
  await page.getByRole("combobox", { name: "For" }).selectOption("workspace");
  await page.getByLabel("Text", { exact: true }).fill("We are here from nine to five.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: /^Delete/ }).click();
  await page.getByText("None yet.").waitFor();

  await page.goto(`${world.url}/console/settings/agents`);
  await page.getByRole("link", { name: "Bo", exact: true }).click();
  await page.getByLabel("Role").selectOption("supervisor");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Make a link for a new password" }).click();
  await page.getByLabel("Link", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("button", { name: "Let in again" }).click();
  await page.getByRole("button", { name: "Disable" }).waitFor();

  const told = (await log(page, world.url)).map((line) => line.split(".")[0].replace(/^\S+ /, ""));
  assert.deepEqual(told.slice(0, 10), [
    "let Bo in again",
    "disabled Bo",
    "made a link for Bo",
    "changed the agent Bo",
    "deleted the canned reply /hours",
    "added the canned reply /hours",
    "removed the tag power",
    "renamed the tag battery",
    "unblocked a visitor",
    "blocked a visitor",
  ]);
});

story("a disabled agent is out within five seconds: sockets, pages and what other tabs do", async (world) => {
  await hires(world, "agent");
  const visitor = await world.visitor();
  await visitor.says("Is somebody there?");
  const owner = await world.agent();
  const bo = await world.agent({ who: BO });
  await bo.page.locator("#link[data-state=live]").waitFor({ state: "attached" });
  const cookies = (await bo.page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const opens = () => fetch(`${world.url}/console/conversations`, { headers: { cookie: cookies }, redirect: "manual" });
  assert.equal((await opens()).status, 200);
  await owner.page.goto(`${world.url}/console/settings/agents`);
  await owner.page.getByRole("link", { name: "Bo", exact: true }).click();
  await owner.page.getByRole("button", { name: "Disable" }).click();
  await bo.page.getByRole("button", { name: "Sign in" }).waitFor({ timeout: IN_TIME_MS });
  await until(bo.page, async () => (await opens()).status, 303, "their session is over");
});
