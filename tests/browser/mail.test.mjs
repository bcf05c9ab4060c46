// A conversation goes on by mail: nobody is there, the visitor leaves an address and goes; they confirm it, an
// agent answers, and the link in the mail leads back into the chat on another device.

import assert from "node:assert/strict";
import { after } from "node:test";

import { seriousIn } from "./support/axe.mjs";
import { linkIn, sink } from "./support/sink.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

const post = await sink();
after(() => post.close());
const settings = [`smtp = "smtp://127.0.0.1:${post.port}"`, 'mail_domain = "chat.shop.example"'];
const site = ["--offline-address", "optional", "--mail-away", "1"];

/** So many mails came since. */
const mails = (page, before, count) =>
  until(page, () => post.mails.length - before, (now) => now >= count, "mails").then(() => post.mails.slice(before));

story("a visitor leaves an address, confirms it, and comes back by the link in the answer, on another device", async (world) => {
  const before = post.mails.length;
  const visitor = await world.visitor();
  await visitor.says("Where is order 1042?");
  await visitor.window.getByLabel("Email address").fill("ada@mail.example");
  await visitor.window.getByRole("button", { name: "Send me the answer", exact: true }).click();
  await visitor.window.getByText(/We write to .*ada@mail\.example/).waitFor();
  const [asked] = await mails(visitor.page, before, 1);
  assert.ok(!asked.includes("1042"), "nothing of the chat before the address is confirmed");
  await visitor.page.close();

  const { context, watch } = await world.context({ viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${world.url}/m/${linkIn(asked)}`);
  await page.getByRole("heading", { name: "Is this your address?" }).waitFor();
  await seriousIn(page, "the page that asks for an address");
  await page.getByRole("button").click();
  await page.getByText("Your address is confirmed.").waitFor();
  await seriousIn(page, "the page of a confirmed address");

  const agent = await world.agent();
  await agent.opensChat("1042");
  await agent.takes();
  await agent.says("It left today.");
  const [, answer] = await mails(agent.page, before, 2);
  assert.ok(answer.includes("It left today."), answer);
  await agent.seesLine(/^Sent by mail to a…@mail\.example/);

  await page.goto(`${world.url}/m/${linkIn(answer)}`);
  await page.getByRole("button", { name: /conversation/ }).first().click();
  await page.waitForURL(/\/chat\//);
  const phone = new Visitor(page, watch);
  await phone.sees("Where is order 1042?", "It left today.");
  await phone.says("Thank you!");
  await agent.sees("Where is order 1042?", "It left today.", "Thank you!");
  assert.equal(post.mails.length - before, 2, "not one mail more");
}, { site, settings });

story("without scripts the link in a mail leads to a page to read and to answer", async (world) => {
  const before = post.mails.length;
  const visitor = await world.visitor();
  await visitor.says("Where is order 1042?");
  await visitor.window.getByLabel("Email address").fill("bo@mail.example");
  await visitor.window.getByRole("button", { name: "Send me the answer", exact: true }).click();
  const [asked] = await mails(visitor.page, before, 1);
  await visitor.page.close();

  const { context } = await world.context({ viewport: { width: 390, height: 800 }, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${world.url}/m/${linkIn(asked)}`);
  await page.getByRole("button").first().click();
  await page.getByText("Your address is confirmed.").waitFor();
  const agent = await world.agent();
  await agent.opensChat("1042");
  await agent.takes();
  await agent.says("It left today.");
  const [, answer] = await mails(agent.page, before, 2);

  await page.goto(`${world.url}/m/${linkIn(answer)}`);
  // The driver's finder by text passes this element over.
  await page.locator("noscript p").waitFor();
  await page.getByRole("button", { name: /conversation/ }).first().click();
  await page.getByRole("heading", { name: "Your conversation" }).waitFor();
  await page.getByText("It left today.").waitFor();
  await page.getByLabel("Your answer").fill("Thank you!");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("listitem").filter({ hasText: "Thank you!" }).waitFor();
  await agent.sees("Where is order 1042?", "It left today.", "Thank you!");
}, { site, settings });
