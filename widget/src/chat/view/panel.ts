// The window of the chat: head, list, notices, composer. It draws what the chat holds, in one
// batch per change, and owns focus and the announcements to screen readers.

import type { Frame } from "../../contract.ts";
import type { Chat } from "../chat.ts";
import { fromThem } from "../chat.ts";
import { uuid7 } from "../uuid7.ts";
import { Speech } from "../words.ts";
import { Composer } from "./composer.ts";
import { attribute, h, icon, text } from "./dom.ts";
import { Head } from "./head.ts";
import { List } from "./list.ts";
import { notice, place } from "./notice.ts";
import { Receipts } from "./receipts.ts";
import { rows, type MessageRow } from "./rows.ts";

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
  #editing: MessageRow | null = null;
  #announced = Infinity;
  #due = false;

  constructor(frame: Frame, chat: Chat, close: () => void) {
    this.#frame = frame;
    this.#chat = chat;
    this.speech = new Speech(frame.locale, frame.words);
    this.#head = new Head(close, frame.inline);
    this.composer = new Composer({
      send: (value) => this.#send(value),
      edited: (value) => this.#edited(value),
      typing: (on) => chat.live.send({ type: "typing", on }),
    });
    this.#list = new List({
      retry: (id) => { chat.outbox.retry(id); void chat.start(); },
      discard: (id) => chat.outbox.discard(id),
      edit: (row) => { this.#editing = row; this.composer.edit(row.text); },
      remove: ({ message }) => message && chat.command({ type: "delete", id: uuid7(), message: message.id, if_rev: message.rev }),
      may: (row) => this.#may(row),
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
    attribute(this.element, "dir", speech.dir);
    attribute(this.element, "lang", speech.locale);
    this.#foot.replaceChildren(icon("bell"), speech.say("runs-on"));
    this.#jump.replaceChildren(icon("down"), speech.say("new-below"));
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
    place(this.#place, chat, speech);
    this.#type();
    notice(this.#notice, chat, speech);
    const { messages } = chat.log;
    this.#list.show(rows({ messages, entries: chat.outbox.entries, theirs: chat.people.theirs, connected: chat.live.state === "ready", speech }), speech);
    this.#moved();
  }

  #send(value: string): void {
    this.#chat.say(value);
    this.#list.toBottom();
  }

  #edited(value: string): void {
    const message = this.#editing?.message;
    if (message && value !== message.text) this.#chat.command({ type: "edit", id: uuid7(), message: message.id, text: value, if_rev: message.rev });
    this.#editing = null;
  }

  #may({ own, message, deleted }: MessageRow): { edit: boolean; remove: boolean } {
    const limits = this.#chat.site?.limits;
    if (!own || !message || deleted || !limits) return { edit: false, remove: false };
    const age = (Date.now() - Date.parse(message.created_at)) / 1000;
    return { edit: age < limits.edit_window_s, remove: age < limits.delete_window_s };
  }

  #moved(): void {
    this.#jump.hidden = this.#list.atBottom;
    this.#receipts.look();
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
