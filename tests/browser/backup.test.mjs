// Whoever runs a desk sees in the console that there is no backup, until there is one.

import assert from "node:assert/strict";
import { join } from "node:path";

import { story } from "./support/story.mjs";

// What browsers print while the server is away.
const GONE = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/;

const BO = { email: "bo@shop.example", password: "a good long sentence" };

story("owners are told that there is no backup, until one is taken; agents are not", async (world) => {
  await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--password", BO.password);
  const owner = await world.agent();
  const warning = owner.page.getByRole("alert").filter({ hasText: "There is no backup yet." });
  await warning.waitFor();
  const agent = await world.agent({ who: BO });
  assert.equal(await agent.page.getByText("There is no backup yet.").count(), 0);
  await world.server.runs("backup", join(world.server.folder, "one.backup"));
  world.expects(GONE);
  await world.server.stop();
  await world.server.start();
  await owner.page.reload();
  await owner.page.getByRole("heading", { name: "Inbox" }).waitFor();
  assert.equal(await warning.count(), 0);
}, { settings: ["backup_within = 24"] });
