// What was sent and has no answer yet. Messages are kept in the browser's storage, so that not even
// its crash loses one; commands live as long as the page. All keep their id, so that sending them
// again does nothing twice.
import type { AgentFrame } from "../../widget/src/generated/protocol";

/** A durable frame: it is answered by `ack` or `nack` with its id. */
export type Durable = Extract<AgentFrame, { id: string }>;
/** The frames that carry words. */
export type Words = Extract<Durable, { type: "send" | "note" }>;

/** The part of `Storage` that is needed, so that tests bring their own. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** Frames without an answer, in the order in which they were written. */
export class Outbox {
  readonly #commands = new Map<string, Durable>();
  readonly #words = new Map<string, Words>();
  readonly #prefix: string;

  constructor(private readonly store: Store, agent: string) {
    this.#prefix = `deskbell.out.${agent}.`;
    for (const [id, frame] of this.#stored()) this.#words.set(id, frame);
  }

  /** Keeps a frame until it is answered. */
  add(frame: Durable): void {
    if (frame.type !== "send" && frame.type !== "note") return void this.#commands.set(frame.id, frame);
    this.#words.set(frame.id, frame);
    try {
      this.store.setItem(this.#prefix + frame.id, JSON.stringify(frame));
    } catch {
      // Storage is full or forbidden: the page itself still keeps it.
    }
  }

  /** The frame with this id, which is answered now. */
  answered(id: string): Durable | undefined {
    const frame = this.#words.get(id) ?? this.#commands.get(id);
    this.#words.delete(id);
    this.#commands.delete(id);
    try {
      this.store.removeItem(this.#prefix + id);
    } catch {
      // As above.
    }
    return frame;
  }

  get(id: string): Durable | undefined {
    return this.#words.get(id) ?? this.#commands.get(id);
  }

  /** All of them, oldest first: what has to be sent again when a session begins. */
  all(): Durable[] {
    return [...this.#words.values(), ...this.#commands.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The words of one conversation that are on their way. */
  of(conversation: string): Words[] {
    return this.all().filter((frame): frame is Words => (frame.type === "send" || frame.type === "note") && frame.conversation === conversation);
  }

  /** How many messages have not been stored yet. */
  get unsent(): number {
    return this.#words.size;
  }

  *#stored(): Generator<[string, Words]> {
    const keys: string[] = [];
    try {
      for (let n = 0; n < this.store.length; n++) keys.push(this.store.key(n) ?? "");
      for (const key of keys.filter((key) => key.startsWith(this.#prefix)).sort()) {
        const frame = JSON.parse(this.store.getItem(key) ?? "null") as Words | null;
        if (frame?.id) yield [frame.id, frame];
      }
    } catch {
      // Nothing readable is nothing kept.
    }
  }
}

/** Subject and copies of a mail, as they are typed. */
export interface Head {
  subject: string;
  cc: string;
}

/** What is typed and not sent. */
export interface Typed {
  text: string;
  note: boolean;
  at: number;
  /** Where the words go out as a mail and its head was changed. */
  head?: Head;
}

/** The text typed and not sent, by conversation. */
export class Drafts {
  constructor(private readonly store: Store, private readonly agent: string) {}

  read(conversation: string): Typed {
    try {
      return JSON.parse(this.store.getItem(this.#key(conversation)) ?? "null") ?? { text: "", note: false, at: 0 };
    } catch {
      return { text: "", note: false, at: 0 };
    }
  }

  write(conversation: string, text: string, note: boolean, head?: Head): void {
    try {
      if (text === "" && !head) this.store.removeItem(this.#key(conversation));
      else this.store.setItem(this.#key(conversation), JSON.stringify({ text, note, at: Date.now(), ...(head && { head }) }));
    } catch {
      // The text still stands in the composer.
    }
  }

  #key(conversation: string): string {
    return `deskbell.draft.${this.agent}.${conversation}`;
  }
}
