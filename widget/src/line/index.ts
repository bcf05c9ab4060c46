// The place in the line, while the visitor waits for a person.

import { attribute, h, text } from "../chat/view/dom.ts";
import type { Stage } from "../chat/view/parts.ts";
import type { QueuePlace } from "../generated/protocol.ts";
import styles from "./styles.css";

/** The wait counts down by itself, and is said to screen readers at most this often. */
const EVERY_MS = 15_000;
/** Bars from the end of the line to its head; the visitor's own is filled. */
const BARS = 5;

export function start(stage: Stage): () => void {
  const { frame, chat, after } = stage;
  const label = h("p");
  const place = h("strong");
  const bars = h("div", { class: "bars", "aria-hidden": "true" }, ...Array.from({ length: BARS }, () => h("i")));
  const wait = h("p");
  const keep = h("p", { class: "s" });
  const card = h("div", { class: "place" }, label, place, bars, wait, keep);
  const said = h("div", { class: "hide", role: "status" });
  let shown: QueuePlace | null = null;
  let since = 0;
  let spoke = 0;

  const draw = () => {
    const { say } = stage.speech;
    const now = chat.log.head?.state === "queued" && !chat.availability?.next_open_at ? chat.place : null;
    card.hidden = !now;
    if (!now) return void text(said, "");
    if (now !== shown) since = Date.now();
    shown = now;
    const at = Number(now.position);
    text(label, say("line-label"));
    text(place, at ? say("line-nth", { n: at }) : now.position);
    [...bars.children].forEach((bar, i) => attribute(bar, "data-at", i === Math.max(0, BARS - (at || BARS))));
    text(wait, waitOf(now, Date.now() - since, say));
    text(keep, say("line-keep"));
    if (Date.now() - spoke < EVERY_MS) return;
    spoke = Date.now();
    text(said, `${label.textContent}: ${place.textContent}. ${wait.textContent}`);
  };

  frame.style(styles);
  after.append(card, said);
  const timer = setInterval(draw, EVERY_MS);
  frame.signal.addEventListener("abort", () => clearInterval(timer));
  return draw;
}

/** In whole minutes, less what has passed since it was told. */
function waitOf({ wait_s }: QueuePlace, passed: number, say: Stage["speech"]["say"]): string {
  if (!wait_s) return "";
  const left = (seconds: number) => Math.ceil((seconds - passed / 1000) / 60);
  const low = Math.max(1, left(wait_s.low));
  const high = left(wait_s.high);
  return high > low ? say("line-wait", { low, high }) : say("line-soon", { n: Math.max(1, high) });
}
