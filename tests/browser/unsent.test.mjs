// What a visitor wrote and the server has not acknowledged: it outlives the network, the page and
// the tab, and comes once and in order.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { Visitor } from "./support/visitor.mjs";

const NO_WAY = /503 \(Service Unavailable\)|^WebSocket connection to .* failed|ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE/;
const numbered = (count) => Array.from({ length: count }, (_, at) => `written ${at + 1}`);

story(
  "twenty written without a connection outlive a reload and a closed tab, and come once, in order",
  async (world) => {
    let visitor = await world.visitor();
    world.expects(NO_WAY);
    await visitor.says("before");
    await visitor.seesState("Sent|Delivered");

    world.proxy.down = true;
    world.proxy.cut();
    const twenty = numbered(20);
    await visitor.says(...twenty);
    await visitor.seesState("Waiting for the network|Sending");
    await visitor.reloads();
    await visitor.sees("before", ...twenty);
    visitor = await elsewhere(visitor);
    await visitor.opensChat();
    await visitor.sees("before", ...twenty);

    world.proxy.refusesSends = 1;
    world.proxy.down = false;
    await visitor.isOnline();
    await visitor.seesState("Sent|Delivered");
    assert.equal(world.proxy.counts.refusedSends, 1, "the first resend was refused");
    const agent = await world.agent();
    await agent.opensChat("written 20");
    await agent.sees("before", ...twenty);
    await visitor.sees("before", ...twenty);
    const second = await visitor.opensTab();
    await second.opensChat();
    await second.sees("before", ...twenty);
  },
  { network: { blocksSockets: true } },
);

story(
  "what was sent while the way down was dead is sent again and stored once",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    world.expects(NO_WAY);
    await visitor.says("before");
    await visitor.seesState("Sent|Delivered");
    await agent.opensChat("before");

    world.proxy.deafen();
    const ten = numbered(10);
    await visitor.says(...ten.slice(0, 5));
    await visitor.seesState("Sending");
    world.proxy.cut();
    await visitor.says(...ten.slice(5));
    await visitor.seesState("Sent|Delivered|Read");
    await agent.sees("before", ...ten);
    await visitor.sees("before", ...ten);
    await visitor.reloads();
    await visitor.sees("before", ...ten);
  },
  { network: {} },
);

story(
  "a connection that is cut again and again loses nothing and doubles nothing",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    world.expects(NO_WAY);
    await visitor.says("before");
    await agent.opensChat("before");
    const all = numbered(12);
    for (const [at, text] of all.entries()) {
      await visitor.says(text);
      if (at % 3 === 1) world.proxy.cut();
    }
    await visitor.seesState("Sent|Delivered|Read");
    await agent.sees("before", ...all);
    await visitor.sees("before", ...all);
  },
  { network: {} },
);

story(
  "a visitor who returns without a connection sees their chat at once",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    world.expects(NO_WAY);
    await visitor.says("Where is order 1042?");
    await agent.opensChat("Where is order 1042?");
    await agent.takes();
    await agent.says("It left us this morning.");
    await visitor.sees("Where is order 1042?", "It left us this morning.");
    await visitor.keeps(/It left us this morning/);

    world.proxy.down = true;
    world.proxy.cut();
    await visitor.reloads();
    await visitor.sees("Where is order 1042?", "It left us this morning.");
    await agent.page.close();
    await visitor.says("Still there?");
    world.proxy.down = false;
    await visitor.isOnline();
    await visitor.seesState("Sent|Delivered");
    await visitor.sees("Where is order 1042?", "It left us this morning.", "Still there?");
  },
  { network: {} },
);

story("where the browser keeps nothing the chat works and says so", async (world) => {
  const { context, watch } = await world.context();
  await context.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("denied", "SecurityError"); } }));
  const visitor = await Visitor.arrive(context, watch, `${world.url}/demo`);
  await visitor.says("kept nowhere");
  await visitor.seesState("Sent|Delivered");
  await visitor.window.getByText(/does not let us keep anything/).waitFor();
});

story("where the storage is full the chat works and says so", async (world) => {
  const { context, watch } = await world.context();
  await context.addInitScript(() => {
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      try {
        for (let at = 0; ; at++) localStorage.setItem(`filler ${size} ${at}`, "x".repeat(size));
      } catch { /* full to this size */ }
    }
  });
  const visitor = await Visitor.arrive(context, watch, `${world.url}/demo`);
  await visitor.says("no room for this", "nor for this");
  await visitor.seesState("Sent|Delivered");
  await visitor.window.getByText(/does not let us keep anything/).waitFor();
  await visitor.sees("no room for this", "nor for this");
});

/** The tab is closed; the same person opens the page anew. */
async function elsewhere(visitor) {
  const context = visitor.page.context();
  const url = visitor.page.url();
  await visitor.page.close();
  return Visitor.arrive(context, visitor.watch, url);
}
