// Takes pictures of every state of the widget: node tests/browser/widget_pictures.mjs [FOLDER] [NAME…]
// Without a folder into docs/images.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { quit } from "./support/browser.mjs";
import { close, enact, names } from "./support/scenes.mjs";
import { settled } from "./support/until.mjs";

const folder = process.argv[2] ?? resolve(import.meta.dirname, "../../docs/images");
const wanted = process.argv.slice(3);

await mkdir(folder, { recursive: true });
for (const name of names().filter((one) => !wanted.length || wanted.some((part) => one.includes(part)))) {
  await enact(name, async (page) => {
    await settled(page);
    const path = join(folder, `widget-${name}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "initial" });
    console.log(path);
  });
}
close();
await quit();
