// The chat without its looks: it holds the log, the outbox and the session, and takes each frame.

import type { EventName, PartName } from "../contract.ts";
import type { Availability, Hello, Message, Page, Problem, QueuePlace, ServerFrame, SiteView, Update, Welcome } from "../generated/protocol.ts";
import { Live, type LiveState } from "./live.ts";
import { lead } from "./locks.ts";
import { Log, type Changes } from "./log.ts";
import { Outbox, type Durable } from "./outbox.ts";
import { fromThem, People } from "./people.ts";
import { Store } from "./store.ts";
import { token, TOKEN } from "./token.ts";
import type { Detour } from "./transports/link.ts";
import { Typists } from "./typists.ts";
import { uuid7 } from "./uuid7.ts";

export interface ChatHooks {
  changed(): void;
  emit(event: EventName, detail?: unknown): void;
  /** Whoever sat here has logged out, in this tab or in another. */
  gone(): void;
}

/** The frames of the page part, kept until they are answered. */
export interface Updates {
  add(said: Omit<Update, "id">): void;
  /** A session has begun. */
  flush(): void;
  /** Answered: done, or refused for this reason. */
  settled(id: string, problem?: Problem): boolean;
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
  readonly typists: Typists;
  site: SiteView | null = null;
  availability: Availability | null = null;
  place: QueuePlace | null = null;
  locale: string;
  /** The window is open: a session is wanted even without a conversation. */
  watched = false;
  /** Made by the website's server; said in every hello. */
  jwt: string | undefined;
  /** What the page says of its visitor, from when it first says something. */
  updates: Updates | undefined;
  #token = "";
  #quietSince = Date.now();
  #loading = false;
  #release: (() => void) | undefined;
  /** Where the server believes the visitor to be. */
  page: Page | undefined;
  readonly #hooks: ChatHooks;

  constructor(base: string, site: string, locale: string, hooks: ChatHooks) {
    this.#hooks = hooks;
    this.locale = locale;
    this.store = new Store(site);
    this.typists = new Typists(hooks.changed);
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
  async start(): Promise<void> {
    this.#token ||= await token(this.store, () => this.live.state !== "stopped");
    this.live.start();
  }

  wake(how: "probe" | "renew"): void {
    if (this.#token && (this.watched || this.#wanted())) this.live[how]();
  }

  /** Nothing open, nothing unsent, nobody looking: the session ends. */
  settle(): void {
    if (!this.watched && !this.#wanted()) this.live.rest();
  }

  say(text: string): void {
    this.command({ type: "send", id: uuid7(), text });
  }

  command(frame: Durable): void {
    this.#quietSince = Date.now();
    this.outbox.add(frame);
    this.#mark();
    void this.start();
  }

  readUpTo(seq: number): void {
    this.people.reached({ kind: "visitor", id: "" }, seq, seq);
    this.#hooks.changed();
  }

  older(): void {
    const { log } = this;
    if (this.#loading || !log.older) return;
    this.#loading = this.live.send({ type: "history", before_seq: log.low, limit: 40 });
  }

  /** Another person sits here now: nothing of the last one stays. */
  reset(): void {
    this.store.clear();
    this.#hooks.gone();
  }

  forget(): void {
    this.#token = "";
    this.jwt = this.updates = undefined;
    for (const by of this.typists.all) this.typists.heard(by, false);
    this.outbox.clear();
    this.log.clear();
    this.people.clear();
    this.place = null;
    this.#hooks.changed();
  }

  /** Another tab wrote `key` of our storage. */
  elsewhere(key: string, value: string | undefined): void {
    if (key !== TOKEN) return this.outbox.elsewhere(key, value);
    if (value === this.#token || !this.#token) return;
    if (!value) return this.#hooks.gone();
    this.live.rest();
    this.forget();
    if (this.watched) void this.start();
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
    this.#loading = false;
    if (state === "ready") {
      this.updates?.flush();
      this.#release = lead(`${this.store.prefix}drain`, () => this.outbox.open(this.live.window));
    }
    if (state === "stopped") this.#hooks.emit("error", { title: "stopped", status: this.live.code });
    this.#hooks.changed();
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome": this.#welcomed(frame); break;
      case "ack": this.#acked(frame); break;
      case "nack": this.#refused(frame); break;
      case "changes": this.#changed(frame); break;
      case "page": this.#loading = false; this.log.page(frame); break;
      case "receipt": this.people.reached(frame.by, frame.delivered_seq, frame.read_seq); break;
      case "typing": this.typists.heard(frame.by, frame.on); break;
      case "presence": this.people.of(frame.by).here = frame.state === "online"; break;
      case "availability": this.#available(frame); break;
      case "queue": this.place = frame; this.#hooks.emit("queue:position", frame); break;
      case "pong": this.log.heard(frame.rev); break;
    }
    this.#hooks.changed();
  }

  #welcomed(frame: Welcome): void {
    if (frame.token) this.store.set(TOKEN, (this.#token = frame.token));
    if (frame.conversation?.id !== this.log.conversation) this.people.clear();
    this.log.welcome(frame);
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
    this.outbox.ack(frame.id, frame.rev);
    this.#mark();
    this.#hooks.emit("message:sent", { id: frame.id });
  }

  #refused({ id, problem }: Extract<ServerFrame, { type: "nack" }>): void {
    if (id && this.updates?.settled(id, problem)) return;
    if (!id || this.outbox.nack(id, problem)) this.#hooks.emit("error", problem);
  }

  #changed(frame: Changes): void {
    const { log } = this;
    const before = { open: this.open, owner: log.head?.owner?.id, live: log.rev > 0 && !frame.reset };
    for (const message of log.apply(frame)) this.#fresh(message, before.live);
    this.outbox.shown((id) => !!log.get(id), log.rev);
    this.#moved(before);
    this.#mark();
  }

  #fresh(message: Message, live: boolean): void {
    const { author } = message;
    this.people.named(author);
    if (!fromThem(message)) return;
    if (author.id) this.typists.heard({ kind: author.kind, id: author.id }, false);
    if (!live) return;
    this.#quietSince = Date.now();
    this.#hooks.emit("message:received", message);
  }

  #moved(before: { open: boolean; owner: string | undefined; live: boolean }): void {
    const { head } = this.log;
    if (!head) return;
    const { emit } = this.#hooks;
    if (this.open && !before.open) emit("conversation:started", { id: head.id });
    if (before.open && !this.open) emit("conversation:closed", { id: head.id });
    if (head.owner?.kind === "agent" && head.owner.id !== before.owner) emit("conversation:assigned", head.owner);
    if (head.state !== "queued") this.place = null;
  }

  #mark(): void {
    if (this.open || this.outbox.busy) this.store.set(OPEN, "1");
    else this.store.remove(OPEN);
  }
}
