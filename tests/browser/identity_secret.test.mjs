// Visitors whom a website knows, as an owner sets it up: a secret is made, seen once, believed, and changed over.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { seriousIn } from "./support/axe.mjs";
import { story } from "./support/story.mjs";

const AGAIN_S = 300;

/** What the website's server does, by the example that the console shows. */
async function signs(page, secret, user) {
  const code = await page.getByRole("textbox", { name: "Node" }).inputValue();
  const make = new Function("createHmac", "Buffer", `${code.replace(/^import .*$/m, "")}\nreturn deskbellToken;`);
  const token = make(createHmac, Buffer)(user, secret);
  assert.ok(JSON.parse(Buffer.from(token.split(".")[1], "base64url")).exp <= Date.now() / 1000 + AGAIN_S + 1);
  return token;
}

async function makes(page, button) {
  await page.getByRole("button", { name: button }).click();
  return page.getByRole("textbox", { name: "Identity secret" }).inputValue();
}

async function comesAs(world, token, text) {
  const visitor = await world.visitor();
  await visitor.page.evaluate((jwt) => window.Deskbell("identify", { jwt }), token);
  await visitor.says(text);
  await visitor.seesState("Sent|Delivered");
}

for (const javaScriptEnabled of [true, false]) {
  story(`an identity secret is made, seen once, believed and changed over (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const agent = await world.agent({ javaScriptEnabled });
    const { page } = agent;
    await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
    await page.getByRole("link", { name: "Visitors whom your website knows" }).click();
    await page.getByText("There is none yet").waitFor();
    const first = await makes(page, "Make the secret");
    assert.match(first, /^[\w-]{43}$/);
    await comesAs(world, await signs(page, first, { id: 1, name: "Ada", email: "ada@mail.example", plan: "pro" }), "I am Ada");
    const second = await makes(page, "Make a new one");
    assert.notEqual(second, first);
    await comesAs(world, await signs(page, second, { id: 2, name: "Bert", email: "bert@mail.example", plan: "pro" }), "I am Bert");
    await comesAs(world, await signs(page, first, { id: 3, name: "Cleo", email: "cleo@mail.example", plan: "pro" }), "I am Cleo");
    await page.getByRole("button", { name: "End the older" }).click();
    await page.getByText("One counts.").waitFor();
    assert.equal((await page.content()).includes(second), false, "it is shown once");
    await page.goto(`${world.url}/console/settings/audit`);
    await page.getByText(/ended the older identity secret/).waitFor();
    assert.equal(await page.getByText(/made an identity secret/).count(), 2);
    await page.goto(`${world.url}/console/conversations?view=all`);
    for (const name of ["Ada", "Bert", "Cleo"]) await agent.rows.filter({ hasText: name }).first().waitFor();
  });
}

story("a topic offers the queues that are ticked, and the visitor chooses among them", async (world) => {
  for (const name of ["Sales", "Workshop"]) {
    const { page } = await world.agent();
    await page.goto(`${world.url}/console/settings/queues`);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Add a queue" }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
  await page.getByLabel("Topic").selectOption("required");
  const topics = page.getByRole("group", { name: /Queues that the topic offers/ });
  await topics.getByLabel("Sales").check();
  await topics.getByLabel("Workshop").check();
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await topics.getByLabel("Support").isChecked(), false);
  const visitor = await world.visitor();
  await visitor.bubble.click();
  await visitor.window.getByText("Workshop").first().waitFor({ state: "attached" });
  assert.equal(await visitor.window.getByText("Support", { exact: true }).count(), 0);
});

story("the page of the identity secret is fit for every reader, light and dark", async (world) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await world.agent({ colorScheme });
    await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}/identity`);
    await makes(page, /Make/);
    await seriousIn(page);
  }
});
