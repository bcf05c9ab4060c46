// Agents write mails: they answer one with another subject and copies, and begin conversations by mail. What
// cannot go out says why and loses nothing; without scripts the same is a plain form.

import assert from "node:assert/strict";
import { after } from "node:test";

import { seriousIn } from "./support/axe.mjs";
import { delivers, field, letter, SECRET } from "./support/inbound.mjs";
import { sink } from "./support/sink.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const SHOP = "help@shop.example";
const ADA = "ada@mail.example";
const post = await sink();
after(() => post.close());
const settings = [`smtp = "smtp://127.0.0.1:${post.port}"`, 'mail_domain = "chat.shop.example"', `inbound_secret = "${SECRET}"`, 'mail_authserv = "mx.shop.example"'];
const site = ["--mail-address", SHOP, "--mail-away", "120"];
const options = { site, settings };

/** So many mails came since, and not one more. */
async function mails(page, before, count) {
  await until(page, () => post.mails.length - before, (now) => now >= count, "mails");
  assert.equal(post.mails.length - before, count);
  return post.mails.slice(before);
}

const asks = (text, fields = {}) =>
  letter({ From: `Ada Lovelace <${ADA}>`, To: SHOP, Subject: "Order 1042", "Message-ID": "<first@mail.example>", "Authentication-Results": "mx.shop.example; spf=pass smtp.mailfrom=mail.example; dkim=pass header.d=mail.example; dmarc=pass header.from=mail.example", ...fields }, text);

/** Whether the mail's text has these words, whatever its encoding. */
const has = (mail, words) => mail.replaceAll("=\r\n", "").includes(words);

story("a mail comes in; an agent answers with another subject and a copy, and just one mail goes out, in its thread", async (world) => {
  const before = post.mails.length;
  assert.equal(await delivers(world, asks("Where is it?")), "began");
  const agent = await world.agent();
  await agent.opensChat("Where is it?");
  await agent.takes();
  await agent.log.getByText("dmarc", { exact: false }).first().waitFor();
  await agent.pane.getByText(`Goes to ${ADA} by mail.`).waitFor();
  await seriousIn(agent.page, "the composer of a mail");

  const [subject, cc, text] = [agent.pane.getByLabel("Subject"), agent.pane.getByLabel("Copy to"), agent.pane.locator("textarea")];
  assert.equal(await subject.inputValue(), "Re: Order 1042");
  await subject.fill("Order 1042, on its way");
  for (const [bad, why] of [["bo@mail.example, nobody", /is not a mail address/], [Array.from({ length: 11 }, (_, n) => `a${n}@mail.example`).join(", "), /at most 10 addresses/]]) {
    await cc.fill(bad);
    await text.fill("It left today.");
    await text.press("Enter");
    await agent.pane.getByText(why).waitFor();
    assert.deepEqual([await subject.inputValue(), await cc.inputValue(), await text.inputValue()], ["Order 1042, on its way", bad, "It left today."]);
  }
  // What is typed survives the page.
  await cc.fill("bo@mail.example");
  await agent.page.reload();
  await agent.log.waitFor();
  await until(agent.page, async () => [await subject.inputValue(), await cc.inputValue(), await text.inputValue()].join("|"), "Order 1042, on its way|bo@mail.example|It left today.", "the draft");
  await text.press("Enter");
  await agent.seesLine(/^Sent by mail to a…@mail\.example/);
  const [mail] = await mails(agent.page, before, 1);
  assert.equal(field(mail, "Subject"), "Order 1042, on its way");
  assert.match(field(mail, "To"), /ada@mail\.example/);
  assert.match(field(mail, "Cc"), /bo@mail\.example/);
  assert.equal(field(mail, "In-Reply-To"), "<first@mail.example>");
  assert.match(field(mail, "References"), /<first@mail\.example>/);
  assert.match(field(mail, "Reply-To"), /^reply\+\S+@chat\.shop\.example$/);
  assert.ok(has(mail, "It left today."), mail);
  await until(agent.page, async () => [await subject.inputValue(), await cc.inputValue()].join("|"), "Re: Order 1042|", "the head of the next one");

  // Her address takes no mail any more: that is said, and what was written stays.
  const report = `From: MAILER-DAEMON@mail.example\r\nTo: ${field(mail, "Reply-To")}\r\nSubject: Undelivered\r\nMessage-ID: <report@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; ${ADA}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such box\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n${mail}\r\n--b--\r\n`;
  assert.equal(await delivers(world, report), "bounce");
  await agent.pane.locator(".strip.warn", { hasText: "no such box" }).waitFor();
  await text.fill("Are you there?");
  await text.press("Enter");
  await agent.pane.locator(".guard", { hasText: "came back" }).waitFor();
  assert.equal(await text.inputValue(), "Are you there?");
  await mails(agent.page, before, 1);
}, options);

story("an agent begins a conversation by mail, and its answer comes back into it", async (world) => {
  const before = post.mails.length;
  const agent = await world.agent();
  const { page } = agent;
  await page.locator("#link[data-state=live]").waitFor();
  await page.keyboard.press("c");
  const form = page.getByRole("region", { name: "New mail" });
  await form.getByLabel("To", { exact: true }).waitFor();
  await seriousIn(page, "a new mail");
  await form.getByLabel("To", { exact: true }).fill(`Ada Lovelace <${ADA}>`);
  await form.getByLabel("Copy to").fill("bo@mail.example");
  await form.getByLabel("Subject").fill("Your order 1042");
  const text = form.getByLabel("Text of the mail");
  await text.fill("It is on its way.\nBest wishes");
  // Neither a reload nor a look at something else loses it.
  await page.reload();
  assert.equal(await text.inputValue(), "It is on its way.\nBest wishes");
  await form.getByRole("link", { name: /what is written stays/ }).click();
  await form.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "New mail" }).click();
  await form.waitFor();
  assert.equal(await form.getByLabel("Subject").inputValue(), "Your order 1042");
  await text.press("Control+Enter");
  await agent.log.getByText("It is on its way.").waitFor();
  await agent.pane.getByText("Yours", { exact: true }).first().waitFor();
  const [mail] = await mails(page, before, 1);
  assert.equal(field(mail, "Subject"), "Your order 1042");
  assert.match(field(mail, "Cc"), /bo@mail\.example/);
  assert.equal(field(mail, "In-Reply-To"), undefined);

  const answer = letter({ From: ADA, To: field(mail, "Reply-To"), Subject: "Re: Your order 1042", "In-Reply-To": field(mail, "Message-ID") }, "Thank you!");
  assert.equal(await delivers(world, answer), "words");
  await agent.log.getByText("Thank you!").waitFor();

  // It is sent: the form is empty again. A conversation that goes on is offered instead of another.
  await page.goto(`${world.url}/console/new-mail`);
  assert.equal(await text.inputValue(), "");
  await form.getByLabel("To", { exact: true }).fill(ADA);
  await form.getByLabel("Subject").fill("Once more");
  await text.fill("Kept words");
  world.expects(/status of 409/);
  await form.getByRole("button", { name: "Send" }).click();
  await form.getByText(/A conversation with this address goes on/).waitFor();
  assert.equal(await text.inputValue(), "Kept words");
  await seriousIn(page, "a new mail that is refused");
  await form.getByRole("link", { name: "Open the conversation" }).click();
  await agent.log.getByText("Thank you!").waitFor();
  await mails(page, before, 1);
}, options);

story("without scripts a new mail and an answer are plain forms", async (world) => {
  const before = post.mails.length;
  const agent = await world.agent({ javaScriptEnabled: false });
  const { page } = agent;
  // A page without scripts cannot tell when to look again; this one can.
  const { context } = await world.context();
  const ticking = await context.newPage();
  world.expects(/status of 400/);
  await page.getByRole("link", { name: "New mail" }).click();
  const form = page.getByRole("region", { name: "New mail" });
  await form.getByLabel("To", { exact: true }).fill(ADA);
  await form.getByLabel("Copy to").fill("nobody");
  await form.getByLabel("Subject").fill("Your order");
  await form.getByLabel("Text of the mail").fill("By form");
  await form.getByRole("button", { name: "Send" }).click();
  await form.getByText("is no mail address").waitFor();
  assert.equal(await form.getByLabel("Text of the mail").inputValue(), "By form");
  await form.getByLabel("Copy to").fill("bo@mail.example");
  await form.getByRole("button", { name: "Send" }).click();
  await agent.log.getByText("By form").waitFor();
  const [mail] = await mails(ticking, before, 1);
  assert.equal(await delivers(world, letter({ From: ADA, To: field(mail, "Reply-To"), Subject: "Re: Your order" }, "Fine")), "words");
  await page.reload();
  await agent.log.getByText("Fine").waitFor();
  await agent.pane.getByLabel("Subject").fill("Another subject");
  await agent.pane.locator("textarea").fill("Good");
  await agent.pane.getByRole("button", { name: "Send", exact: true }).click();
  await agent.log.getByText("Good", { exact: true }).waitFor();
  const [, second] = await mails(ticking, before, 2);
  assert.equal(field(second, "Subject"), "Another subject");
  assert.ok(field(second, "In-Reply-To"));
}, options);

story("who has left is said live, with what becomes of the answer", async (world) => {
  const visitor = await world.visitor();
  await visitor.says("Are you there?");
  await visitor.page.evaluate(() => void window.Deskbell("identify", { name: "Ada" }));
  const agent = await world.agent();
  await agent.opensChat("Are you there?");
  await agent.takes();
  const strip = agent.pane.locator(".strip.left");
  assert.ok(await strip.isHidden(), "they are here");
  const address = visitor.page.url();
  await visitor.page.goto("about:blank");
  await strip.getByText("Ada has left and gave no address.").waitFor();
  await visitor.page.goto(address);
  await strip.waitFor({ state: "hidden" });
  await visitor.page.evaluate((email) => void window.Deskbell("identify", { name: "Ada", email }), ADA);
  await agent.page.locator("#side").getByText(ADA).first().waitFor({ state: "attached" });
  await visitor.page.goto("about:blank");
  await strip.getByText(/asks whether ada@mail\.example is theirs/).waitFor();
  await agent.says("I am now.");
  await strip.getByText(/once they confirm it/).waitFor();
}, options);
