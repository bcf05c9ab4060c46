// Practice: an owner sets the queue up, and answers customers who are not real.

import assert from "node:assert/strict";

import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";

const BO = { email: "bo@shop.example", password: OWNER.password };
// What browsers print while the server is away.
const GONE = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket connection to/;

async function opensPractice(page) {
  await page.locator("#me > summary").click();
  await page.getByRole("link", { name: "Practice" }).click();
  await page.getByRole("heading", { level: 1, name: "Practice" }).waitFor();
}

for (const javaScriptEnabled of [true, false]) {
  story(`practice is set up and begun, a customer answers, also after a power cut (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const agent = await world.agent({ javaScriptEnabled });
    const { page } = agent;
    await opensPractice(page);
    await page.getByRole("button", { name: "Set up a practice queue" }).click();
    await page.getByLabel("Chats at once").selectOption("2");
    await page.getByRole("button", { name: "Start practice" }).click();
    await agent.rows.filter({ hasText: "Jonas" }).waitFor();
    const row = agent.rows.filter({ hasText: "Mara" });
    await row.getByText("Practice", { exact: true }).first().waitFor();
    await agent.opensChat("Mara");
    await agent.pane.getByText("Practice", { exact: true }).first().waitFor();
    await agent.takes();
    await agent.says("Hello Mara, what is the number of your order?");
    world.expects(GONE);
    await world.server.kill();
    await world.server.start();
    const answers = async (text) => {
      if (javaScriptEnabled) return agent.log.getByText(text).waitFor();
      for (let looks = 0; looks < 40 && !(await agent.log.getByText(text).isVisible()); looks++) await page.reload();
      return agent.log.getByText(text).waitFor();
    };
    await answers("The order number is 1042.");
    for (const [mine, theirs] of [["It comes today.", /my neighbour/], ["Yes, I wrote that down.", /you can close the chat/]]) {
      await agent.says(mine);
      await answers(theirs);
    }
    await agent.closes();
    await page.goto(`${world.url}/console/team`);
    await page.getByText("Support", { exact: true }).first().waitFor();
    assert.equal(await page.getByRole("main").getByText("Practice", { exact: true }).count(), 0, "the wallboard knows nothing of it");
    await page.goto(`${world.url}/console/settings/audit`);
    await page.getByText(/added the queue Practice\./).waitFor();
  });
}

story("an agent who is not in it is told so, and is added on its page", async (world) => {
  await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--password", BO.password);
  const bo = await world.agent({ who: BO });
  await opensPractice(bo.page);
  await bo.page.getByText("There is no practice queue yet.").waitFor();
  const { page } = await world.agent();
  await opensPractice(page);
  await page.getByRole("button", { name: "Set up a practice queue" }).click();
  await page.getByRole("button", { name: "Start practice" }).waitFor();
  await bo.page.reload();
  await bo.page.getByText("You are not in the practice queue.").waitFor();
  await page.getByRole("link", { name: "Who is in it" }).click();
  await page.getByLabel("Bo", { exact: true }).check();
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved.").waitFor();
  await bo.page.reload();
  await bo.page.getByRole("button", { name: "Start practice" }).click();
  await bo.rows.filter({ hasText: "Mara" }).getByText("Practice", { exact: true }).first().waitFor();
});

story("the page of practice is fit for every reader, light and dark", async (world) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await world.agent({ colorScheme });
    await page.goto(`${world.url}/console/practice`);
    await page.getByRole("heading", { level: 1, name: "Practice" }).waitFor();
    await seriousIn(page);
  }
});
