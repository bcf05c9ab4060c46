// A form in a bot's message: filled in once, in its place in the log. What was typed stays until the
// answers are in the log; they are the visitor's own message there.

import { uuid7 } from "../chat/uuid7.ts";
import { h, icon, text } from "../chat/view/dom.ts";
import { CHECK } from "../chat/view/icons.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { field, FieldView } from "../form/field.ts";
import type { Message, Problem } from "../generated/protocol.ts";
import styles from "./styles.css";

/** What the part for the site's own forms lends. */
export interface Fields {
  readonly field: typeof field;
  readonly dress: string;
}

interface Card {
  readonly sign: string;
  readonly element: HTMLFormElement;
  readonly fields: readonly FieldView[];
  readonly inside: HTMLFieldSetElement;
  readonly send: HTMLButtonElement;
  readonly failure: HTMLElement;
  readonly label: string;
}

export function start(stage: Stage, { field: make, dress }: Fields): () => void {
  const { frame, chat, list } = stage;
  const cards = new Map<string, Card>();
  /** What this tab has sent, by the id of the frame, and what the server did not take, by message. */
  const given = new Map<string, string>();
  const refused = new Map<string, Problem>();

  const flying = (id: string) => chat.outbox.entries.some(({ frame: sent }) => sent.type === "form" && sent.form === id);

  const build = ({ id, text: words, form }: Message, held: Card | undefined): Card => {
    const { speech } = stage;
    const fields = form!.fields!.map((one) => make(one, held?.fields.find(({ name }) => name === one.name)?.value, speech));
    const label = form!.submit ?? speech.say("form-rating-send");
    const send = h("button", { class: "go" }, label);
    const failure = h("p", { class: "err", role: "alert" });
    const inside = h("fieldset", {}, ...fields.map((view) => view.element), failure, h("div", { class: "row" }, send));
    const made = h("form", { class: "ask asked", dir: "auto", "aria-label": words, novalidate: true }, inside);
    made.onsubmit = (event) => {
      event.preventDefault();
      const wrong = fields.filter((view) => !view.check());
      if (wrong.length) return wrong[0]!.focus();
      const frameId = uuid7();
      given.set(frameId, id);
      refused.delete(id);
      // Not to the field below: that would bring up a phone's keyboard.
      list.element.focus({ preventScroll: true });
      chat.command({ type: "form", id: frameId, form: id, values: Object.fromEntries(fields.map(({ name, value }) => [name, value]).filter(([, value]) => value !== "")) });
    };
    return { sign: speech.locale, element: made, fields, inside, send, failure, label };
  };

  const card = (message: Message): Card => {
    const held = cards.get(message.id);
    if (held?.sign === stage.speech.locale) return held;
    const made = build(message, held);
    cards.set(message.id, made);
    return made;
  };

  const state = (id: string, { inside, send, failure, fields, label, element: form }: Card) => {
    const sent = flying(id);
    const problem = refused.get(id);
    const at = fields.find(({ name }) => name === problem?.field);
    inside.disabled = sent;
    form.hidden = !chat.open;
    text(send, sent ? stage.speech.say(chat.live.state === "ready" ? "sending" : "waiting") : label);
    text(failure, problem && !sent && !at ? problem.detail : "");
  };

  frame.style(dress);
  frame.style(styles);
  chat.ears.push((heard) => {
    const id = (heard.type === "ack" || heard.type === "nack") && given.get(heard.id ?? "");
    if (!id || heard.type !== "nack" || heard.problem.retry_after_s) return;
    refused.set(id, heard.problem);
    // Once: what the visitor corrects since is not wrong any more.
    cards.get(id)?.fields.find(({ name }) => name === heard.problem.field)?.fail(heard.problem.detail);
  });
  list.tools.push(({ message, deleted }, line) => {
    const form = message?.form;
    if (!form?.fields || deleted) return;
    if (form.answer) {
      cards.delete(message!.id);
      line.append(h("p", { class: "thanks" }, icon(CHECK), stage.speech.say("form-thanks")));
    } else {
      const had = frame.root.activeElement as HTMLElement | null;
      const one = card(message!).element;
      const inside = one.contains(had);
      line.append(one);
      if (inside) had!.focus({ preventScroll: true });
    }
  });
  list.stale();
  return () => {
    for (const [id, one] of cards) state(id, one);
  };
}
