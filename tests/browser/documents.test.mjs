// What the documents give to paste into a website, as it stands there.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { story } from "./support/story.mjs";

const SHOP = { shop: true };
const IDENTITY = resolve(import.meta.dirname, "../../docs/identity.md");

for (const from of ["README.md", "docs/embedding.md", "docs/privacy.md"]) {
  story(`the chat works with what ${from} gives to paste`, async (world) => {
    const visitor = await world.visitor({ path: `/pasted?from=${from}` });
    assert.equal(await visitor.bubble.count(), 1);
    const agent = await world.agent();
    await visitor.says("from the page");
    await visitor.seesState("Sent|Delivered");
    await agent.opensChat("from the page");
    await agent.says("from the desk");
    await visitor.sees("from the page", "from the desk");
  }, SHOP);
}

story("what docs/identity.md gives to paste says who the visitor is, and that nobody is there any more", async (world) => {
  const secret = (await world.server.runs("site", "identity", "--site", "Shop", "--new-secret")).trim();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: "4711", exp: Math.floor(Date.now() / 1000) + 300, name: "Customer Ada" };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const jwt = `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  const visitor = await world.visitor({ path: `/pasted?from=docs/identity.md&jwt=${jwt}` });
  await visitor.says("who am I?");
  await visitor.seesState("Sent|Delivered");
  const agent = await world.agent();
  await agent.opensChat("who am I?");
  await agent.page.getByText("Customer Ada").first().waitFor();
  assert.notEqual(await visitor.page.evaluate(() => localStorage.length), 0);
  const signOut = /```js\n *(Deskbell\('reset'\).*)\n/.exec(readFileSync(IDENTITY, "utf8"))[1];
  await visitor.page.addScriptTag({ content: signOut });
  await visitor.page.waitForFunction(() => localStorage.length === 0);
}, SHOP);

story("the policy in docs/embedding.md is enough", async (world) => {
  const visitor = await world.visitor({ path: "/documented-policy" });
  await visitor.says("under the policy");
  await visitor.seesState("Sent|Delivered");
  await visitor.reloads();
  await visitor.sees("under the policy");
}, SHOP);
