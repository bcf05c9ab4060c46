// The ways to the server: a WebSocket, or where it is blocked an event stream or long poll with
// POST. Each is one attempt: it opens, hears, and ends once; coming back is live.ts's business.
import type { AgentFrame, ServerFrame } from "../../widget/src/generated/protocol";

/** What a link tells. */
export interface Ears {
  heard(frame: ServerFrame): void;
  /** The event stream sent something, even if it was no frame. */
  stirred(): void;
  /** Once. 1006 for a link that broke or never opened; `status` where HTTP said no. */
  ended(code: number, status?: number): void;
}

/** An open or opening link. */
export interface Link {
  send(frame: AgentFrame): void;
  close(): void;
}

/** The page's language: what is pushed is in it, too. */
const spoken = (path: string): string => `${path}?lang=${encodeURIComponent(document.documentElement.lang)}`;
const HELLO: AgentFrame = { type: "hello" };
const SESSION_MS = 3_000;
const POLL_MS = 40_000;

/** WebSocket with the subprotocol `deskbell.v1`; the session cookie says who it is. */
export function socket(ears: Ears): Link {
  const url = new URL(spoken("/console/live"), location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const ws = new WebSocket(url, "deskbell.v1");
  let over = false;
  const end = (code: number): void => {
    if (over) return;
    over = true;
    ears.ended(code);
  };
  ws.onopen = () => ws.send(JSON.stringify(HELLO));
  ws.onmessage = ({ data }) => hear(ears, String(data));
  ws.onclose = ({ code }) => end(code);
  ws.onerror = () => undefined; // A close always follows.
  return {
    send: (frame) => ws.readyState === WebSocket.OPEN && ws.send(JSON.stringify(frame)),
    close: () => {
      // A dead peer may never answer the closing handshake, so this end does not wait for it.
      ws.close();
      end(1006);
    },
  };
}

function hear(ears: Ears, text: string): void {
  try {
    ears.heard(JSON.parse(text) as ServerFrame);
  } catch {
    // Not a frame: a proxy's page, or half of one. What is missing comes by rev.
  }
}

/** POST and poll or stream: both send frames one after the other. */
abstract class Posting implements Link {
  protected readonly stop = new AbortController();
  protected session = "";
  #queue: Promise<void> = Promise.resolve();
  #over = false;
  /** Rises with every refusal "for now": durable frames queued before it are sent again later, in order. */
  #refusals = 0;

  constructor(protected readonly ears: Ears) {}

  send(frame: AgentFrame): void {
    const refusals = this.#refusals;
    const send = (): Promise<void> | undefined => ("id" in frame && refusals < this.#refusals ? undefined : this.#post(frame));
    this.#queue = this.#queue.then(send).catch(() => this.end(1006));
  }

  close(): void {
    this.end(1006);
  }

  protected end(code: number, status?: number): void {
    if (this.#over) return;
    this.#over = true;
    this.stop.abort();
    this.ears.ended(code, status);
  }

  protected post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const init = { method: "POST", body: JSON.stringify(body), signal: this.stop.signal, credentials: "same-origin", redirect: "error" } as const;
    return fetch(path, { ...init, headers: { "content-type": "application/json", ...headers } });
  }

  async #post(frame: AgentFrame): Promise<void> {
    if (this.#over) return;
    const answer = await this.post("/console/live/send", frame, { "deskbell-session": this.session });
    if (!answer.ok) return this.end(1006, answer.status);
    const text = await answer.text();
    if (/"retry_after_s"/.test(text)) this.#refusals += 1;
    if (text !== "") hear(this.ears, text);
  }
}

class Stream extends Posting {
  async run(): Promise<void> {
    // A proxy that buffers holds the first event back, and often the headers too: then polling is the way.
    const timer = setTimeout(() => this.end(BUFFERED), SESSION_MS);
    const answer = await this.post(spoken("/console/live/events"), HELLO, { accept: "text/event-stream" });
    if (!answer.ok || !answer.body) {
      clearTimeout(timer);
      return this.end(1006, answer.status);
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      this.ears.stirred();
      const { data, left } = events(rest + value);
      rest = left;
      for (const text of data) {
        this.#note(text, timer);
        hear(this.ears, text);
      }
    }
    this.end(1006);
  }

  #note(text: string, timer: ReturnType<typeof setTimeout>): void {
    if (this.session) return;
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.type !== "session") return;
    clearTimeout(timer);
    this.session = frame.session;
  }
}

class Poll extends Posting {
  async run(): Promise<void> {
    let body: unknown = HELLO;
    for (;;) {
      const timer = setTimeout(() => this.end(1006), POLL_MS);
      const answer = await this.post(spoken("/console/live/poll"), body);
      clearTimeout(timer);
      if (!answer.ok) return this.end(1006, answer.status);
      const { session, frames } = (await answer.json()) as { session: string; frames: ServerFrame[] };
      const opening = this.session === "";
      this.session = session;
      if (opening) this.ears.heard({ type: "session", session });
      for (const frame of frames) this.ears.heard(frame);
      body = { session };
    }
  }
}

/** The code by which an event stream says that a proxy holds it back. */
export const BUFFERED = 4099;

/** An event stream, read by fetch, with POST for what goes the other way. */
export function stream(ears: Ears): Link {
  const link = new Stream(ears);
  link.run().catch(() => link.close());
  return link;
}

/** Long poll, where even an event stream is held back. */
export function poll(ears: Ears): Link {
  const link = new Poll(ears);
  link.run().catch(() => link.close());
  return link;
}

/** Cuts a piece of an event stream into the `data` of whole events and what is left over. */
export function events(text: string): { data: string[]; left: string } {
  const blocks = text.replace(/\r\n?/g, "\n").split("\n\n");
  const left = blocks.pop() ?? "";
  const data = blocks.map((block) => block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).replace(/^ /, "")).join("\n"));
  return { data: data.filter((text) => text !== ""), left };
}
