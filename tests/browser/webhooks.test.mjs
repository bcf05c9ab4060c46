// An owner's webhook: added, tested side by side, told of a chat, and what failed is sent again.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { seriousIn } from "./support/axe.mjs";
import { inDatabase } from "./support/database.mjs";
import { story } from "./support/story.mjs";

const settings = ['outgoing_allow = "127.0.0.1"'];

/** Another server. It keeps what it was sent; `status` is what it answers. */
async function receiver() {
  const heard = { told: [], status: 200, waiting: new Set() };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      heard.told.push(JSON.parse(text));
      response.writeHead(heard.status).end(heard.status === 200 ? "taken" : "<script>alert(1)</script> no room");
      for (const look of heard.waiting) look();
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  heard.url = `http://127.0.0.1:${server.address().port}/hooks`;
  heard.until = (is) => new Promise((done) => {
    const look = () => is(heard.told) && (heard.waiting.delete(look), done());
    heard.waiting.add(look);
    look();
  });
  heard.close = () => (server.closeAllConnections(), server.close());
  return heard;
}

async function opens(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
}

async function adds(page, url) {
  await opens(page);
  await page.getByLabel("Address").fill(url);
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const secret = await page.getByRole("textbox", { name: "Signing secret" }).inputValue();
  assert.match(secret, /^whsec_/);
}

for (const javaScriptEnabled of [true, false]) {
  story(`a webhook is added, tested and told of a chat (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const there = await receiver();
    try {
      const { page } = await world.agent({ javaScriptEnabled });
      world.expects(/422 \(Unprocessable Entity\)/);
      await opens(page);
      await page.getByLabel("Address").fill("http://10.0.0.1/hooks");
      await page.getByRole("button", { name: "Add a webhook" }).click();
      await page.getByRole("alert").getByText(/inside your server's own network/).waitFor();
      await adds(page, there.url);
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByRole("heading", { name: /It took the test, \d+ ms/ }).waitFor();
      await page.getByText("webhook-signature").waitFor();
      await page.getByText("taken", { exact: true }).waitFor();
      const visitor = await world.visitor();
      await visitor.opensChat();
      await visitor.says("Where is order 1042?");
      await there.until((told) => told.some(({ data }) => data.message?.text === "Where is order 1042?"));
      await page.reload().catch(() => {});
      await opens(page);
      await page.getByRole("link", { name: there.url }).click();
      await page.getByText("message.created", { exact: true }).first().waitFor();
      await page.getByRole("link", { name: "Audit log" }).click();
      await page.getByText(/added the webhook at 127\.0\.0\.1\./).waitFor();
    } finally {
      there.close();
    }
  }, { settings });
}

story("a test that fails shows what came back, as text", async (world) => {
  const there = await receiver();
  there.status = 500;
  try {
    const { page } = await world.agent();
    await adds(page, there.url);
    await page.getByRole("button", { name: "Send test" }).click();
    await page.getByRole("heading", { name: /It did not take the test/ }).waitFor();
    await page.getByText("<script>alert(1)</script> no room").waitFor();
    await page.getByRole("button", { name: "Make a new secret" }).click();
    await page.getByText("Two secrets sign.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "End the old secret" }).click();
    await page.getByText("A new secret signs beside this one", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("It is off: nothing is sent.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByRole("button", { name: "Switch off" }).waitFor();
    await page.getByLabel("conversation.closed").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("There are no webhooks yet.").waitFor();
    await page.getByRole("link", { name: "Audit log" }).click();
    const at = "the webhook at 127\\.0\\.0\\.1";
    for (const act of [`made a new secret for ${at}`, `ended the old secret of ${at}`, `switched ${at} off`, `switched ${at} on`, `changed ${at}`, `removed ${at}`]) {
      await page.getByText(new RegExp(`Lena ${act}`, "i")).waitFor();
    }
  } finally {
    there.close();
  }
}, { settings });

story("what failed for a day is sent again when the other server is well", async (world) => {
  const there = await receiver();
  there.status = 500;
  try {
    const { page } = await world.agent();
    await adds(page, there.url);
    const visitor = await world.visitor();
    await visitor.opensChat();
    await visitor.says("Where is order 1042?");
    await there.until((told) => told.length > 0);
    // A day of attempts is not waited for.
    await inDatabase(world.server.folder, [`db.execute("UPDATE webhook_deliveries SET state = 'dead'")`, "db.commit()"]);
    await page.getByRole("link", { name: "Webhooks" }).first().click();
    await page.getByRole("link", { name: there.url }).click();
    await page.getByRole("button", { name: /^Send again: conversation\.started/ }).waitFor();
    there.status = 200;
    const before = there.told.length;
    await page.getByRole("button", { name: "Send all again" }).click();
    await there.until((told) => told.slice(before).some(({ data }) => data.message?.text === "Where is order 1042?"));
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.getByText("Lena sent failed events to 127.0.0.1 again.").waitFor();
  } finally {
    there.close();
  }
}, { settings });

for (const colorScheme of ["light", "dark"]) {
  story(`axe finds nothing serious in webhooks, ${colorScheme}`, async (world) => {
    const there = await receiver();
    try {
      const { page } = await world.agent({ colorScheme });
      await opens(page);
      await seriousIn(page, "no webhooks");
      await adds(page, there.url);
      await seriousIn(page, "a new one");
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByRole("heading", { name: /It took the test/ }).waitFor();
      await seriousIn(page, "a test");
    } finally {
      there.close();
    }
  }, { settings });
}
