// Nothing is lost and nothing comes twice: reloads, several tabs, a server that dies and returns.

import { story } from "./support/story.mjs";

const GONE = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/;

story("a reload in mid-conversation keeps everything", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  await visitor.says("one", "two");
  await agent.opensChat("two");
  await agent.takes();
  await agent.says("three");
  await visitor.sees("one", "two", "three");

  await visitor.reloads();
  await visitor.sees("one", "two", "three");
  await visitor.says("four");
  await agent.sees("one", "two", "three", "four");

  await agent.page.reload();
  await agent.sees("one", "two", "three", "four");
  await agent.says("five");
  await visitor.sees("one", "two", "three", "four", "five");
});

story("two tabs of a visitor stay in step", async (world) => {
  const left = await world.visitor();
  const agent = await world.agent();
  await left.says("from the left tab");
  await left.seesState("Sent|Delivered");

  const right = await left.opensTab();
  await right.opensChat();
  await right.sees("from the left tab");
  await right.says("from the right tab");
  await left.sees("from the left tab", "from the right tab");

  await agent.opensChat("from the right tab");
  await agent.says("to both");
  for (const tab of [left, right]) await tab.sees("from the left tab", "from the right tab", "to both");
});

story("a server that was killed loses nothing, and both sides catch up", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  world.expects(GONE);
  await visitor.says("before");
  await visitor.seesState("Sent|Delivered");
  await agent.opensChat("before");
  await agent.says("answered before");
  await visitor.sees("before", "answered before");

  await world.server.kill();
  await visitor.says("while down 1", "while down 2", "while down 3");
  await visitor.sees("before", "answered before", "while down 1", "while down 2", "while down 3");
  await world.server.start();

  const all = ["before", "answered before", "while down 1", "while down 2", "while down 3"];
  await visitor.seesState("Sent|Delivered|Read");
  await agent.sees(...all);
  await agent.says("and after");
  await visitor.sees(...all, "and after");

  await visitor.reloads();
  await visitor.sees(...all, "and after");
});

story("a server that is restarted in order tells its visitors to come back", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  world.expects(GONE);
  await visitor.says("before");
  await agent.opensChat("before");

  await world.server.stop();
  await visitor.says("while down");
  await world.server.start();

  await agent.sees("before", "while down");
  await agent.says("after");
  await visitor.sees("before", "while down", "after");
});

story("an agent's words typed while the server is down are kept and sent once", async (world) => {
  const visitor = await world.visitor();
  const agent = await world.agent();
  world.expects(GONE);
  await visitor.says("hello?");
  await agent.opensChat("hello?");
  await agent.takes();

  await world.server.kill();
  await agent.says("typed while down 1", "typed while down 2");
  await world.server.start();

  await visitor.sees("hello?", "typed while down 1", "typed while down 2");
  await agent.sees("hello?", "typed while down 1", "typed while down 2");
});
