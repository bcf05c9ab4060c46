// The first five minutes: an empty folder, a printed link, a form, the tag on a website, and a chat that rings.

import assert from "node:assert/strict";

import { Agent } from "./support/agent.mjs";
import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { Visitor } from "./support/visitor.mjs";

/** The owner fills the form behind the printed link. */
async function createsTheDesk(world, page) {
  await page.goto(world.url + (await world.server.setUpLink()));
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("textbox", { name: "Name of the website" }).fill(OWNER.site);
  await page.getByRole("textbox", { name: "Address of the website" }).fill(world.shop.url);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { name: "Put it on your website" }).waitFor();
}

/** The key in the tag that the page shows. */
async function keyIn(page) {
  const tag = await page.getByRole("textbox", { name: "HTML" }).inputValue();
  return tag.match(/^<script async src="[^"]+\/widget\.js\/(\w{16})"><\/script>$/)[1];
}

for (const javaScriptEnabled of [true, false]) {
  story(
    `an owner is live in minutes: the tag is found, a test chat arrives (scripts ${javaScriptEnabled ? "on" : "off"})`,
    async (world) => {
      const { context, watch } = await world.context({ javaScriptEnabled });
      const page = await context.newPage();
      await createsTheDesk(world, page);
      await page.getByText("Waiting for your site…").waitFor();
      for (const recipe of ["HTML", "WordPress", "Shopify", "Google Tag Manager", "Wix", "Next.js"]) {
        await page.locator("summary", { hasText: new RegExp(`^${recipe}$`) }).waitFor();
      }
      world.shop.embeds(world.url, await keyIn(page));
      const visitor = await (await world.context({})).context.newPage();
      await visitor.goto(`${world.shop.url}/`);
      await visitor.locator("deskbell-chat").waitFor({ state: "attached" });
      if (javaScriptEnabled) {
        await page.getByText("Found on").waitFor();
      } else {
        await page.reload();
        for (let looks = 0; looks < 20 && !(await page.getByText("Found on").isVisible()); looks++) await page.reload();
      }
      await page.getByText(world.shop.url).waitFor();
      await page.getByRole("listitem").filter({ hasText: "The tag is on your website" }).getByRole("img", { name: "Done" }).waitFor();
      await page.getByRole("button", { name: "Send me a test chat" }).click();
      const agent = new Agent(page, watch, world.url);
      await agent.opensChat("This is a test chat");
      await agent.pane.getByText("Test", { exact: true }).first().waitFor();
      await agent.says("I can read you");
      const answered = page.getByRole("listitem").filter({ hasText: "A chat was answered" });
      await page.goBack();
      await page.getByRole("link", { name: "Settings" }).click();
      await page.getByRole("link", { name: "Audit log" }).waitFor();
      await page.goto(`${world.url}/console/settings/sites`);
      await page.getByRole("link", { name: OWNER.site }).click();
      await page.getByRole("link", { name: "WordPress, Shopify and others" }).click();
      await answered.getByRole("img", { name: "Done" }).waitFor();
      const stranger = await world.context();
      stranger.watch.expects(/status of (404|410)/);
      const second = await stranger.context.newPage();
      const answer = await second.goto(world.url + (await world.server.setUpLink()));
      assert.ok([404, 410].includes(answer.status()), `the link works once, then ${answer.status()}`);
    },
    { setUp: false, shop: true },
  );
}

story("a tag on an address that is not allowed is noticed, and allowed with one press", async (world) => {
  const { page } = await world.agent();
  const elsewhere = await world.context();
  elsewhere.watch.expects(/403|WebSocket connection to .* failed/);
  world.shop.embeds(world.url, world.server.ids.site_key);
  await world.server.runs("site", "set", "--site", OWNER.site, "--origin", "https://shop.example");
  await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}/install`);
  await page.getByText("Waiting for your site…").waitFor();
  const visitor = await Visitor.arrive(elsewhere.context, elsewhere.watch, `${world.shop.url}/`);
  await visitor.page.getByRole("button", { name: "Open chat" }).click();
  await page.getByText("addresses that are not allowed").waitFor();
  await page.getByRole("listitem").filter({ hasText: world.shop.url }).getByRole("button", { name: "Allow" }).click();
  await page.getByText("Found on").waitFor();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByText(`changed the site ${OWNER.site}`).or(page.getByText(/changed the website/)).first().waitFor();
}, { shop: true });

story("the preview is the real widget, as the form says before it is saved", async (world) => {
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
  const frame = page.frameLocator("iframe[data-preview]");
  await frame.getByRole("button", { name: "Open chat" }).click();
  await frame.getByRole("dialog").getByRole("textbox").waitFor();
  await page.getByLabel("First words").fill("Ask us about bicycles");
  await frame.getByRole("button", { name: "Open chat" }).click();
  await frame.getByText("Ask us about bicycles").waitFor();
  await frame.getByRole("textbox").fill("A look from the inside");
  await frame.getByRole("textbox").press("Enter");
  const stored = await world.visitor();
  await stored.opensChat();
  assert.equal(await stored.page.getByText("Ask us about bicycles").count(), 0, "nothing was saved");
  await page.goto(`${world.url}/console/conversations?view=all`);
  const row = page.getByRole("listitem").filter({ hasText: "A look from the inside" });
  await row.getByText("Test", { exact: true }).waitFor();
});

story("words of a language are seen before they are saved, and by those who speak it", async (world) => {
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
  const frame = page.frameLocator("iframe[data-preview]");
  await page.locator("summary", { hasText: "Deutsch" }).click();
  const german = page.getByRole("group", { name: "Deutsch" });
  assert.equal(await german.getByLabel("In the empty field").getAttribute("placeholder"), "Nachricht schreiben", "ours stand there");
  await german.getByLabel("Greeting", { exact: true }).fill("Moin! Was klemmt?");
  await german.getByLabel("In the empty field").fill("Schreib uns");
  await page.getByLabel("The preview speaks").selectOption("de");
  await frame.getByRole("button", { name: "Chat öffnen" }).click();
  await frame.getByText("Moin! Was klemmt?").waitFor();
  await frame.getByPlaceholder("Schreib uns").waitFor();
  await seriousIn(page, "a website");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  await page.getByText("2 of your own").waitFor();
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.page.getByText("Hi! How can we help?").waitFor();
  await visitor.page.evaluate(() => globalThis.Deskbell("locale", "de"));
  await visitor.page.getByText("Moin! Was klemmt?").waitFor();
  await visitor.page.getByPlaceholder("Schreib uns").waitFor();
});

for (const javaScriptEnabled of [true, false]) {
  story(`closed chats are kept for as long as the owner says (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled });
    await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}`);
    const days = page.getByLabel("Delete closed chats after");
    assert.equal(await days.inputValue(), "", "they are kept");
    world.expects(/422 \(Unprocessable Entity\)/);
    await days.fill("9999");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByRole("alert").getByText("at most 3650").waitFor();
    assert.equal(await days.inputValue(), "9999", "what was typed is kept");
    await days.fill("365");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await days.inputValue(), "365", "nothing is older, so nothing is asked");
  });
}

story("the page is fit for every reader, light and dark, found and waiting", async (world) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await world.agent({ colorScheme });
    await page.goto(`${world.url}/console/settings/sites/${world.server.ids.site_id}/install`);
    await page.frameLocator("iframe[data-preview]").getByRole("button", { name: "Open chat" }).waitFor();
    await seriousIn(page);
  }
});

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
