// Scrolling back: older messages, a page at a time.

import type { Chat } from "../chat/chat.ts";

const PAGE = 40;

/** To be called whenever the oldest that is here is on screen. */
export function older(chat: Chat): () => void {
  let asking = false;
  chat.ears.push((frame) => {
    // A refusal has no id here: what it was about is asked again.
    if (frame.type === "page" || frame.type === "welcome" || (frame.type === "nack" && !frame.id)) asking = false;
  });
  return () => {
    const { log, live } = chat;
    if (!asking && log.older) asking = live.send({ type: "history", before_seq: log.low, limit: PAGE });
  };
}
