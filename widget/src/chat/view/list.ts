// The list of messages: keeps one element a row, touches only what changed, and never jumps.

import type { Speech } from "../words.ts";
import { avatar } from "./avatar.ts";
import { attribute, h, icon, linked, type Icon } from "./dom.ts";
import type { MessageRow, MessageState, Row } from "./rows.ts";

export interface ListHooks {
  retry(id: string): void;
  discard(id: string): void;
  edit(row: MessageRow): void;
  remove(row: MessageRow): void;
  /** What may be done with one's own message now. */
  may(row: MessageRow): { edit: boolean; remove: boolean };
  top(): void;
  moved(): void;
}

const TOP_PX = 120;
const BOTTOM_PX = 48;
const ICONS: Readonly<Record<MessageState, Icon>> = { sending: "clock", waiting: "clock", sent: "check", delivered: "checks", read: "checks", failed: "alert" };

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

  show(rows: readonly Row[], speech: Speech): void {
    if (speech !== this.#speech) this.#drawn.forEach(({ element }) => element.remove());
    if (speech !== this.#speech) this.#drawn.clear();
    this.#speech = speech;
    attribute(this.#log, "aria-label", speech.say("log"));
    const anchor = this.#anchor();
    const next = new Map<string, Drawn>();
    let place: ChildNode | null = this.#log.firstChild;
    for (const row of rows) {
      const drawn = this.#draw(row);
      next.set(row.key, drawn);
      if (drawn.element === place) place = place.nextSibling;
      else this.#log.insertBefore(drawn.element, place);
    }
    for (const [key, { element }] of this.#drawn) if (next.get(key)?.element !== element) element.remove();
    this.#drawn = next;
    this.#hold(anchor);
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

  #anchor(): { element: HTMLElement; top: number } | null {
    const edge = this.element.getBoundingClientRect().top;
    for (const { element } of this.#drawn.values()) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > edge) return { element, top };
    }
    return null;
  }

  /** At the end it stays at the end; elsewhere what was read stays where it was. */
  #hold(anchor: { element: HTMLElement; top: number } | null): void {
    if (this.#stick) this.toBottom();
    else if (anchor?.element.isConnected) this.element.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.#stick = scrollHeight - scrollTop - clientHeight < BOTTOM_PX;
    if (scrollTop < TOP_PX) this.#hooks.top();
    this.#hooks.moved();
  }

  #draw(row: Row): Drawn {
    const held = this.#drawn.get(row.key);
    const may = row.kind === "message" ? this.#hooks.may(row) : null;
    const sign = JSON.stringify([row, may]);
    if (held?.sign === sign) return held;
    const element = held?.element ?? h("div");
    if (row.kind === "message") this.#message(element, row, may!);
    else this.#line(element, row.kind, row.text);
    return { element, sign, row };
  }

  #line(element: HTMLElement, kind: string, text: string): void {
    element.className = kind;
    element.replaceChildren(text);
  }

  #message(element: HTMLElement, row: MessageRow, may: { edit: boolean; remove: boolean }): void {
    const { say, time } = bound(this.#speech);
    element.className = ["msg", row.own && "out", row.first && "first", row.state, row.deleted && "deleted", row.author.kind === "bot" && "bot"].filter(Boolean).join(" ");
    const text = row.deleted ? [say(row.own ? "you-deleted" : "they-deleted")] : linked(row.text);
    const bubble = h("div", { class: "b", dir: "auto", title: time(row.at) }, ...text);
    element.replaceChildren(...[
      row.first && !row.own && this.#by(row),
      h("span", { class: "hide" }, `${row.own ? say("you") : this.#name(row)}: `),
      h("div", { class: "line" }, may.edit || may.remove ? this.#tools(row, may) : null, bubble),
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

  #tools(row: MessageRow, may: { edit: boolean; remove: boolean }): HTMLElement {
    const tool = (name: "pencil" | "trash", word: "edit" | "delete", act: () => void) =>
      h("button", { type: "button", class: "icon", "aria-label": this.#speech.say(word), title: this.#speech.say(word), click: act }, icon(name));
    return h("div", { class: "tools" },
      may.edit && tool("pencil", "edit", () => this.#hooks.edit(row)),
      may.remove && tool("trash", "delete", () => this.#hooks.remove(row)));
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
