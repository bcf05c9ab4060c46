// The demo page under its strict content security policy, and what the widget leaves on a page.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

story("the demo is strict and the widget breaks none of its rules", async (world) => {
  const visitor = await world.visitor();
  const answer = await visitor.page.reload();
  const policy = answer.headers()["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.doesNotMatch(policy, /unsafe-/);
  await visitor.says("does it all work?");
  await visitor.seesState("Sent|Delivered");
  await visitor.reloads();
  await visitor.sees("does it all work?");
});

story("nothing is stored and no socket opened before the visitor acts", async (world) => {
  const { context, watch } = await world.context();
  const paths = [];
  context.on("request", (request) => paths.push(new URL(request.url()).pathname));
  context.on("page", (page) => page.on("websocket", (socket) => paths.push(`socket ${socket.url()}`)));
  const visitor = await Visitor.arrive(context, watch, `${world.url}/demo`);
  await visitor.page.waitForLoadState("networkidle");
  assert.deepEqual(paths.filter((path) => path !== "/favicon.ico").sort(), ["/demo", "/demo/demo.css", "/widget.js"]);
  const stored = () => visitor.page.evaluate(async () => [
    localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
  ]);
  assert.deepEqual(await stored(), [0, 0, "", 0, 0, 0]);
  assert.deepEqual(await context.cookies(), []);
  const globals = await visitor.page.evaluate(() => Object.keys(window).filter((name) => /deskbell|chat|widget/i.test(name) && name !== "__deskbellReport"));
  assert.deepEqual(globals, ["Deskbell"]);
  // Reaching for the bubble fetches the chat, and still stores and opens nothing.
  const chat = visitor.page.waitForResponse(/\/widget\/parts\/chat-/);
  await visitor.bubble.hover();
  await chat;
  await visitor.page.waitForLoadState("networkidle");
  assert.deepEqual(paths.filter((path) => /live|socket/.test(path)), []);
  assert.deepEqual(await stored(), [0, 0, "", 0, 0, 0]);
});

story("a policy report is noticed (control)", async (world) => {
  const visitor = await world.visitor();
  await visitor.page.evaluate(() => {
    const image = new Image();
    image.src = "https://canary.example/pixel.png";
  });
  const reported = () => visitor.watch.troubles.some((line) => line.startsWith("policy report: img-src"));
  await until(visitor.page, reported, true, "the report of a picture from elsewhere");
  visitor.watch.troubles.length = 0;
});
