// Where the visitor is, in a page that changes its address without loading anew. Told only while
// there is a conversation and a session; else the next hello says it.

import type { Frame } from "../contract.ts";
import type { Chat, Updates } from "../chat/chat.ts";

/** A page sets its title after its address, and some walk through several addresses at once. */
const SETTLE_MS = 500;
/** How often to look, where the browser does not tell. */
const LOOK_MS = 1_000;

export function watch({ signal }: Frame, chat: Chat, updates: Updates): void {
  let settling: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    settling = undefined;
    const { url, referrer } = chat.page ?? {};
    if (location.href === url || !chat.open || chat.live.state !== "ready") return;
    chat.page = { url: location.href, title: document.title, referrer: referrer ?? "" };
    updates.add({ page: chat.page });
  };
  const look = () => {
    if (location.href !== chat.page?.url) settling ??= setTimeout(report, SETTLE_MS);
  };
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener("currententrychange", look, { signal });
  const looking = navigation ? undefined : setInterval(look, LOOK_MS);
  signal.addEventListener("abort", () => {
    clearTimeout(settling);
    clearInterval(looking);
  });
  look();
}
