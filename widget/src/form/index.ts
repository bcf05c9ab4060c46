// The forms that the server asks for, in place below the messages: consent, pre-chat, the address
// for an answer, the rating. One at a time; what was filled in stays until it is stored.

import { uuid7 } from "../chat/uuid7.ts";
import { withdraw } from "../chat/withdraw.ts";
import { attribute, button, h, icon, text } from "../chat/view/dom.ts";
import { CHECK } from "../chat/view/icons.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { Ask, Form, FormName, Problem, ServerFrame } from "../generated/protocol.ts";
import type { Key } from "../generated/words.ts";
import { field, type FieldView } from "./field.ts";
import styles from "./styles.css";

export { field, styles as dress };

/** In a new session, forms that are due are asked within this time. */
const ASKED_WITHIN_MS = 5_000;
/** The most pressing first. */
const ORDER: readonly FormName[] = ["consent", "pre_chat", "offline", "rating"];

interface Card {
  readonly ask: Ask;
  readonly sign: string;
  readonly element: HTMLFormElement;
  readonly fields: readonly FieldView[];
  readonly inside: HTMLFieldSetElement;
  readonly send: HTMLButtonElement;
  readonly failure: HTMLElement;
}

export function start(stage: Stage): () => void {
  const { frame, chat, after, element } = stage;
  const slot = h("div");
  const thanks = h("p", { class: "thanks", role: "status" });
  const said = h("div", { class: "hide", role: "status" });
  let card: Card | undefined;
  let refused = false;
  let thanked: { form: Form; newest: number } | undefined;
  /** What this tab has answered, by the id of the frame; and what the server did not take. */
  const given = new Map<string, Form>();
  let refusedWhy: { form: string; problem: Problem } | undefined;
  let shown: Problem | undefined;
  let wasFlying: string | undefined;

  const skipped = new Set<Ask>();
  const wanted = () => ORDER.map((form) => chat.asks.get(form)).find((ask) => ask && !skipped.has(ask));
  const flying = (form: string) => chat.outbox.entries.find(({ frame: sent }) => sent.type === "form" && sent.form === form);
  const focusComposer = () => element.querySelector<HTMLElement>(".comp textarea")?.focus({ preventScroll: true });

  /** An empty answer: then it is not asked again, here or on another device. */
  const skip = (ask: Ask) => {
    skipped.add(ask);
    answer(ask, {});
    stage.draw();
    focusComposer();
  };
  const refuse = (no: boolean) => {
    refused = no;
    if (no) {
      withdraw(chat);
      chat.live.send({ type: "form", id: uuid7(), form: "consent", values: { consent: false } });
    }
    card = undefined;
    stage.draw();
    slot.querySelector("button")?.focus({ preventScroll: true });
  };
  const answer = ({ form }: Ask, values: Record<string, unknown>) => {
    const id = uuid7();
    given.set(id, { id, form, values });
    chat.command({ type: "form", id, form, values });
  };
  const done = (form: FormName) => {
    chat.asks.delete(form);
    if (form === "consent") chat.agree();
    else chat.gate();
  };

  const hear = (heard: ServerFrame) => {
    if (heard.type === "welcome") return void setTimeout(unask, ASKED_WITHIN_MS, [...chat.asks.values()]);
    const form = (heard.type === "ack" || heard.type === "nack") && given.get(heard.id ?? "");
    if (!form) return;
    refusedWhy = heard.type === "nack" && !heard.problem.retry_after_s ? { form: form.form, problem: heard.problem } : undefined;
    if (heard.type !== "ack") return;
    thanked = { form, newest: chat.newest };
    done(form.form as FormName);
    // Not away from where the visitor is in the page by now.
    if (frame.root.activeElement || document.activeElement === document.body) focusComposer();
  };
  /** What is still due is asked again in every session; the rest was answered elsewhere. */
  const unask = (before: readonly Ask[]) => {
    if (chat.live.state === "ready") for (const ask of before) if (chat.asks.get(ask.form) === ask) chat.asks.delete(ask.form);
    chat.gate();
  };

  const build = (ask: Ask): Card => {
    const { say } = stage.speech;
    const consent = ask.form === "consent";
    const fields = consent ? [] : ask.fields.map((one) => field(one, card?.fields.find(({ name }) => name === one.name)?.value, stage.speech));
    const send = h("button", { class: "go" }, say(`form-${ask.form}-send` as Key));
    const failure = h("p", { class: "err", role: "alert" });
    const other = consent ? button("no", () => refuse(true), say("form-refuse"))
      : !ask.required && button("no", () => skip(ask), say("form-skip"));
    const inside = h("fieldset", {}, ...fields.map((view) => view.element), failure, h("div", { class: "row" }, send, other));
    const form = h("form", { class: `ask ${ask.form}`, "aria-labelledby": "ask", novalidate: true },
      h("h3", { id: "ask" }, titleOf(ask)), (consent || ask.form === "offline") && h("p", {}, ask.text ?? ""), inside,
      consent && h("p", { class: "small" }, say("form-consent-note")));
    form.onsubmit = (event) => {
      event.preventDefault();
      const wrong = fields.filter((view) => !view.check());
      if (wrong.length) return wrong[0]!.focus();
      answer(ask, consent ? { consent: true } : Object.fromEntries(fields.map(({ name, value }) => [name, value]).filter(([, value]) => value !== "")));
    };
    return { ask, sign: JSON.stringify(ask) + stage.speech.locale, element: form, fields, inside, send, failure };
  };

  const titleOf = ({ form, text: own }: Ask): string => {
    const { say } = stage.speech;
    const agents = [...chat.log.messages].filter(({ author }) => author.kind === "agent");
    if (form === "rating") return agents.length ? say("form-rating-of", { name: agents.at(-1)!.author.name ?? say("team") }) : say("form-rating");
    if (form === "pre_chat" && own) return own;
    const written = chat.log.messages.length || chat.outbox.entries.length;
    return say(form === "offline" && written ? "form-offline-written" : `form-${form}` as Key);
  };

  const show = (ask: Ask) => {
    const inside = slot.contains(frame.root.activeElement);
    card = build(ask);
    shown = undefined;
    slot.replaceChildren(card.element);
    text(said, `${titleOf(ask)} ${ask.text ?? ""}`);
    const writing = element.querySelector<HTMLTextAreaElement>(".comp textarea")?.value;
    if (inside || (ask.required && !writing && frame.root.activeElement)) card.element.querySelector<HTMLElement>("input,select,textarea,button")?.focus({ preventScroll: true });
  };

  const refusal = () => {
    const { say, locale } = stage.speech;
    const drawn = slot.firstElementChild as HTMLElement | null;
    if (drawn?.role === "group" && drawn.lang === locale) return;
    const back = button("go", () => refuse(false), say("form-consent-again"));
    slot.replaceChildren(h("div", { class: "ask", role: "group", lang: locale }, h("p", { role: "status" }, say("form-consent-refused")), h("div", { class: "row" }, back)));
  };

  const state = ({ ask, inside, send, failure, fields }: Card) => {
    const { say } = stage.speech;
    const sent = flying(ask.form);
    const problem = refusedWhy?.form === ask.form ? refusedWhy.problem : undefined;
    inside.disabled = !!sent;
    text(send, sent ? say(chat.live.state === "ready" ? "sending" : "waiting") : say(`form-${ask.form}-send` as Key));
    const named = problem?.field;
    const at = fields.find(({ name }) => name === named);
    text(failure, problem && !sent && !at ? problem.detail : "");
    // Once: what the visitor corrects since is not wrong any more.
    if (!sent && problem !== shown) at?.fail(problem!.detail);
    if (!sent) shown = problem;
    // Sent from another tab, and not refused here: it is stored.
    if (wasFlying === ask.form && !sent && !problem) done(ask.form);
    wasFlying = sent && ask.form;
  };

  /** What was answered is confirmed, until the next word of theirs. */
  const confirm = () => {
    const words = thanked?.newest === chat.newest ? thanksFor(thanked.form, stage) : "";
    thanks.hidden = !words;
    if (thanks.textContent !== words) thanks.replaceChildren(icon(CHECK), words);
  };

  frame.style(styles);
  chat.ears.push(hear);
  after.append(slot, thanks, said);
  return () => {
    const ask = wanted();
    attribute(element, "data-gate", ask?.form === "consent");
    if (!ask) {
      card = undefined;
      slot.replaceChildren();
      text(said, "");
    } else if (ask.form === "consent" && refused) refusal();
    else if (card?.sign !== JSON.stringify(ask) + stage.speech.locale) show(ask);
    if (card) state(card);
    confirm();
  };
}

function thanksFor({ form, values }: Form, { speech: { say } }: Stage): string {
  if (form === "consent" || !Object.keys(values).length) return "";
  const email = values["email"];
  return email ? say("form-thanks-email", { email: String(email) }) : say(form === "rating" ? "form-thanks-rating" : "form-thanks");
}
