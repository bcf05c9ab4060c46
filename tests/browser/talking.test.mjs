// A visitor on the demo page and an agent in the console, over every way a browser can be reached.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";

async function theyTalk(world) {
  const visitor = await world.visitor();
  const agent = await world.agent();

  await visitor.says("Where is order 1042?");
  await visitor.sees("Where is order 1042?");
  await visitor.seesState("Sent|Delivered");

  await agent.opensChat("Where is order 1042?");
  await agent.sees("Where is order 1042?");
  await visitor.seesState("Read");

  await agent.takes();
  await agent.says("It left us this morning.");
  await visitor.sees("Where is order 1042?", "It left us this morning.");
  await agent.seesState("Read");

  await visitor.says("Thank you!", "And order 1043?");
  await agent.sees("Where is order 1042?", "It left us this morning.", "Thank you!", "And order 1043?");
  await agent.says("Tomorrow.");
  await visitor.sees("Where is order 1042?", "It left us this morning.", "Thank you!", "And order 1043?", "Tomorrow.");
}

story("they talk over WebSocket", theyTalk);

story(
  "they talk where WebSockets are blocked, over an event stream",
  async (world) => {
    await theyTalk(world);
    const { counts } = world.proxy;
    assert.ok(counts.refusedSockets > 0, "a socket was tried first");
    assert.ok(counts.events >= 2, `both sides took the event stream: ${JSON.stringify(counts)}`);
    assert.ok(counts.sends > 0, "frames went up by POST");
    assert.equal(counts.sockets, 0);
  },
  { network: { blocksSockets: true } },
);

story(
  "they talk where WebSockets are blocked and streams are held back, by polling",
  async (world) => {
    await theyTalk(world);
    const { counts } = world.proxy;
    assert.ok(counts.events >= 2, `both sides tried the event stream: ${JSON.stringify(counts)}`);
    assert.ok(counts.polls >= 4, `both sides polled: ${JSON.stringify(counts)}`);
    assert.equal(counts.sockets, 0);
  },
  { network: { blocksSockets: true, holdsEvents: true } },
);
