// The widget on somebody else's website: another origin, hostile styles, a strict policy, the tag
// pasted twice, a chat server that is down. The page works, the chat works, neither harms the other.

import assert from "node:assert/strict";

import { story } from "./support/story.mjs";

const IN_A_SHOP = { shop: true };

for (const [what, path] of [
  ["on another origin", "/"],
  ["under a policy that allows only the chat's origin", "/strict"],
  ["on a page that unsets every style", "/hostile"],
  ["on a page that pasted the tag twice", "/twice"],
]) {
  story(
    `the chat works ${what}`,
    async (world) => {
      const visitor = await world.visitor({ path });
      assert.equal(await visitor.bubble.count(), 1);
      const agent = await world.agent();
      await visitor.says("from the shop");
      await visitor.seesState("Sent|Delivered");
      await agent.opensChat("from the shop");
      await agent.says("from the desk");
      await visitor.sees("from the shop", "from the desk");
      const box = await visitor.window.boundingBox();
      assert.ok(box.width > 250 && box.height > 300, `the window is ${box.width} by ${box.height}`);
      await visitor.reloads();
      await visitor.sees("from the shop", "from the desk");
    },
    IN_A_SHOP,
  );
}

for (const [what, network] of [
  ["by event stream", { blocksSockets: true }],
  ["by polling", { blocksSockets: true, holdsEvents: true }],
]) {
  story(
    `the chat works on another origin ${what}`,
    async (world) => {
      const visitor = await world.visitor({ path: "/strict" });
      await visitor.says("one", "two");
      await visitor.seesState("Sent|Delivered");
      await visitor.reloads();
      await visitor.sees("one", "two");
    },
    { shop: true, network },
  );
}

/** What a page's own watch for errors sees, and whether and what it loaded. */
async function asThePageSeesIt(context, url) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.seen = [];
    addEventListener("error", ({ message }) => window.seen.push(`error: ${message}`));
    addEventListener("unhandledrejection", ({ reason }) => window.seen.push(`rejection: ${reason}`));
    addEventListener("load", () => window.seen.push("load"));
  });
  await page.goto(url);
  await page.getByRole("heading", { name: "A shop" }).waitFor();
  await page.waitForFunction(() => window.seen.includes("load"));
  await page.waitForLoadState("networkidle");
  return page.evaluate(() => [window.seen, document.querySelectorAll("body *:not(script)").length, Object.keys(window).length]);
}

story(
  "a page whose chat server is down is the same as without the tag",
  async (world) => {
    await world.server.kill();
    const { context, watch } = await world.context();
    // What the browser prints of a script that it cannot fetch.
    watch.expects(/ERR_CONNECTION_REFUSED/);
    const without = await asThePageSeesIt(context, `${world.shop.url}/without`);
    const withTag = await asThePageSeesIt(context, world.shop.url);
    assert.deepEqual(withTag, without);
    assert.deepEqual(without[0], ["load"]);
  },
  IN_A_SHOP,
);

story(
  "a page that the site does not list gets no chat, and is told so once",
  async (world) => {
    const { context, watch } = await world.context();
    watch.expects(/./);
    const page = await context.newPage();
    const stranger = world.shop.url.replace("localhost", "127.0.0.1");
    let tries = 0;
    page.on("websocket", () => (tries += 1));
    await page.goto(stranger);
    await page.getByRole("button", { name: /Open chat/ }).click();
    await page.getByText("This chat is not available on this page.").waitFor();
    assert.ok(tries <= 3, `${tries} sockets`);
  },
  IN_A_SHOP,
);
