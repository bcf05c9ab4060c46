// A visitor: a person on the demo page who talks through the widget. Finds things as a person does,
// by what they are and what they are called.

import { stateOf, until } from "./until.mjs";

export class Visitor {
  constructor(page, watch) {
    this.page = page;
    this.watch = watch;
    this.bubble = page.getByRole("button", { name: /^(Open|Close) chat/ });
    this.window = page.getByRole("dialog");
    this.log = this.window.getByRole("log", { name: "Messages" });
    this.field = this.window.locator(".comp").getByRole("textbox");
  }

  static async arrive(context, watch, url) {
    const visitor = new Visitor(await context.newPage(), watch);
    await visitor.page.goto(url);
    await visitor.bubble.waitFor();
    return visitor;
  }

  /** Another tab of the same person. */
  async opensTab() {
    const tab = new Visitor(await this.page.context().newPage(), this.watch);
    await tab.page.goto(this.page.url());
    await tab.bubble.waitFor();
    return tab;
  }

  async opensChat() {
    if (!(await this.field.isVisible())) await this.bubble.click();
    await this.field.waitFor();
  }

  async says(...texts) {
    await this.opensChat();
    for (const text of texts) {
      await this.field.fill(text);
      await this.field.press("Enter");
    }
  }

  messages() {
    return this.log.locator(".msg .b").allTextContents();
  }

  /** The whole conversation is just this. */
  sees(...texts) {
    return until(this.page, () => this.messages(), texts, "the visitor's messages");
  }

  /** The last ones are these; above them stands what the device kept. Gives how many there are. */
  async seesLast(...texts) {
    const last = async () => (await this.messages()).slice(-texts.length);
    await until(this.page, last, texts, "the visitor's last messages");
    return (await this.messages()).length;
  }

  /** What stands under the last of the visitor's own messages. */
  seesState(word) {
    return this.log.locator(".msg.out").last().getByText(stateOf(word)).waitFor();
  }

  seesLine(text) {
    return this.log.getByText(text).first().waitFor();
  }

  /** The browser tells the page that the network is there again: no need to wait for the next try. */
  isOnline() {
    return this.page.evaluate(() => void window.dispatchEvent(new Event("online")));
  }

  /** What the device holds of the site, all in one text. */
  device() {
    return this.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
  }

  /** The device holds this by now. */
  keeps(pattern) {
    return until(this.page, () => this.device(), (held) => pattern.test(held), `what the device keeps (${pattern})`);
  }

  /** Chooses from the menu in the head. */
  async chooses(item) {
    await this.window.getByRole("button", { name: "Menu" }).click();
    await this.window.getByRole("menu").getByText(item).click();
  }

  async reloads() {
    await this.page.reload();
    await this.bubble.waitFor();
    await this.opensChat();
  }
}
