// Naughty strings as message, as visitor's name and as page title: they are shown as they are, to
// the character, and do nothing. The control puts the same strings into a page without care, in the
// same watched browser, and they must fire there.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

const LIST = process.env.DESKBELL_TEST_NAUGHTY_STRINGS ?? resolve(import.meta.dirname, "../../target/tests/corpora/blns.json");

// Besides the public list: what would tell on itself by `top.__pwned`, and links that must not be links.
const OWN = [
  "<img src=x onerror=top.__pwned=1>",
  "<svg onload=top.__pwned=1>",
  "<script>top.__pwned=1</script>",
  "</textarea><script>top.__pwned=1</script>",
  "</title><script>top.__pwned=1</script>",
  "</template><img src=x onerror=top.__pwned=1>",
  "\"><img src=x onerror=top.__pwned=1>",
  "' autofocus onfocus=top.__pwned=1 x='",
  "<iframe srcdoc='<script>top.__pwned=1</script>'></iframe>",
  "<img src=https://canary.example/pixel.png>",
  "<link rel=stylesheet href=https://canary.example/style.css>",
  "<style>@import 'https://canary.example/style.css'</style>",
  "<base href=https://canary.example/>",
  "<meta http-equiv=refresh content='0;url=https://canary.example/'>",
  "<form action=https://canary.example/><button autofocus>go</button></form>",
  "javascript:top.__pwned=1",
  "[click](javascript:top.__pwned=1)",
  "https://shop.example/\" onmouseover=\"top.__pwned=1",
  "https://shop.example/'onclick='top.__pwned=1",
  "data:text/html,<script>top.__pwned=1</script>",
  "{{7*7}} {% raw %} ${7*7} #{7*7}",
  "\u202Egnp.egassem\u202C right to left",
];

const BATCH = 125;
/** How many messages a side is given when it comes in. */
const PAGE = 50;

const naughty = [...JSON.parse(await readFile(LIST, "utf8")), ...OWN].filter((text) => text.trim() !== "");

story(
  "naughty strings pass from visitor to agent unharmed and do nothing",
  async (world) => {
    const visitor = await world.visitor();
    const agent = await world.agent();
    await visitor.says("first");
    await agent.opensChat("first");
    const sent = ["first"];
    let shown = 1;
    for (let at = 0; at < naughty.length; at += BATCH) {
      for (const text of naughty.slice(at, at + BATCH)) {
        await visitor.field.fill(text);
        sent.push((await visitor.field.inputValue()).trim());
        await visitor.field.press("Enter");
      }
      const whole = sent.length - at - 1 + shown;
      await agent.sees(...sent);
      await visitor.sees(...sent.slice(-whole));
      await doNothing(visitor, agent);
      await visitor.reloads();
      shown = await visitor.seesLast(...sent.slice(-PAGE));
    }
    await doNothing(visitor);

    await agent.page.reload();
    await agent.sees(...sent.slice(-PAGE));
    await doNothing(visitor, agent);
  },
  { timeout: 240_000 },
);

story(
  "naughty page titles and names do nothing where agents see them",
  async (world) => {
    const { context, watch } = await world.context();
    const page = await context.newPage();
    const agent = await world.agent();
    for (const [at, text] of [...OWN, naughty.find((line) => line.includes("alert("))].entries()) {
      await context.clearCookies();
      await page.goto(`${world.url}/demo?${encodeURIComponent(text)}`);
      await page.evaluate((title) => {
        localStorage.clear();
        document.title = title;
        Deskbell("identify", { name: title, email: "visitor@shop.example" });
      }, text);
      const visitor = new Visitor(page, watch);
      await visitor.bubble.waitFor();
      await visitor.says(`mark ${at}.`);
      await agent.opensChat(`mark ${at}.`);
      await agent.log.getByText(`mark ${at}.`).waitFor();
      await doNothing(agent);
    }
    await agent.page.reload();
    await agent.rows.first().waitFor();
    await doNothing(agent);
  },
  { timeout: 240_000 },
);

story("the same strings fire on a careless page (control)", async (world) => {
  const { context, watch } = await world.context();
  const page = await context.newPage();
  await page.route("**/careless", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>careless</title>" }));
  await page.goto(`${world.url}/careless`);
  await page.evaluate(async (strings) => {
    const put = (text) => {
      const frame = document.createElement("iframe");
      frame.srcdoc = text;
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      document.body.append(frame);
      return loaded;
    };
    for (let at = 0; at < strings.length; at += 25) await Promise.all(strings.slice(at, at + 25).map(put));
  }, naughty);
  await until(page, () => page.evaluate(() => globalThis.__pwned), 1, "the canary on a careless page");
  const count = (kind) => watch.troubles.filter((line) => line.startsWith(kind)).length;
  assert.ok(count("dialog") >= 5, `${count("dialog")} dialogs`);
  assert.ok(count("foreign request") >= 3, `${count("foreign request")} foreign requests`);
  watch.troubles.length = 0;
});

/** No canary, no link that is not one to the web, no page that moved on. The rest the watch sees. */
async function doNothing(...people) {
  for (const { page } of people) {
    assert.equal(await page.evaluate(() => globalThis.__pwned), undefined);
    assert.ok(page.url().startsWith("http://127.0.0.1:"), page.url());
    const targets = await page.locator("a[href]").evaluateAll((links) => links.map(({ protocol }) => protocol));
    assert.deepEqual([...new Set(targets)].filter((protocol) => !/^https?:$/.test(protocol)), []);
  }
}
