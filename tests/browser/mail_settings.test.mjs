// A website's mail, as an owner sets it up: what works is said, words are kept, a test says what the server said;
// and who forgot their password is answered the same whoever asks.

import assert from "node:assert/strict";
import { after } from "node:test";

import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { sink } from "./support/sink.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const taking = await sink();
const refusing = await sink(true);
after(() => [taking, refusing].forEach((server) => server.close()));
const by = ({ port }) => ({ settings: [`smtp = "smtp://127.0.0.1:${port}"`, 'mail_domain = "chat.shop.example"'] });

for (const javaScriptEnabled of [true, false]) {
  story(`a website's mail is set up and tried (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled });
    await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
    await page.getByRole("link", { name: "Mail", exact: true }).click();
    await page.getByText("They come from reply@chat.shop.example").waitFor();
    await page.getByText("Answers do not come in").waitFor();
    await page.getByLabel("Address of this website").fill("hello@shop.example");
    await page.getByLabel("What a visitor has not read goes out").selectOption({ label: "after 5 minutes" });
    await page.getByText("Deutsch").first().click();
    await page.getByRole("group", { name: "Deutsch" }).getByLabel("Subject of a mail with unread words").fill("Antwort vom Laden");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("They come from hello@shop.example").waitFor();
    assert.equal(await page.getByLabel("What a visitor has not read goes out").inputValue(), "300");
    if (javaScriptEnabled) {
      await page.frameLocator("iframe.mail-frame").first().getByText("Yes, it is ready.").waitFor();
      await seriousIn(page, "a website's mail");
    }
    const before = taking.mails.length;
    await page.getByRole("button", { name: "Send a test mail" }).click();
    const took = page.getByText(`The server took the mail to ${OWNER.email}`);
    if (javaScriptEnabled) await took.waitFor();
    else
      for (let look = 0; look < 500 && (await took.count()) === 0; look += 1) await page.reload();
    assert.equal(await took.count(), 1);
    assert.equal(taking.mails.length, before + 1);
    assert.match(taking.mails.at(-1), /^From: .*hello@shop\.example/im);
  }, by(taking));
}

story("what the mail server said of a test that it refused stands on the page", async (world) => {
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}/mail`);
  await page.getByRole("button", { name: "Send a test mail" }).click();
  await page.getByText("There is no such mailbox here").waitFor();
}, by(refusing));

story("who forgot their password asks for a link, and nobody learns who is there", async (world) => {
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/login`);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  const before = taking.mails.length;
  for (const email of ["nobody@shop.example", OWNER.email]) {
    await page.getByLabel("Email").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText(`If somebody here signs in with ${email}`).waitFor();
    if (email !== OWNER.email) await page.goto(`${world.url}/console/login/forgotten`);
  }
  await until(page, () => taking.mails.length > before, true, "a mail");
  assert.equal(taking.mails.length, before + 1, "one mail, to who is there");
  const plain = taking.mails.at(-1).replace(/=\r\n/g, "").replace(/=3D/g, "=");
  const link = plain.match(/https?:\/\/[^\s"<]+\/invite\/[\w-]+/)?.[0];
  assert.ok(link, "a link is in it");
  await page.goto(link);
  await page.getByLabel("Password").fill("another good sentence");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByLabel("Password").fill("another good sentence");
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/console\/conversations/);
  assert.equal((await page.request.get(link)).status(), 404, "once");
}, by(taking));
