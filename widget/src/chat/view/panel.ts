// The window of the chat: head, list, notices, composer. It draws what the chat holds, in one
// batch per change, and owns focus and the announcements to screen readers.

import type { Frame } from "../../contract.ts";
import type { Chat } from "../chat.ts";
import { fromThem } from "../chat.ts";
import { Speech } from "../words.ts";
import { Composer } from "./composer.ts";
import { attribute, h, icon, text } from "./dom.ts";
import { Head } from "./head.ts";
import { BELL, SEND } from "./icons.ts";
import { List } from "./list.ts";
import { notice } from "./notice.ts";
import { Receipts } from "./receipts.ts";
import { rows, type Changed } from "./rows.ts";
import type { LinePart, Tools, ToolsPart } from "./parts.ts";

export class Panel {
  readonly element: HTMLElement;
  readonly composer: Composer;
  open = false;
  speech: Speech;
  readonly #frame: Frame;
  readonly #chat: Chat;
  readonly #head: Head;
  readonly #list: List;
  readonly #receipts: Receipts;
  readonly #hello = h("div", { class: "msg first hello" }, h("div", { class: "b", dir: "auto" }));
  readonly #place = h("div", { class: "place", role: "status", hidden: true });
  readonly #typing = h("div", { class: "typing", hidden: true }, h("span", { class: "dots" }, h("i"), h("i"), h("i")), h("span"));
  readonly #notice = h("div", { class: "notice", role: "status", hidden: true });
  readonly #say = h("div", { class: "hide", "aria-live": "polite" });
  readonly #jump = h("button", { type: "button", class: "jump", hidden: true, click: () => this.#list.toBottom() });
  readonly #foot = h("footer");
  #tools: Tools | undefined;
  #changed: Changed | undefined;
  #showPlace: ReturnType<LinePart["start"]> | undefined;
  readonly #asked = new Set<string>();
  #announced = Infinity;
  #due = false;

  constructor(frame: Frame, chat: Chat, close: () => void) {
    this.#frame = frame;
    this.#chat = chat;
    this.speech = new Speech(frame.locale, frame.words);
    this.#head = new Head(close, frame.inline);
    this.composer = new Composer({
      send: (value) => this.#send(value),
      typing: (on) => chat.live.send({ type: "typing", on }),
    });
    this.#list = new List({
      retry: (id) => { chat.outbox.retry(id); void chat.start(); },
      discard: (id) => chat.outbox.discard(id),
      tools: (row, bubble) => this.#tools?.(row, bubble) ?? null,
      top: () => chat.older(),
      moved: () => this.#moved(),
    }, this.#hello, h("div", {}, this.#place, this.#typing));
    this.#receipts = new Receipts(chat, () => (this.open ? this.#list.seen() : 0));
    this.element = h("section", { class: "w", role: "dialog", "aria-labelledby": "t", hidden: true },
      this.#head.element, this.#list.element, this.#jump, this.#notice, this.composer.element, this.#foot, this.#say);
    this.speak(this.speech);
  }

  speak(speech: Speech): void {
    this.speech = speech;
    this.#list.stale();
    attribute(this.element, "dir", speech.dir);
    attribute(this.element, "lang", speech.locale);
    this.#foot.replaceChildren(icon(BELL), speech.say("runs-on"));
    this.#jump.replaceChildren(icon(SEND), speech.say("new-below"));
    this.draw();
  }

  show(open: boolean): void {
    this.open = open;
    this.element.hidden = !open;
    this.draw();
    if (open) this.#list.toBottom();
  }

  /** Many changes, one drawing. */
  changed(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.draw();
    });
  }

  draw(): void {
    const { speech } = this;
    const chat = this.#chat;
    this.#receipts.note();
    this.#frame.mark(chat.unread, this.open, this.open ? speech.say("bubble-close") : chat.unread ? speech.say("bubble-unread", { n: chat.unread }) : speech.say("bubble-open"));
    this.#announce();
    if (!this.open) return;
    this.composer.limit = chat.site?.limits.text_chars ?? this.composer.limit;
    this.composer.speak(speech, chat.log.head?.state === "closed");
    this.composer.shut(chat.live.state === "stopped");
    this.#head.show(chat, speech);
    this.#greet();
    this.#line();
    this.#type();
    notice(this.#notice, chat, speech);
    const { messages } = chat.log;
    this.#list.show(rows({ messages, entries: chat.outbox.entries, theirs: chat.people.theirs, connected: chat.live.state === "ready", speech, changed: this.#changed }), speech);
    this.#moved();
    this.#fetchTools();
  }

  #send(value: string): void {
    this.#chat.say(value);
    this.#list.toBottom();
  }

  /** Editing and deleting come as a part of their own, once there is something to edit. */
  #fetchTools(): void {
    const limits = this.#chat.site?.limits;
    if (!limits || !(limits.edit_window_s || limits.delete_window_s)) return;
    if (!this.#chat.log.messages.some(({ author }) => author.kind === "visitor")) return;
    this.#need<ToolsPart>("edit", ({ start, changed }) => {
      this.#changed = changed;
      this.#tools = start(this.#chat, this.#frame, () => this.speech);
      this.#list.stale();
    });
  }

  /** Fetches a part once; what fails is tried again with the next page. */
  #need<T>(name: keyof typeof PARTS, use: (part: T) => void): void {
    if (this.#asked.has(name)) return;
    this.#asked.add(name);
    this.#chat.part<T>(name).then((part) => {
      use(part);
      this.draw();
    }, () => undefined);
  }

  #moved(): void {
    this.#jump.hidden = this.#list.atBottom;
    this.#receipts.look();
  }

  /** The place in the line is a part of its own. */
  #line(): void {
    const waits = this.#chat.log.head?.state === "queued" && this.#chat.place;
    this.#place.hidden = !waits || !this.#showPlace;
    if (!waits) return;
    if (this.#showPlace) return this.#showPlace(this.#place, this.#chat, this.speech);
    this.#need<LinePart>("line", ({ start }) => (this.#showPlace = start(this.#frame)));
  }

  #greet(): void {
    const { log, site, availability } = this.#chat;
    this.#hello.hidden = log.older || log.messages.length > 0 || !availability;
    const key = availability?.online ? "hello" : "hello-offline";
    text(this.#hello.firstChild!, site?.texts[key.replace("-", "_")] ?? this.speech.say(key));
  }

  #type(): void {
    const [by] = this.#chat.typists.all;
    this.#typing.hidden = !by;
    if (by) text(this.#typing.lastChild!, this.speech.say("typing", { name: this.#chat.people.of(by).name ?? this.speech.say(by.kind === "bot" ? "bot" : "team") }));
  }

  /** New words of theirs are said once, with who says them; what was there before is not. */
  #announce(): void {
    const { messages, rev } = this.#chat.log;
    const fresh = messages.filter((message) => message.seq > this.#announced && fromThem(message));
    this.#announced = rev;
    if (!this.open || !fresh.length) return;
    this.#say.replaceChildren(...fresh.map(({ author, text: said }) => h("p", {}, `${author.name ?? this.speech.say("team")}: ${said}`)));
  }
}
