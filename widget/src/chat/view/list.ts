// The list of messages: keeps one element a row, touches only what changed, and never jumps.

import type { Speech } from "../words.ts";
import { avatar } from "./avatar.ts";
import { attribute, h, icon, linked } from "./dom.ts";
import { CHECK, CHECKS, CLOCK, CLOSE } from "./icons.ts";
import type { Tools } from "./parts.ts";
import type { MessageRow, MessageState, Row } from "./rows.ts";

const BOTTOM_PX = 48;
const ICONS: Readonly<Partial<Record<MessageState, string>>> = { sent: CHECK, delivered: CHECKS, read: CHECKS, failed: CLOSE };

export interface List {
  /** Scrolls; the log inside it grows. */
  readonly element: HTMLElement;
  /** What parts add to messages, once they are there. */
  readonly tools: Tools[];
  readonly stuck: boolean;
  draw(rows: readonly Row[], speech: Speech): void;
  /** Forgets what is drawn: the words or the tools have changed. */
  stale(): void;
  toBottom(): void;
  /** The last seq of theirs whose end is on screen. */
  seen(): number;
}

interface Drawn {
  readonly element: HTMLElement;
  readonly sign: string;
  readonly row: Row;
}

export function list(moved: () => void, before: HTMLElement, after: HTMLElement): List {
  let drawn = new Map<string, Drawn>();
  let stuck = true;
  // Announced by the panel's own live region, author and text once: not again from here.
  const log = h("div", { role: "log", "aria-live": "off" });
  const element = h("div", { class: "scroll", tabindex: "0" }, before, log, after);

  element.onscroll = () => {
    stuck = element.scrollHeight - element.scrollTop - element.clientHeight < BOTTOM_PX;
    moved();
  };

  // What grows by itself, or the room that shrinks, does not take the end out of sight.
  const growth = new ResizeObserver(() => stuck && self.toBottom());
  for (const one of [element, log, after]) growth.observe(one);

  const self: List = {
    element,
    tools: [],
    get stuck() {
      return stuck;
    },
    draw: (rows, speech) => {
      const first = [...drawn.keys()][0];
      const below = element.scrollHeight - element.scrollTop;
      const next = new Map<string, Drawn>();
      // What is gone goes first, so that what stays need not be moved: that would play its entry again.
      const keys = new Set(rows.map(({ key }) => key));
      for (const [key, { element: old }] of drawn) if (!keys.has(key)) old.remove();
      let place = log.firstChild;
      attribute(log, "aria-label", speech.say("log"));
      for (const row of rows) {
        const one = draw(row, drawn.get(row.key), speech);
        next.set(row.key, one);
        if (one.element === place) place = place.nextSibling;
        else log.insertBefore(one.element, place);
      }
      drawn = next;
      // At the end it stays at the end; where older lines came in above, what was read stays in place.
      if (stuck) self.toBottom();
      else if (rows[0]?.key !== first) element.scrollTop = element.scrollHeight - below;
    },
    stale: () => {
      log.replaceChildren();
      drawn.clear();
    },
    toBottom: () => {
      stuck = true;
      element.scrollTop = element.scrollHeight;
    },
    seen: () => {
      const end = element.getBoundingClientRect().bottom + 8;
      const shown = [...drawn.values()].map(({ row, element: line }) =>
        row.kind === "message" && !row.own && line.getBoundingClientRect().bottom <= end ? row.seq : 0);
      return Math.max(0, ...shown);
    },
  };

  const draw = (row: Row, held: Drawn | undefined, speech: Speech): Drawn => {
    const sign = JSON.stringify(row);
    if (held?.sign === sign) return held;
    const line = held?.element ?? h("div");
    line.className = row.kind;
    if (row.kind === "message") message(line, row, speech);
    else line.replaceChildren(row.text);
    return { element: line, sign, row };
  };

  const message = (line: HTMLElement, row: MessageRow, { say, time }: Speech) => {
    const { author, own, first, deleted } = row;
    const name = author.name ?? say(author.kind === "bot" ? "bot" : "team");
    const bubble = h("div", { class: "b", dir: "auto", title: time(row.at) }, ...(deleted ? [say(own ? "you-deleted" : "they-deleted")] : linked(row.text)));
    const state = status(row, say, time);
    const body = h("div", { class: "line" }, bubble);
    line.className = `msg ${own ? "out" : author.kind} ${first ? "first" : ""} ${deleted ? "deleted" : ""} ${row.state ?? ""}`;
    line.replaceChildren(first && !own ? h("div", { class: "by", "aria-hidden": "true" }, avatar(author), h("bdi", {}, name)) : "",
      h("span", { class: "hide" }, `${own ? say("you") : name}: `), body, state);
    for (const add of self.tools) add(row, body, state);
  };

  const status = ({ state, edited, deleted, at }: MessageRow, say: Speech["say"], time: Speech["time"]) => {
    const changed = edited && !deleted;
    const words = [state && say(state), (state === "read" || changed) && time(at), changed && say("edited")].filter(Boolean).join(" ");
    return h("div", { class: "st" }, state && icon(ICONS[state] ?? CLOCK), words);
  };

  return self;
}
