// Opening hours, and chats in which nobody writes any more, as a visitor sees them.

import { story } from "./support/story.mjs";

story("a visitor is told when it opens, and that it did", async (world) => {
  const agent = await world.agent();
  await world.server.runs("queue", "set", "--queue", "Support", "--hours", "never", "--time-zone", "UTC", "--holiday", soon());
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.window.getByText(/Back /).first().waitFor();
  await visitor.says("Anybody?");
  await visitor.seesState("Sent|Delivered");
  await agent.rows.filter({ hasText: "Anybody?" }).first().waitFor();
  await world.server.runs("queue", "set", "--queue", "Support", "--hours", "always");
  await visitor.window.locator(".place strong", { hasText: /1/ }).waitFor();
  await visitor.window.getByText(/Back /).first().waitFor({ state: "hidden" });
});

story("a silent visitor is asked, and then the chat is over until they write", async (world) => {
  const agent = await world.agent();
  const visitor = await world.visitor();
  await visitor.opensChat();
  await visitor.says("Where is order 1042?");
  await agent.opensChat("Where is order 1042?");
  await agent.takes();
  await world.server.runs("queue", "set", "--queue", "Support", "--nudge-after", "1", "--close-after", "1");
  await agent.says("It left us this morning.");
  await visitor.window.getByText("Are you still there? If you do not write, this chat will end soon.").waitFor();
  await visitor.window.getByText("This chat ended because nothing was written for a while. Write to go on.").waitFor();
  await agent.log.getByText("The chat was closed: the visitor wrote nothing for a while.").waitFor();
  await visitor.says("Thank you!");
  await visitor.seesState("Sent|Delivered");
});

/** The day after tomorrow, in the form of an operator. */
function soon() {
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  return `${day} 10:00-11:00`;
}
