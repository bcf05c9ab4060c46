// Which conversations stand side by side, which of them is focused, and what was open before: it stays
// in memory for a while, so that it is back at once and catches up by its rev.
import type { Desk } from "./desk";
import { letterIsOpen, shutLetter } from "./letter";
import type { Drafts } from "./outbox";
import { Pane } from "./pane";
import { Shares } from "./resize";

/** Conversations side by side, at most; the server knows the same number (`MOST_PANES`). */
export const MOST = 4;
const PARKED = 12;
const LEAST_PX = 240;

/** What the page does when panes come and go. */
export interface Around {
  /** A pane is on the screen: follow its conversation. */
  appears(pane: Pane): void;
  /** It is not any more. */
  leaves(pane: Pane): void;
  /** Another set of panes, or another focus. */
  changed(): void;
}

/** The panes of the page. */
export class Panes {
  readonly #element = document.getElementById("open") as HTMLElement;
  readonly #side = document.getElementById("side") as HTMLElement;
  readonly #none = document.querySelector<HTMLElement>(".no-pane");
  readonly #parked = new Map<string, Pane>();
  readonly #shares = new Shares(this.#element);
  #open: Pane[] = [];
  #focused: Pane | undefined;

  constructor(private readonly desk: Desk, private readonly drafts: Drafts, private readonly around: Around) {
    this.#element.addEventListener("focusin", (event) => this.#touched(event));
    this.#element.addEventListener("pointerdown", (event) => this.#touched(event));
    new ResizeObserver(() => this.#fit()).observe(this.#element);
  }

  /** Takes over the panes that came with the page. */
  adopt(): void {
    for (const element of this.#element.querySelectorAll<HTMLElement>(".pane")) {
      const facts = this.#side.querySelector<HTMLElement>(`[data-of="${CSS.escape(element.dataset["conversation"] ?? "")}"]`);
      const pane = this.make(element, facts);
      this.#open.push(pane);
      if (element.classList.contains("on")) this.#focused = pane;
    }
    this.#arrange();
  }

  /** A pane of elements that the server rendered. */
  make(element: HTMLElement, facts: HTMLElement | null): Pane {
    return new Pane(element, facts, this.desk, this.drafts);
  }

  get(conversation: string | undefined): Pane | undefined {
    return this.#open.find((pane) => pane.conversation === conversation);
  }

  get all(): readonly Pane[] {
    return this.#open;
  }

  get focused(): Pane | undefined {
    return this.#focused;
  }

  /** The open one, or the one that was open before and is still in memory. */
  known(conversation: string): Pane | undefined {
    return this.get(conversation) ?? this.unpark(conversation);
  }

  /** What was open before, if it is still in memory. */
  unpark(conversation: string): Pane | undefined {
    return this.#parked.get(conversation);
  }

  /** Puts a pane in the place of the focused one, or beside it; where there is no room it replaces another. */
  place(pane: Pane, beside: boolean): void {
    if (this.#open.includes(pane)) return this.focus(pane);
    shutLetter();
    this.#parked.delete(pane.conversation);
    const room = this.#open.length < Math.min(MOST, this.#fitting());
    const old = beside && room ? undefined : beside ? this.#open.findLast((other) => other !== this.#focused) ?? this.#focused : this.#focused;
    const at = old ? this.#open.indexOf(old) : this.#focused ? this.#open.indexOf(this.#focused) + 1 : this.#open.length;
    if (old) this.#park(old);
    this.#element.insertBefore(pane.element, this.#open[at]?.element ?? null);
    this.#side.append(pane.facts);
    this.#open.splice(at, 0, pane);
    this.#focused = pane;
    this.#arrange();
    this.around.appears(pane);
    // Only now: the server takes receipts for what is followed.
    pane.shown();
    this.around.changed();
  }

  /** Makes these the open ones, as far as they are in memory; answers with those that are not. */
  keepOnly(conversations: readonly string[]): string[] {
    shutLetter();
    for (const pane of [...this.#open]) if (!conversations.includes(pane.conversation)) this.#park(pane);
    this.#arrange();
    this.around.changed();
    return conversations.filter((conversation) => !this.get(conversation));
  }

  /** Takes all off the screen, and keeps none in memory. */
  forget(): void {
    this.keepOnly([]);
    this.#parked.clear();
  }

  /** Takes a pane off the screen; its neighbour gets the focus. */
  shut(pane: Pane): void {
    const at = this.#open.indexOf(pane);
    if (at < 0) return;
    this.#park(pane);
    this.#focused ??= this.#open[Math.min(at, this.#open.length - 1)];
    this.#arrange();
    this.around.changed();
  }

  /** The pane that shortcuts and the side panel mean. */
  focus(pane: Pane): void {
    if (this.#focused === pane) return;
    this.#focused = pane;
    this.#arrange();
    this.around.changed();
  }

  #touched(event: Event): void {
    const element = event.target instanceof Element ? event.target.closest(".pane") : null;
    const pane = this.#open.find((other) => other.element === element);
    if (pane) this.focus(pane);
  }

  #park(pane: Pane): void {
    this.#open = this.#open.filter((other) => other !== pane);
    if (this.#focused === pane) this.#focused = undefined;
    pane.element.remove();
    pane.facts.remove();
    this.#parked.set(pane.conversation, pane);
    const oldest = this.#parked.keys().next();
    if (this.#parked.size > PARKED && !oldest.done) this.#parked.delete(oldest.value);
    this.around.leaves(pane);
  }

  #arrange(): void {
    this.#focused ??= this.#open[0];
    for (const [n, pane] of this.#open.entries()) {
      const on = pane === this.#focused;
      pane.element.classList.toggle("on", on);
      pane.element.dataset["n"] = String(n + 1);
      pane.facts.hidden = !on;
    }
    const full = this.#open.length > 0 || letterIsOpen();
    document.body.classList.toggle("has-pane", full);
    this.#element.classList.toggle("many", this.#open.length > 1);
    if (this.#none) this.#none.hidden = full;
    this.#shares.between(this.#open.map((pane) => pane.element));
    this.#fit();
  }

  #fitting(): number {
    return Math.max(1, Math.floor(this.#element.clientWidth / LEAST_PX));
  }

  /** Where the window is too narrow for all of them, the focused one stays, and as many as fit. */
  #fit(): void {
    const room = this.#element.clientWidth === 0 ? MOST : this.#fitting();
    const kept = new Set(this.#open.slice(0, room));
    if (this.#focused && !kept.has(this.#focused)) {
      kept.delete(this.#open[room - 1] as Pane);
      kept.add(this.#focused);
    }
    for (const pane of this.#open) pane.element.classList.toggle("squeezed", !kept.has(pane));
    this.#shares.fit();
  }
}
