// axe over every state of the widget: nothing serious, light and dark, desktop and phone.

import { after, test } from "node:test";

import { seriousIn } from "./support/axe.mjs";
import { quit } from "./support/browser.mjs";
import { close, enact, names } from "./support/scenes.mjs";

const STATE_MS = 120_000;

after(async () => {
  close();
  await quit();
});

for (const name of names()) {
  test(`axe finds nothing serious in the widget: ${name}`, { timeout: STATE_MS }, async () => {
    await enact(name, (page) => seriousIn(page, `widget, ${name}`));
  });
}
