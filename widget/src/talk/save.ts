// The device keeps the newest of the conversation, so that a visitor who returns sees it at once:
// as the frame that would bring it, which is how it is read again.

import type { Chat } from "../chat/chat.ts";
import { LOG } from "../chat/store.ts";

/** Its messages, its characters, and how long changes are gathered. */
const MESSAGES = 50;
const CHARS = 200_000;
const AFTER_MS = 500;

let timer: ReturnType<typeof setTimeout> | undefined;

export function save(chat: Chat): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const { log, people, store } = chat;
    for (let count = MESSAGES; log.head && count; count >>= 1) {
      const text = JSON.stringify({ ...log.recent(count), generation: log.generation, read: people.mine });
      if (text.length < CHARS) return void store.put(LOG, text);
    }
    store.remove(LOG);
  }, AFTER_MS);
}
