// The window of the chat: head, list, notices, composer. It draws what the chat holds, in one
// batch per change, and owns focus and the announcements to screen readers.

import type { Frame, PartName, Spoken } from "../../contract.ts";
import type { Chat } from "../chat.ts";
import { fromThem } from "../people.ts";
import { Speech } from "../words.ts";
import { composer } from "./composer.ts";
import { attribute, button, h, icon, text } from "./dom.ts";
import { head } from "./head.ts";
import { BELL, SEND } from "./icons.ts";
import { list } from "./list.ts";
import { notice } from "./notice.ts";
import type { LinePart, ToolsPart } from "./parts.ts";
import { receipts } from "./receipts.ts";
import { rows, type Changed } from "./rows.ts";

export interface Panel {
  readonly element: HTMLElement;
  readonly open: boolean;
  show(open: boolean): void;
  /** Many changes, one drawing. */
  changed(): void;
  fill(text: string): void;
  speak(spoken: Spoken): void;
}

export function panel(frame: Frame, chat: Chat, close: () => void): Panel {
  let open = false;
  let due = false;
  let announced = Infinity;
  let speech = new Speech(frame);
  let changed: Changed | undefined;
  let line: ReturnType<LinePart["start"]> | undefined;
  const asked = new Set<string>();

  const hello = h("div", { class: "msg first" }, h("div", { class: "b", dir: "auto" }));
  const place = h("div", { class: "place", role: "status" });
  const typing = h("div", { class: "typing" }, h("span", { class: "dots" }, h("i"), h("i"), h("i")), h("span"));
  const warning = h("div", { class: "notice", role: "status" });
  const said = h("div", { class: "hide", "aria-live": "polite" });
  const jump = button("jump", () => talk.toBottom());
  const foot = h("footer");
  const top = head(chat, close);
  const talk = list(chat, () => moved(), hello, h("div", {}, place, typing));
  const field = composer(chat, talk.toBottom);
  const tell = receipts(chat, () => (open ? talk.seen() : 0));
  const element = h("section", { class: "w", role: "dialog", "aria-labelledby": "t", hidden: true }, top.element, talk.element, jump, warning, field.element, foot, said);

  const draw = () => {
    const { say } = speech;
    const { unread, log, outbox, people, live } = chat;
    due = false;
    frame.mark(unread, open, open ? say("bubble-close") : unread ? say("bubble-unread", { n: unread }) : say("bubble-open"));
    announce();
    tell();
    if (!open) return;
    attribute(element, "dir", speech.dir);
    attribute(element, "lang", speech.locale);
    top.draw(speech);
    greet();
    wait();
    type();
    notice(warning, chat, speech);
    field.draw(speech);
    talk.draw(rows({ messages: log.messages, entries: outbox.entries, theirs: people.theirs, connected: live.state === "ready", speech, changed }), speech);
    moved();
    mayEdit();
  };

  const moved = () => {
    jump.hidden = talk.stuck;
    tell();
  };

  const greet = () => {
    const { log, site, availability } = chat;
    hello.hidden = log.older || log.messages.length > 0 || (!availability && chat.watched);
    const key = availability?.online === false ? "hello-offline" : "hello";
    text(hello.firstChild!, site?.texts[key] ?? speech.say(key));
  };

  const type = () => {
    const [by] = chat.typists.all;
    typing.hidden = !by;
    if (by) text(typing.lastChild!, speech.say("typing", { name: chat.people.of(by).name ?? speech.say(by.kind === "bot" ? "bot" : "team") }));
  };

  /** New words of theirs are said once, with who says them; what was there before is not. */
  const announce = () => {
    const { messages, rev } = chat.log;
    const fresh = messages.filter((message) => message.seq > announced && fromThem(message));
    announced = rev;
    if (open && fresh.length) said.replaceChildren(...fresh.map((message) => h("p", {}, `${message.author.name ?? speech.say("team")}: ${message.text}`)));
  };

  /** Fetches a part once; what fails is tried again with the next page. */
  const need = <T>(name: PartName, use: (part: T) => void) => {
    if (asked.has(name)) return;
    asked.add(name);
    chat.part<T>(name).then((part) => {
      use(part);
      draw();
    }, () => undefined);
  };

  const wait = () => {
    const waits = chat.log.head?.state === "queued" && chat.place;
    place.hidden = !waits || !line;
    if (!waits) return;
    if (line) line(place, chat, speech);
    else need<LinePart>("line", (part) => (line = part.start(frame)));
  };

  /** Trying again, editing and deleting come with a part of their own, once there is a use for it. */
  const mayEdit = () => {
    const { edit_window_s, delete_window_s } = chat.site?.limits ?? {};
    const written = chat.log.messages.some(({ author }) => author.kind === "visitor");
    if ((written && (edit_window_s || delete_window_s)) || chat.outbox.entries.some(({ failed }) => failed)) need<ToolsPart>("edit", (part) => {
      changed = part.changed;
      talk.tools = part.start(chat, frame, () => speech);
      talk.stale();
    });
  };

  const speak = (spoken: Spoken) => {
    speech = new Speech(spoken);
    talk.stale();
    foot.replaceChildren(icon(BELL), speech.say("runs-on"));
    jump.replaceChildren(icon(SEND), speech.say("new-below"));
    draw();
  };
  speak(frame);

  return {
    element,
    get open() {
      return open;
    },
    show: (wanted) => {
      open = wanted;
      element.hidden = !open;
      draw();
      if (!open) return;
      talk.toBottom();
      if (chat.watched) field.focus();
    },
    changed: () => {
      if (!due) queueMicrotask(draw);
      due = true;
    },
    fill: field.fill,
    speak,
  };
}
