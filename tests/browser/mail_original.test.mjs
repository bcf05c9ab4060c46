// Mails with HTML that would act, on the page that shows a mail as it came: nothing acts there, nothing is
// fetched from elsewhere. The control shows the same HTML on a careless page, where it has to fire.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { inDatabase } from "./support/database.mjs";
import { delivers, SECRET } from "./support/inbound.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const LIST = process.env.DESKBELL_TEST_NAUGHTY_STRINGS ?? resolve(import.meta.dirname, "../../target/tests/corpora/blns.json");
const SHOP = "help@shop.example";

const OWN = [
  "<img src=x onerror=top.__pwned=1>",
  "<svg onload=top.__pwned=1>",
  "<script>top.__pwned=1</script>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=top.__pwned=1&gt;'>",
  "<svg></p><style><a id='</style><img src=x onerror=top.__pwned=1>'>",
  "<iframe srcdoc='<script>top.__pwned=1</script>'></iframe>",
  "<img src=https://canary.example/pixel.png>",
  "<body background=https://canary.example/back.png><table background=https://canary.example/t.png>",
  "<div style='background:url(https://canary.example/style.png);position:fixed;inset:0'>over all</div>",
  "<link rel=stylesheet href=https://canary.example/style.css>",
  "<style>@import 'https://canary.example/style.css'; main { display: none }</style>",
  "<base href=https://canary.example/><meta http-equiv=refresh content='0;url=https://canary.example/'>",
  "<form action=https://canary.example/><input name=csrf><button autofocus>go</button></form>",
  "<a href='javascript:top.__pwned=1'>one</a><a href='&#106;avascript:top.__pwned=1'>two</a><a href='data:text/html,x'>three</a>",
  "<video src=https://canary.example/v autoplay></video><audio src=https://canary.example/a autoplay></audio>",
  "<object data=https://canary.example/o></object><embed src=https://canary.example/e>",
  "<input autofocus onfocus=top.__pwned=1><details open ontoggle=top.__pwned=1>x</details>",
  "</pre></article></main><script>top.__pwned=1</script>",
];

const naughty = JSON.parse(await readFile(LIST, "utf8")).filter((text) => text.trim() !== "");
/** What each mail has in it. */
const BODIES = [...OWN];
for (let at = 0; at < naughty.length; at += 50) BODIES.push(naughty.slice(at, at + 50).map((text) => `<div>${text}</div>`).join("\n"));

/** Runs a few lines of Python on the database, which no server holds. */
async function posts(world, html, number) {
  const name = Buffer.from(`<script>top.__pwned=1</script>"><img src=x onerror=top.__pwned=1>`).toString("base64");
  const raw = Buffer.from(
    [
      `From: =?utf-8?b?${name}?= <customer${number}@mail.example>`,
      `To: ${SHOP}`,
      `Subject: =?utf-8?b?${name}?=`,
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/html; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from(html).toString("base64").replace(/.{76}/g, "$&\r\n"),
      "--b",
      `Content-Type: text/html; name*=utf-8''${encodeURIComponent("<img src=x onerror=top.__pwned=1>.html")}`,
      "Content-Disposition: attachment",
      "",
      "<script>top.__pwned=1</script>",
      "--b--",
      "",
    ].join("\r\n"),
  );
  await delivers(world, raw, `mail-${number}`);
}

story(
  "mails with HTML that would act do nothing on the page that shows them",
  async (world) => {
    await world.server.stop();
    const settings = JSON.stringify({ mail: { address: SHOP } });
    await inDatabase(world.server.folder, [`db.execute("UPDATE sites SET settings = ?", ('${settings}',))`, "db.commit()"]);
    await world.server.start();
    for (const [at, html] of BODIES.entries()) await posts(world, html, at);
    await world.server.stop();
    const query = "SELECT lower(hex(id)) FROM received_mails ORDER BY received_at, id";
    const ids = (await inDatabase(world.server.folder, [`print('\\n'.join(row[0] for row in db.execute("${query}")))`])).split("\n");
    assert.equal(ids.length, BODIES.length);
    await world.server.start();
    const agent = await world.agent();
    for (const hex of ids) {
      const id = hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
      const response = await agent.page.goto(`${world.url}/console/mails/${id}`);
      assert.equal(response.status(), 200);
      await agent.page.locator(".received-mail").waitFor();
      assert.equal(await agent.page.evaluate(() => globalThis.__pwned), undefined);
      assert.ok(agent.page.url().endsWith(id), agent.page.url());
      const links = await agent.page.locator(".received-mail a[href]").evaluateAll((all) => all.map(({ protocol, rel }) => [protocol, rel]));
      for (const [protocol, rel] of links) {
        assert.match(protocol, /^(https?|mailto|tel):$/);
        assert.match(rel, /noopener.*nofollow/);
      }
      assert.equal(await agent.page.locator(".received-mail").locator("img, form, input, iframe, [style], [class]").count(), 0);
    }
  },
  { timeout: 240_000, settings: [`inbound_secret = "${SECRET}"`] },
);

story("the same HTML fires on a careless page (control)", async (world) => {
  const { context, watch } = await world.context();
  const page = await context.newPage();
  await page.route("**/careless", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>careless</title>" }));
  await page.goto(`${world.url}/careless`);
  await page.evaluate(async (bodies) => {
    for (const text of bodies) {
      const frame = document.createElement("iframe");
      frame.srcdoc = text;
      const loaded = new Promise((done) => frame.addEventListener("load", done));
      document.body.append(frame);
      await loaded;
    }
  }, OWN);
  await until(page, () => page.evaluate(() => globalThis.__pwned), 1, "the canary on a careless page");
  const foreign = watch.troubles.filter((line) => line.startsWith("foreign request")).length;
  assert.ok(foreign >= 3, `${foreign} foreign requests`);
  watch.troubles.length = 0;
});
