// What this device keeps for one site, in the page's localStorage. Until the visitor is known to
// agree, the tab's memory stands in for it. Where the browser refuses, memory stays and `kept`
// turns false, so that the visitor can be told.

export type Shelf = Record<string, string>;

/** The copy of the conversation: the first to go when there is no room. */
export const LOG = "log";
/** The visitor's secret. */
export const TOKEN = "token";

export class Store {
  kept: boolean;
  readonly prefix: string;
  readonly #page: Shelf | null;
  #shelf: Shelf;

  constructor(site: string, page: Shelf | null = pageShelf()) {
    this.prefix = `deskbell:${site}:`;
    this.kept = !!page;
    this.#page = page;
    // A device that kept a token did so with leave.
    this.#shelf = page?.[this.prefix + TOKEN] ? page : {};
  }

  /** Nothing is written down yet. */
  get pending(): boolean {
    return this.kept && this.#shelf !== this.#page;
  }

  /** From here on it is written down; what another tab wrote first stands. */
  keep(): void {
    if (!this.pending) return;
    const held = this.#shelf;
    this.#shelf = this.#page!;
    for (const key of Object.keys(held)) if (this.#page![key] === undefined) this.set(key.slice(this.prefix.length), held[key]!);
  }

  /** Another tab was first to write its token down: that is leave for this one, too. */
  join(): void {
    if (this.#page?.[this.prefix + TOKEN]) this.keep();
  }

  get(key: string): string | undefined {
    const at = this.prefix + key;
    // One token a device: that of the tab that was first to write it down.
    return (key === TOKEN && this.pending && this.#page![at]) || this.#shelf[at];
  }

  /** False if there was no room. */
  put(key: string, value: string): boolean {
    try {
      this.#shelf[this.prefix + key] = value;
      return true;
    } catch {
      this.remove(key);
      return false;
    }
  }

  set(key: string, value: string): void {
    if (this.put(key, value)) return;
    this.remove(LOG);
    if (this.put(key, value)) return;
    // Full: what is there is taken along. What stays behind in storage is sent twice at most,
    // and the server takes the second for the first.
    this.#shelf = { ...this.#shelf, [this.prefix + key]: value };
    this.kept = false;
  }

  remove(key: string): void {
    delete this.#shelf[this.prefix + key];
    // Where there was no room, memory has taken over from what may still lie there.
    if (!this.kept) delete this.#page?.[this.prefix + key];
  }

  /** The keys that begin with `start`, sorted. */
  keys(start: string): string[] {
    const whole = this.prefix + start;
    return Object.keys(this.#shelf).filter((key) => key.startsWith(whole)).map((key) => key.slice(this.prefix.length)).sort();
  }

  /** Back to memory, and an empty one: the next visitor is asked anew. */
  leave(): void {
    if (this.kept) this.#shelf = {};
  }

  clear(): void {
    for (const shelf of [this.#shelf, this.#page ?? {}])
      for (const key of Object.keys(shelf)) if (key.startsWith(this.prefix)) delete shelf[key];
    this.leave();
  }
}

/** The storage as what it is: an object whose every property is kept. */
function pageShelf(): Shelf | null {
  try {
    return window.localStorage as unknown as Shelf;
  } catch {
    return null;
  }
}
