// The first five minutes of everybody: the owner, the agent, and the visitor on a phone, from an empty folder on.
// With DESKBELL_PICTURES=FOLDER it takes the pictures of the documents on the way.

import assert from "node:assert/strict";
import { join } from "node:path";

import { Agent } from "./support/agent.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const ADA = { email: "ada@shop.example", password: "a good long sentence" };

const pictures = process.env.DESKBELL_PICTURES;
async function picture(page, name) {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
}

/** From the printed link to a desk whose tag stands on the shop. */
async function owner(world) {
  const { context, watch } = await world.context(DESK);
  const page = await context.newPage();
  await page.goto(world.url + (await world.server.setUpLink()));
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("textbox", { name: "Name of the website" }).fill(OWNER.site);
  await page.getByRole("textbox", { name: "Address of the website" }).fill(world.shop.url);
  await picture(page, "console-setup");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("Waiting for your site…").waitFor();
  const tag = await page.getByRole("textbox", { name: "HTML" }).inputValue();
  world.shop.embeds(world.url, tag.match(/widget\.js\/(\w+)"/)[1]);
  const look = await context.newPage();
  await look.goto(`${world.shop.url}/`);
  await page.bringToFront();
  await page.getByText("Found on").waitFor();
  await page.getByRole("listitem").filter({ hasText: "The tag is on your website" }).getByRole("img", { name: "Done" }).waitFor();
  await page.frameLocator("iframe[data-preview]").getByRole("button", { name: "Open chat" }).waitFor();
  await picture(page, "console-install");
  await page.getByRole("button", { name: "Send me a test chat" }).click();
  const agent = new Agent(page, watch, world.url);
  await agent.opensChat("This is a test chat");
  await agent.says("I can read you");
  await agent.closes();
  return agent;
}

/** The owner makes a link, and a teammate comes in by it. */
async function teammate(world, { page }) {
  await page.goto(`${world.url}/console/settings/agents`);
  await page.getByLabel("Email").fill(ADA.email);
  await page.getByLabel("Name", { exact: true }).fill("Ada");
  await page.getByLabel("Support").check();
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByLabel("Link", { exact: true }).inputValue();
  const { context, watch } = await world.context({ ...DESK, permissions: ["notifications"] });
  const theirs = await context.newPage();
  await theirs.goto(link);
  await theirs.getByLabel("Your name").fill("Ada Berg");
  await theirs.getByLabel("Password").fill(ADA.password);
  await theirs.getByRole("button", { name: "Set the password" }).click();
  const agent = new Agent(theirs, watch, world.url);
  await agent.signsIn(ADA);
  await theirs.locator(".alerts-btn").click();
  await theirs.getByRole("button", { name: "Test sound" }).click();
  await theirs.keyboard.press("Escape");
  return agent;
}

story(
  "an owner, a teammate and a visitor on a phone: from an empty folder to an answer, a tunnel, and the next day",
  async (world) => {
    const lena = await owner(world);
    const ada = await teammate(world, lena);
    // The owner goes to lunch: what comes now is the teammate's.
    await lena.page.goto(`${world.url}/console/conversations`);
    await lena.page.locator("#me > summary").click();
    await lena.page.getByRole("button", { name: /^Away/ }).click();
    await lena.page.close();

    const { context, watch } = await world.context(PHONE);
    const visitor = await Visitor.arrive(context, watch, `${world.shop.url}/`);
    await visitor.bubble.tap();
    await visitor.field.waitFor();
    await visitor.says("Where is order 1042?");
    await visitor.seesState("Sent|Delivered");
    await visitor.seesLine(/Ada Berg\W* joined/);

    await ada.rows.filter({ hasText: "Where is order 1042?" }).first().waitFor();
    await ada.opensChat("Where is order 1042?");
    await ada.says("It left this morning. You have it tomorrow.");
    await visitor.seesLine("It left this morning. You have it tomorrow.");
    await picture(visitor.page, "phone-answered");
    await picture(ada.page, "console-answered");

    // In a tunnel, and out of it: delivered once.
    world.expects(/WebSocket connection to .* failed|status of 503/);
    world.proxy.down = true;
    world.proxy.cut();
    await visitor.says("Thank you!");
    world.proxy.down = false;
    await visitor.isOnline();
    await ada.log.getByText("Thank you!").waitFor();
    assert.equal((await visitor.messages()).filter((text) => text === "Thank you!").length, 1);
    assert.equal((await ada.messages()).filter((text) => text === "Thank you!").length, 1);

    await ada.page.keyboard.press("Escape");
    await ada.page.keyboard.press("e");
    await ada.page.locator(".toast").getByRole("button", { name: "Undo" }).waitFor();
    await until(ada.page, () => ada.page.locator(".toast").count(), 0, "the undo is over");

    // The next day: the same device, the same thread.
    const later = await visitor.opensTab();
    await later.opensChat();
    await later.seesLine("It left this morning. You have it tomorrow.");
  },
  { setUp: false, shop: true, network: {} },
);
