// What the event stream and the long poll share: POSTs to the live endpoints, and the way up.

import type { VisitorFrame } from "../generated/protocol.ts";
import { LOST, type LinkEvents, type Way } from "../chat/transports/link.ts";

export const HTTP_BEAT_MS = 12_000;

export class HttpWay {
  session = "";
  readonly way: Way;
  readonly events: LinkEvents;
  readonly #abort = new AbortController();
  #chain = Promise.resolve();
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(way: Way, events: LinkEvents) {
    this.way = way;
    this.events = events;
  }

  get open(): boolean {
    return !this.#abort.signal.aborted;
  }

  /** What comes down is watched by itself: an answer to a POST does not show that the stream lives. */
  alive(within: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.end(LOST), within);
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response> {
    return fetch(`${this.way.base}/v1/live/${path}?site=${encodeURIComponent(this.way.site)}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", ...headers },
      credentials: "omit",
      cache: "no-store",
      signal: this.#abort.signal,
    });
  }

  hello(path: string): Promise<Response> {
    return this.post(path, { type: "hello", ...this.way.hello() });
  }

  close(): void {
    clearTimeout(this.#silence);
    this.#abort.abort();
  }

  end(code: number): void {
    if (!this.open) return;
    this.close();
    this.events.down(code);
  }

  /** A refused hello. 403 and 404 will not change by asking again; a 409 says that somebody else sits here. */
  async refused(response: Response): Promise<void> {
    const { status } = response;
    if (status === 409) this.events.frame({ type: "nack", problem: await json(response) });
    this.end(status === 403 || status === 404 ? 4201 : LOST);
  }

  /** One after the other, so that order holds. */
  send(frame: VisitorFrame): void {
    this.#chain = this.#chain.then(() => this.#up(frame)).catch(() => this.end(LOST));
  }

  async #up(frame: VisitorFrame): Promise<void> {
    if (!this.open) return;
    const response = await this.post("send", frame, {
      Authorization: `Bearer ${this.way.hello().token}`,
      "Deskbell-Session": this.session,
    });
    const answer = await json(response);
    if (!this.open) return;
    if (isFrame(answer)) this.events.frame(answer);
    else if (!response.ok) this.#failed(frame, response.status, answer);
  }

  /** A refusal that names a problem is the frame's own; anything else is the way's. */
  #failed(frame: VisitorFrame, status: number, problem: unknown): void {
    if ("id" in frame && status < 500 && isObject(problem) && "title" in problem) {
      this.events.frame({ type: "nack", id: frame.id, problem });
    } else if ("id" in frame || frame.type === "ping") {
      this.end(LOST);
    }
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isFrame(value: unknown): boolean {
  return isObject(value) && (value["type"] === "ack" || value["type"] === "nack" || value["type"] === "pong");
}
