// What a bot's chat has beyond words: answers to choose from, cards, text that grows, and the way
// to a person. That a machine answers is said in the head and above its words.

import { uuid7 } from "../chat/uuid7.ts";
import { attribute, button, h, text } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { Fields, start as startAsking } from "../ask/index.ts";
import { extras, type Choice } from "./extras.ts";
import { growth } from "./growth.ts";
import styles from "./styles.css";

/** After parts could not be fetched. */
const AGAIN_MS = 5_000;

export function start(stage: Stage): () => void {
  const { frame, chat, list, after, element } = stage;
  const chips = h("div", { class: "chips", role: "group" });
  const said = h("span", { class: "hide", role: "status" });
  const sub = element.querySelector("header .s")!;
  let drawn = "";
  /** The frame that asked for a person, and the epoch in which it did. */
  let asked: string | undefined;
  let epoch: number | undefined;

  let forms: (() => void) | true | undefined;

  const last = () => chat.log.messages.findLast(({ kind }) => kind !== "event");
  /** The bot waits for the visitor: only then does a press send, and so a second one does not. */
  const waits = () => chat.log.head?.state === "bot" && last()?.author.kind !== "visitor"
    && !chat.outbox.entries.some(({ frame: { type }, failed }) => type === "send" && !failed);
  const choose = ({ title, payload }: Choice) => {
    if (!waits()) return;
    // Not to the field: that would bring up a phone's keyboard. What was pressed goes away.
    list.element.focus({ preventScroll: true });
    list.toBottom();
    chat.command({ type: "send", id: uuid7(), text: title, payload });
  };
  const person = button("person", () => {
    if (person.ariaDisabled) return;
    asked = uuid7();
    chat.command({ type: "handoff", id: asked });
  });

  const answers = () => {
    const message = waits() ? last() : undefined;
    const offered = message?.author.kind === "bot" && !message.deleted_at ? message.quick_replies ?? [] : [];
    const sign = JSON.stringify(offered);
    attribute(chips, "aria-label", stage.speech.say("bot-choices"));
    if (sign !== drawn) chips.replaceChildren(...offered.map((one) => button("chip", () => choose(one), h("span", { dir: "auto" }, one.title))));
    chips.hidden = !offered.length;
    // Before the list hears that it has grown, it would take this for the visitor's own scrolling.
    if (sign !== drawn && list.stuck) list.toBottom();
    drawn = sign;
  };
  /** Forms come with the part that knows fields, once a message has one. */
  const ask = () => {
    if (typeof forms === "function") return forms();
    if (forms || !chat.log.messages.some(({ form }) => form?.fields)) return;
    forms = true;
    Promise.all([chat.part<{ start: typeof startAsking }>("ask"), chat.part<Fields>("form")]).then(([part, fields]) => {
      if (frame.signal.aborted) return;
      forms = part.start(stage, fields);
      stage.draw();
    }, () => setTimeout(() => (forms = undefined), AGAIN_MS));
  };
  const handoff = (bot: boolean) => {
    const { say } = stage.speech;
    const now = chat.log.head?.epoch;
    if (!bot || now !== epoch) asked = undefined;
    epoch = now;
    const waiting = asked || chat.outbox.entries.some(({ frame: { type } }) => type === "handoff");
    const words = waiting ? say(chat.live.state === "ready" ? "bot-getting" : "waiting") : say("bot-person");
    person.hidden = !bot;
    attribute(person, "aria-disabled", waiting && "true");
    text(person, words);
    text(said, bot && waiting ? words : "");
  };

  frame.style(styles);
  list.tools.push(extras(stage, choose));
  list.stale();
  growth(stage);
  chat.ears.push((heard) => {
    if (heard.type === "nack" && heard.id === asked) asked = undefined;
  });
  after.prepend(chips);
  element.querySelector(".comp")!.before(person, said);
  return () => {
    const bot = chat.log.head?.state === "bot";
    const idle = !waits();
    if (bot) {
      text(sub, stage.speech.say("bot-now"));
      attribute(sub, "data-away", false);
    }
    for (const one of list.element.querySelectorAll(".card button")) attribute(one, "aria-disabled", idle && "true");
    answers();
    ask();
    handoff(bot);
  };
}
