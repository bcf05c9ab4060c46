// A backup is put back while people have their pages open: widget and console notice by themselves, drop
// what is not so any more, send what was never acknowledged, and go on.

import assert from "node:assert/strict";
import { join } from "node:path";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

// What browsers print while the server is away, and of a chat that is not there any more.
const AWAY = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_INTERNET_DISCONNECTED|WebSocket connection to|404 \(Not Found\)/;

/** As an operator does it: stop, restore over what is there, start. */
async function restores(world, backup, meanwhile) {
  await world.server.stop();
  await meanwhile();
  await world.server.runs("restore", backup, "--replace");
  await world.server.start();
}

story("a restore under open pages: what came after the backup is gone, what was never acknowledged comes", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  world.expects(AWAY);
  await visitor.says("Where is my parcel?");
  await agent.opensChat("Where is my parcel?");
  await agent.takes();
  await agent.says("It is on its way.");
  await visitor.sees("Where is my parcel?", "It is on its way.");
  const backup = join(world.server.folder, "desk.backup");
  await world.server.runs("backup", backup);

  await visitor.says("Lost one");
  await agent.sees("Where is my parcel?", "It is on its way.", "Lost one");
  await agent.says("Lost two");
  await visitor.sees("Where is my parcel?", "It is on its way.", "Lost one", "Lost two");
  await agent.field.fill("half an answ");
  await visitor.seesState("Sent|Delivered|Read");

  const unsent = ["Never sent one", "Never sent two", "Never sent three"];
  await restores(world, backup, async () => {
    // More of them than were lost: what is new takes the numbers of what is gone.
    await visitor.says(...unsent);
    await visitor.seesState("Waiting for the network|Sending");
    await agent.page.context().setOffline(true);
  });
  await visitor.isOnline();
  const now = ["Where is my parcel?", "It is on its way.", ...unsent];
  await visitor.sees(...now);
  await visitor.seesState("Sent|Delivered");
  await agent.page.context().setOffline(false);
  await agent.page.getByText("put back from a backup").waitFor();
  await agent.sees(...now);
  assert.equal(await agent.field.inputValue(), "half an answ", "what was typed is kept");
  await agent.pane.getByText("Yours", { exact: true }).first().waitFor();

  await agent.says("Found it.");
  await visitor.says("Thank you");
  for (const who of [visitor, agent]) await until(who.page, async () => (await who.messages()).slice(-5).sort(), ["Found it.", "Thank you", ...unsent].sort(), "both ways");
  await visitor.reloads();
  assert.equal((await visitor.messages()).filter((text) => /Lost/.test(text)).length, 0);
  await until(visitor.page, () => visitor.device(), (held) => !/Lost/.test(held) && /Thank you/.test(held), "what the device keeps");
});

story("a chat that began after the backup: the visitor begins anew, the agent is told that it is gone", async (world) => {
  const agent = await world.agent();
  const backup = join(world.server.folder, "desk.backup");
  await world.server.runs("backup", backup);
  const visitor = await world.visitor();
  world.expects(AWAY);
  await visitor.says("Too late");
  await agent.opensChat("Too late");
  await visitor.seesState("Sent|Delivered|Read");
  await restores(world, backup, async () => {});
  await visitor.isOnline();
  await visitor.sees();
  await until(visitor.page, () => visitor.device(), (held) => !/Too late/.test(held), "what the device keeps");
  await agent.page.getByText("This chat is not there any more").waitFor();
  await agent.pane.waitFor({ state: "detached" });
  await visitor.says("Once more");
  await visitor.seesState("Sent|Delivered");
  await agent.opensChat("Once more");
  await agent.takes();
  await agent.says("Here I am");
  await visitor.sees("Once more", "Here I am");
});
