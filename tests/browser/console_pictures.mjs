// Takes pictures of the console at work: node tests/browser/console_pictures.mjs [FOLDER] [NAME…]
// Without a folder into docs/images. A real server, visitors who talk, two agents.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { Agent } from "./support/agent.mjs";
import { openContext, quit } from "./support/browser.mjs";
import { OWNER, Server } from "./support/server.mjs";
import { Visitor } from "./support/visitor.mjs";

const folder = process.argv[2] ?? resolve(import.meta.dirname, "../../docs/images");
const wanted = process.argv.slice(3);

const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const DARK = { colorScheme: "dark" };

const VISITORS = [
  ["Priya Raman", "priya.raman@mail.example", "My Fjord 3 stops charging at 62 % and the light blinks orange three times"],
  ["يوسف الحداد", "yousef@mail.example", "هل يمكنني تغيير المقاس قبل الشحن؟"],
  ["Jonas Lindqvist", "jonas@mail.example", "The gears jump when I pedal hard uphill. You can hear it across the street"],
  ["Maximiliane von Hohenstein-Wagenknecht", "m.hohenstein@mail.example", "The invoice still shows my old address, and my accountant needs it today"],
  ["", "", "Is the child seat compatible with the rear rack?"],
];

const server = await Server.start();
await server.runs("queue", "set", "--queue", "Support", "--first-answer", "240", "--reply", "300", "--hours", "mon-sun 00:00-23:30", "--time-zone", "UTC");
await server.runs("agent", "add", "--email", "marek@shop.example", "--name", "Marek Kowalczyk", "--role", "supervisor", "--password", OWNER.password);
await mkdir(folder, { recursive: true });
for (const [name, email, text] of VISITORS) {
  const { context, watch } = await openContext([server.url]);
  const visitor = await Visitor.arrive(context, watch, `${server.url}/demo`);
  await visitor.opensChat();
  await visitor.says(text);
  if (name) await visitor.page.evaluate((details) => void window.Deskbell("identify", details), { name, email, attributes: { order: "NB-20418", plan: "pro" } });
}

/** A page of the console in some state, as a picture. */
async function picture(name, look, tell, who) {
  if (wanted.length && !wanted.some((part) => name.includes(part))) return;
  const { context, watch } = await openContext([server.url], look);
  try {
    const agent = await Agent.signIn(context, watch, server.url, who);
    await tell(agent, agent.page);
    const page = look.language ? await inLanguage(context, agent.page, look) : agent.page;
    await page.locator("#link[data-state=live]").waitFor({ state: "attached" });
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const path = join(folder, `console-${name}.png`);
    await page.screenshot({ path, animations: "disabled", caret: "initial" });
    if (look.language) await page.context().close();
    console.log(path);
  } finally {
    await context.close();
  }
}

/** The same page in another language: what it takes to get there is written in English. */
async function inLanguage(context, page, look) {
  const other = await openContext([server.url], { ...look, locale: look.language, storageState: await context.storageState() });
  const there = await other.context.newPage();
  await there.goto(page.url());
  return there;
}

const beside = async (agent, ...names) => {
  await agent.opensChat(names[0]);
  for (const [n, name] of names.slice(1).entries()) {
    await agent.rows.filter({ hasText: name }).getByRole("link").first().click({ modifiers: ["Shift"] });
    await agent.page.locator("#open > .pane").nth(n + 1).waitFor();
  }
};

const LENA = OWNER;
const MAREK = { email: "marek@shop.example", password: OWNER.password };
const three = (agent) => beside(agent, "Priya", "يوسف", "Jonas");

await picture("chat", DESK, async (agent) => {
  await agent.opensChat("Priya");
  await agent.takes();
  await agent.says("Three blinks means the charger protects itself from heat. Could you unplug it for 20 minutes?");
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("n");
  await agent.page.keyboard.type("Serials from FJ3-2209 are in the charger exchange.");
  await agent.page.keyboard.press("Enter");
  await agent.log.getByText("Serials from").waitFor();
  await agent.opensChat("يوسف");
  await agent.takes();
  await agent.opensChat("Priya");
}, LENA);
await picture("desk", DESK, three, LENA);
await picture("desk-dark", { ...DESK, ...DARK }, three, LENA);
await picture("desk-ar", { ...DESK, language: "ar" }, three, LENA);
await picture("desk-de", { ...DESK, language: "de" }, three, LENA);
await picture("keys", DESK, async (agent, page) => (await agent.opensChat("Priya"), await page.keyboard.press("Escape"), await page.keyboard.press("?")), LENA);
await picture("palette", DESK, async (agent, page) => (await agent.opensChat("Priya"), await page.keyboard.press("Control+k"), await page.keyboard.type("re")), LENA);
await picture("filter", DESK, async (agent, page) => page.locator("#filter summary").click(), LENA);
await picture("search", DESK, async (agent, page) => (await page.keyboard.press("/"), await page.keyboard.type("charg"), await page.locator("#hits a").first().waitFor()), LENA);
await picture("alerts", DESK, async (agent, page) => page.locator(".alerts-btn").click(), LENA);
await picture("undo", DESK, async (agent, page) => (await agent.opensChat("Jonas"), await page.keyboard.press("Escape"), await page.keyboard.press("e"), await page.locator(".toast").waitFor()), LENA);
await picture("team", DESK, async (agent, page) => (await page.goto(`${server.url}/console/team`), await page.locator(".person").first().waitFor()), MAREK);
await picture("team-ar", { ...DESK, language: "ar" }, async (agent, page) => (await page.goto(`${server.url}/console/team`), await page.locator(".person").first().waitFor()), MAREK);
await picture("team-dark", { ...DESK, ...DARK }, async (agent, page) => (await page.goto(`${server.url}/console/team`), await page.locator(".person").first().waitFor()), MAREK);
await picture("phone-list", PHONE, async () => {}, LENA);
await picture("phone-chat", { ...PHONE, ...DARK }, async (agent) => agent.opensChat("Priya"), LENA);
await server.remove();
await quit();
