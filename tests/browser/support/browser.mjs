// Chromium, one for each test file, and a fresh context for each person. Every context is watched:
// an uncaught error, an error in the console, a report of the content security policy, a dialog or
// a request to a foreign host fails the test, unless the test said that it expects it.

import { chromium } from "playwright-core";

export const EXECUTABLE = process.env.DESKBELL_TEST_CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

export const PATIENCE_MS = 30_000;

let browser;

export async function launch() {
  browser ??= chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  return browser;
}

export async function quit() {
  await (await browser)?.close();
  browser = undefined;
}

/** A context of its own for one person, watched from its first page on. */
export async function openContext(origins, options = {}) {
  const context = await (await launch()).newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  const watch = new Watch(origins);
  await watch.over(context, options.javaScriptEnabled !== false);
  return { context, watch };
}

/** What happened in a context that should not have happened. */
export class Watch {
  troubles = [];
  #origins;
  #expected = [];

  constructor(origins) {
    this.#origins = origins;
  }

  /** Console errors that match are part of the story, such as a refused connection of a dead server. */
  expects(...patterns) {
    this.#expected.push(...patterns);
  }

  async over(context, scripts) {
    context.on("console", (message) => message.type() === "error" && this.#saw("console error", `${message.text()} (${message.location().url})`));
    context.on("weberror", (error) => this.#saw("uncaught error", String(error.error().stack ?? error.error())));
    context.on("dialog", (dialog) => {
      this.#saw("dialog", `${dialog.type()} ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && !this.#origins.includes(origin)) this.#saw("foreign request", request.url());
    });
    if (!scripts) return;
    await context.exposeBinding("__deskbellReport", (_, text) => this.#saw("policy report", text));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const { violatedDirective, blockedURI, sample, sourceFile, lineNumber } = event;
        window.__deskbellReport(`${violatedDirective} blocked ${blockedURI} ${sample} (${sourceFile}:${lineNumber})`);
      });
    });
  }

  #saw(kind, text) {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.troubles.push(`${kind}: ${text}`);
  }
}
