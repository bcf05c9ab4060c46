// A visitor in a browser as people have it: stock Firefox, driven over WebDriver BiDi, or Chromium
// with its cache for the way back, which the other driver switches off. Watched like everybody: an
// error in the console, an uncaught one or a report of the policy fails the story.

import puppeteer from "puppeteer-core";

import { EXECUTABLE, FLAGS, PATIENCE_MS } from "./browser.mjs";

const ENGINES = {
  firefox: { browser: "firefox", executablePath: process.env.DESKBELL_TEST_FIREFOX ?? "/usr/bin/firefox-esr", extraPrefsFirefox: { "fission.bfcacheInParent": true } },
  chromium: { browser: "chrome", executablePath: EXECUTABLE, args: FLAGS, ignoreDefaultArgs: ["--disable-back-forward-cache"] },
};

const running = new Map();

export async function guestsLeave() {
  for (const browser of running.values()) await (await browser).close();
  running.clear();
}

/** A visitor in a window of their own. */
export class Guest {
  troubles = [];
  #expected = /^$/;
  #context;

  /** `expected`: what their browser itself says in this story. */
  static async arrives(engine, url, expected = /^$/) {
    if (!running.has(engine)) running.set(engine, puppeteer.launch({ headless: true, ...ENGINES[engine] }));
    const visitor = new Guest();
    visitor.#expected = expected;
    visitor.#context = await (await running.get(engine)).createBrowserContext();
    visitor.page = await visitor.#context.newPage();
    visitor.page.setDefaultTimeout(PATIENCE_MS);
    visitor.page.on("console", (message) => message.type() === "error" && visitor.#saw(`console error: ${message.text()}`));
    visitor.page.on("pageerror", (error) => visitor.#saw(`uncaught error: ${error}`));
    await visitor.page.evaluateOnNewDocument(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => console.error(`policy report: ${violatedDirective} blocked ${blockedURI}`));
    });
    await visitor.goesTo(url);
    return visitor;
  }

  #saw(trouble) {
    if (!this.#expected.test(trouble)) this.troubles.push(trouble);
  }

  async goesTo(url) {
    await this.page.goto(url);
    await this.#until(() => !!document.querySelector("deskbell-chat")?.shadowRoot.querySelector("#b"), true, "the bubble");
  }

  // By the page's own means and the keyboard: the driver's finders run in the page, where a hard page bends them too.
  async opensChat() {
    await this.page.evaluate(() => document.querySelector("deskbell-chat").shadowRoot.querySelector("#b:not([aria-expanded=true])")?.click());
    await this.#until(() => document.querySelector("deskbell-chat").shadowRoot.activeElement?.localName, "textarea", "the field");
  }

  async says(text) {
    await this.opensChat();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }

  /** The whole conversation is just this. */
  async sees(...texts) {
    await this.#until(() => {
      let all = "";
      for (const bubble of document.querySelector("deskbell-chat").shadowRoot.querySelectorAll("[role=log] .msg .b")) all += `${bubble.textContent}|`;
      return all;
    }, texts.map((text) => `${text}|`).join(""), "the messages");
  }

  /** The server has what was written last. */
  hasSent() {
    return this.#until(() => !!document.querySelector("deskbell-chat").shadowRoot.querySelector("[role=log] .msg.out:last-child:is(.sent, .delivered, .read)"), true, "the message was sent");
  }

  draft() {
    return this.page.evaluate(() => document.querySelector("deskbell-chat").shadowRoot.querySelector("textarea")?.value);
  }

  hasShut() {
    return this.#until(() => document.querySelector("deskbell-chat").shadowRoot.querySelector("[role=dialog]").hidden, true, "the window is shut");
  }

  keepsNothing() {
    return this.#until(() => localStorage.length, 0, "what is kept");
  }

  async #until(look, wanted, what) {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      const found = await this.page.evaluate(look);
      if (found === wanted) return;
      if (Date.now() > end) throw new Error(`${what}: wanted ${wanted}, found ${found}`);
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
    }
  }

  async leaves() {
    await this.#context.close();
  }
}
