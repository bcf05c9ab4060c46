// The list of messages: keeps one element a row, touches only what changed, and never jumps.

import type { Speech } from "../words.ts";
import { avatar } from "./avatar.ts";
import { attribute, h, icon, linked } from "./dom.ts";
import { ALERT, CHECK, CHECKS, CLOCK } from "./icons.ts";
import type { MessageRow, MessageState, Row } from "./rows.ts";

export interface ListHooks {
  retry(id: string): void;
  discard(id: string): void;
  /** What may be done with a message now, if anything. */
  tools(row: MessageRow, bubble: HTMLElement): HTMLElement | null;
  top(): void;
  moved(): void;
}

const TOP_PX = 120;
const BOTTOM_PX = 48;
const ICONS: Readonly<Record<MessageState, string>> = { sending: CLOCK, waiting: CLOCK, sent: CHECK, delivered: CHECKS, read: CHECKS, failed: ALERT };

interface Drawn {
  element: HTMLElement;
  sign: string;
  row: Row;
}

export class List {
  /** Scrolls; the log inside it grows. */
  readonly element: HTMLElement;
  readonly #log: HTMLElement;
  readonly #hooks: ListHooks;
  #drawn = new Map<string, Drawn>();
  #stick = true;
  #speech!: Speech;

  constructor(hooks: ListHooks, before: HTMLElement, after: HTMLElement) {
    this.#hooks = hooks;
    // Announced by the panel's own live region, author and text once: not again from here.
    this.#log = h("div", { class: "log", role: "log", "aria-live": "off" });
    this.element = h("div", { class: "scroll", tabindex: "0", scroll: () => this.#scrolled() }, before, this.#log, after);
  }

  get atBottom(): boolean {
    return this.#stick;
  }

  /** Forgets what is drawn: the words or the tools have changed. */
  stale(): void {
    this.#log.replaceChildren();
    this.#drawn.clear();
  }

  show(rows: readonly Row[], speech: Speech): void {
    this.#speech = speech;
    attribute(this.#log, "aria-label", speech.say("log"));
    const { element } = this;
    const first = [...this.#drawn.keys()][0];
    const below = element.scrollHeight - element.scrollTop;
    const next = new Map<string, Drawn>();
    let place: ChildNode | null = this.#log.firstChild;
    for (const row of rows) {
      const drawn = this.#draw(row);
      next.set(row.key, drawn);
      if (drawn.element === place) place = place.nextSibling;
      else this.#log.insertBefore(drawn.element, place);
    }
    for (const [key, drawn] of this.#drawn) if (!next.has(key)) drawn.element.remove();
    this.#drawn = next;
    // At the end it stays at the end; where older lines came in above, what was read stays in place.
    if (this.#stick) this.toBottom();
    else if (rows[0]?.key !== first) element.scrollTop = element.scrollHeight - below;
  }

  toBottom(): void {
    this.#stick = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** The last seq of theirs whose end is on screen. */
  seen(): number {
    const end = this.element.getBoundingClientRect().bottom + 8;
    let seen = 0;
    for (const { row, element } of this.#drawn.values()) {
      if (row.kind === "message" && !row.own && row.seq > seen && element.getBoundingClientRect().bottom <= end) seen = row.seq;
    }
    return seen;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.#stick = scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
    if (scrollTop < TOP_PX) this.#hooks.top();
    this.#hooks.moved();
  }

  #draw(row: Row): Drawn {
    const held = this.#drawn.get(row.key);
    const sign = JSON.stringify(row);
    if (held?.sign === sign) return held;
    const element = held?.element ?? h("div");
    if (row.kind === "message") this.#message(element, row);
    else this.#line(element, row.kind, row.text);
    return { element, sign, row };
  }

  #line(element: HTMLElement, kind: string, text: string): void {
    element.className = kind;
    element.replaceChildren(text);
  }

  #message(element: HTMLElement, row: MessageRow): void {
    const { say, time } = bound(this.#speech);
    element.className = ["msg", row.own && "out", row.first && "first", row.state, row.deleted && "deleted", row.author.kind === "bot" && "bot"].filter(Boolean).join(" ");
    const text = row.deleted ? [say(row.own ? "you-deleted" : "they-deleted")] : linked(row.text);
    const bubble = h("div", { class: "b", dir: "auto", title: time(row.at) }, ...text);
    element.replaceChildren(...[
      row.first && !row.own && this.#by(row),
      h("span", { class: "hide" }, `${row.own ? say("you") : this.#name(row)}: `),
      h("div", { class: "line" }, bubble, row.message && this.#hooks.tools(row, bubble)),
      this.#state(row),
    ].filter((part): part is HTMLElement => !!part));
  }

  #name({ author }: MessageRow): string {
    return author.name ?? this.#speech.say(author.kind === "bot" ? "bot" : "team");
  }

  #by(row: MessageRow): HTMLElement {
    const { kind, id, name, avatar_url } = row.author;
    return h("div", { class: "by", "aria-hidden": "true" }, avatar({ kind, id, name, avatar: avatar_url }), h("bdi", {}, this.#name(row)));
  }

  #state(row: MessageRow): HTMLElement | null {
    const { say, time } = bound(this.#speech);
    const words = [row.state && say(row.state), row.state === "read" || (row.edited && !row.deleted) ? time(row.at) : "", row.edited && !row.deleted && say("edited")].filter(Boolean).join(" ");
    if (!words) return null;
    const state = h("div", { class: "st" }, row.state && icon(ICONS[row.state]), h("span", {}, words));
    if (row.state === "failed") state.append(
      h("button", { type: "button", click: () => this.#hooks.retry(row.key) }, say("retry")),
      h("button", { type: "button", click: () => this.#hooks.discard(row.key) }, say("discard")),
      h("span", { class: "why" }, row.why));
    return state;
  }
}

function bound(speech: Speech): { say: Speech["say"]; time: Speech["time"] } {
  return { say: (key, args) => speech.say(key, args), time: (at) => speech.time(at) };
}
