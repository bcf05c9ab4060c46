// An agent: a person at the console. Works with scripts on and off, by roles and names.

import { OWNER } from "./server.mjs";
import { stateOf, until } from "./until.mjs";

export class Agent {
  constructor(page, watch, url) {
    this.page = page;
    this.watch = watch;
    this.url = url;
    this.rows = page.getByRole("region", { name: "Conversations" }).getByRole("listitem");
    this.pane = page.getByRole("region", { name: /^Chat with/ });
    this.log = this.pane.getByRole("log", { name: "Messages" });
    this.field = this.pane.getByRole("textbox");
  }

  static async signIn(context, watch, url, who) {
    const agent = new Agent(await context.newPage(), watch, url);
    await agent.page.goto(`${url}/console`);
    await agent.signsIn(who);
    return agent;
  }

  /** From the sign-in form to the list of all chats. */
  async signsIn({ email, password } = OWNER) {
    await this.page.getByRole("textbox", { name: "Email" }).fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("heading", { name: "Inbox" }).waitFor();
    await this.shows("All");
  }

  async shows(view) {
    await this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
    await this.page.locator(`nav a[aria-current=page]`, { hasText: view }).waitFor();
  }

  /** Opens the chat whose row shows this text. */
  async opensChat(text) {
    await this.rows.filter({ hasText: text }).getByRole("link").first().click();
    await this.log.waitFor();
  }

  async takes() {
    await this.pane.getByRole("button", { name: "Take", exact: true }).click();
    await this.pane.getByText("Yours", { exact: true }).first().waitFor();
  }

  async says(...texts) {
    for (const text of texts) {
      await this.field.fill(text);
      await this.pane.getByRole("button", { name: "Send", exact: true }).click();
      await this.log.locator(".msg.out .b").filter({ hasText: text }).last().waitFor();
    }
  }

  async closes() {
    await this.pane.getByRole("button", { name: "Close", exact: true }).click();
  }

  async reopens() {
    await this.pane.getByRole("button", { name: "Reopen" }).click();
  }

  messages() {
    return this.log.locator(".msg .b").allTextContents();
  }

  /** The whole conversation is just this. */
  sees(...texts) {
    return until(this.page, () => this.messages(), texts, "the agent's messages");
  }

  seesLine(text) {
    return this.log.getByText(text).first().waitFor();
  }

  /** What stands under the last message of our side. */
  seesState(word) {
    return this.log.locator(".msg.out").last().getByText(stateOf(word)).waitFor();
  }
}
