// Canned replies that are shared: who may change them does, and everybody writes with the new words.

import assert from "node:assert/strict";

import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";

const BO = { email: "bo@shop.example", password: OWNER.password };

async function writes(page, { shortcut, scope, title, text }) {
  if (shortcut) await page.getByLabel("Shortcut").fill(shortcut);
  if (scope) await page.getByLabel("For", { exact: true }).selectOption(scope);
  if (title) await page.getByLabel("Title").fill(title);
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  story(`a shared reply is changed and removed by who may (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--password", BO.password);
    const { page } = await world.agent({ javaScriptEnabled });
    await page.goto(`${world.url}/console/replies`);
    await writes(page, { shortcut: "ship", scope: "workspace", title: "Shipping", text: "It takes four days." });
    const reply = page.getByRole("listitem").filter({ hasText: "/ship" });
    await reply.getByText("It takes four days.").waitFor();

    const bo = (await world.agent({ who: BO, javaScriptEnabled })).page;
    await bo.goto(`${world.url}/console/replies`);
    const theirs = bo.getByRole("listitem").filter({ hasText: "/ship" });
    await theirs.getByText("It takes four days.").waitFor();
    assert.equal(await theirs.getByRole("button").or(theirs.getByRole("link")).count(), 0, "it is not theirs to change");

    await reply.getByRole("link", { name: "Edit: Shipping" }).click();
    assert.equal(await page.getByLabel("Shortcut").inputValue(), "ship");
    await writes(page, { text: "It takes two days." });
    await reply.getByText("It takes two days.").waitFor();
    await bo.reload();
    await theirs.getByText("It takes two days.").waitFor();

    await reply.getByRole("button", { name: "Delete: Shipping" }).click();
    await reply.waitFor({ state: "detached" });
    await bo.reload();
    await bo.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await theirs.count(), 0);
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of [/added the canned reply/, /changed the canned reply/, /deleted the canned reply/]) await page.getByText(act).first().waitFor();
  });
}
