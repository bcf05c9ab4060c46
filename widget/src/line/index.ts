// The place in the line, while the visitor waits for a person.

import type { Frame } from "../contract.ts";
import type { Chat } from "../chat/chat.ts";
import { h, text } from "../chat/view/dom.ts";
import type { Speech } from "../chat/words.ts";
import styles from "./styles.css";

export function start(frame: Frame): (element: HTMLElement, chat: Chat, speech: Speech) => void {
  frame.style(styles);
  return place;
}

function place(element: HTMLElement, chat: Chat, speech: Speech): void {
  const { position, wait_s } = chat.place!;
  const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));
  const lines = [
    speech.say("line-place", { place: /^\d+$/.test(position) ? Number(position) : position }),
    wait_s ? speech.say("line-wait", { low: minutes(wait_s.low), high: Math.max(minutes(wait_s.low) + 1, minutes(wait_s.high)) }) : "",
    speech.say("line-keep"),
  ].filter(Boolean);
  if (element.childElementCount !== lines.length) element.replaceChildren(...lines.map(() => h("p")));
  lines.forEach((line, i) => text(element.children[i]!, line));
}
