// One live session at a time, over whichever transport gets through. It comes back by itself,
// with pauses that spread a crowd out, and rests while the page is hidden and has nothing to do.

import type { ServerFrame, VisitorFrame } from "../generated/protocol.ts";
import { pause, verdict } from "./backoff.ts";
import { decode } from "./decode.ts";
import { BUFFERED, LOST, type Detour, type Link, type Transport, type Way } from "./transports/link.ts";
import { socket } from "./transports/socket.ts";

export type LiveState = "resting" | "connecting" | "ready" | "waiting" | "stopped";

export interface LiveHooks {
  frame(frame: ServerFrame): void;
  /** Of every change of `state`. */
  state(state: LiveState): void;
  /** A frame that `decode` refused, by name. */
  refused(failure: string): unknown;
  /** Nothing to wait for: no open conversation, nothing unsent. */
  idle(): boolean;
  /** Fetches the transports for where sockets are blocked. */
  detour(): Promise<Detour>;
}

const DEAD_MS = 8_000;
const PROBE_MS = 3_000;
const STEADY_MS = 10_000;
const UPGRADES = 3;

export class Live {
  state: LiveState = "resting";
  /** The close code that ended it for good. */
  code = 0;
  readonly #way: Way;
  readonly #hooks: LiveHooks;
  #link: Link | null = null;
  #transport: Transport = socket;
  #detour: Detour | undefined;
  #failedUpgrades = 0;
  #attempt = 0;
  #readyAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(way: Way, hooks: LiveHooks) {
    this.#way = way;
    this.#hooks = hooks;
  }

  /** Durable frames that may fly at once. */
  get window(): number {
    return this.#transport.window;
  }

  /** Connects now, if it is not already there or stopped for good. */
  start(): void {
    if (this.#link || this.state === "stopped") return;
    clearTimeout(this.#timer);
    this.#dial();
  }

  /** Lets go; `start` comes back. */
  rest(): void {
    this.#drop();
    clearTimeout(this.#timer);
    if (this.state !== "stopped") this.#turn("resting");
  }

  send(frame: VisitorFrame): boolean {
    if (this.state !== "ready") return false;
    this.#link!.send(frame);
    return true;
  }

  /** The page is seen again: a socket may have died while it slept. */
  probe(): void {
    if (this.state === "ready") this.#ping(PROBE_MS);
    else this.start();
  }

  /** The network changed: the old way is dead, and a better one may be open. */
  renew(): void {
    this.#failedUpgrades = this.#attempt = 0;
    this.#transport = socket;
    this.#drop();
    this.start();
  }

  #dial(): void {
    this.#turn("connecting");
    const transport = this.#transport;
    let up = false;
    const link = transport.dial(this.#way, {
      up: () => {
        up = true;
        this.#watch(DEAD_MS);
      },
      frame: (raw) => link === this.#link && this.#heard(raw),
      down: (code) => link === this.#link && this.#ended(code, up),
    });
    this.#link = link;
    // A proxy may swallow the upgrade without an answer.
    this.#watch(DEAD_MS + PROBE_MS);
  }

  #heard(raw: unknown): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    const { frame, failure } = decode(raw);
    if (!frame) return void this.#hooks.refused(failure);
    if (frame.type === "close") return this.#ended(frame.code, true);
    if (frame.type === "reconnect") return this.#leave(frame.after_ms);
    this.#hooks.frame(frame);
    if (frame.type === "welcome" && this.#link) this.#ready();
  }

  /** After `welcome` was handled, so that whoever is told knows the session's conversation. */
  #ready(): void {
    this.#readyAt = Date.now();
    this.#failedUpgrades = 0;
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#tick(), this.#transport.beatMs);
    this.#turn("ready");
  }

  #tick(): void {
    if (document.hidden && this.#hooks.idle()) this.rest();
    else this.#ping(DEAD_MS);
  }

  #ping(patience: number): void {
    this.#link?.send({ type: "ping", at: Date.now() });
    if (this.#deadline === undefined) this.#watch(patience);
  }

  #watch(patience: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#ended(this.state === "ready" ? 4000 : LOST, this.state === "ready"), patience);
  }

  #ended(code: number, up: boolean): void {
    this.#drop();
    const served = this.#readyAt;
    const what = verdict(code);
    this.#readyAt = 0;
    if (served && Date.now() - served > STEADY_MS) this.#attempt = 0;
    if (what === "never") {
      this.code = code;
      return this.#turn("stopped");
    }
    if (!up) this.#change(code);
    const soon = (what === "now" && served) || code === BUFFERED;
    this.#leave(soon ? 0 : pause(this.#attempt++));
  }

  /** Which way to try next, after one that did not open. */
  #change(code: number): void {
    if (code === BUFFERED) this.#transport = this.#detour!.poll;
    else if (this.#transport !== socket) this.#transport = socket;
    else if (++this.#failedUpgrades >= UPGRADES && this.#detour) this.#transport = this.#detour.events;
    // Ready by the time it is needed; where the whole server is away, it fails and is asked for again.
    if (!this.#detour) this.#hooks.detour().then((detour) => (this.#detour = detour), () => undefined);
  }

  #leave(ms: number): void {
    this.#drop();
    this.#turn("waiting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (document.hidden && this.#hooks.idle()) this.#turn("resting");
      // The browser tells when the network is back; an attempt would only fill the page's console.
      else if (navigator.onLine) this.#dial();
    }, ms);
  }

  #drop(): void {
    const link = this.#link;
    this.#link = null;
    link?.close();
    clearInterval(this.#beat);
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #turn(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.#hooks.state(state);
  }
}
