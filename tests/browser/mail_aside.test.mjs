// Mails that are in no chat: an administrator looks at them, takes one in, and deletes another.

import { delivers, letter, SECRET } from "./support/inbound.mjs";
import { story } from "./support/story.mjs";

const SHOP = "help@shop.example";
const settings = [`inbound_secret = "${SECRET}"`];
const AWAY = { To: SHOP, "Auto-Submitted": "auto-replied" };

for (const javaScriptEnabled of [true, false]) {
  story(`a mail that was set aside is taken in, another is deleted (scripts ${javaScriptEnabled ? "on" : "off"})`, async (world) => {
    await world.server.runs("site", "set", "--site", "Shop", "--mail-address", SHOP);
    await delivers(world, letter({ ...AWAY, From: "Ada <ada@mail.example>", Subject: "Automatic reply: my lamp" }, "I am away. And the lamp is broken."));
    await delivers(world, letter({ ...AWAY, From: "Bo <bo@mail.example>", Subject: "Out of office" }, "Back in May."));
    const agent = await world.agent({ javaScriptEnabled });
    const { page } = agent;
    const mails = `${world.url}/console/settings/mails`;
    await page.goto(mails);
    await page.getByText("A program answered, such as an out-of-office note.").nth(1).waitFor();

    await page.getByRole("link", { name: "Out of office" }).click();
    await page.getByText("Back in May.").waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("The mail is deleted.").waitFor();
    await page.getByRole("link", { name: "Out of office" }).waitFor({ state: "detached" });

    await page.getByRole("link", { name: "Automatic reply: my lamp" }).click();
    await page.getByRole("button", { name: "Take it in" }).click();
    await page.getByText("I am away. And the lamp is broken.").first().waitFor();
    await page.goto(mails);
    await page.getByText("Nothing is set aside.").waitFor();
    await page.goto(`${world.url}/console/settings/audit`);
    for (const act of ["Lena took in a mail that was set aside.", "Lena deleted a mail that was set aside."]) await page.getByText(act).waitFor();
  }, { settings });
}
