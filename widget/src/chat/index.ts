// The chat part: fetched when the visitor reaches for it. Wires the chat, its window and the page.

import type { EventName, Frame, Run } from "../contract.ts";
import { Chat } from "./chat.ts";
import { theme } from "./theme.ts";
import { TOKEN } from "./store.ts";
import { verbs } from "./verbs.ts";
import { panel, type Panel } from "./view/panel.ts";
import styles from "./styles.css";

export function start(frame: Frame): Run {
  frame.style(styles);
  theme(frame);
  if (frame.inline) frame.host.dataset["inline"] = "";
  let unread = 0;
  let view: Panel | undefined;
  const chat = new Chat(frame.base, frame.site, frame.locale, {
    changed: () => {
      view?.changed();
      if (chat.unread !== unread) frame.emit("unread", (unread = chat.unread));
    },
    emit: (event: EventName, detail?: unknown) => frame.emit(event, detail),
  });
  const show = (open: boolean) => {
    if (open === view!.open) return;
    const inside = !!frame.root.activeElement;
    chat.watched = open;
    view!.show(open);
    frame.emit(open ? "open" : "close");
    if (open) chat.start();
    else chat.settle();
    // Back to where the visitor came from, unless they are already elsewhere.
    if (!open && inside) frame.bubble.focus({ preventScroll: true });
  };
  view = panel(frame, chat, show);
  view.element.onkeydown = (event) => {
    if (event.key === "Escape" && !frame.inline) show(false);
  };
  frame.root.append(view.element);
  watch(frame, chat, view);
  if (chat.store.get("live")) chat.start();
  return verbs(frame, chat, view, show);
}

/** The page sleeps, wakes, loses and finds the network; other tabs write. */
function watch({ signal }: Frame, chat: Chat, view: Panel): void {
  const seen = () => {
    if (!document.hidden) chat.wake("probe");
    view.changed();
  };
  const { prefix } = chat.store;
  const acts: Record<string, (event: Event) => void> = {
    visibilitychange: seen,
    pageshow: seen,
    focus: seen,
    offline: seen,
    online: () => chat.wake("renew"),
    // A page with a live socket or a lock is not kept for the way back: let go, and come back with it.
    pagehide: () => chat.live.rest(),
    storage: (event) => {
      const { key, newValue } = event as StorageEvent;
      if (key === null || key.startsWith(prefix)) chat.elsewhere(key?.slice(prefix.length) ?? TOKEN, newValue);
    },
  };
  for (const [name, act] of Object.entries(acts)) window.addEventListener(name, act, { signal });
  signal.addEventListener("abort", () => {
    chat.live.rest();
    view.element.remove();
  });
}
