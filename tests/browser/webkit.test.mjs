// The visitor's side in WebKit: they talk, also on pages that make it hard. Two are not among them.
// The page with bent foundations bends the driver's own scripts, which run in the page. And on a tall
// page that is transformed as a whole WebKit leaves the chat at the page's end, and typing breaks there.

import assert from "node:assert/strict";
import { after } from "node:test";

import { story } from "./support/story.mjs";
import { quitWebKit, WebKitVisitor } from "./support/webkit.mjs";

after(quitWebKit);

for (const path of ["/demo", "/demo/strict", "/demo/hostile", "/demo/zoomed"]) {
  story(`they talk in WebKit on ${path}`, async (world) => {
    const visitor = await WebKitVisitor.arrives(world.url + path);
    try {
      const agent = await world.agent();
      await visitor.says("from WebKit");
      await visitor.sees("from WebKit");
      await agent.opensChat("from WebKit");
      await agent.says("from the desk");
      await visitor.sees("from WebKit", "from the desk");
      assert.ok(await visitor.isOnScreen(), "the chat is on screen");
      assert.equal(await visitor.troubles(), "");
      await visitor.goesTo(world.url + path);
      await visitor.opensChat();
      await visitor.sees("from WebKit", "from the desk");
    } finally {
      await visitor.leaves();
    }
  });
}
