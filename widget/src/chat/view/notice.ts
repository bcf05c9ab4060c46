// The one line above the composer: what is wrong, what is safe; and the place in the line.

import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import { h, icon, text } from "./dom.ts";

/** What the line says now, or nothing. The most pressing first. */
export function noticeText(chat: Chat, speech: Speech, online: boolean): string {
  const { live, outbox } = chat;
  if (live.state === "stopped") return speech.say(live.code === 4200 ? "blocked" : "unavailable");
  if (!online) return speech.say("offline");
  if (live.state === "waiting") return speech.say("reconnecting");
  if (outbox.heldUntil) return speech.say("slow-down", { n: Math.max(1, Math.ceil((outbox.heldUntil - Date.now()) / 1000)) });
  return chat.store.kept ? "" : speech.say("not-kept");
}

export function notice(element: HTMLElement, chat: Chat, speech: Speech): void {
  const words = noticeText(chat, speech, navigator.onLine);
  element.hidden = !words;
  if (element.textContent !== words) element.replaceChildren(icon(chat.live.state === "ready" ? "clock" : "offline"), h("span", {}, words));
}

export function place(element: HTMLElement, chat: Chat, speech: Speech): void {
  const waits = chat.log.head?.state === "queued" && chat.place;
  element.hidden = !waits;
  if (!waits) return;
  const { position, wait_s } = waits;
  const minutes = (seconds: number) => Math.max(1, Math.ceil(seconds / 60));
  const lines = [
    speech.say("line-place", { place: /^\d+$/.test(position) ? Number(position) : position }),
    wait_s ? speech.say("line-wait", { low: minutes(wait_s.low), high: Math.max(minutes(wait_s.low) + 1, minutes(wait_s.high)) }) : "",
    speech.say("line-keep"),
  ].filter(Boolean);
  if (element.childElementCount !== lines.length) element.replaceChildren(...lines.map(() => h("p")));
  lines.forEach((line, i) => text(element.children[i]!, line));
}
