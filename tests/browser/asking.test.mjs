// The forms that a site asks for: consent before anything is kept, the form before the chat, the
// address while nobody is here, the rating at the end. With the real server.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const button = ({ window }, name) => window.getByRole("button", { name, exact: true });
/** Numbers stand between marks that isolate their direction. */
const nth = (rank) => new RegExp(`^\\W*${rank[0]}\\W*${rank.slice(1)}$`);
const focused = ({ page }) => page.evaluate(() => {
  const { activeElement } = document.querySelector("deskbell-chat").shadowRoot;
  return activeElement && (activeElement.name || activeElement.getAttribute("aria-label") || activeElement.textContent);
});

story(
  "nothing is kept before the visitor agrees, and refusing can be undone",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.bubble.click();
    const agree = button(visitor, "Agree and chat");
    await agree.waitFor();
    assert.equal(await visitor.device(), "{}");
    assert.equal(await visitor.field.isVisible(), false, "there is nothing to write into yet");

    await button(visitor, "No, thanks").click();
    await visitor.window.getByText("Nothing was kept and nothing was sent").waitFor();
    assert.equal(await visitor.device(), "{}");
    await visitor.page.reload();
    await visitor.bubble.click();
    await button(visitor, "No, thanks").click();
    await button(visitor, "Ask me again").click();
    assert.equal(await visitor.device(), "{}");

    await agree.click();
    await visitor.field.waitFor();
    await visitor.keeps(/token/);
    await visitor.says("Now you may know");
    await visitor.seesState("Sent|Delivered");
    await visitor.reloads();
    await visitor.sees("Now you may know");
    assert.equal(await agree.isVisible(), false, "asked once");
  },
  { site: ["--consent", "on"] },
);

story(
  "what the page's script says waits for the visitor's consent, too",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    await visitor.page.evaluate(() => globalThis.Deskbell("message", "said by the page"));
    await visitor.bubble.click();
    await button(visitor, "Agree and chat").waitFor();
    assert.equal(await visitor.device(), "{}");
    assert.equal(await agent.rows.count(), 0);
    await button(visitor, "Agree and chat").click();
    await agent.opensChat("said by the page");
    await visitor.sees("said by the page");
  },
  { site: ["--consent", "on"] },
);

story(
  "a page that asked by a banner of its own gives and takes back consent",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.page.evaluate(() => globalThis.Deskbell("consent", true));
    await visitor.opensChat();
    await visitor.says("Agreed before");
    await visitor.seesState("Sent|Delivered");
    await visitor.keeps(/token/);
    await visitor.page.evaluate(() => globalThis.Deskbell("consent", false));
    await until(visitor.page, () => visitor.device(), "{}", "what the device keeps");
  },
  { site: ["--consent", "on"] },
);

story(
  "the form before the chat says what is missing at the field, keeps what was filled in, and what was written waits for it",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    await visitor.bubble.click();
    const name = visitor.window.getByLabel("Your name");
    await name.waitFor();
    assert.equal(await focused(visitor), "name", "the first field has the focus");

    await visitor.says("Where is my order?");
    await visitor.seesState("Waits for the form");
    await button(visitor, "Start the chat").click();
    await visitor.window.getByText("Please fill this in.").first().waitFor();
    assert.equal(await focused(visitor), "name");
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    await name.fill("Ada");
    const email = visitor.window.getByLabel("Email address");
    await email.fill("ada at shop");
    await button(visitor, "Start the chat").click();
    await visitor.window.getByText(/does not look like an email address/).waitFor();
    assert.equal(await name.inputValue(), "Ada");

    await email.fill("ada@shop.example");
    await visitor.window.getByLabel("Order number").fill("1042");
    await button(visitor, "Start the chat").click();
    await visitor.window.getByText(/We write to .*ada@shop\.example/).waitFor();
    assert.equal(await focused(visitor), "Write a message", "back in the composer");
    await visitor.seesState("Sent|Delivered");
    await visitor.sees("Where is my order?");
    await agent.opensChat("Where is my order?");
    await agent.page.getByText("ada@shop.example").first().waitFor();
    await visitor.reloads();
    await visitor.sees("Where is my order?");
    assert.equal(await name.isVisible(), false, "asked once");
  },
  { site: ["--pre-chat", "name:required", "--pre-chat", "email:required", "--pre-chat", "text=Order number"] },
);

story(
  "a refusal of the server stands at the field, and the form can be sent again",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.bubble.click();
    const name = visitor.window.getByLabel("Your name");
    await name.waitFor();
    // Past the widget's own check: the server has the last word.
    const email = visitor.window.getByLabel("Email address");
    await email.evaluate((field) => (field.type = "text"));
    await name.fill("Ada");
    await email.fill("not an address");
    await button(visitor, "Start the chat").click();
    const why = visitor.window.locator(".err").filter({ hasText: /\S/ });
    await why.first().waitFor();
    assert.equal(await why.count(), 1);
    assert.equal(await name.inputValue(), "Ada");
    assert.equal(await email.inputValue(), "not an address");
    await email.fill("ada@shop.example");
    await button(visitor, "Start the chat").click();
    await visitor.window.getByText(/We write to/).waitFor();
    await visitor.says("Here I am");
    await visitor.seesState("Sent|Delivered");
  },
  { site: ["--pre-chat", "name:required", "--pre-chat", "email:required"] },
);

story(
  "a form that was answered without a connection is sent when there is one",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.bubble.click();
    const name = visitor.window.getByLabel("Your name");
    await name.waitFor();
    world.expects(/503|WebSocket connection to/);
    world.proxy.down = true;
    world.proxy.cut();
    await visitor.window.getByText(/Connection lost/).waitFor();
    await name.fill("Ada");
    await visitor.says("Written in a tunnel");
    await button(visitor, "Start the chat").click();
    await button(visitor, "Waiting for the network").waitFor();
    world.proxy.down = false;
    await visitor.isOnline();
    await visitor.seesState("Sent|Delivered");
    await visitor.sees("Written in a tunnel");
    await name.waitFor({ state: "detached" });
  },
  { site: ["--pre-chat", "name:required"], network: {} },
);

story(
  "while nobody is here the address is asked for in place, in two tabs, and answered in one",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.says("Is anybody there?");
    await visitor.window.getByRole("heading", { name: "We have your message" }).waitFor();
    const other = await visitor.opensTab();
    await other.opensChat();
    await other.window.getByRole("heading", { name: "We have your message" }).waitFor();
    await visitor.window.getByLabel("Email address").fill("visitor@shop.example");
    await button(visitor, "Send me the answer").click();
    await visitor.window.getByText(/We write to .*visitor@shop\.example/).waitFor();
    await other.window.getByRole("heading", { name: "We have your message" }).waitFor({ state: "detached" });
    await visitor.reloads();
    await visitor.sees("Is anybody there?");
    assert.equal(await visitor.window.getByLabel("Email address").isVisible(), false);
  },
  { site: ["--offline-address", "optional"] },
);

story(
  "an address that need not be given can be skipped, for good",
  async (world) => {
    const visitor = await world.visitor();
    await visitor.says("Is anybody there?");
    await button(visitor, "Not now").click();
    await visitor.window.getByRole("heading", { name: "We have your message" }).waitFor({ state: "detached" });
    assert.equal(await focused(visitor), "Write a message");
    await visitor.says("I will look in again");
    await visitor.seesState("Sent|Delivered");
  },
  { site: ["--offline-address", "optional"] },
);

story(
  "at the end the visitor may rate it, once",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    await visitor.says("Thank you!");
    await agent.opensChat("Thank you!");
    await agent.takes();
    await agent.says("You are welcome.");
    await visitor.sees("Thank you!", "You are welcome.");
    await agent.closes();
    await visitor.window.getByRole("heading", { name: /How did .*lena.* do\?/ }).waitFor();
    const stars = visitor.window.getByRole("radiogroup", { name: "Your rating" });
    await stars.getByRole("radio").nth(2).focus();
    await visitor.page.keyboard.press("Space");
    await visitor.page.keyboard.press("ArrowRight");
    await until(visitor.page, () => stars.getByRole("radio", { checked: true }).getAttribute("value"), "4", "the chosen star");
    await visitor.window.getByLabel("Anything to add?").fill("Quick and kind");
    await visitor.window.locator("form.ask").getByRole("button", { name: "Send" }).click();
    await visitor.window.getByText("Thank you for the rating.").waitFor();
    await agent.shows("Closed");
    await agent.opensChat("You are welcome.");
    await agent.log.getByText(/4/).first().waitFor();
    await visitor.reloads();
    await visitor.sees("Thank you!", "You are welcome.");
    assert.equal(await stars.isVisible(), false);
  },
  { site: ["--rating", "on"] },
);

story(
  "the place in the line counts down until somebody comes",
  async (world) => {
    const first = await world.visitor();
    await first.says("I was here first");
    await first.window.getByText(nth("1st")).waitFor();
    const second = await world.visitor();
    await second.says("I came second");
    await second.window.getByText(nth("2nd")).waitFor();
    const agent = await world.agent();
    await agent.opensChat("I was here first");
    await agent.takes();
    await second.window.getByText(nth("1st")).waitFor();
    await first.window.locator(".place").waitFor({ state: "hidden" });
  },
);
