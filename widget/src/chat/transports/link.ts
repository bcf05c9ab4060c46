// What the three transports have in common: one way in, one way out, and a code when it ends.

import type { Hello, VisitorFrame } from "../../generated/protocol.ts";

export interface Link {
  send(frame: VisitorFrame): void;
  close(): void;
}

/** After `close` nobody listens any more: a transport need not hold its tongue. */
export interface LinkEvents {
  /** The way is open: upgraded, or the session's name arrived. */
  up(): void;
  frame(raw: unknown): void;
  /** Ended, with a close code or one of the two below. */
  down(code: number): void;
}

/** Ended without a word, as a browser says it of a socket. */
export const LOST = 1006;
/** The stream's first event did not come in time: something between us buffers. */
export const BUFFERED = 1;

export interface Way {
  /** Where the server is, without a slash at the end. */
  readonly base: string;
  readonly site: string;
  hello(): Hello;
}

export interface Transport {
  dial(way: Way, events: LinkEvents): Link;
  /** Durable frames that may fly at once. */
  readonly window: number;
  /** Between two pings. */
  readonly beatMs: number;
}

/** The part for where sockets are blocked. */
export interface Detour {
  readonly events: Transport;
  readonly poll: Transport;
}
