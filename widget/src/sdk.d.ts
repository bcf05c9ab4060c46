// The types of `window.Deskbell`, for websites that want them. A stub that keeps calls before load:
// window.Deskbell ??= Object.assign((...call) => window.Deskbell.q.push(call), { q: [] })

import type { Author, Availability, Message, Owner, Problem, QueuePlace } from "./generated/protocol.ts";

export interface DeskbellEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  "message:sent": { id: string };
  "message:received": Message & { author: Author };
  unread: number;
  "conversation:started": { id: string };
  "conversation:assigned": Owner;
  "conversation:closed": { id: string };
  "queue:position": QueuePlace;
  availability: Availability;
  error: Problem | Error | { title: string; status?: number };
}

export type DeskbellListener<E extends keyof DeskbellEvents> = (detail: DeskbellEvents[E]) => void;
export type DeskbellAttributes = Readonly<Record<string, string | number | boolean | null>>;

export interface DeskbellDetails {
  email?: string;
  name?: string;
  phone?: string;
  attributes?: DeskbellAttributes;
}

export interface Deskbell {
  (verb: "open" | "close" | "toggle" | "show" | "hide" | "reset" | "destroy"): void;
  /** With a token made by the website's server, or with details that are shown as unverified. */
  (verb: "identify", who: { jwt: string } | DeskbellDetails): void;
  (verb: "set", what: { attributes: DeskbellAttributes }): void;
  (verb: "track", name: string, data?: unknown): void;
  (verb: "message" | "prefill", text: string): void;
  (verb: "locale", locale: string): void;
  (verb: "theme", theme: "light" | "dark" | "auto"): void;
  (verb: "queue", name: string): void;
  (verb: "consent", given: boolean): void;
  <E extends keyof DeskbellEvents>(verb: "on" | "off", event: E, listener: DeskbellListener<E>): void;
  /** Calls from before the script was loaded. */
  q?: unknown[][];
}

declare global {
  interface Window {
    Deskbell: Deskbell;
  }
  interface DocumentEventMap extends DeskbellDomEvents {}
  interface WindowEventMap extends DeskbellDomEvents {}
}

export type DeskbellDomEvents = { [E in keyof DeskbellEvents as `deskbell:${E}`]: CustomEvent<DeskbellEvents[E]> };
