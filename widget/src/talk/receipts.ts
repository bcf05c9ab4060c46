// Tells how far this device is: delivered as messages arrive, read only when they were on screen
// in a page that has the focus. Both are gathered for a moment.

import type { Chat } from "../chat/chat.ts";
import { fromThem } from "../chat/people.ts";

const GATHER_MS = 400;

/** To be called whenever something may have arrived or come into view. */
export function receipts(chat: Chat, seen: () => number): () => void {
  let told = 0;
  let conversation: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const arrived = () => Math.max(0, ...chat.log.messages.filter(fromThem).map(({ seq }) => seq));
  const read = () => {
    const seq = document.hasFocus() && !document.hidden ? seen() : 0;
    return seq > chat.people.mine ? seq : 0;
  };
  const tell = () => {
    timer = undefined;
    const [delivered, seq] = [arrived(), read()];
    if (seq && chat.live.send({ type: "read", seq })) chat.readUpTo(seq);
    if (delivered > Math.max(told, seq) && !chat.live.send({ type: "delivered", seq: delivered })) return;
    told = Math.max(told, delivered);
  };

  return () => {
    if (chat.log.conversation !== conversation) told = 0;
    conversation = chat.log.conversation;
    if (arrived() > told || read()) timer ??= setTimeout(tell, GATHER_MS);
  };
}
