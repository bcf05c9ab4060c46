// The first minute: an empty folder, a printed link, a form, the console, a chat with oneself.

import assert from "node:assert/strict";

import { Agent } from "./support/agent.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { Visitor } from "./support/visitor.mjs";

story(
  "the printed link leads from a form to a desk that works",
  async (world) => {
    const { context, watch } = await world.context();
    const page = await context.newPage();
    await page.goto(world.url + (await world.server.setUpLink()));
    await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
    await page.getByLabel("Password").fill(OWNER.password);
    await page.getByRole("textbox", { name: "Name of the website" }).fill(OWNER.site);
    await page.getByRole("textbox", { name: "Address of the website" }).fill("https://shop.example");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Your desk is ready" }).waitFor();
    assert.match(await page.getByRole("textbox", { name: "The tag" }).inputValue(), /<script async src="[^"]+\/widget\.js" data-site="[^"]+"><\/script>/);

    const visitor = await Visitor.arrive(context, watch, `${world.url}/demo`);
    await visitor.says("Is anybody there?");
    await visitor.seesState("Sent|Delivered");

    await page.getByRole("link", { name: "Open the console" }).click();
    const agent = new Agent(page, watch, world.url);
    await agent.signsIn();
    await agent.opensChat("Is anybody there?");

    const stranger = await world.context();
    stranger.watch.expects(/status of (404|410)/);
    const second = await stranger.context.newPage();
    const answer = await second.goto(world.url + (await world.server.setUpLink()));
    assert.ok([404, 410].includes(answer.status()), `the link works once, then ${answer.status()}`);
  },
  { setUp: false },
);

story(
  "until there is an owner the demo leads to the set-up",
  async (world) => {
    const { context } = await world.context();
    const page = await context.newPage();
    await page.goto(`${world.url}/demo`);
    assert.equal(await page.getByRole("button", { name: "Open chat" }).count(), 0);
    await page.getByText(/set.?up/i).first().waitFor();
  },
  { setUp: false },
);
