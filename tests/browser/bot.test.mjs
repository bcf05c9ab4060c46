// A visitor with a bot in front: they choose, watch an answer grow, and ask for a person; an agent goes on
// from the bot's summary. The bot is a web server of its own.

import assert from "node:assert/strict";

import { Bot } from "./support/bot.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const settings = ['outgoing_allow = ["127.0.0.1"]'];
const ORDER = { order: 1042, list: ["a", null, 1.5] };
const HELLO = {
  type: "say", text: "Hi! What do you need?",
  quick_replies: [{ title: "Where is my order?", payload: ORDER }, { title: "A person, please", payload: "person" }],
};
const SHOWN = {
  type: "say", text: "These could be yours:",
  cards: [{ title: "Fjord 3", text: "In stock", buttons: [{ title: "See it", url: "https://shop.example/fjord" }, { title: "Reserve it", payload: "fjord" }] }],
};
/** An answer that comes in many pieces: the desk passes on as many a second as an eye can follow. */
const FIRST = "It left Bristol this morning. ";
const REST = [..."You get it on Thursday between ten and twelve, as long as the road over the moor is dry; if it is not, we write to you."];
const ASKED = {
  type: "say", text: "Where shall we send the sample?",
  form: {
    fields: [
      { name: "mail", kind: "email", label: "Email", required: true },
      { name: "size", kind: "choice", label: "Size", options: [{ value: "s", title: "Small" }, { value: "l", title: "Large" }] },
      { name: "many", kind: "number", label: "How many?" },
      { name: "note", kind: "textarea", label: "Anything else?" },
    ],
    submit: "Send me one", payload: "sample",
  },
};
const FILE = { type: "say", text: "Here is your invoice.", attachments: [{ url: "https://shop.example/files/invoice-7.pdf", name: "Invoice 7.pdf", mime: "application/pdf" }] };
const RULES = {
  "Hello": [HELLO],
  "A sample": [ASKED],
  "My invoice": [FILE],
  "Where is my order?": [FIRST, ...REST],
  "A bike": [SHOWN],
  "Help": [{ type: "say", text: "I will find somebody." }, { type: "handoff", summary: "Ada asks about order 1042. It is on its way." }],
  "Break": { status: 500 },
};

const person = (visitor) => visitor.window.getByRole("button", { name: "Talk to a person" });
const choice = (visitor, name) => visitor.window.getByRole("group", { name: "Suggested answers" }).getByRole("button", { name });

async function withBot(world, tell) {
  const bot = await Bot.start(RULES);
  try {
    await bot.joins(world.server);
    await tell(bot);
  } finally {
    bot.close();
  }
}

story("a visitor chooses, sees the answer grow, asks for a person, and an agent goes on from the summary", (world) => withBot(world, async (bot) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  await visitor.says("Hello");
  await visitor.sees("Hello", "Hi! What do you need?");
  await visitor.window.locator("header").getByText("Automated answers").waitFor();
  await visitor.log.getByText("Automated", { exact: true }).waitFor();

  await choice(visitor, "Where is my order?").dblclick();
  await visitor.window.locator(".cursor").waitFor();
  await visitor.seesLast("Where is my order?", FIRST);
  const grows = await visitor.log.locator(".msg").last().elementHandle();
  const more = async () => {
    bot.lets("Where is my order?");
    return (await visitor.messages()).at(-1);
  };
  await until(visitor.page, more, (text) => text.length > FIRST.length, "an answer that grows");
  await visitor.window.locator(".cursor").waitFor();
  bot.lets("Where is my order?", REST.length);
  await visitor.seesLast("Where is my order?", FIRST + REST.join(""));
  await visitor.window.locator(".cursor").waitFor({ state: "detached" });
  assert.ok(await grows.evaluate((line) => line.isConnected), "the stored answer took the place of the one that grew");
  const said = visitor.window.locator("[aria-live=polite]");
  await said.getByText(`Pedal: ${FIRST}${REST.join("")}`).waitFor({ state: "attached" });
  assert.equal(await choice(visitor, "Where is my order?").count(), 0, "what was answered is offered no more");
  assert.deepEqual(bot.asked.map(({ message }) => message.payload ?? null), [null, ORDER]);
  assert.ok(bot.asked.every(({ signed }) => signed.startsWith("v1,")));

  await agent.opensChat("It left Bristol");
  await agent.pane.getByText("The bot is answering").waitFor();
  await agent.log.locator(".chip.bot").first().waitFor();
  await agent.log.locator(".bot-choices").getByText("A person, please").waitFor();
  await agent.log.locator(".chose code").getByText('"order":1042').waitFor();

  await visitor.says("Help");
  await visitor.seesLine("I'm getting a person for you.");
  await person(visitor).waitFor({ state: "hidden" });
  await agent.seesLine("Ada asks about order 1042. It is on its way.");
  await agent.seesLine("Pedal passed the chat to people.");
  await agent.takes();
  await agent.says("Hello, this is Lena.");
  await visitor.seesLast("I will find somebody.", "Hello, this is Lena.");
  await until(visitor.page, () => visitor.messages(), (texts) => texts.every((text) => !text.includes("Ada asks")), "what the visitor sees");

  await agent.pane.getByRole("button", { name: "More", exact: true }).click();
  await agent.pane.getByRole("button", { name: "Give to Pedal" }).click();
  await visitor.seesLine("passed the chat to the bot.");
  await person(visitor).waitFor();
}), { settings });

story("a person is asked for while there is no network, and comes when it is back", (world) => withBot(world, async () => {
  const visitor = await world.visitor();
  await visitor.says("Hello");
  await visitor.sees("Hello", "Hi! What do you need?");
  await visitor.page.context().setOffline(true);
  await person(visitor).click();
  await visitor.window.getByRole("button", { name: "Waiting for the network" }).waitFor();
  await visitor.page.context().setOffline(false);
  await visitor.isOnline();
  await visitor.seesLine("You asked for a person.");
  assert.equal(await visitor.log.getByText("You asked for a person.").count(), 1);
}), { settings });

story("a card's link leads out, its button answers once", (world) => withBot(world, async (bot) => {
  const visitor = await world.visitor();
  await visitor.says("A bike");
  const card = visitor.log.locator(".card");
  await card.waitFor();
  const link = card.getByRole("link", { name: "See it" });
  assert.deepEqual(await link.evaluate(({ href, target, rel }) => ({ href, target, rel })), { href: "https://shop.example/fjord", target: "_blank", rel: "noopener noreferrer" });
  await card.getByRole("button", { name: "Reserve it" }).dblclick();
  await visitor.seesLast("Reserve it", "You said: Reserve it");
  assert.deepEqual(bot.asked.map(({ message }) => message.payload ?? null), [null, "fjord"]);
}), { settings });

story("a form is filled in once, in its place, and the agent sees what was asked and answered", (world) => withBot(world, async (bot) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  await visitor.says("A sample");
  const form = visitor.log.getByRole("form", { name: "Where shall we send the sample?" });
  await form.waitFor();
  await form.getByRole("button", { name: "Send me one" }).click();
  await form.getByText("Please fill this in.").waitFor();
  await form.getByLabel("Email").fill("ann@shop");
  await form.getByRole("radio", { name: "Large" }).check();
  await form.getByLabel("How many?").fill("a few");
  await form.getByLabel("Anything else?").fill("Ring twice");
  await form.getByRole("button", { name: "Send me one" }).click();
  await form.getByText("many is not a number").waitFor();
  await form.getByLabel("How many?").fill("2");
  assert.equal(await form.getByLabel("Anything else?").inputValue(), "Ring twice", "what was typed stays");
  await visitor.page.context().setOffline(true);
  await form.getByRole("button", { name: "Send me one" }).click();
  await form.getByRole("button", { name: "Waiting for the network" }).waitFor();
  await visitor.page.context().setOffline(false);
  await form.waitFor({ state: "detached" });
  await visitor.log.getByText("Thank you. We have it.").waitFor();
  await visitor.seesLast("Where shall we send the sample?", "Email: ann@shop\nSize: Large\nHow many?: 2\nAnything else?: Ring twice", "You said: Email: ann@shop\nSize: Large\nHow many?: 2\nAnything else?: Ring twice");
  const { payload, form: filled } = bot.asked.at(-1).message;
  assert.deepEqual([payload, filled.values], ["sample", { mail: "ann@shop", size: "l", many: 2, note: "Ring twice" }]);
  assert.equal(bot.asked.length, 2);

  await agent.opensChat("Ring twice");
  await agent.log.locator(".bot-form").getByText("How many?").waitFor();
  await agent.log.getByText("The visitor filled this in").waitFor();
  await agent.log.getByText("Put into the bot’s form").waitFor();
  await visitor.reloads();
  await visitor.log.getByText("Thank you. We have it.").waitFor();
  assert.equal(await visitor.log.getByRole("form").count(), 0);
}), { settings });

story("a file of a bot is a link with its name and host, and nothing fetches it", (world) => withBot(world, async () => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  const fetched = [];
  visitor.page.on("request", (request) => request.url().includes("shop.example/files") && fetched.push(request.url()));
  await visitor.says("My invoice");
  const link = visitor.log.getByRole("link", { name: "Invoice 7.pdf" });
  await link.getByText("shop.example").waitFor();
  assert.deepEqual(await link.evaluate(({ href, target, rel }) => ({ href, target, rel })), { href: "https://shop.example/files/invoice-7.pdf", target: "_blank", rel: "noopener noreferrer nofollow" });
  await agent.opensChat("Here is your invoice");
  const theirs = agent.log.getByRole("link", { name: "Invoice 7.pdf" });
  assert.deepEqual(await theirs.evaluate(({ href, target, rel }) => ({ href, target, rel })), { href: "https://shop.example/files/invoice-7.pdf", target: "_blank", rel: "noopener nofollow ugc" });
  assert.deepEqual(fetched, []);
}), { settings });

story("an agent takes over in the middle of an answer: nothing of it stays", (world) => withBot(world, async (bot) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  await visitor.says("Hello");
  await choice(visitor, "Where is my order?").click();
  await visitor.seesLast("Where is my order?", FIRST);
  await agent.opensChat("Where is my order?");
  await agent.pane.getByRole("button", { name: "Take over" }).click();
  await visitor.seesLast("Hi! What do you need?", "Where is my order?");
  bot.lets("Where is my order?");
  await agent.says("I have it.");
  await visitor.seesLast("Where is my order?", "I have it.");
}), { settings });

story("a bot that breaks is replaced by a person, and the agent reads why", (world) => withBot(world, async () => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  await visitor.says("Break");
  await visitor.seesLine("I'm getting a person for you.");
  await agent.opensChat("Break");
  await agent.seesLine("Pedal answered with an error (500).");
  assert.equal(await visitor.log.getByText("error").count(), 0);
}), { settings });
