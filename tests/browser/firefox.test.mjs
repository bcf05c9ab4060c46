// The visitor's side in Firefox: they talk, over WebSocket and without, under the strictest policy
// and on pages that make it hard; and the way back finds the conversation.

import assert from "node:assert/strict";
import { after } from "node:test";

import { Guest, guestsLeave } from "./support/guest.mjs";
import { story } from "./support/story.mjs";

after(guestsLeave);

async function theyTalk(world, path, expected) {
  const visitor = await Guest.arrives("firefox", world.url + path, expected);
  try {
    const agent = await world.agent();
    await visitor.says("from Firefox");
    await visitor.sees("from Firefox");
    await agent.opensChat("from Firefox");
    await agent.says("from the desk");
    await visitor.sees("from Firefox", "from the desk");
    await visitor.goesTo(world.url + path);
    await visitor.opensChat();
    await visitor.sees("from Firefox", "from the desk");
    assert.deepEqual(visitor.troubles, []);
  } finally {
    await visitor.leaves();
  }
}

for (const path of ["/demo", "/demo/strict", "/demo/hostile", "/demo/tampered", "/demo/transformed"]) {
  story(`they talk in Firefox on ${path}`, (world) => theyTalk(world, path));
}

story(
  "they talk in Firefox where sockets are blocked and streams are held back, by polling",
  async (world) => {
    await theyTalk(world, "/demo", /establish a connection to the server at ws:/);
    assert.ok(world.proxy.counts.polls > 0, JSON.stringify(world.proxy.counts));
  },
  { network: { blocksSockets: true, holdsEvents: true } },
);

// Firefox keeps no page for the way back that had a socket when it was left: it is loaded anew.
story("in Firefox the way back finds the conversation", async (world) => {
  const visitor = await Guest.arrives("firefox", `${world.url}/demo`);
  try {
    const agent = await world.agent();
    await visitor.says("before I left");
    await agent.opensChat("before I left");
    await visitor.goesTo(`${world.url}/demo/hostile`);
    await agent.says("while you were away");
    await visitor.page.goBack();
    await visitor.opensChat();
    await visitor.sees("before I left", "while you were away");
    assert.deepEqual(visitor.troubles, []);
  } finally {
    await visitor.leaves();
  }
});
