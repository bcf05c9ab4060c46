// One live connection for the whole page: chooses the way, keeps it alive, comes back after it
// ends, and says how it stands. What the frames mean is decided elsewhere.
import type { AgentFrame, ServerFrame } from "../../widget/src/generated/protocol";
import { BUFFERED, type Ears, type Link, poll, socket, stream } from "./link";
import { pause, verdict } from "./retry";

/** How the connection stands; always shown in words. */
export type Standing =
  | { state: "connecting" | "live" | "slow" | "offline" | "refused" | "signed-out" }
  | { state: "lost"; seconds: number };

/** What the page does with it. */
export interface Page {
  /** A session began: watch, and send again what has no answer. */
  begun(): void;
  heard(frame: ServerFrame): void;
  stands(standing: Standing): void;
  /** The conversation whose rev the next `pong` is to name. */
  wants(): string | null;
}

type Way = "socket" | "stream" | "poll";
const WAYS: Record<Way, (ears: Ears) => Link> = { socket, stream, poll };
const PING_MS: Record<Way, number> = { socket: 20_000, stream: 12_000, poll: 12_000 };
const SILENCE_MS = 8_000;
const STREAM_SILENCE_MS = 60_000;
const FAILED_UPGRADES = 3;

/** The connection. */
export class Live {
  #link: Link | undefined;
  #way: Way = "socket";
  #begun = false;
  #tries = 0;
  #upgradesFailed = 0;
  #stopped = false;
  #wake: ReturnType<typeof setTimeout> | undefined;
  #countdown: ReturnType<typeof setInterval> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #stirredAt = 0;

  constructor(private readonly page: Page) {
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.#link?.close());
    // A laptop that was asleep finds out at once, not with the next heartbeat.
    document.addEventListener("visibilitychange", () => !document.hidden && this.#ping());
  }

  /** Whether a session is open now. */
  get open(): boolean {
    return this.#begun;
  }

  /** Opens the connection. */
  start(): void {
    clearTimeout(this.#wake);
    clearInterval(this.#countdown);
    if (this.#stopped || this.#link) return;
    this.page.stands({ state: "connecting" });
    let current = true;
    const link = WAYS[this.#way]({
      heard: (frame) => current && this.#heard(frame),
      stirred: () => (this.#stirredAt = Date.now()),
      ended: (code, status) => {
        current = false;
        // A link may end before its constructor has returned it.
        queueMicrotask(() => this.#ended(code, status));
      },
    });
    this.#link = link;
    this.#beat();
    // No answer to the hello is the same as silence later on.
    this.#expect();
  }

  /** Sends now, or not at all: what has to arrive is kept in the outbox and sent on `begun`. */
  send(frame: AgentFrame): void {
    if (this.#begun) this.#link?.send(frame);
  }

  /** Tries at once instead of waiting. */
  retry(): void {
    if (this.#link) this.#ping();
    else this.start();
  }

  /** Drops a connection that does not do its work, and opens another. */
  again(): void {
    this.#link?.close();
  }

  #heard(frame: ServerFrame): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    if (frame.type === "reconnect") return this.#moveOn(frame.after_ms);
    if (frame.type === "close") return this.#ended(frame.code);
    if (!this.#begun) {
      this.#begun = true;
      this.#tries = 0;
      this.#upgradesFailed = 0;
      this.#stirredAt = Date.now();
      this.page.stands({ state: this.#way === "socket" ? "live" : "slow" });
      this.page.begun();
    }
    this.page.heard(frame);
  }

  /** The server drains: it named a pause, after which another node or the new process answers. */
  #moveOn(afterMs: number): void {
    this.#drop();
    this.#wait(afterMs);
  }

  #drop(): void {
    const link = this.#link;
    this.#link = undefined;
    this.#begun = false;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    link?.close();
  }

  #ended(code: number, status?: number): void {
    if (!this.#link) return;
    const opened = this.#begun;
    this.#drop();
    if (status === 401) return this.#stop("signed-out");
    if (status === 403 || status === 404) return this.#stop("refused");
    const asks = verdict(code);
    if (asks === "stop") return this.#stop(code === 4200 ? "signed-out" : "refused");
    this.#chooseWay(code, opened);
    this.#wait(asks === "at-once" || (opened && this.#tries === 0) ? pause(0) / 4 : pause(this.#tries));
    this.#tries += 1;
  }

  #chooseWay(code: number, opened: boolean): void {
    if (code === BUFFERED) this.#way = "poll";
    else if (this.#way === "socket" && !opened) {
      this.#upgradesFailed += 1;
      if (this.#upgradesFailed >= FAILED_UPGRADES) this.#way = "stream";
    } else if (this.#way !== "socket" && !opened) {
      // The server may just be down: the next try is the good way again.
      this.#way = "socket";
      this.#upgradesFailed = FAILED_UPGRADES - 1;
    }
  }

  #wait(ms: number): void {
    const until = Date.now() + ms;
    const tell = (): void =>
      this.page.stands(navigator.onLine ? { state: "lost", seconds: Math.max(1, Math.ceil((until - Date.now()) / 1000)) } : { state: "offline" });
    if (ms > 1_000 || !navigator.onLine) {
      tell();
      this.#countdown = setInterval(tell, 1_000);
    } else this.page.stands({ state: "connecting" });
    this.#wake = setTimeout(() => this.start(), ms);
  }

  #stop(state: "signed-out" | "refused"): void {
    this.#stopped = true;
    this.page.stands({ state });
  }

  #beat(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#ping(), PING_MS[this.#way]);
  }

  #ping(): void {
    if (!this.#begun || !this.#link) return;
    if (this.#way === "stream" && Date.now() - this.#stirredAt > STREAM_SILENCE_MS) return this.#link.close();
    this.#link.send({ type: "ping", at: Date.now(), conversation: this.page.wants() });
    this.#expect();
  }

  #expect(): void {
    this.#deadline ??= setTimeout(() => this.#link?.close(), SILENCE_MS);
  }
}
