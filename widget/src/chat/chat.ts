// The chat without its looks: it holds the log, the outbox and the session, and takes each frame.

import type { EventName, PartName } from "../contract.ts";
import type { Ask, Availability, FormName, Hello, Message, Page, Problem, QueuePlace, ServerFrame, SiteView, Update, Welcome } from "../generated/protocol.ts";
import { decode } from "./decode.ts";
import { Live, type LiveState } from "./live.ts";
import { lead } from "./locks.ts";
import { Log, type Changes } from "./log.ts";
import { Outbox, type Durable } from "./outbox.ts";
import { fromThem, People } from "./people.ts";
import { LOG, Store, TOKEN } from "./store.ts";
import { held, token } from "./token.ts";
import type { Detour } from "./transports/link.ts";
import { uuid7 } from "./uuid7.ts";

export interface ChatHooks {
  changed(): void;
  emit(event: EventName, detail?: unknown): void;
  /** Whoever sat here has logged out, in this tab or in another; `back` if the window stays for the next one. */
  gone(back?: boolean): void;
}

/** The frames of the page part, kept until they are answered. */
export interface Updates {
  add(said: Omit<Update, "id">): void;
  /** A session has begun. */
  flush(): void;
  /** Answered: done, or refused for this reason. */
  settled(id: string | undefined, problem?: Problem): boolean;
}

/** Set while a conversation is open or something is unsent: the loader then brings the chat back. */
const OPEN = "live";
/** After this long without a word, a hidden tab lets go even of an open conversation. */
const QUIET_MS = 30 * 60_000;

export class Chat {
  readonly log = new Log((since) => this.live.send({ type: "sync", since }));
  readonly people = new People();
  readonly store: Store;
  readonly outbox: Outbox;
  readonly live: Live;
  site: SiteView | null = null;
  availability: Availability | null = null;
  place: QueuePlace | null = null;
  /** Forms that the server asks for, until they are answered. */
  readonly asks = new Map<FormName, Ask>();
  /** Parts that want to hear each frame, after the chat has. */
  readonly ears: ((frame: ServerFrame) => unknown)[] = [];
  /** The last message of theirs that came while we listened, by seq. */
  newest = 0;
  locale: string;
  /** The window is open: a session is wanted even without a conversation. */
  watched = false;
  /** Made by the website's server; said in every hello. */
  jwt: string | undefined;
  /** What the page says of its visitor, from when it first says something. */
  updates: Updates | undefined;
  #token = "";
  #quietSince = Date.now();
  #release: (() => void) | undefined;
  /** Where the server believes the visitor to be. */
  page: Page | undefined;
  readonly #hooks: ChatHooks;

  constructor(base: string, site: string, locale: string, hooks: ChatHooks) {
    this.#hooks = hooks;
    this.locale = locale;
    this.store = new Store(site);
    this.outbox = new Outbox(this.store, {
      transmit: (frame) => this.live.send(frame),
      changed: hooks.changed,
    });
    this.live = new Live({ base, site, hello: () => this.#hello() }, {
      frame: (frame) => this.#take(frame),
      state: (state) => this.#turned(state),
      refused: (failure) => failure === "unknown type" || hooks.emit("error", { title: failure }),
      idle: () => !this.#wanted(),
      detour: () => this.part<Detour>("detour"),
    });
    this.#token = held(this.store);
    this.#restore();
  }

  get open(): boolean {
    return !!this.log.head && this.log.head.state !== "closed";
  }

  get unread(): number {
    const { mine } = this.people;
    return this.log.messages.filter((message) => message.seq > mine && fromThem(message)).length;
  }

  /** What is used rarely comes when it is used. */
  part<T>(name: PartName): Promise<T> {
    const path = `./${name}-${BUILD}.js`;
    return import(path) as Promise<T>;
  }

  /** The visitor acted: from here on there is a token and, while there is a reason, a session. */
  start(): void {
    this.#token ||= token(this.store);
    this.live.start();
  }

  wake(how: "probe" | "renew"): void {
    this.#quietSince = Date.now();
    if (this.#token && (this.watched || this.#wanted())) this.live[how]();
  }

  /** Nothing open, nothing unsent, nobody looking: the session ends. */
  settle(): void {
    if (!this.watched && !this.#wanted()) this.live.rest();
  }

  say(text: string): void {
    this.command({ type: "send", id: uuid7(), text });
  }

  /** So many characters more than a message may have. */
  over(text: string): number {
    return [...text].length - (this.site?.limits.text_chars ?? 8_000);
  }

  command(frame: Durable): void {
    this.#quietSince = Date.now();
    this.outbox.add(frame);
    this.#mark();
    this.start();
  }

  /** The visitor lets the device keep what it has. Another tab may have been first: then we are its visitor. */
  agree(): void {
    this.store.keep();
    const kept = held(this.store);
    if (this.#token && kept && kept !== this.#token) {
      this.#token = kept;
      this.live.rest();
      this.log.clear();
      this.people.clear();
      this.live.start();
    }
    this.gate();
  }

  readUpTo(seq: number): void {
    this.people.reached({ kind: "visitor", id: "" }, seq, seq);
    this.#hooks.changed();
  }

  /** Another person sits here now: nothing of the last one stays. */
  reset(): void {
    this.store.clear();
    this.#hooks.gone();
  }

  /** The end of this chat: the next person has another. */
  forget(): void {
    this.#token = "";
    this.log.clear();
    this.outbox.clear();
    this.#hooks.changed();
  }

  /** Another tab wrote `key` of our storage. */
  elsewhere(key: string, value: string | undefined): void {
    if (key !== TOKEN) return this.outbox.elsewhere(key, value);
    if ((value ?? "") === this.#token) return;
    // Nothing is written down here: what was written in this tab goes on as theirs.
    if (value && this.store.pending) return this.agree();
    this.#hooks.gone(!!value && this.watched);
  }

  #wanted(): boolean {
    return this.outbox.busy || (this.open && Date.now() - this.#quietSince < QUIET_MS);
  }

  #hello(): Hello {
    const { conversation, rev, generation } = this.log;
    const page = (this.page = { url: location.href, title: document.title, referrer: document.referrer });
    return { token: this.#token, conversation, since: rev, locale: this.locale, page, generation, jwt: this.jwt } as Hello;
  }

  #turned(state: LiveState): void {
    this.#release?.();
    this.#release = undefined;
    this.outbox.close();
    if (state === "ready") {
      this.updates?.flush();
      this.gate();
      // What only this tab remembers, no other can send.
      if (this.store.pending && this.site?.features["consent"]) this.outbox.open(this.live.window);
      // One tab sends what all have written. Where no leave is asked for, it is what writes down first, too.
      this.#release = lead(`${this.store.prefix}drain`, () => {
        if (!this.site?.features["consent"]) this.agree();
        if (this.live.state === "ready") this.outbox.open(this.live.window);
      });
    }
    if (state === "stopped") this.#hooks.emit("error", { title: "stopped", status: this.live.code });
    this.#hooks.changed();
  }

  /** Messages wait while something has to be answered first. */
  gate(): void {
    const asked = [...this.asks.values()].some(({ required }) => required);
    this.outbox.shut = asked || (this.store.pending && !!this.site?.features["consent"]);
    this.outbox.pump();
    this.#hooks.changed();
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome": this.#welcomed(frame); break;
      case "ack": this.#acked(frame); break;
      case "nack": this.#refused(frame); break;
      case "changes": this.#changed(frame); break;
      case "page": this.log.page(frame); break;
      case "ask": this.asks.set(frame.form, frame); this.gate(); break;
      case "receipt": this.people.reached(frame.by, frame.delivered_seq, frame.read_seq); break;
      case "presence": this.people.of(frame.by).here = frame.state === "online"; break;
      case "availability": this.#available(frame); break;
      case "queue": this.place = frame; this.#hooks.emit("queue:position", frame); break;
      case "pong": this.log.heard(frame.rev); break;
    }
    for (const hear of this.ears) hear(frame);
    this.#hooks.changed();
  }

  #welcomed(frame: Welcome): void {
    if (frame.token) this.store.set(TOKEN, (this.#token = frame.token));
    const { generation, conversation } = this.log;
    const before = this.#course;
    if (frame.conversation?.id !== conversation) this.#another();
    this.log.welcome(frame);
    // Of what came about while we were away; all of it is new where nothing was known.
    if (generation) this.#moved(before);
    frame.conversation?.participants.forEach((participant) => this.people.joined(participant));
    this.site = frame.site ?? this.site;
    this.#available(frame.availability);
    this.#mark();
  }

  #available(availability: Availability): void {
    this.availability = availability;
    this.#hooks.emit("availability", availability);
  }

  #acked(frame: Extract<ServerFrame, { type: "ack" }>): void {
    if (this.updates?.settled(frame.id)) return;
    const done = this.outbox.ack(frame.id, frame.rev);
    this.#mark();
    if (done?.type === "send") this.#hooks.emit("message:sent", { id: frame.id });
  }

  #refused({ id, problem }: Extract<ServerFrame, { type: "nack" }>): void {
    if (this.updates?.settled(id, problem)) return;
    if (!id || this.outbox.nack(id, problem)) this.#hooks.emit("error", problem);
  }

  #changed(frame: Changes): void {
    const { log } = this;
    const before = this.#course;
    const live = log.rev > 0 && !frame.reset;
    const { conversation } = log;
    const fresh = log.apply(frame);
    if (log.conversation !== conversation) this.#another();
    for (const message of fresh) this.#fresh(message, live);
    this.#moved(before);
    this.#mark();
  }

  #fresh(message: Message, live: boolean): void {
    this.people.named(message.author);
    if (!live || !fromThem(message)) return;
    this.newest = message.seq;
    this.#quietSince = Date.now();
    this.#hooks.emit("message:received", message);
  }

  /** How far everybody was in another conversation says nothing of this one. */
  #another(): void {
    this.people.clear();
    this.newest = 0;
  }

  /** What the page is told of when it changes. */
  get #course() {
    return { open: this.open, owner: this.log.head?.owner?.id };
  }

  #moved(before: { open: boolean; owner: string | undefined }): void {
    const { head } = this.log;
    if (!head) return;
    const { emit } = this.#hooks;
    if (this.open !== before.open) emit(this.open ? "conversation:started" : "conversation:closed", { id: head.id });
    if (head.owner?.kind === "agent" && head.owner.id !== before.owner) emit("conversation:assigned", head.owner);
    if (head.state !== "queued") this.place = null;
  }

  /** A visitor who returns sees at once what the device kept. */
  #restore(): void {
    const { frame } = decode(this.store.get(LOG));
    if (frame?.type !== "changes") return;
    const { generation, read = 0 } = frame as Changes & { generation?: string; read?: number };
    for (const message of this.log.apply(frame)) this.#fresh(message, false);
    this.log.generation = generation;
    this.people.reached({ kind: "visitor", id: "" }, 0, read);
  }

  #mark(): void {
    this.outbox.shown((id) => !!this.log.get(id), this.log.rev);
    if (this.open || this.outbox.busy) this.store.set(OPEN, "1");
    else this.store.remove(OPEN);
  }
}
