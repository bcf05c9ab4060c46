// What an administrator and an agent change where mail goes out: a link for a new password, which mails come,
// and beside them the workspace and another website. The audit log tells each.

import assert from "node:assert/strict";
import { after } from "node:test";

import { sink } from "./support/sink.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const post = await sink();
after(() => post.close());
const settings = [`smtp = "smtp://127.0.0.1:${post.port}"`, 'mail_domain = "chat.shop.example"'];
const BO = { email: "bo@shop.example", password: "a good long sentence" };
const NEXT = "another good long sentence";

for (const javaScriptEnabled of [true, false]) {
  story(`a link for a new password comes by mail (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--role", "agent", "--password", BO.password);
    const { page } = await world.agent({ javaScriptEnabled });
    await page.goto(`${world.url}/console/settings/agents`);
    await page.getByRole("link", { name: "Bo", exact: true }).click();
    const before = post.mails.length;
    await page.getByRole("button", { name: "Send the link by mail" }).click();
    await page.getByText(/^The link is on its way to/).waitFor();
    await until(page, () => post.mails.length - before, (count) => count === 1, "one mail");
    const link = /\/invite\/[\w-]{20,}/.exec(post.mails.at(-1).replaceAll("=\r\n", ""));
    assert.ok(link, post.mails.at(-1));

    const { context } = await world.context({ javaScriptEnabled });
    const bos = await context.newPage();
    await bos.goto(world.url + link[0]);
    await bos.getByLabel("Password", { exact: true }).fill(NEXT);
    await bos.locator("main button, form button").last().click();
    await bos.waitForURL(/\/console/);
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of [/mailed Bo a link\./, /Bo set a new password by a link\./]) await page.getByText(act).first().waitFor();
  }, { settings });
}

story("the workspace, another website, and which mails come", async (world) => {
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/workspace`);
  await page.getByLabel("Name").fill("Northwind");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();

  await page.goto(`${world.url}/console/settings/sites`);
  await page.getByLabel("Name").fill("Outlet");
  await page.getByLabel("Address").first().fill("https://outlet.example");
  await page.getByRole("button", { name: "Add a website" }).click();
  await page.getByText("https://outlet.example").first().waitFor();

  await page.goto(`${world.url}/console/account`);
  const mention = page.getByLabel("A note names you while you are away");
  const was = await mention.isChecked();
  await mention.setChecked(!was);
  await page.locator("#mails").getByRole("button", { name: "Save" }).click();
  await until(page, () => page.getByLabel("A note names you while you are away").isChecked().catch(() => was), (now) => now === !was, "the choice stays");

  await page.goto(`${world.url}/console/settings/audit`);
  for (const act of [/changed the workspace Northwind\./, /added the site Outlet\./, /chose which mails they get\./]) await page.getByText(act).first().waitFor();
}, { settings });
