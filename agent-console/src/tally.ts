// How many chats a view has, for views that are not on the screen: who waits is always visible.
import type { ServerFrame } from "../../widget/src/generated/protocol";

type Rows = Extract<ServerFrame, { type: "rows" }>;

/** The chats of one view by id, and since when each counts. */
export class Tally {
  #since = new Map<string, string>();
  #due = new Map<string, string>();
  #fresh = true;

  /** A new session begins: its first rows are the whole view, which may come in pieces. */
  anew(): void {
    this.#fresh = true;
  }

  apply(frame: Pick<Rows, "items" | "removed">): void {
    if (this.#fresh) {
      this.#fresh = false;
      this.#since = new Map();
      this.#due = new Map();
    }
    for (const { id, html } of frame.items) {
      this.#since.set(id, /data-since="([^"]*)"/.exec(html)?.[1] ?? "");
      this.#due.set(id, /data-due="([^"]*)"/.exec(html)?.[1] ?? "");
    }
    for (const id of frame.removed) {
      this.#since.delete(id);
      this.#due.delete(id);
    }
  }

  get count(): number {
    return this.#since.size;
  }

  /** When the first answer is due; empty if none is. */
  get due(): string {
    return [...this.#due.values()].filter(Boolean).sort()[0] ?? "";
  }

  /** Since when the first of them counts; empty if there is none. */
  get oldest(): string {
    return [...this.#since.values()].sort()[0] ?? "";
  }
}
