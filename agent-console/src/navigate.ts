// Addresses: what is open stands in the page's address, so that a reload, a bookmark and the way back
// find it again; and panes and lists come from the server without a new page.
import { elements } from "./html";
import { tellTimes } from "./time";

/** What an address of the inbox names. */
export interface Place {
  view: string;
  /** The conversation in focus; none for the list alone. */
  conversation: string | undefined;
  /** All that stand side by side, in their order. */
  beside: string[];
}

/** Reads an address; nothing where it is no address of the inbox. */
export function placeOf(url: URL): Place | undefined {
  const [, conversation] = /^\/console\/conversations(?:\/([0-9a-f-]{36}))?$/.exec(url.pathname) ?? [];
  if (url.origin !== location.origin || !url.pathname.startsWith("/console/conversations") || (conversation === undefined && url.pathname !== "/console/conversations")) return undefined;
  const named = (url.searchParams.get("beside") ?? "").split(",").filter(Boolean);
  const beside = conversation === undefined || named.includes(conversation) ? named : [conversation, ...named];
  return { view: url.searchParams.get("view") ?? "waiting", conversation, beside: conversation === undefined ? [] : beside };
}

/** The address of a place. */
export function addressOf({ view, conversation, beside }: Place): string {
  const path = conversation === undefined ? "" : `/${conversation}`;
  const more = beside.length > 1 ? `&beside=${beside.join(",")}` : "";
  return `/console/conversations${path}?view=${encodeURIComponent(view)}${more}`;
}

/** Why something did not come. */
export type Missing = "gone" | "offline" | "signed-out";

async function html(address: string): Promise<string | Missing> {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (response.redirected && new URL(response.url).pathname === "/console/login") return "signed-out";
    return response.ok ? await response.text() : "gone";
  } catch {
    return "offline";
  }
}

/** The pane of a conversation and its side panel, fresh from the server. */
export async function fetchPane(conversation: string, view: string): Promise<{ pane: HTMLElement; facts: HTMLElement | null } | Missing> {
  const text = await html(`/console/conversations/${conversation}/pane?view=${encodeURIComponent(view)}`);
  if (text === "gone" || text === "offline" || text === "signed-out") return text;
  const fresh = elements(text);
  const pane = fresh.find((element) => element.matches(".pane"));
  if (!pane) return "gone";
  for (const element of fresh) tellTimes(element);
  return { pane, facts: fresh.find((element) => element.matches(".facts-of")) ?? null };
}

const FRESH_MS = 15_000;
const near = new Map<string, { at: number; pane: ReturnType<typeof fetchPane> }>();

/** Fetches a pane that may be opened next, so that it is there by then. */
export function prefetch(conversation: string, view: string): void {
  for (const [id, { at }] of near) if (Date.now() - at > FRESH_MS) near.delete(id);
  if (!near.has(conversation)) near.set(conversation, { at: Date.now(), pane: fetchPane(conversation, view) });
}

/** Drops what was fetched before it was asked for. */
export function forget(): void {
  near.clear();
}

/** A pane, prefetched or fetched now. What came since is caught up with by rev. */
export async function panePlease(conversation: string, view: string): ReturnType<typeof fetchPane> {
  const early = near.get(conversation);
  near.delete(conversation);
  const pane = early && Date.now() - early.at < FRESH_MS ? await early.pane : "offline";
  return pane === "offline" ? fetchPane(conversation, view) : pane;
}

const FACES = 'link[href^="/console/faces/"]';

/** Takes over the sheet with the team's pictures, if it is another one by now. The old one goes once that is there. */
function newFaces(fresh: readonly HTMLElement[]): void {
  const link = fresh.find((element) => element.matches(FACES));
  const old = document.querySelector<HTMLLinkElement>(FACES);
  if (!(link instanceof HTMLLinkElement) || link.href === old?.href) return;
  const now = document.createElement("link");
  now.rel = "stylesheet";
  now.href = link.href;
  now.onload = () => old?.remove();
  document.head.append(now);
}

/** The list of a view, fresh from the server. */
export async function fetchList(view: string, rows = "100"): Promise<HTMLElement | Missing> {
  const text = await html(`/console/conversations?view=${encodeURIComponent(view)}&rows=${rows}`);
  if (text === "gone" || text === "offline" || text === "signed-out") return text;
  const fresh = elements(text);
  newFaces(fresh);
  const list = fresh.find((element) => element.id === "list");
  if (list) tellTimes(list);
  return list ?? "gone";
}
