// Word filters, as an owner sets them up: a visitor is told what is not taken, agents what was found.

import assert from "node:assert/strict";

import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { stateOf } from "./support/until.mjs";

const BO = { email: "bo@shop.example", password: OWNER.password };

/** Opens the page from the rail. */
async function opensFilters(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Word filters" }).click();
  await page.getByRole("heading", { level: 1, name: "Word filters" }).waitFor();
}

async function adds(page, phrases, action) {
  await page.getByLabel("Words or phrases").fill(phrases);
  await page.getByLabel("A message in which one is found").selectOption({ label: action });
  await page.getByRole("button", { name: "Add" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  story(`words are refused and marked, and taken again (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const owner = await world.agent({ javaScriptEnabled });
    const { page } = owner;
    await opensFilters(page);
    await page.getByText("There are no filters").waitFor();
    await adds(page, "free money\ncrème", "Is not taken");
    await page.getByRole("listitem").filter({ hasText: "crème" }).waitFor();
    await adds(page, "darn", "Is marked for agents");
    await page.getByRole("listitem").filter({ hasText: "darn" }).getByText("Is marked for agents").waitFor();

    const visitor = await world.visitor();
    // A page without scripts shows what was there when it was asked for.
    const isStored = (text) =>
      visitor.log.locator(".msg.out").filter({ hasText: text }).getByText(stateOf("Sent|Delivered|Read")).waitFor();
    await visitor.says("get FREE money");
    await visitor.page.getByText(/“free money” is not accepted here\. Your text is kept/).first().waitFor();
    await visitor.says("Well, Darn!");
    await isStored("Well, Darn!");
    await page.goto(`${world.url}/console/conversations?view=waiting`);
    await owner.opensChat("Darn");
    await owner.pane.getByText("A word filter found “darn”.").waitFor();
    assert.equal(await owner.pane.getByText("FREE money").count(), 0, "nothing of what was refused is here");
    assert.equal(await visitor.page.getByText("A word filter found").count(), 0, "the visitor hears nothing of the mark");

    await opensFilters(page);
    await page.getByRole("button", { name: "Do not take: darn" }).click();
    await page.getByRole("listitem").filter({ hasText: "darn" }).getByText("Is not taken").waitFor();
    await page.getByRole("button", { name: "Remove: darn" }).click();
    await page.getByRole("listitem").filter({ hasText: "darn" }).waitFor({ state: "detached" });
    await visitor.says("darn, once more");
    await isStored("darn, once more");
    await owner.page.goto(`${world.url}/console/conversations?view=waiting`);
    await owner.opensChat("darn, once more");
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of [/added the word filter darn\./, /changed the word filter darn\./, /removed the word filter darn\./]) await page.getByText(act).waitFor();
  });
}

story("what is no filter is said beside what was typed; the page is fit for every reader, and for owners alone", async (world) => {
  const { page } = await world.agent();
  world.expects(/422 \(Unprocessable Entity\)/);
  await opensFilters(page);
  await adds(page, "fine\n!!!", "Is marked for agents");
  await page.getByRole("alert").getByText("“!!!” has no letter and no digit.").waitFor();
  assert.equal(await page.getByLabel("Words or phrases").inputValue(), "fine\n!!!");
  await adds(page, "fine\nтабу\nممنوع", "Is marked for agents");
  await page.getByRole("listitem").filter({ hasText: "табу" }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await seriousIn(page);
  }
  await world.server.runs("agent", "add", "--email", BO.email, "--name", "Bo", "--password", BO.password);
  const bo = await world.agent({ who: BO });
  world.expects(/403 \(Forbidden\)/);
  const answer = await bo.page.goto(`${world.url}/console/settings/filters`);
  assert.equal(answer.status(), 403);
});
