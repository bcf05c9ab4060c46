// What every page pays for: draws the bubble, keeps the calls, and fetches the chat when the
// visitor reaches for it. Before that: no request, nothing stored, no socket.

import type { ChatPart, EventName, Run, Spoken, Verb } from "../contract.ts";
import { draw } from "./bubble.ts";
import { best, part, speak } from "./parts.ts";

type Call = [string, ...unknown[]];
type Api = ((...call: Call) => void) & { q?: Iterable<Call>; up?: boolean };
type Listener = (detail?: unknown) => void;

/** What cannot wait for the visitor: the rest is kept until the chat is there. */
const URGENT = /open|toggle|message|reset/;

const page = window as { Deskbell?: Api | undefined };
const script = (document.currentScript ?? document.querySelector('script[src*="/widget.js"]')) as HTMLScriptElement | null;
if (script && !page.Deskbell?.up) boot(script);

function boot(tag: HTMLScriptElement): void {
  const [base, rest] = tag.src.split("/widget.js") as [string, string];
  const { container, launcher } = tag.dataset;
  const site = tag.dataset["site"] || rest.split(/[/?#]/)[1]!;
  const drawn = draw(tag.dataset);
  const { host, bubble } = drawn;
  const end = new AbortController();
  const { signal } = end;
  const pending: [Verb, unknown[]][] = [];
  let listeners: [unknown, Listener][] = [];
  let wish = tag.dataset["locale"];
  let run: Run | undefined;
  let parts: Promise<[ChatPart, Spoken]> | undefined;

  const emit = (event: EventName, detail?: unknown) => {
    // A listener that throws hurts only itself.
    for (const [name, fn] of listeners) if (name === event) queueMicrotask(() => fn(detail));
    host.dispatchEvent(new CustomEvent(`deskbell:${event}`, { detail, bubbles: true }));
  };
  // Importing only defines; nothing runs before `start`. What failed is tried again.
  const warm = () => (parts ??= Promise.all([part<ChatPart>(base, `chat-${CHAT}`), speak(base, wish)]));
  const load = async () => {
    try {
      const [chat, spoken] = await warm();
      if (signal.aborted) return;
      run ??= chat.start({ ...drawn, ...spoken, site, base, inline: !!container, signal, emit, speak: (wished) => speak(base, wished) });
      for (const call of pending.splice(0)) run(...call);
    } catch (error) {
      parts = undefined;
      pending.length = 0;
      emit("error", error);
    }
  };
  const toggle = () => api(run ? "toggle" : "open");

  const own: Record<string, (...args: unknown[]) => void> = {
    on: (event, fn) => {
      listeners.push([event, fn as Listener]);
      if (event === "ready" && api.up) emit("ready");
    },
    off: (event, fn) => {
      listeners = listeners.filter(([name, held]) => name !== event || held !== fn);
    },
    show: () => {
      host.hidden = false;
    },
    hide: () => {
      host.hidden = true;
    },
    destroy: () => {
      end.abort();
      host.remove();
      delete page.Deskbell;
    },
  };
  const api: Api = (name, ...args) => {
    if (Object.hasOwn(own, name)) own[name]!(...args);
    else if (run) run(name as Verb, args);
    else if (name === "locale") {
      wish = `${args[0]}`;
      parts = undefined;
    } else if (pending.push([name as Verb, args]) && URGENT.test(name)) void load();
  };
  const place = () => {
    if (signal.aborted || host.isConnected) return;
    const into = container ? document.querySelector(container) : document.documentElement;
    into?.append(host);
    if (into && "open" in tag.dataset) api("open");
  };

  bubble.onclick = toggle;
  bubble.onpointerenter = bubble.onfocus = () => void warm().catch(() => (parts = undefined));
  drawn.mark(0, false, WORDS[best(wish)]![1]);
  document.addEventListener("click", (event) => launcher && (event.target as Element).closest(launcher) && toggle(), { signal });
  // Frameworks that swap the whole page drop us with it; a container may come late.
  new MutationObserver(place).observe(document.documentElement, { childList: true, subtree: !!container });
  place();

  const early = page.Deskbell?.q ?? [];
  page.Deskbell = api;
  for (const call of early) api(...call);
  api.up = true;
  emit("ready");
  try {
    // A conversation is open, or something written here was not sent yet.
    if (localStorage[`deskbell:${site}:live`]) void load();
  } catch {
    // No storage: nothing to come back to.
  }
}
