// Who types right now. Ephemeral: each expires by itself, for a "stopped" may never arrive.

import type { By } from "../generated/protocol.ts";

const EXPIRE_MS = 6_000;

export class Typists {
  readonly #timers = new Map<string, { by: By; timer: ReturnType<typeof setTimeout> }>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): By[] {
    return [...this.#timers.values()].map(({ by }) => by);
  }

  heard(by: By, on: boolean): void {
    if (by.kind === "visitor") return;
    const key = `${by.kind} ${by.id}`;
    clearTimeout(this.#timers.get(key)?.timer);
    this.#timers.delete(key);
    if (on) this.#timers.set(key, { by, timer: setTimeout(() => this.heard(by, false), EXPIRE_MS) });
    this.#changed();
  }
}
