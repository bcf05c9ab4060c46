// The client's copy of one conversation. Pure: frames in, messages out. It never invents a rev:
// only `changes` moves it, and a gap is answered by `sync`.

import type { ConversationHead, Message, ServerFrame, Welcome } from "../generated/protocol.ts";

export type Changes = Extract<ServerFrame, { type: "changes" }>;
export type HistoryPage = Extract<ServerFrame, { type: "page" }>;

export interface Applied {
  /** Send `sync` with this `since`. */
  sync?: number;
  /** Messages that were not here before. */
  fresh: Message[];
}

export class Log {
  conversation: string | null = null;
  head: ConversationHead | null = null;
  generation: string | undefined;
  rev = 0;
  /** Everything from this seq on is here, unless it is gone. */
  low = Infinity;
  /** There may be messages before `low`. */
  older = false;
  #floor = 0;
  #asked = -1;
  readonly #byId = new Map<string, Message>();
  #sorted: Message[] | null = null;

  get messages(): readonly Message[] {
    return (this.#sorted ??= [...this.#byId.values()].sort((a, b) => a.seq - b.seq));
  }

  get(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  clear(): void {
    this.conversation = this.head = null;
    this.rev = this.#floor = 0;
    this.#forget();
  }

  /** The start of a session. A new generation or another conversation makes the cache worthless. */
  welcome(frame: Welcome): void {
    const id = frame.conversation?.id ?? null;
    if (frame.generation !== this.generation || id !== this.conversation) this.clear();
    this.generation = frame.generation;
    this.conversation = id;
    this.head = frame.conversation;
    this.#asked = -1;
  }

  apply(frame: Changes): Applied {
    const { id } = frame.conversation;
    if (id !== this.conversation || frame.reset) {
      // Another conversation is taken up from its beginning only; a late frame of an old one is not.
      if (frame.from > 0 && !frame.reset) return { fresh: [] };
      this.clear();
      this.conversation = id;
    }
    if (frame.from > this.rev) return { fresh: [], ...this.#ask(this.rev) };
    const messages = frame.messages ?? [];
    if (this.rev === 0 && this.low === Infinity) this.#begin(messages, frame.floor);
    const fresh = messages.filter((message) => this.#merge(message));
    this.#cut(frame.floor);
    if (frame.rev >= this.rev) this.head = frame.conversation;
    this.rev = Math.max(this.rev, frame.rev);
    this.#asked = -1;
    return { fresh, ...(frame.more && this.#ask(frame.rev)) };
  }

  /** The last rev that the server says there is: a newer one than ours means that a frame was missed. */
  heard(rev: number): Applied {
    return { fresh: [], ...(rev > this.rev && this.#ask(this.rev)) };
  }

  page(frame: HistoryPage): void {
    if (frame.conversation && frame.conversation !== this.conversation) return;
    const messages = frame.messages ?? [];
    for (const message of messages) this.low = Math.min(this.low, message.seq);
    for (const message of messages) this.#merge(message);
    this.older = frame.more && messages.length > 0;
    this.#cut(this.#floor);
  }

  /** One question is enough for one gap. */
  #ask(since: number): { sync?: number } {
    if (this.#asked === since) return {};
    this.#asked = since;
    return { sync: since };
  }

  #begin(messages: readonly Message[], floor: number): void {
    this.low = messages.reduce((low, { seq }) => Math.min(low, seq), Infinity);
    if (this.low === Infinity) this.low = 0;
    this.older = this.low > Math.max(1, floor);
  }

  /** True if the message is new here. One below the window comes with its page of history. */
  #merge(message: Message): boolean {
    const held = this.#byId.get(message.id);
    if (held ? held.rev >= message.rev : message.seq < this.low) return false;
    this.#byId.set(message.id, message);
    this.#sorted = null;
    return !held;
  }

  #cut(floor: number): void {
    this.#floor = Math.max(this.#floor, floor);
    if (this.low >= this.#floor) return;
    this.low = this.#floor;
    this.older = false;
    for (const message of this.#byId.values()) if (message.seq < this.#floor) this.#byId.delete(message.id);
    this.#sorted = null;
  }

  #forget(): void {
    this.#byId.clear();
    this.#sorted = null;
    this.low = Infinity;
    this.older = false;
    this.#asked = -1;
  }
}
