// What this device keeps for one site, in the page's localStorage. Where the browser refuses, the
// tab's memory takes over and `kept` turns false, so that the visitor can be told.

export type Shelf = Record<string, string>;

export class Store {
  kept: boolean;
  readonly prefix: string;
  #shelf: Shelf;

  constructor(site: string, shelf: Shelf | null = pageShelf()) {
    this.prefix = `deskbell:${site}:`;
    this.kept = !!shelf;
    this.#shelf = shelf ?? {};
  }

  get(key: string): string | undefined {
    return this.#shelf[this.prefix + key];
  }

  set(key: string, value: string): void {
    try {
      this.#shelf[this.prefix + key] = value;
    } catch {
      // Full: what is there is taken along. What stays behind in storage is sent twice at most,
      // and the server takes the second for the first.
      this.#shelf = { ...this.#shelf, [this.prefix + key]: value };
      this.kept = false;
    }
  }

  remove(key: string): void {
    delete this.#shelf[this.prefix + key];
  }

  /** The keys that begin with `start`, sorted. */
  keys(start: string): string[] {
    const whole = this.prefix + start;
    return Object.keys(this.#shelf).filter((key) => key.startsWith(whole)).map((key) => key.slice(this.prefix.length)).sort();
  }

  clear(): void {
    for (const key of this.keys("")) this.remove(key);
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
