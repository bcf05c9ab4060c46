// What agents keep for themselves: another password, a second factor, devices.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { resolve } from "node:path";

import { seriousIn } from "./support/axe.mjs";
import { OWNER } from "./support/server.mjs";
import { story } from "./support/story.mjs";
import { until } from "./support/until.mjs";

const PICTURE = resolve(import.meta.dirname, "../../agent-console/static/icon-192.png");
const STEP_MS = 30_000;
const MAREK = { email: "marek@shop.example", password: "a good long sentence" };

/** The code that an authenticator app shows for this key (RFC 6238), so many steps from now. */
function codeOf(base32, later = 0) {
  const bits = [...base32].map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + later));
  const digest = createHmac("sha1", key).update(step).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function opensAccount(page) {
  await page.locator("#me > summary").click();
  await page.getByRole("link", { name: "Your account" }).click();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
}

/** Switches two-factor sign-in on; gives the key and the recovery codes. */
async function switchesOn(page) {
  const key = await page.locator(".factor code").textContent();
  await page.getByLabel("Code", { exact: true }).fill(codeOf(key));
  await page.getByRole("button", { name: "Switch it on" }).click();
  const codes = (await page.getByRole("textbox", { name: "Recovery codes" }).inputValue()).trim().split("\n");
  assert.equal(codes.length, 10);
  return { key, codes };
}

async function signsInWith(page, url, code) {
  await page.goto(`${url}/console`);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  story(`two-factor sign-in is switched on, asked for, and survives a lost phone (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled });
    await opensAccount(page);
    const { key, codes } = await switchesOn(page);
    const other = await world.context({ javaScriptEnabled });
    other.watch.expects(/status of 401/);
    const phone = await other.context.newPage();
    await signsInWith(phone, world.url, "000000");
    await phone.getByText("This code is not right, or was used already").waitFor();
    await phone.getByLabel("Code").fill(codeOf(key, 1));
    await phone.getByRole("button", { name: "Sign in" }).click();
    await phone.getByRole("heading", { name: "Inbox" }).waitFor();
    const lost = await world.context({ javaScriptEnabled });
    const borrowed = await lost.context.newPage();
    await signsInWith(borrowed, world.url, codes[0].toUpperCase());
    await borrowed.getByRole("heading", { name: "Inbox" }).waitFor();
    await page.goto(`${world.url}/console/account`);
    await page.getByText("9 recovery codes are left").waitFor();
    await page.goto(`${world.url}/console/settings/audit`);
    await page.getByText(/switched two-factor sign-in on/).waitFor();
  });
}

story("another password, and devices are signed out: the others at once, one by one", async (world) => {
  const { page } = await world.agent();
  world.expects(/422 \(Unprocessable/);
  const tablet = (await world.agent()).page;
  const phone = (await world.agent()).page;
  await opensAccount(page);
  assert.equal(await page.getByRole("listitem").count(), 3);
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await page.getByText("Saved.").waitFor();
  assert.equal(await page.getByRole("listitem").count(), 2);
  await page.getByLabel("Current password").fill("not my password");
  await page.getByLabel("New password").fill("a better long sentence");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("This is not your current password. Nothing was changed.").waitFor();
  await page.getByLabel("Current password").fill(OWNER.password);
  await page.getByLabel("New password").fill("a better long sentence");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Saved.").waitFor();
  for (const gone of [tablet, phone]) await gone.getByRole("button", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Lena Lang");
  await page.getByRole("region", { name: "Profile" }).getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.goto(`${world.url}/console/settings/audit`);
  for (const act of [/changed their password/, /signed out devices of their own/]) await page.getByText(act).first().waitFor();
});

for (const javaScriptEnabled of [true, false]) {
  story(`two-factor sign-in gets new recovery codes, and is switched off again (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const { page } = await world.agent({ javaScriptEnabled });
    world.expects(/422 \(Unprocessable/);
    await opensAccount(page);
    const { key, codes } = await switchesOn(page);
    const asks = async (button, password) => {
      await page.getByRole("region", { name: "Two-factor sign-in" }).getByLabel("Current password").fill(password);
      await page.getByRole("button", { name: button }).click();
    };
    await asks("Make new recovery codes", "not my password");
    await page.getByText("This is not your current password. Nothing was changed.").waitFor();
    await asks("Make new recovery codes", OWNER.password);
    const fresh = (await page.getByRole("textbox", { name: "Recovery codes" }).inputValue()).trim().split("\n");
    assert.equal(fresh.filter((code) => !codes.includes(code)).length, 10, "all of them are new");
    const other = await world.context({ javaScriptEnabled });
    other.watch.expects(/status of 401/);
    const phone = await other.context.newPage();
    await signsInWith(phone, world.url, codes[0]);
    await phone.getByText("This code is not right, or was used already").waitFor();
    await phone.getByLabel("Code").fill(fresh[0]);
    await phone.getByRole("button", { name: "Sign in" }).click();
    await phone.getByRole("heading", { name: "Inbox" }).waitFor();

    await asks("Switch it off", "not my password");
    await page.getByText("This is not your current password. Nothing was changed.").waitFor();
    await asks("Switch it off", OWNER.password);
    await page.getByRole("button", { name: "Switch it on" }).waitFor();
    assert.notEqual(await page.locator(".factor code").textContent(), key, "the old key is worth nothing");
    await world.agent({ javaScriptEnabled });
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of [/made new recovery codes/, /switched two-factor sign-in off/]) await page.getByText(act).waitFor();
  });

  story(`visitors see a name and a picture that an agent chose (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    const visitor = await world.visitor();
    await visitor.says("Anybody?");
    const agent = await world.agent({ javaScriptEnabled });
    const { page } = agent;
    world.expects(/422 \(Unprocessable/);
    await agent.opensChat("Anybody?");
    await agent.takes();
    await agent.says("Here I am.");
    await visitor.sees("Anybody?", "Here I am.");
    await opensAccount(page);
    await page.getByLabel("Name that visitors see").fill("Team Fjord");
    await page.getByRole("region", { name: "Profile" }).getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByLabel("File", { exact: true }).setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("<svg onload='alert(1)'/>") });
    await page.getByRole("button", { name: "Use this picture" }).click();
    await page.getByText("This is no PNG, JPEG or WebP that can be shown").waitFor();
    await page.getByLabel("File", { exact: true }).setInputFiles(PICTURE);
    await page.getByRole("button", { name: "Use this picture" }).click();
    await page.getByRole("img", { name: "Your picture" }).waitFor();

    const answers = async (question, answer) => {
      await visitor.says(question);
      await visitor.seesState("Sent|Delivered|Seen|Read");
      await page.goto(`${world.url}/console/conversations?view=mine`);
      await agent.opensChat(question);
      await agent.says(answer);
      await visitor.log.getByText(answer).waitFor();
      return visitor.log.locator(".by").last();
    };
    const by = await answers("Who is it?", "It is us.");
    assert.equal(await by.getByText("Team Fjord").count(), 1);
    const drawn = await by.locator("img").evaluate(async (picture) => [await picture.decode(), picture.naturalWidth][1]);
    assert.equal(drawn, 192, "the picture is drawn");

    await opensAccount(page);
    await page.getByRole("button", { name: "Remove the picture" }).click();
    await page.getByRole("img", { name: "Your picture" }).waitFor({ state: "detached" });
    const bare = await answers("And now?", "Still us.");
    assert.deepEqual([await bare.getByText("Team Fjord").count(), await bare.locator("img").count()], [1, 0], "initials are back");
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of [/has another picture/, /removed their picture/]) await page.getByText(act).waitFor();
  });
}

/** How wide the picture in an avatar is; 0 where letters stand there. */
const pictured = (avatar) =>
  avatar.evaluate(async (element) => {
    const [, url] = /url\("(.*)"\)/.exec(getComputedStyle(element).backgroundImage) ?? [];
    if (!url) return 0;
    const picture = Object.assign(new Image(), { src: url });
    return [await picture.decode(), picture.naturalWidth][1];
  });

async function takesPicture(page) {
  await opensAccount(page);
  await page.getByLabel("File", { exact: true }).setInputFiles(PICTURE);
  await page.getByRole("button", { name: "Use this picture" }).click();
  await page.getByRole("img", { name: "Your picture" }).waitFor();
}

story("colleagues see an agent's picture where letters stood, also on a page that was open before", async (world) => {
  await world.server.runs("agent", "add", "--email", MAREK.email, "--name", "Marek", "--role", "admin", "--password", MAREK.password);
  const visitor = await world.visitor();
  await visitor.says("Anybody?");
  const lena = await world.agent();
  await lena.opensChat("Anybody?");
  await lena.takes();
  await lena.says("Here I am.");
  const marek = await world.agent({ who: MAREK });
  await marek.opensChat("Here I am.");
  const shown = {
    row: marek.page.locator(".conv .theirs .av"),
    head: marek.pane.locator(".state .theirs .av"),
    message: marek.log.locator(".msg.out .theirs .av"),
  };
  for (const avatar of Object.values(shown)) assert.equal(await pictured(avatar), 0);
  await takesPicture(lena.page);
  assert.equal(await pictured(lena.page.locator("#me .av")), 192, "their own, in the rail");

  await marek.shows("Waiting");
  await marek.shows("All");
  // The list is drawn again meanwhile: an element that is just being replaced has no style.
  for (const [name, avatar] of Object.entries(shown)) await until(marek.page, () => pictured(avatar), 192, `the picture is on the open page: ${name}`);
  await marek.page.goto(`${world.url}/console/settings/agents`);
  const lines = marek.page.getByRole("main").getByRole("listitem");
  assert.equal(await pictured(lines.filter({ hasText: OWNER.email }).locator(".av")), 192);
  assert.equal(await pictured(lines.filter({ hasText: MAREK.email }).locator(".av")), 0);

  await opensAccount(lena.page);
  await lena.page.getByRole("button", { name: "Remove the picture" }).click();
  await lena.page.getByRole("img", { name: "Your picture" }).waitFor({ state: "detached" });
  await marek.page.reload();
  assert.equal(await pictured(lines.filter({ hasText: OWNER.email }).locator(".av")), 0, "letters are back");
});

story("an admin switches the second factor of somebody off who has lost everything", async (world) => {
  const bo = { email: "bo@shop.example", password: "a good long sentence" };
  await world.server.runs("agent", "add", "--email", bo.email, "--name", "Bo", "--password", bo.password);
  const theirs = (await world.agent({ who: bo })).page;
  await opensAccount(theirs);
  await switchesOn(theirs);
  const { page } = await world.agent();
  await page.goto(`${world.url}/console/settings/agents`);
  await page.getByRole("link", { name: "Bo", exact: true }).click();
  await page.getByRole("button", { name: "Switch off two-factor sign-in" }).click();
  await page.getByText("Saved.").waitFor();
  await world.agent({ who: bo });
});

story("the account page is fit for every reader, light and dark", async (world) => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await world.agent({ colorScheme });
    await page.goto(`${world.url}/console/account`);
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    await seriousIn(page);
  }
});
