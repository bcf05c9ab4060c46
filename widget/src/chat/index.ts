// The chat part: fetched when the visitor reaches for it. Wires the chat, its window and the page,
// and begins anew for the next person on the device.

import type { Frame, Run } from "../contract.ts";
import { Chat } from "./chat.ts";
import { theme } from "./theme.ts";
import { TOKEN } from "./store.ts";
import { verbs } from "./verbs.ts";
import { panel, type Panel } from "./view/panel.ts";
import styles from "./styles.css";

export function start(frame: Frame): Run {
  let end: AbortController | undefined;
  let run: Run;
  /** Whoever sits here by now. */
  const again: Run = (verb, args) => outer.aborted || run(verb, args);
  const begin = () => {
    end?.abort();
    const { signal } = (end = new AbortController());
    outer.addEventListener("abort", () => end!.abort(), { signal });
    frame = { ...frame, signal };
    run = talk(frame, begin, again);
  };
  const outer = frame.signal;
  frame.style(styles);
  theme(frame);
  if (frame.inline) frame.host.dataset["inline"] = "";
  begin();
  return again;
}

/** One person's chat. `renew`: another sits here now, or nobody; nothing of this one stays. */
function talk(frame: Frame, renew: () => void, again: Run): Run {
  const { inline, root, bubble, emit } = frame;
  let unread = 0;
  let from: HTMLElement | null = null;
  let view: Panel | undefined;
  const chat = new Chat(frame.base, frame.site, frame.locale, {
    changed: () => {
      view?.changed();
      if (chat.unread !== unread) emit("unread", (unread = chat.unread));
      if (chat.open && chat.live.state === "ready") run.told();
    },
    emit,
    gone: (back) => {
      show(false);
      renew();
      if (back) again("open", []);
    },
  });
  const show = (open: boolean) => {
    if (open === chat.watched) return;
    const inside = root.activeElement;
    if (open) from = document.activeElement as HTMLElement;
    chat.watched = open;
    view!.show(open || inline);
    emit(open ? "open" : "close");
    if (open) chat.start();
    else chat.settle();
    // Back to where the visitor came from, unless they are already elsewhere.
    if (!open && inside) (bubble.isConnected ? bubble : from)?.focus({ preventScroll: true });
  };
  view = panel(frame, chat, show);
  const { element } = view;
  const run = verbs(frame, chat, view, show, again);
  element.onkeydown = (event) => {
    if (event.key === "Escape" && !inline) show(false);
  };
  // In the page's own text the chat is drawn with it; the visitor acts by going into it.
  element.addEventListener("focusin", () => show(true));
  root.append(element);
  if (inline) view.show(true);
  watch(frame, chat, view);
  // After the calls of the page, which may say that somebody else sits here.
  queueMicrotask(() => run("resume", []));
  return run;
}

/** The page sleeps, wakes, loses and finds the network; other tabs write. */
function watch({ signal }: Frame, chat: Chat, view: Panel): void {
  const { prefix } = chat.store;
  const seen = () => {
    // While the page lay in the browser's cache, another tab may have logged out.
    chat.elsewhere(TOKEN, chat.store.get(TOKEN));
    if (!document.hidden) chat.wake("probe");
    view.changed();
  };
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
      if (key === null || key.startsWith(prefix)) chat.elsewhere(key?.slice(prefix.length) ?? TOKEN, newValue ?? undefined);
    },
  };
  for (const [name, act] of Object.entries(acts)) window.addEventListener(name, act, { signal });
  signal.addEventListener("abort", () => {
    chat.live.rest();
    chat.forget();
    view.fill("");
    view.element.remove();
  });
}
