// The window of the chat: head, list, notices, composer. It draws what the chat holds, in one
// batch per change, and owns the focus. What is not needed at first sight comes in parts.

import type { Frame, PartName, Spoken } from "../../contract.ts";
import type { AuthorKind } from "../../generated/protocol.ts";
import type { Chat } from "../chat.ts";
import { Speech } from "../words.ts";
import { composer } from "./composer.ts";
import { attribute, h, icon, text } from "./dom.ts";
import { head } from "./head.ts";
import { BELL } from "./icons.ts";
import { list } from "./list.ts";
import { notice } from "./notice.ts";
import type { Part, Stage } from "./parts.ts";
import { rows } from "./rows.ts";

/** Where the window takes the whole screen, as in the styles. */
const NARROW = "(max-width:480px)";

/** After a part could not be fetched. */
const AGAIN_MS = 5_000;

export interface Panel {
  readonly element: HTMLElement;
  readonly open: boolean;
  show(open: boolean): void;
  /** Many changes, one drawing. */
  changed(): void;
  fill(text: string): void;
  speak(spoken: Spoken): void;
}

export function panel(frame: Frame, chat: Chat, show: (open: boolean) => void): Panel {
  let open = false;
  let due = false;
  let speech = new Speech(frame);
  const narrow = matchMedia(NARROW);
  const parts: Partial<Record<PartName, (() => void) | true>> = {};

  const hello = h("div", { class: "msg first" }, h("div", { class: "b", dir: "auto" }));
  const warning = h("div", { class: "notice", role: "status" });
  const foot = h("footer");
  const after = h("div");
  const top = head(chat, () => show(false), () => need("menu"));
  const talk = list(() => use("talk", false), hello, after);
  const field = composer(chat, talk.toBottom);
  const element = h("section", { class: "w", role: "dialog", "aria-labelledby": "t", hidden: true }, top.element, talk.element, warning, field.element, foot);

  const draw = () => {
    const { say } = speech;
    const { unread, log, outbox, people, live, site } = chat;
    due = false;
    speech.texts = site?.texts;
    frame.mark(open ? 0 : unread, open, open ? say("bubble-close") : unread ? say("bubble-unread", { n: unread }) : say("bubble-open"));
    use("alert", unread);
    if (!open) use("talk", log.rev);
    use("colour", site?.appearance["colour"]);
    use("phone", open && narrow.matches && !frame.inline);
    if (!open) return;
    attribute(element, "dir", speech.dir);
    attribute(element, "lang", speech.locale);
    top.draw(speech);
    greet();
    notice(warning, chat, speech);
    field.draw(speech);
    talk.draw(rows({ messages: [...log.messages, ...stage.growing], entries: outbox.entries, theirs: people.theirs, connected: live.state === "ready" && navigator.onLine, shut: outbox.shut, speech, changed: stage.changed }), speech);
    use("talk", log.rev);
    use("line", chat.place);
    use("form", chat.asks.size);
    use("bot", has("bot") || log.head?.state === "bot");
    // Trying again, editing and deleting come once there is something of one's own.
    use("edit", has("visitor") || outbox.entries[0]);
    use("menu", false);
  };

  const greet = () => {
    const { log, availability } = chat;
    hello.hidden = log.older || log.messages.length > 0 || (!availability && chat.watched);
    text(hello.firstChild!, speech.say(availability?.online === false ? "hello-offline" : "hello"));
  };

  const has = (kind: AuthorKind) => chat.log.messages.some(({ author }) => author.kind === kind);

  /** What a part draws; it is fetched when there is first a use for it. */
  const use = (name: PartName, wanted: unknown) => {
    const part = parts[name];
    if (typeof part === "function") part();
    else if (wanted) need(name);
  };

  /** Once; what fails is tried again when it is wanted some time later. */
  const need = (name: PartName) => {
    if (parts[name]) return;
    parts[name] = true;
    chat.part<Part>(name).then(({ start }) => {
      if (frame.signal.aborted) return;
      parts[name] = start(stage);
      draw();
    }, () => setTimeout(() => delete parts[name], AGAIN_MS));
  };

  const stage: Stage = {
    frame, chat, element, after, list: talk, show, draw,
    changed: undefined,
    growing: [],
    get open() {
      return open;
    },
    get speech() {
      return speech;
    },
  };

  const speak = (spoken: Spoken) => {
    speech = new Speech(spoken);
    talk.stale();
    foot.replaceChildren(icon(BELL), speech.say("runs-on"));
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
