// What every page pays for: draws the bubble, keeps the calls, and fetches the chat when the
// visitor reaches for it. Before that: no request, nothing stored, no socket.

import type { ChatPart, EventName, Run, Spoken, Verb } from "../contract.ts";
import { draw } from "./bubble.ts";
import { anew, best, part, speak } from "./parts.ts";

type Call = [string, ...unknown[]];
type Api = ((...call: Call) => void) & { q?: Iterable<Call>; up?: boolean };
type Listener = (detail?: unknown) => void;

/** What cannot wait for the visitor: the rest is kept until the chat is there. */
const URGENT = /open|toggle|message/;
/** Calls that are kept; the oldest give way. */
const KEPT_CALLS = 100;

const page = window as { Deskbell?: Api | undefined };
const script = (document.currentScript ?? document.querySelector('script[src*="widget.js"]')) as HTMLScriptElement | null;
if (script && !page.Deskbell?.up) boot(script);

function boot(tag: HTMLScriptElement): void {
  const { src, dataset } = tag;
  const [base, rest] = src.split("/widget.js") as [string, string];
  const { container, launcher } = dataset;
  const site = dataset["site"] || rest.split(/\W/)[1]!;
  const drawn = draw(dataset);
  const { host, bubble, mark } = drawn;
  const end = new AbortController();
  const { signal } = end;
  const early = page.Deskbell?.q ?? [];
  const calls: [Verb, unknown[]][] = [];
  let listeners: [unknown, Listener][] = [];
  let wish = dataset["locale"];
  let run: Run | undefined;
  let parts: Promise<[ChatPart, Spoken]> | undefined;

  const emit = (event: EventName, detail?: unknown) => {
    if (signal.aborted) return;
    // A listener that throws hurts only itself.
    for (const [name, fn] of listeners) if (name === event) queueMicrotask(() => fn(detail));
    document.dispatchEvent(new CustomEvent(`deskbell:${event}`, { detail }));
  };
  // Importing only defines; nothing runs before `start`. What failed is tried again.
  const warm = () => (parts ??= Promise.all([part<ChatPart>(base, "chat"), speak(base, wish)]));
  const failed = () => (parts = anew());
  const load = async () => {
    try {
      const [chat, spoken] = await warm();
      if (signal.aborted) return;
      run ??= chat.start({ ...drawn, ...spoken, site, base, inline: !!container, signal, emit, speak: (wished) => speak(base, wished) });
      for (const call of calls.splice(0)) run(...call);
    } catch (error) {
      failed();
      emit("error", error);
    }
  };
  /** Something of this visitor is on the device. Where there is no storage there is nothing. */
  const kept = (key: string) => {
    try {
      return localStorage[`deskbell:${site}:${key}`];
    } catch {}
  };
  const toggle = () => api(run ? "toggle" : "open");
  const label = () => mark(0, false, LABELS[best(wish)]!);

  const api: Api = (name, ...args) => {
    const [first, fn] = args as [string, Listener];
    if (signal.aborted) return;
    if (name === "on") {
      listeners.push([first, fn]);
      if (first === "ready" && api.up) queueMicrotask(fn);
    } else if (name === "off") listeners = listeners.filter(([event, held]) => event !== first || held !== fn);
    else if (name === "show" || name === "hide") host.hidden = name === "hide";
    else if (name === "destroy") {
      end.abort();
      seeing.disconnect();
      host.remove();
      delete page.Deskbell;
    } else if (run) run(name as Verb, args);
    else if (name === "locale") {
      wish = first;
      failed();
      label();
    } else {
      if (calls.push([name as Verb, args]) > KEPT_CALLS) calls.shift();
      if (URGENT.test(name) || (name === "reset" && kept("token"))) void load();
    }
  };
  const place = () => {
    const into = container ? document.querySelector(container) : document.documentElement;
    for (const node of [document, document.documentElement]) seeing.observe(node, { childList: true, subtree: !!container });
    if (host.isConnected || !into) return;
    into.append(host);
    if (dataset["open"] != null) api("open");
    else if (container) void load();
    // Fixed to the page instead of the screen, by a transform on the whole page: out of its reach.
    new IntersectionObserver(([entry], once) => {
      once.disconnect();
      if (entry!.isIntersecting || container || host.hidden) return;
      host.popover = "manual";
      host.showPopover();
    }, { root: document }).observe(host);
  };
  // Frameworks that swap the whole page drop us with it; a container may come late.
  const seeing = new MutationObserver(place);

  bubble.onclick = toggle;
  bubble.onpointerenter = bubble.onfocus = () => void warm().catch(failed);
  document.addEventListener("click", ({ target }) => launcher && (target as Element).closest(launcher) && toggle(), { signal });
  label();
  place();

  page.Deskbell = api;
  for (const call of early) api(...call);
  api.up = true;
  emit("ready");
  // A conversation is open, or something written here was not sent yet. The first look into the
  // storage may wait for a disk: not while the page still draws itself.
  (window.requestIdleCallback ?? setTimeout)(() => signal.aborted || !kept("live") || void load());
}
