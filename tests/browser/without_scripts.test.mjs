// The console with scripts off: plain forms do the work.

import { story } from "./support/story.mjs";

story("an agent without scripts lists, reads, takes, replies, closes and reopens", async (world) => {
  const visitor = await world.visitor();
  await visitor.says("Do you ship to Norway?");
  await visitor.seesState("Sent|Delivered");

  const agent = await world.agent({ javaScriptEnabled: false });
  await agent.opensChat("Do you ship to Norway?");
  await agent.log.getByText("Do you ship to Norway?").waitFor();
  await agent.takes();
  await agent.says("Yes, in four days.");
  await visitor.sees("Do you ship to Norway?", "Yes, in four days.");

  await agent.closes();
  await visitor.seesLine(/closed the chat/);
  await agent.shows("Closed");
  await agent.opensChat("Yes, in four days.");
  await agent.reopens();
  await visitor.seesLine(/reopened the chat/);

  await agent.page.getByText("Sign out").or(agent.page.locator("summary")).first().click();
  await agent.page.getByRole("button", { name: "Sign out" }).click();
  await agent.page.getByRole("button", { name: "Sign in" }).waitFor();
});
