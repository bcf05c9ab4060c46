// What a website's own scripts do with the chat: they call it and listen to it.

import { until } from "./until.mjs";

const EVENTS = [
  "ready", "open", "close", "message:sent", "message:received", "unread", "conversation:started",
  "conversation:assigned", "conversation:closed", "queue:position", "availability", "error",
];

/** The SDK of one page, as its scripts have it. */
export class Sdk {
  constructor(page) {
    this.page = page;
  }

  /** Listens on a page to everything from its beginning on, both ways; to be called before it loads. */
  static async on(page) {
    await page.addInitScript((events) => {
      window.heard = { called: [], dispatched: [] };
      window.Deskbell = Object.assign((...call) => window.Deskbell.q.push(call), { q: [] });
      const plain = (detail) => (detail instanceof Error ? { message: detail.message } : detail);
      for (const event of events) {
        window.Deskbell("on", event, (detail) => window.heard.called.push([event, plain(detail)]));
        document.addEventListener(`deskbell:${event}`, ({ detail }) => window.heard.dispatched.push([event, plain(detail)]));
      }
    }, EVENTS);
    return new Sdk(page);
  }

  calls(...call) {
    return this.page.evaluate((said) => window.Deskbell(...said), call);
  }

  /** The details of an event's every occurrence so far; both ways have told the same. */
  async heard(event) {
    const { called, dispatched } = await this.page.evaluate(() => window.heard);
    const of = (all) => all.filter(([name]) => name === event).map(([, detail]) => detail ?? null);
    const [one, other] = [of(called), of(dispatched)];
    if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error(`${event}: called ${JSON.stringify(one)}, dispatched ${JSON.stringify(other)}`);
    return one;
  }

  /** The details of the event, once it has come so often. */
  async hears(event, times = 1) {
    return until(this.page, () => this.heard(event).catch(() => []), (all) => all.length >= times, `the event ${event}`);
  }
}
