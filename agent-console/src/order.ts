// Where things belong. Nothing here touches the page, so that it can be tested by itself.

/** What to do with a `changes` frame: put it in, ask for what is missing before it, or leave it. */
export type Step = "apply" | "sync" | "old";

/** A client applies `changes` if `from` is at or below its own rev, else it asks (DESIGN 5.3). */
export function step(rev: number, frame: { from: number; rev: number; reset?: boolean | undefined }): Step {
  if (frame.reset) return "apply";
  if (frame.from > rev) return "sync";
  return frame.rev < rev ? "old" : "apply";
}

/** How many of the ascending seqs stand before a new one. */
export function place(seqs: readonly number[], seq: number): number {
  let low = 0;
  let high = seqs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seqs[middle] ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One row as far as its order goes. */
export interface Sortable {
  id: string;
  turn: string;
  since: string;
  owner: string;
}

/** The order inside a group; the same as `groups` in server/conversations/fragments/row.rs. */
export function compare(a: Sortable, b: Sortable, me: string): number {
  const up = a.since < b.since ? -1 : a.since > b.since ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  if (a.turn === "theirs" || a.turn === "closed") return -up;
  if (a.turn === "ours" && (a.owner === me) !== (b.owner === me)) return a.owner === me ? -1 : 1;
  return up;
}

/** What a message needs to know of itself to join its neighbours. */
export interface Spoken {
  /** Who, or null for what stands alone (notes, events). */
  by: string | null;
  at: number;
}

const RUN_MS = 5 * 60_000;

/** Runs of messages by one author within five minutes: `first`, `last`, both, or neither. */
export function runs(log: readonly Spoken[]): string[] {
  const together = (a: Spoken | undefined, b: Spoken | undefined): boolean =>
    a !== undefined && b !== undefined && a.by !== null && a.by === b.by && Math.abs(b.at - a.at) < RUN_MS;
  return log.map((message, n) => {
    const first = together(log[n - 1], message) ? "" : "first";
    const last = together(message, log[n + 1]) ? "" : "last";
    return `${first} ${last}`.trim() || "middle";
  });
}

/** How far a message of ours came. */
export function status(seq: number, delivered: number, read: number): "sent" | "delivered" | "read" {
  return seq <= read ? "read" : seq <= delivered ? "delivered" : "sent";
}
