// `identify` with a proof by the website's server: one person on two devices, and two people on one.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { Sdk } from "./support/sdk.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";
import { Visitor } from "./support/visitor.mjs";

const VALID_S = 300;

/** What the website's server does for whoever is logged in there. */
async function prover({ server }) {
  const secret = (await server.runs("site", "identity", "--site", "Shop", "--new-secret")).trim();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return (sub, key = secret) => {
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub, exp: Math.floor(Date.now() / 1000) + VALID_S, name: `Customer ${sub}` })}`;
    return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
  };
}

async function arrives(world, jwt) {
  const { context, watch } = await world.context();
  const page = await context.newPage();
  const sdk = await Sdk.on(page);
  if (jwt) await page.addInitScript((proof) => window.Deskbell("identify", { jwt: proof }), jwt);
  await page.goto(`${world.url}/demo`);
  await sdk.hears("ready");
  return { visitor: new Visitor(page, watch), sdk, page };
}

story("a person who is proved finds the conversation on another device, and the agent sees who it is", async (world) => {
  const proves = await prover(world);
  const phone = await arrives(world, proves("ada"));
  await phone.visitor.says("from the phone");
  await phone.visitor.seesState("Sent|Delivered");
  const desk = await arrives(world, proves("ada"));
  await desk.visitor.opensChat();
  await desk.visitor.sees("from the phone");
  const agent = await world.agent();
  await agent.opensChat("from the phone");
  await agent.page.getByText("Customer ada").first().waitFor();
  for (const { sdk } of [phone, desk]) assert.deepEqual(await sdk.heard("error"), []);
});

story("a stranger who is proved in mid-conversation keeps it", async (world) => {
  const proves = await prover(world);
  const { visitor, sdk } = await arrives(world);
  await visitor.says("who am I?");
  await visitor.seesState("Sent|Delivered");
  await sdk.calls("identify", { jwt: proves("ada") });
  const agent = await world.agent();
  await until(agent.page, async () => {
    await agent.page.reload();
    return agent.rows.filter({ hasText: "Customer ada" }).count();
  }, 1, "the name among the chats");
  await visitor.sees("who am I?");
  assert.deepEqual(await sdk.heard("error"), []);
});

story("another person on the device begins anew, live and on the next page", async (world) => {
  const proves = await prover(world);
  const { visitor, sdk, page } = await arrives(world, proves("ada"));
  await visitor.says("ada's secret");
  await visitor.seesState("Sent|Delivered");
  await sdk.calls("identify", { jwt: proves("bob") });
  await sdk.hears("open", 2);
  await visitor.sees();
  await visitor.says("bob's secret");
  await visitor.seesState("Sent|Delivered");
  await visitor.sees("bob's secret");
  // Now the next page says from its beginning who sits here.
  await page.addInitScript((proof) => {
    window.Deskbell.q.length -= 1;
    window.Deskbell("identify", { jwt: proof });
  }, proves("eve"));
  await page.reload();
  await sdk.hears("ready");
  await visitor.says("eve's secret");
  await visitor.sees("eve's secret");
  assert.deepEqual(await sdk.heard("error"), []);
});

story("a proof that proves nothing is told as an error, and the chat goes on", async (world) => {
  const proves = await prover(world);
  const { visitor, sdk } = await arrives(world, proves("ada", "another secret"));
  await visitor.opensChat();
  const [refused] = await sdk.hears("error");
  assert.deepEqual([refused.type, refused.status], ["/problems/identity-refused", 401]);
  await visitor.says("a stranger's words");
  await visitor.seesState("Sent|Delivered");
  await sdk.calls("identify", { jwt: proves("ada", "another secret") });
  assert.equal((await sdk.hears("error", 2))[1].status, 401);
});

story(
  "another person begins anew where sockets are blocked, too",
  async (world) => {
    const proves = await prover(world);
    const { visitor, sdk, page } = await arrives(world, proves("ada"));
    world.expects(/status of 409/);
    await visitor.says("ada's secret");
    await visitor.seesState("Sent|Delivered");
    await page.addInitScript((proof) => {
      window.Deskbell.q.length -= 1;
      window.Deskbell("identify", { jwt: proof });
    }, proves("bob"));
    await page.reload();
    await sdk.hears("ready");
    // Written while nobody knows yet whose device this is.
    await visitor.says("bob's secret");
    await visitor.seesState("Sent|Delivered");
    await visitor.sees("bob's secret");
  },
  { network: { blocksSockets: true } },
);

story("where the site asks for consent, a proof waits for it", async (world) => {
  await world.server.runs("site", "set", "--site", "Shop", "--consent", "on");
  const proves = await prover(world);
  const { visitor, sdk } = await arrives(world, proves("ada"));
  await visitor.bubble.click();
  await visitor.window.getByRole("button", { name: "Agree" }).click();
  await visitor.field.waitFor();
  await visitor.says("may I?");
  await visitor.seesState("Sent|Delivered");
  const agent = await world.agent();
  await agent.opensChat("may I?");
  await agent.page.getByText("Customer ada").first().waitFor();
  assert.deepEqual(await sdk.heard("error"), []);
});
