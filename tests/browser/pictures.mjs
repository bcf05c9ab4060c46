// Takes pictures of every screen: node tests/browser/pictures.mjs FOLDER
// Desktop and phone, light and dark, from a real conversation on a real server.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { Agent } from "./support/agent.mjs";
import { openContext, quit } from "./support/browser.mjs";
import { Server } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

const DEVICES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node tests/browser/pictures.mjs FOLDER");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

for (const [device, shape] of Object.entries(DEVICES)) {
  for (const colorScheme of ["light", "dark"]) {
    await album(`${device}-${colorScheme}`, { ...shape, colorScheme });
  }
}
await quit();

async function album(name, look) {
  const take = async (page, screen) => {
    const path = join(folder, `${screen}-${name}.png`);
    await page.screenshot({ path, animations: "disabled" });
    console.log(resolve(path));
  };
  const open = async (server) => openContext([server.url], look);

  const empty = await Server.start({ setUp: false });
  const stranger = await open(empty);
  const page = await stranger.context.newPage();
  await page.goto(empty.url + (await empty.setUpLink()));
  await take(page, "set-up");
  await page.goto(`${empty.url}/demo`);
  await take(page, "demo-before-set-up");
  await stranger.context.close();
  await empty.remove();

  const server = await Server.start();
  const door = await open(server);
  const login = await door.context.newPage();
  await login.goto(`${server.url}/console/login`);
  await take(login, "login");

  const outside = await open(server);
  const visitor = await Visitor.arrive(outside.context, outside.watch, `${server.url}/demo`);
  await take(visitor.page, "demo");
  await visitor.opensChat();
  await take(visitor.page, "widget-open");
  const inside = await open(server);
  const agent = await Agent.signIn(inside.context, inside.watch, server.url);
  await take(agent.page, "console-empty");
  await visitor.says("Where is order 1042?", "It was promised for Monday. You can see it at https://shop.example/orders/1042");
  await visitor.seesState("Sent|Delivered");
  await agent.rows.first().waitFor();
  await take(agent.page, "console-list");
  await agent.opensChat("It was promised for Monday");
  await take(agent.page, "console-queued");
  await agent.takes();
  await agent.says("Hi! I am looking into it.", "It left us this morning and will be with you tomorrow.");
  await visitor.sees(...(await agent.messages()));
  await agent.seesState("Read");
  await visitor.says("Perfect, thank you!");
  await agent.log.getByText("Perfect, thank you!").waitFor();
  await take(agent.page, "console-conversation");
  await take(visitor.page, "widget-conversation");
  await agent.closes();
  await visitor.seesLine(/closed the chat/);
  await take(visitor.page, "widget-closed");
  await take(agent.page, "console-closed");
  await server.kill();
  await visitor.says("Are you still there?");
  await visitor.window.getByText(/Connection lost/).waitFor();
  await take(visitor.page, "widget-offline");
  for (const { context } of [door, outside, inside]) await context.close();
  await server.remove();
}
