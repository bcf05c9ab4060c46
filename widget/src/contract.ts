// What the loader and the chat part know of each other. They are built and shipped together: the
// loader names the chat part by its hash.

import type { Key } from "./generated/words.ts";

export type WordArguments = Readonly<Record<string, string | number>>;
export type Words = Readonly<Record<Key, string | ((args: WordArguments) => string)>>;

export type EventName =
  | "ready" | "open" | "close" | "message:sent" | "message:received" | "unread"
  | "conversation:started" | "conversation:assigned" | "conversation:closed"
  | "queue:position" | "availability" | "error";

export interface Spoken {
  readonly locale: string;
  readonly words: Words;
}

/** What the loader lends the chat. */
export interface Frame {
  readonly site: string;
  /** Where the server is, without a slash at the end. */
  readonly base: string;
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  readonly bubble: HTMLButtonElement;
  /** Inside an element of the page, without a bubble. */
  readonly inline: boolean;
  readonly locale: string;
  readonly words: Words;
  /** Ends with `destroy`. */
  readonly signal: AbortSignal;
  emit(event: EventName, detail?: unknown): void;
  /** Shows how many messages wait, and whether the window is open. */
  mark(unread: number, open: boolean, label: string): void;
  /** The best of our languages for a wish, and its words. */
  speak(wish: string): Promise<Spoken>;
  style(css: string): void;
}

export type Verb =
  | "open" | "close" | "toggle" | "identify" | "set" | "track" | "message" | "prefill"
  | "locale" | "theme" | "queue" | "consent" | "reset"
  /** Of the chat itself, in its turn among the page's calls: goes on with what this device was at. */
  | "resume";

export type Run = (verb: Verb, args: readonly unknown[]) => unknown;

export interface ChatPart {
  start(frame: Frame): Run;
}

/** The parts that come when they are used. */
export type PartName = "alert" | "ask" | "bot" | "colour" | "detour" | "edit" | "form" | "line" | "menu" | "page" | "phone" | "talk";

declare global {
  /** Put in by the build: the hash that names every part of it; each language's word for the bubble. */
  const BUILD: string;
  const LABELS: Readonly<Record<string, string>>;
}
