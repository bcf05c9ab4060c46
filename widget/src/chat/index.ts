// The chat part: fetched when the visitor reaches for it. Wires the chat, its window and the page.

import type { EventName, Frame, Run } from "../contract.ts";
import { Chat } from "./chat.ts";
import { verbs } from "./verbs.ts";
import { Panel } from "./view/panel.ts";
import styles from "./styles.css";

export function start(frame: Frame): Run {
  frame.style(styles);
  if (frame.inline) frame.host.dataset["inline"] = "";
  let panel: Panel | undefined;
  let unread = 0;
  const emit = (event: EventName, detail?: unknown) => frame.emit(event, detail);
  const chat = new Chat(frame.base, frame.site, frame.locale, {
    changed: () => {
      panel?.changed();
      if (chat.unread !== unread) emit("unread", (unread = chat.unread));
    },
    emit,
  });
  const show = (open: boolean) => {
    if (!panel || open === panel.open) return;
    chat.watched = open;
    panel.show(open);
    emit(open ? "open" : "close");
    if (open) void chat.start();
    else chat.settle();
    if (open) panel.composer.focus();
    else frame.bubble.focus({ preventScroll: true });
  };
  panel = new Panel(frame, chat, () => show(false));
  panel.element.addEventListener("keydown", (event) => event.key === "Escape" && !frame.inline && show(false));
  frame.root.append(panel.element);
  watch(frame, chat, panel);
  if (chat.store.get("live")) void chat.start();
  return verbs(frame, chat, panel, show);
}

/** The page sleeps, wakes, loses and finds the network; other tabs write. */
function watch({ signal }: Frame, chat: Chat, panel: Panel): void {
  const on = (target: EventTarget, name: string, act: (event: Event) => void) => target.addEventListener(name, act, { signal });
  on(document, "visibilitychange", () => {
    if (!document.hidden) chat.wake("probe");
    panel.changed();
  });
  on(window, "focus", () => panel.changed());
  on(window, "online", () => chat.wake("renew"));
  on(window, "offline", () => panel.changed());
  // A page with a live socket or a lock is not kept for the way back: let go, and come back with it.
  on(window, "pagehide", () => chat.live.rest());
  on(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && chat.wake("probe"));
  on(window, "storage", (event) => {
    const { key, newValue } = event as StorageEvent;
    const { prefix } = chat.store;
    if (key?.startsWith(prefix)) chat.elsewhere(key.slice(prefix.length), newValue);
    else if (key === null) chat.elsewhere("token", null);
  });
  signal.addEventListener("abort", () => {
    chat.live.rest();
    panel.element.remove();
  });
}
