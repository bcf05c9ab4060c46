// The one line above the composer: what is wrong, what is safe.

import type { Chat } from "../chat.ts";
import type { Speech } from "../words.ts";
import { h, icon } from "./dom.ts";
import { CLOCK, CLOSE } from "./icons.ts";

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
  if (element.textContent !== words) element.replaceChildren(icon(chat.live.state === "ready" ? CLOCK : CLOSE), h("span", {}, words));
}
