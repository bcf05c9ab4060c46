// The client's copy of one conversation. Pure: frames in, messages out. It never invents a rev:
// only `changes` moves it, and a gap is answered by `sync`.

import type { ConversationHead, Message, ServerFrame, Welcome } from "../generated/protocol.ts";

export type Changes = Extract<ServerFrame, { type: "changes" }>;
export type HistoryPage = Extract<ServerFrame, { type: "page" }>;

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
  readonly #sync: (since: number) => void;
  readonly #byId = new Map<string, Message>();
  #sorted: Message[] | null = null;

  /** `sync` sends that frame. */
  constructor(sync: (since: number) => void) {
    this.#sync = sync;
  }

  get messages(): readonly Message[] {
    return (this.#sorted ??= [...this.#byId.values()].sort((a, b) => a.seq - b.seq));
  }

  get(id: string): Message | undefined {
    return this.#byId.get(id);
  }

  clear(): void {
    this.conversation = this.head = null;
    this.rev = this.#floor = 0;
    this.low = Infinity;
    this.older = false;
    this.#asked = -1;
    this.#byId.clear();
    this.#sorted = null;
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

  /** The newest `count` messages as one frame: what a device keeps to show at once. */
  recent(count: number): Changes | null {
    const { head, rev } = this;
    return head && { type: "changes", conversation: head, from: 0, rev, messages: this.messages.slice(-count), more: false, floor: this.#floor };
  }

  /** Gives the messages that were not here before. */
  apply(frame: Changes): Message[] {
    const { id } = frame.conversation;
    if (id !== this.conversation || frame.reset) {
      // Another conversation is taken up from its beginning only; a late frame of an old one is not.
      if (frame.from > 0 && !frame.reset) return [];
      this.clear();
      this.conversation = id;
    }
    if (frame.from > this.rev) {
      this.#ask(this.rev);
      return [];
    }
    const messages = frame.messages ?? [];
    if (this.rev === 0 && this.low === Infinity) this.#begin(messages, frame.floor);
    const fresh = messages.filter((message) => this.#merge(message));
    this.#cut(frame.floor);
    if (frame.rev >= this.rev) this.head = frame.conversation;
    this.rev = Math.max(this.rev, frame.rev);
    this.#asked = -1;
    if (frame.more) this.#ask(frame.rev);
    return fresh;
  }

  /** The last rev that the server says there is: a newer one than ours means that a frame, or the
      answer to our question, was missed. */
  heard(rev: number): void {
    this.#asked = -1;
    if (rev > this.rev) this.#ask(this.rev);
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
  #ask(since: number): void {
    if (this.#asked !== since) this.#sync(since);
    this.#asked = since;
  }

  #begin(messages: readonly Message[], floor: number): void {
    this.low = messages.length ? Math.min(...messages.map(({ seq }) => seq)) : 0;
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
}
