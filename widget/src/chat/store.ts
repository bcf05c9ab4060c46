// What this device keeps for one site, in the page's localStorage. Where the browser refuses,
// the tab's memory stands in and `kept` turns false, so that the visitor can be told.

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  readonly length: number;
  key(index: number): string | null;
}

export class Store {
  kept = true;
  readonly prefix: string;
  readonly #shelf: Shelf | null;
  readonly #memory = new Map<string, string>();

  constructor(site: string, shelf: Shelf | null = pageShelf()) {
    this.prefix = `deskbell:${site}:`;
    this.#shelf = shelf;
    this.kept = !!shelf;
  }

  get(key: string): string | null {
    const held = this.#memory.get(key);
    if (held !== undefined) return held;
    try {
      return this.#shelf?.getItem(this.prefix + key) ?? null;
    } catch {
      return null;
    }
  }

  set(key: string, value: string): void {
    try {
      this.#shelf!.setItem(this.prefix + key, value);
      this.#memory.delete(key);
    } catch {
      this.kept = false;
      this.#memory.set(key, value);
    }
  }

  remove(key: string): void {
    this.#memory.delete(key);
    try {
      this.#shelf?.removeItem(this.prefix + key);
    } catch {
      // Refused: nothing of ours is there either.
    }
  }

  /** The keys that begin with `start`, sorted. */
  keys(start: string): string[] {
    const found = new Set([...this.#memory.keys()].filter((key) => key.startsWith(start)));
    const whole = this.prefix + start;
    try {
      for (let i = 0; i < (this.#shelf?.length ?? 0); i++) {
        const key = this.#shelf!.key(i) ?? "";
        if (key.startsWith(whole)) found.add(key.slice(this.prefix.length));
      }
    } catch {
      // Refused: the memory is all there is.
    }
    return [...found].sort();
  }

  clear(): void {
    for (const key of this.keys("")) this.remove(key);
  }
}

function pageShelf(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
