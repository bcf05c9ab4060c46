// Several chats at once when something gets in the way: a lost connection, a restart in mid-typing, a
// refusal after "send and close", a second device, a phone; and which chat a key means.

import assert from "node:assert/strict";

import { seriousIn } from "./support/axe.mjs";
import { story } from "./support/story.mjs";

const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const NO_WAY = /503 \(Service Unavailable\)|^WebSocket connection to .* failed|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE/;
const TEXTS = ["The charger blinks", "Where is order 1042?", "Is the child seat in stock?"];

const row = (agent, text) => agent.rows.filter({ hasText: text }).getByRole("link").first();
const panes = (agent) => agent.page.locator("#open > .pane");
const focused = (agent) => agent.page.locator("#open > .pane.on");
const heard = (pane, text) => pane.locator(".msg .b", { hasText: text }).waitFor();

/** Visitors who each said one thing. */
async function askers(world, texts) {
  const visitors = [];
  for (const text of texts) {
    const visitor = await world.visitor();
    await visitor.opensChat();
    await visitor.says(text);
    await visitor.seesState("Sent|Delivered");
    visitors.push(visitor);
  }
  return visitors;
}

async function opensBeside(agent, ...texts) {
  await agent.opensChat(texts[0]);
  for (const [n, text] of texts.slice(1).entries()) {
    await row(agent, text).click({ modifiers: ["Shift"] });
    await panes(agent).nth(n + 1).waitFor();
  }
}

async function takesInPane(agent, n) {
  const pane = panes(agent).nth(n);
  await pane.getByRole("button", { name: "Take", exact: true }).click();
  await pane.getByText("Yours", { exact: true }).first().waitFor();
}

story(
  "after a lost connection all three panes catch up by themselves",
  async (world) => {
    const visitors = await askers(world, TEXTS);
    const agent = await world.agent(WIDE);
    await opensBeside(agent, ...TEXTS);
    world.expects(NO_WAY);
    world.proxy.down = true;
    world.proxy.cut();
    await agent.page.locator('#link[data-state="lost"]').waitFor();
    const unsent = panes(agent).nth(1).getByRole("textbox");
    await unsent.fill("written without a connection");
    await unsent.press("Enter");
    for (const [n, visitor] of visitors.entries()) await visitor.says(`meanwhile ${n + 1}`);
    world.proxy.down = false;
    for (const n of [0, 1, 2]) await heard(panes(agent).nth(n), `meanwhile ${n + 1}`);
    await visitors[1].sees(TEXTS[1], ...(await panes(agent).nth(1).locator(".msg .b").allTextContents()).slice(1));
    await panes(agent).nth(1).locator('.msg.out[data-status="read"], .msg.out[data-status="delivered"], .msg.out[data-status="sent"]').waitFor();
    assert.equal(await panes(agent).nth(1).locator(".msg.out").count(), 1, "sent once");
  },
  { network: {} },
);

story("a server that restarts in mid-typing takes no letter and no focus", async (world) => {
  const [visitor] = await askers(world, TEXTS.slice(0, 2));
  const agent = await world.agent(WIDE);
  await opensBeside(agent, TEXTS[0], TEXTS[1]);
  world.expects(NO_WAY);
  await panes(agent).nth(1).getByRole("textbox").fill("kept in the other pane");
  const field = panes(agent).nth(0).getByRole("textbox");
  await field.pressSequentially("half a ");
  await world.server.kill();
  await field.pressSequentially("sentence, ");
  await world.server.start();
  await agent.page.locator('#link[data-state="live"]').waitFor();
  await field.pressSequentially("and the rest");
  assert.equal(await field.inputValue(), "half a sentence, and the rest");
  assert.equal(await panes(agent).nth(1).getByRole("textbox").inputValue(), "kept in the other pane");
  await agent.page.keyboard.press("Enter");
  await visitor.sees(TEXTS[0], "half a sentence, and the rest");
});

story("the same panes open on a second device by their address, and what is said appears on both", async (world) => {
  const [visitor] = await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  await opensBeside(agent, ...TEXTS);
  const second = await world.agent(WIDE);
  await second.page.goto(agent.page.url());
  for (const [n, text] of TEXTS.entries()) await heard(panes(second).nth(n), text);
  const field = panes(agent).nth(0).getByRole("textbox");
  await field.fill("from the first device");
  await field.press("Enter");
  await heard(panes(second).nth(0), "from the first device");
  await visitor.says("thank you");
  for (const device of [agent, second]) await heard(panes(device).nth(0), "thank you");
});

story("a key means the chat of the focused row, and no other", async (world) => {
  await askers(world, TEXTS.slice(0, 2));
  const agent = await world.agent(WIDE);
  await agent.opensChat(TEXTS[0]);
  await takesInPane(agent, 0);
  await row(agent, TEXTS[1]).focus();
  await agent.page.keyboard.press("e");
  await agent.page.locator(".conv.closing", { hasText: TEXTS[1] }).waitFor();
  assert.equal(await panes(agent).count(), 1, "the open chat stays open");
  await heard(focused(agent), TEXTS[0]);
  await agent.page.keyboard.press("u");
  await agent.page.locator(".conv:not(.closing)", { hasText: TEXTS[1] }).waitFor();
});

story("shortcuts work in panes that are too narrow for their buttons", async (world) => {
  await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  await opensBeside(agent, ...TEXTS);
  await agent.page.keyboard.press("Escape");
  assert.equal(await focused(agent).locator(".pane-head > .head-of > .pass").isVisible(), false);
  await agent.page.keyboard.press("t");
  await agent.page.getByRole("dialog", { name: /pass/i }).waitFor();
});

story("a closed chat gives way to the next that needs me", async (world) => {
  await askers(world, TEXTS);
  const agent = await world.agent(WIDE);
  for (const text of TEXTS.slice(0, 2)) {
    await agent.opensChat(text);
    await takesInPane(agent, 0);
  }
  await focused(agent).getByRole("textbox").fill("All the best");
  await agent.page.keyboard.press("Control+Shift+Enter");
  await heard(focused(agent), TEXTS[0]);
  assert.equal(await panes(agent).count(), 1);
  assert.equal(await focused(agent).getByRole("textbox").evaluate((field) => field === document.activeElement), true);
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("u");
  await panes(agent).nth(1).waitFor();
  await heard(focused(agent), "All the best");
});

story("the palette says what cannot be done, and does what can", async (world) => {
  await askers(world, TEXTS.slice(0, 1));
  const agent = await world.agent(WIDE);
  await agent.page.keyboard.press("Control+k");
  const palette = agent.page.getByRole("dialog", { name: "Find a chat or a command" });
  await palette.getByRole("option", { name: /^Close Open a chat first/ }).waitFor();
  await agent.page.keyboard.type("online");
  await palette.getByRole("option", { name: /Online/ }).waitFor();
  await seriousIn(agent.page, "palette");
  await agent.page.keyboard.press("Escape");
  await agent.opensChat(TEXTS[0]);
  await agent.page.keyboard.press("Control+k");
  await agent.page.keyboard.type("take");
  await agent.page.keyboard.press("Enter");
  await focused(agent).getByText("Yours", { exact: true }).first().waitFor();
});

story("on a phone one column at a time, with the bar below and nothing beside the screen", async (world) => {
  await askers(world, TEXTS.slice(0, 2));
  const agent = await world.agent(PHONE);
  const wide = () => agent.page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.equal(await wide(), 390);
  const bar = await agent.page.locator(".rail").boundingBox();
  assert.equal(Math.round(bar.y + bar.height), 844);
  await seriousIn(agent.page, "list on a phone");
  await row(agent, TEXTS[0]).tap();
  await heard(focused(agent), TEXTS[0]);
  assert.equal(await wide(), 390);
  await agent.takes();
  const send = await focused(agent).getByRole("button", { name: "Send", exact: true }).boundingBox();
  assert.ok(send.y + send.height <= 844, "the button is on the screen");
  await seriousIn(agent.page, "chat on a phone");
  await focused(agent).getByRole("link", { name: "Back to the list" }).tap();
  await row(agent, TEXTS[1]).tap();
  await heard(focused(agent), TEXTS[1]);
  assert.equal(await panes(agent).filter({ visible: true }).count(), 1);
});
