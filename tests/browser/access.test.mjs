// axe over each screen, light and dark: nothing serious.

import { seriousIn as check } from "./support/axe.mjs";
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
    await agent.page.getByText(/^Chat with .* closed\.$/).waitFor();
    await check(agent.page, "console, a chat to be closed");
    await agent.page.keyboard.press("?");
    await check(agent.page, "console, shortcuts");
    await agent.page.keyboard.press("Escape");
    await agent.page.keyboard.press("Control+k");
    await check(agent.page, "console, palette");
    await agent.page.keyboard.press("Escape");
    await agent.shows("Closed");
    await agent.opensChat("It left us this morning.");
    await agent.pane.getByRole("button", { name: "Reopen" }).waitFor();
    await check(agent.page, "console, closed");
  });

  story(`axe finds nothing serious in the console's other pages, ${colorScheme}`, async (world) => {
    await world.server.runs("queue", "set", "--queue", "Support", "--hours", "mon-sun 00:00-24:00", "--time-zone", "UTC", "--holiday", "01-01");
    const visitor = await world.visitor({ colorScheme });
    await visitor.says("Where is order 1042?");
    const agent = await world.agent({ colorScheme });
    const { page } = agent;
    await page.locator("#filter summary").click();
    await check(page, "console, filter");
    await page.keyboard.press("Escape");
    await page.locator(".alerts-btn").click();
    await check(page, "console, alerts");
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.keyboard.type("1042");
    await page.locator("#hits a").first().waitFor();
    await check(page, "console, found");
    await agent.opensChat("Where is order 1042?");
    await agent.takes();
    await page.goto(`${world.url}/console/team`);
    await page.locator(".person-chats a").first().waitFor();
    await check(page, "wallboard");
    await page.goto(`${world.url}/console/replies`);
    await check(page, "canned replies");
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
