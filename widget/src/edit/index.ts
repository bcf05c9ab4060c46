// What may be done with one's own messages: try again or discard what was refused; edit and delete,
// in place, within the time that the site allows.

import type { Chat } from "../chat/chat.ts";
import type { Entry } from "../chat/outbox.ts";
import { uuid7 } from "../chat/uuid7.ts";
import { button, h, icon } from "../chat/view/dom.ts";
import { PENCIL, TRASH } from "../chat/view/icons.ts";
import type { MessageRow } from "../chat/view/rows.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { Speech } from "../chat/words.ts";
import type { Message } from "../generated/protocol.ts";
import type { Key } from "../generated/words.ts";
import styles from "./styles.css";

export function start(stage: Stage): () => void {
  const { frame, chat, list } = stage;
  frame.style(styles);
  stage.changed = changed;
  const tool = (path: string, word: Key, act: () => void) => {
    const made = button("icon", act, icon(path));
    made.ariaLabel = made.title = stage.speech.say(word);
    return made;
  };
  const again = (id: string) => {
    const entry = chat.outbox.entries.find(({ frame: { id: one } }) => one === id);
    if (entry) chat.command(entry.frame);
  };
  list.tools.push((row, line, state) => {
    const { message, deleted, why, key, own } = row;
    const limits = chat.site?.limits;
    if (why) state.append(
      button("", () => again(key), stage.speech.say("retry")),
      button("", () => chat.outbox.discard(key), stage.speech.say("discard")),
      h("span", { class: "why" }, why));
    if (!own || !message || deleted || !limits) return;
    const age = (Date.now() - Date.parse(message.created_at)) / 1000;
    const edit = message.kind === "text" && age < limits.edit_window_s && tool(PENCIL, "edit", () => editor(row, line, chat, stage.speech));
    const remove = age < limits.delete_window_s && tool(TRASH, "delete", () => chat.command({ type: "delete", id: uuid7(), message: message.id, if_rev: message.rev }));
    // A tap on the message shows them where there is no hovering.
    line.tabIndex = -1;
    if (edit || remove) line.append(h("div", { class: "tools" }, edit, remove));
  });
  list.stale();
  return () => undefined;
}

/** What an edit or a deletion on its way will make of a message. */
function changed({ id }: Message, entries: readonly Entry[]): Partial<MessageRow> {
  const entry = entries.findLast(({ frame }) => "message" in frame && frame.message === id);
  if (!entry) return {};
  return entry.frame.type === "edit" ? { text: entry.frame.text, edited: true, state: "sending" } : { deleted: true, state: "sending" };
}

/** A field in the place of the bubble: Enter saves, Escape leaves all as it was. */
function editor({ message, text }: MessageRow, line: HTMLElement, chat: Chat, speech: Speech): void {
  const kept = [...line.childNodes];
  const field = h("textarea", { dir: "auto", rows: "1", "aria-label": speech.say("editing") });
  const grow = h("div", { class: "grow", "data-twin": text }, field);
  const leave = () => line.replaceChildren(...kept);
  const save = () => {
    const value = field.value.trim();
    leave();
    if (value && value !== text && message) chat.command({ type: "edit", id: uuid7(), message: message.id, text: value, if_rev: message.rev });
  };
  field.value = text;
  field.addEventListener("input", () => grow.setAttribute("data-twin", field.value));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey))) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") save();
    else leave();
  });
  line.replaceChildren(h("div", { class: "editor" }, grow, h("div", { class: "bar" },
    button("", leave, speech.say("cancel")),
    button("", save, speech.say("save")))));
  field.focus();
  line.scrollIntoView({ block: "nearest" });
}
