// A bot's five minutes: the echo bot of the command line is added, tried beside its answer, talks to a
// visitor, is stopped, and a person takes its place.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createServer } from "node:net";

import { seriousIn } from "./support/axe.mjs";
import { story } from "./support/story.mjs";

const BINARY = process.env.DESKBELL_BIN ?? new URL("../../target/debug/deskbell", import.meta.url).pathname;
const settings = ['outgoing_allow = "127.0.0.1"'];

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/** `deskbell bot echo`, once it listens. */
async function echo() {
  const port = await freePort();
  const child = spawn(BINARY, ["bot", "echo", "--at", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((done) => child.once("exit", done));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("listens")) break;
  }
  child.stdout.resume();
  return { url: `http://127.0.0.1:${port}/`, stop: () => (child.kill("SIGKILL"), ended) };
}

async function opens(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Bots" }).click();
  await page.getByRole("heading", { level: 1, name: "Bots" }).waitFor();
}

async function adds(page, url) {
  await opens(page);
  await page.getByLabel("Name").fill("Robin");
  await page.getByLabel("Address").fill(url);
  await page.getByLabel("Support").check();
  await page.getByRole("button", { name: "Add a bot" }).click();
  assert.match(await page.getByRole("textbox", { name: "Secret" }).inputValue(), /^whsec_/);
  assert.match(await page.getByRole("textbox", { name: "Key", exact: true }).inputValue(), /^dbk_/);
}

for (const javaScriptEnabled of [true, false]) {
  story(`a bot is added, tried and changed (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const bot = await echo();
    try {
      const { page } = await world.agent({ javaScriptEnabled });
      world.expects(/422 \(Unprocessable Entity\)/);
      await opens(page);
      await page.getByLabel("Name").fill("Robin");
      await page.getByLabel("Address").fill("http://10.0.0.1/hook");
      await page.getByRole("button", { name: "Add a bot" }).click();
      await page.getByRole("alert").getByText(/cannot be asked/).waitFor();
      await adds(page, bot.url);
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByText(/^Understood, \d+ ms$/).waitFor();
      await page.getByText("You said: Hello, where is my order?").first().waitFor();
      await page.getByLabel("Seconds to answer").fill("0.5");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved").waitFor();
      await page.getByRole("button", { name: "New secret" }).click();
      await page.getByRole("button", { name: "End the older secret" }).click();
      await page.getByRole("button", { name: "End the older secret" }).waitFor({ state: "detached" });
      await page.getByRole("button", { name: "New key" }).click();
      assert.match(await page.getByRole("textbox", { name: "Key", exact: true }).inputValue(), /^dbk_/);
      await bot.stop();
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByText(/^A person would go on, \d+ ms$/).waitFor();
      await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Audit log" }).click();
      for (const row of ["Lena added the bot Robin.", "Lena changed the bot Robin.", "drew a new secret for the bot Robin", "ended the older secret of the bot Robin", "drew a new key for the bot Robin"]) {
        await page.getByText(row).first().waitFor();
      }
    } finally {
      await bot.stop();
    }
  }, { settings });
}

story("the developer's five minutes: the bot talks, is stopped, and a person goes on", async (world) => {
  const bot = await echo();
  try {
    const agent = await world.agent();
    await adds(agent.page, bot.url);
    const visitor = await world.visitor();
    await visitor.opensChat();
    await visitor.says("Hello");
    await visitor.window.getByText("You said: Hello").first().waitFor();
    await bot.stop();
    await visitor.says("Still there?");
    await visitor.page.getByText("I'm getting a person for you", { exact: false }).first().waitFor();
    await agent.page.goto(`${world.url}/console/conversations?view=all`);
    await agent.opensChat("Still there?");
    await agent.log.getByText(/Robin could not be reached|could not reach|no connection/i).first().waitFor();
  } finally {
    await bot.stop();
  }
}, { settings });

for (const colorScheme of ["light", "dark"]) {
  story(`a bot's page has no serious finding, ${colorScheme}`, async (world) => {
    const bot = await echo();
    try {
      const { page } = await world.agent({ colorScheme });
      await adds(page, bot.url);
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByText(/^Understood/).waitFor();
      await seriousIn(page, "a bot that was tried");
    } finally {
      await bot.stop();
    }
  }, { settings });
}

story("an agent does not manage bots", async (world) => {
  const who = { email: "bo@shop.example", password: "a good long sentence" };
  await world.server.runs("agent", "add", "--email", who.email, "--name", "Bo", "--password", who.password);
  const { page } = await world.agent({ who });
  world.expects(/403 \(Forbidden\)/);
  const answer = await page.goto(`${world.url}/console/settings/bots`);
  assert.equal(answer.status(), 403);
});
