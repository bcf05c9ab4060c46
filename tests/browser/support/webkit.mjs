// WebKit as Debian has it: its small browser on a screen that nobody sees, driven by plain WebDriver.
// A third engine for the visitor's side.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

import { PATIENCE_MS } from "./browser.mjs";

const ENVIRONMENT = process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {};

let running;

/** The screen and the driver, one of each for a test file. */
async function engine() {
  const display = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1280x900x24"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((done, fail) => {
    display.once("error", fail);
    display.stdio[3].once("data", (piece) => done(String(piece).trim()));
  });
  const port = await new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => done(free));
    });
  });
  const driver = spawn("WebKitWebDriver", [`--port=${port}`], { env: { ...process.env, ...ENVIRONMENT, DISPLAY: `:${number}` }, stdio: "ignore" });
  return { display, driver, url: `http://127.0.0.1:${port}` };
}

export async function quitWebKit() {
  const { display, driver } = (await running) ?? {};
  driver?.kill();
  display?.kill();
  running = undefined;
}

/** A visitor in a window of WebKit's. */
export class WebKitVisitor {
  #session;

  static async arrives(url) {
    const visitor = new WebKitVisitor();
    const { url: driver } = await (running ??= engine());
    visitor.#session = `${driver}/session`;
    const { sessionId } = await patiently(() => visitor.#asks("POST", "", { capabilities: {} }));
    visitor.#session += `/${sessionId}`;
    await visitor.goesTo(url);
    return visitor;
  }

  async goesTo(url) {
    await this.#asks("POST", "/url", { url });
    await this.#until("return !!root()?.querySelector('#b')", true, "the bubble");
    await this.#runs(`
      window.troubles = [];
      addEventListener("error", ({ message }) => window.troubles.push(message));
      addEventListener("unhandledrejection", ({ reason }) => window.troubles.push(String(reason)));
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => window.troubles.push(violatedDirective + " blocked " + blockedURI));
      document.addEventListener("deskbell:error", ({ detail }) => window.troubles.push(detail.title ?? detail.message));`);
  }

  troubles() {
    return this.#runs("return window.troubles.join()");
  }

  async opensChat() {
    await this.#runs("root().querySelector('#b:not([aria-expanded=true])')?.click()");
    await this.#until("return root().activeElement?.localName ?? ''", "textarea", "the field");
  }

  async says(text) {
    await this.opensChat();
    // Keys as a keyboard sends them, to whatever has the focus; the last is Enter.
    const actions = [...text, "\uE007"].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await this.#asks("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** The whole conversation is just this. */
  sees(...texts) {
    return this.#until("return [...root().querySelectorAll('[role=log] .msg .b')].map((bubble) => bubble.textContent).join('|')", texts.join("|"), "the messages");
  }

  /** The window and the bubble lie within the screen. */
  isOnScreen() {
    return this.#runs(`return ["#b", "[role=dialog]"].every((part) => {
      const { left, right, top, bottom, height } = root().querySelector(part).getBoundingClientRect();
      return height > 40 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    })`);
  }

  leaves() {
    return this.#asks("DELETE", "");
  }

  async #until(script, wanted, what) {
    let found;
    await patiently(async () => {
      found = await this.#runs(script);
      if (found !== wanted) throw new Error(`in WebKit, ${what}: wanted ${wanted}, found ${found}`);
    });
  }

  #runs(script) {
    return this.#asks("POST", "/execute/sync", { script: `const root = () => document.querySelector("deskbell-chat")?.shadowRoot; ${script}`, args: [] });
  }

  async #asks(method, path, body) {
    const answer = await fetch(this.#session + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${path}: ${value.message}`);
    return value;
  }
}

/** Again and again, until it does not fail. Each try is a question to the driver, which takes its time. */
async function patiently(act) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setImmediate(done));
    }
  }
}
