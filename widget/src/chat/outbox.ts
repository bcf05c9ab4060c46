// What this device has written and the server has not yet acknowledged. Each entry has a key of
// its own, named by its UUIDv7: adding and removing is one step in storage, and the order of the
// keys is the order of writing. Any tab may add; only the tab that was told to `open` drains.

import type { Problem, VisitorFrame } from "../generated/protocol.ts";
import type { Store } from "./store.ts";

export type Durable = Extract<VisitorFrame, { type: "send" | "edit" | "delete" | "form" | "handoff" }>;

export interface Entry {
  readonly frame: Durable;
  readonly at: number;
  /** The server's words, after a refusal that a repeat would not change. */
  failed?: string;
  /** Acknowledged with this rev; shown until the log has it. */
  sent?: number;
}

export interface Hooks {
  transmit(frame: Durable): void;
  changed(): void;
}

const START = "o:";
/** Where the server names no time. */
const RETRY_S = 5;

export class Outbox {
  /** A form has to be answered first: messages wait, all else goes. */
  shut = false;
  /** When the next frame may go, while the server asked for patience; else 0. */
  heldUntil = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #flying = new Set<string>();
  readonly #store: Store;
  readonly #hooks: Hooks;
  #window = 0;
  #held: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, hooks: Hooks) {
    this.#store = store;
    this.#hooks = hooks;
    for (const key of store.keys(START)) this.#read(key, store.get(key));
  }

  /** In the order of writing. */
  get entries(): Entry[] {
    return [...this.#entries.keys()].sort().map((id) => this.#entries.get(id)!);
  }

  /** Something waits to be sent. */
  get busy(): boolean {
    return this.entries.some(waits);
  }

  /** Also what was refused before: then it is tried again. */
  add(frame: Durable): void {
    this.#keep({ frame, at: Date.now() });
    this.pump();
  }

  /** This tab has a session and is the one that drains; so many frames may fly at once. */
  open(window: number): void {
    this.#window = window;
    this.pump();
  }

  /** The session is over: what flew is sent again in the next one. */
  close(): void {
    this.#window = 0;
    this.#flying.clear();
  }

  /** Gives the frame that is done with. */
  ack(id: string, rev: number): Durable | undefined {
    const entry = this.#settle(id);
    if (!entry) return;
    this.#store.remove(START + id);
    if (entry.frame.type === "send") this.#entries.set(id, { ...entry, sent: rev });
    else this.#entries.delete(id);
    this.#hooks.changed();
    this.pump();
    return entry.frame;
  }

  /** True if the entry stays here as failed or gone; false if it goes again by itself. */
  nack(id: string, problem: Problem): boolean {
    if (!this.#flying.has(id)) return true;
    if (/(consent|pre-chat)-required$/.test(problem.type)) {
      // The form comes by itself; what was written goes out after it.
      this.#flying.delete(id);
      this.shut = true;
      return false;
    }
    const after = problem.retry_after_s ?? (problem.status >= 500 ? RETRY_S : 0);
    if (after) {
      this.#hold(after);
      return false;
    }
    const entry = this.#settle(id);
    if (entry?.frame.type === "send") this.#keep({ ...entry, failed: problem.detail || problem.title });
    else this.discard(id);
    this.pump();
    return true;
  }

  discard(id: string): void {
    this.#flying.delete(id);
    this.#entries.delete(id);
    this.#store.remove(START + id);
    this.#hooks.changed();
  }

  /** Drops what the log shows by now. */
  shown(has: (id: string) => boolean, rev: number): void {
    for (const [id, { sent }] of this.#entries) {
      if (sent !== undefined && (has(id) || (sent > 0 && rev >= sent))) this.#entries.delete(id);
    }
  }

  /** Another tab wrote: `key` without the site's prefix, `value` missing where it was removed. */
  elsewhere(key: string, value: string | undefined): void {
    if (!key.startsWith(START)) return;
    const id = key.slice(START.length);
    const entry = this.#entries.get(id);
    if (value !== undefined) this.#read(key, value);
    else if (entry?.frame.type === "send" && !entry.failed) this.#entries.set(id, { ...entry, sent: entry.sent ?? 0 });
    else this.#entries.delete(id);
    this.#flying.delete(id);
    this.#hooks.changed();
    this.pump();
  }

  /** The person on this device has changed. */
  clear(): void {
    this.#entries.clear();
    this.#flying.clear();
    this.#release();
  }

  pump(): void {
    if (this.heldUntil) return;
    for (const entry of this.entries) {
      if (this.#flying.size >= this.#window) return;
      const { id } = entry.frame;
      if (!waits(entry) || this.#flying.has(id) || (this.shut && entry.frame.type === "send")) continue;
      this.#flying.add(id);
      this.#hooks.transmit(entry.frame);
    }
  }

  /** Patience: everything stays, and the first one goes first. */
  #hold(seconds: number): void {
    this.#flying.clear();
    clearTimeout(this.#held);
    this.heldUntil = Date.now() + seconds * 1000;
    this.#held = setTimeout(() => {
      this.#release();
      this.pump();
    }, seconds * 1000);
    this.#hooks.changed();
  }

  #release(): void {
    clearTimeout(this.#held);
    this.heldUntil = 0;
    this.#hooks.changed();
  }

  #settle(id: string): Entry | undefined {
    this.#flying.delete(id);
    return this.#entries.get(id);
  }

  #keep(entry: Entry): void {
    this.#entries.set(entry.frame.id, entry);
    this.#store.set(START + entry.frame.id, JSON.stringify(entry));
    this.#hooks.changed();
  }

  #read(key: string, value: string | null | undefined): void {
    try {
      const entry = JSON.parse(value ?? "") as Entry;
      if (key === START + entry.frame.id) this.#entries.set(entry.frame.id, entry);
    } catch {
      this.#store.remove(key);
    }
  }
}

function waits(entry: Entry): boolean {
  return !entry.failed && entry.sent === undefined;
}
