// axe over each screen, light and dark: nothing serious.

import axe from "axe-core";

import { story } from "./support/story.mjs";

for (const colorScheme of ["light", "dark"]) {
  story(`axe finds nothing serious in the chat and the console, ${colorScheme}`, async (world) => {
    const visitor = await world.visitor({ colorScheme });
    await check(visitor.page, "demo page");
    await visitor.says("Where is order 1042?");
    await visitor.seesState("Sent|Delivered");
    await check(visitor.page, "widget, open");

    const { context } = await world.context({ colorScheme });
    const page = await context.newPage();
    await page.goto(`${world.url}/console/login`);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await check(page, "login");

    const agent = await world.agent({ colorScheme });
    await agent.rows.first().waitFor();
    await check(agent.page, "console, list");
    await agent.opensChat("Where is order 1042?");
    await agent.takes();
    await agent.says("It left us this morning.");
    await check(agent.page, "console, conversation");
    await visitor.sees("Where is order 1042?", "It left us this morning.");
    await check(visitor.page, "widget, answered");
    await agent.closes();
    await agent.pane.getByRole("button", { name: "Reopen" }).waitFor();
    await check(agent.page, "console, closed");
  });

  story(
    `axe finds nothing serious in the set-up, ${colorScheme}`,
    async (world) => {
      const { context } = await world.context({ colorScheme });
      const page = await context.newPage();
      await page.goto(world.url + (await world.server.setUpLink()));
      await page.getByRole("button", { name: "Create" }).waitFor();
      await check(page, "set-up");
    },
    { setUp: false },
  );
}

story("axe notices a page that nobody can read (control)", async (world) => {
  const visitor = await world.visitor();
  await visitor.page.evaluate(() => {
    const line = document.createElement("p");
    line.textContent = "too faint";
    line.style.setProperty("color", "rgb(250 250 250)");
    line.style.setProperty("background-color", "rgb(255 255 255)");
    const nameless = document.createElement("button");
    document.body.prepend(line, nameless);
  });
  const found = await check(visitor.page, "spoilt page").then(() => "nothing", (error) => error.message);
  for (const rule of ["color-contrast", "button-name"]) {
    if (!found.includes(rule)) throw new Error(`axe missed ${rule}: ${found}`);
  }
});

async function check(page, where) {
  // What fades in has its colours only at the end; what breathes for ever has no end.
  await page.evaluate(() => {
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    return Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
  });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  if (serious.length) {
    const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n      ${node.target.flat().join(" ")}\n      ${node.html.slice(0, 160)}`));
    throw new Error(`${where}:\n  ${lines.join("\n  ")}`);
  }
}
