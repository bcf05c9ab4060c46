// One tab rings: of all tabs of this console in the browser, the one that holds a lock. Each tells the
// others what its agent has in front of the eyes, so that nothing rings that somebody is looking at.

const LOCK = "deskbell.ring";
const CHANNEL = "deskbell.desk";

interface Looking {
  tab: string;
  /** The conversation on the screen of a tab that has the focus. */
  at: string | null;
}

/** The tabs of one browser. */
export class Ring {
  readonly #tab = Math.random().toString(36).slice(2);
  readonly #channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : undefined;
  readonly #looks = new Map<string, string | null>();
  /** Without locks every tab rings: too much is better than nothing. */
  #leads = !("locks" in navigator);

  constructor(private readonly inSight: () => string | null) {
    if (!this.#leads) void navigator.locks.request(LOCK, () => new Promise<never>(() => (this.#leads = true)));
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Looking>) => this.#looks.set(data.tab, data.at);
    for (const event of ["focus", "blur", "pagehide"]) addEventListener(event, () => this.tell(event === "pagehide"));
    document.addEventListener("visibilitychange", () => this.tell());
  }

  /** Whether this tab is the one that rings. */
  get leads(): boolean {
    return this.#leads;
  }

  /** Tells the other tabs what is in sight here. */
  tell(gone = false): void {
    this.#channel?.postMessage({ tab: this.#tab, at: gone ? null : this.inSight() } satisfies Looking);
  }

  /** Whether somebody has this conversation in front of the eyes, in whichever tab. */
  sees(conversation: string): boolean {
    return this.inSight() === conversation || [...this.#looks.values()].includes(conversation);
  }
}
