// The types of `window.Deskbell`: what a website may call, and what it is told.
//
// Save this file in your project, or import it from the chat's server: /widget.d.ts. Calls before
// the script is there are kept, in order, if the page has this line before them:
//
//   window.Deskbell ??= Object.assign((...call) => window.Deskbell.q.push(call), { q: [] });

export type DeskbellAttributes = Readonly<Record<string, string | number | boolean | null>>;

/** Details that your page gives of its visitor. Agents see that nobody has vouched for them. */
export interface DeskbellDetails {
  readonly email?: string;
  readonly name?: string;
  readonly phone?: string;
  readonly attributes?: DeskbellAttributes;
}

/** Who wrote a message, or whose turn it is. */
export interface DeskbellPerson {
  readonly kind: "visitor" | "agent" | "bot" | "system" | "queue";
  readonly id: string | null;
  readonly name: string | null;
  readonly avatar_url: string | null;
}

export interface DeskbellMessage {
  /** A UUIDv7. */
  readonly id: string;
  readonly author: DeskbellPerson;
  /** As it was written; put it into a page as text, never as HTML. */
  readonly text: string;
  /** RFC 3339, UTC. */
  readonly created_at: string;
}

export interface DeskbellQueuePlace {
  /** A number as text, or "100+". */
  readonly position: string;
  /** Seconds, as a range, where there is an estimate. */
  readonly wait_s?: { readonly low: number; readonly high: number } | null;
}

export interface DeskbellAvailability {
  readonly online: boolean;
  readonly reply_within_s?: number;
  /** RFC 3339, UTC. */
  readonly next_open_at?: string;
}

/** What went wrong, in words. A refusal of the server has a type and a status (RFC 9457). */
export interface DeskbellProblem {
  readonly title?: string;
  readonly detail?: string;
  readonly type?: string;
  readonly status?: number;
  readonly retry_after_s?: number;
  /** Of an `Error`: a part could not be fetched. */
  readonly message?: string;
}

/** Each event, and what its listeners are given. */
export interface DeskbellEvents {
  /** The bubble is there, and calls are taken. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** The server has stored the visitor's message. */
  "message:sent": { readonly id: string };
  /** An agent or a bot has written. */
  "message:received": DeskbellMessage;
  /** So many messages wait to be read. */
  unread: number;
  "conversation:started": { readonly id: string };
  /** It has an agent now. */
  "conversation:assigned": DeskbellPerson;
  "conversation:closed": { readonly id: string };
  "queue:position": DeskbellQueuePlace;
  availability: DeskbellAvailability;
  error: DeskbellProblem;
}

export type DeskbellListener<E extends keyof DeskbellEvents> = (detail: DeskbellEvents[E]) => void;

export interface Deskbell {
  /**
   * `show`, `hide`: the bubble and the window, back on the page or off it. `reset`: log out; nothing
   * of this visitor stays on the device, in any tab. `destroy`: takes the chat off the page, with
   * all that it holds there.
   */
  (verb: "open" | "close" | "toggle" | "show" | "hide" | "reset" | "destroy"): void;
  /** With a token made by your server, or with details that agents see as unverified. */
  (verb: "identify", who: { readonly jwt: string } | DeskbellDetails): void;
  (verb: "set", what: { readonly attributes: DeskbellAttributes }): void;
  (verb: "track", name: string, data?: unknown): void;
  /** Sends a message in the visitor's name. */
  (verb: "message", text: string): void;
  /** Puts words into the field, for the visitor to send. */
  (verb: "prefill", text: string): void;
  (verb: "locale", locale: string): void;
  (verb: "theme", theme: "light" | "dark" | "auto"): void;
  /** Where the next conversation waits. */
  (verb: "queue", name: string): void;
  (verb: "consent", given: boolean): void;
  <E extends keyof DeskbellEvents>(verb: "on" | "off", event: E, listener: DeskbellListener<E>): void;
  /** The calls from before the script was there. */
  q?: unknown[][];
}

/** Each event is a DOM event of the document too. */
export type DeskbellDomEvents = { [E in keyof DeskbellEvents as `deskbell:${E}`]: CustomEvent<DeskbellEvents[E]> };

declare global {
  interface Window {
    /** Missing until the script is there, unless the page keeps its calls; and after `destroy`. */
    Deskbell: Deskbell;
  }
  interface DocumentEventMap extends DeskbellDomEvents {}
}
