// What can be taken back for a few seconds: it has not been done yet. Whoever leaves the page, or loses
// it, has it done at once.
import type { AgentFrame } from "../../widget/src/generated/protocol";
import { clone } from "./html";
import { say } from "./say";

const SECONDS = 5;

/** Something that will be done, unless it is taken back. */
export interface Held {
  conversation: string;
  /** What the toast says. */
  text: string;
  frame: Extract<AgentFrame, { id: string }>;
  /** When it began, RFC 3339. */
  since: string;
  takenBack(): void;
}

/** The toasts. */
export class Undo {
  readonly #region = document.getElementById("toasts");
  readonly #held = new Map<string, { held: Held; toast: HTMLElement; clock: ReturnType<typeof setInterval> }>();

  constructor(private readonly act: (frame: Held["frame"]) => void) {
    addEventListener("pagehide", () => this.#leave());
  }

  /** Whether something is held for this conversation. */
  has(conversation: string): boolean {
    return this.#held.has(conversation);
  }

  /** Whether there is anything to take back. */
  get any(): boolean {
    return this.#held.size > 0;
  }

  /** Says what was done, and does it when the time for taking it back is over. */
  hold(held: Held): void {
    this.settle(held.conversation);
    const toast = clone("toast") ?? document.createElement("div");
    toast.querySelector(".toast-what")?.replaceChildren(held.text);
    const left = toast.querySelector(".toast-left");
    let seconds = SECONDS;
    if (left) left.textContent = String(seconds);
    toast.querySelector(".undo")?.addEventListener("click", () => this.takeBack(held.conversation));
    const clock = setInterval(() => {
      seconds -= 1;
      // Who is about to press it gets the time to do so.
      if (toast.matches(":hover, :focus-within")) seconds = Math.max(seconds, 1);
      if (left) left.textContent = String(seconds);
      if (seconds <= 0) this.settle(held.conversation);
    }, 1_000);
    this.#held.set(held.conversation, { held, toast, clock });
    this.#region?.append(toast);
  }

  /** Does it now. */
  settle(conversation: string): void {
    const entry = this.#drop(conversation);
    if (entry) this.act(entry.held.frame);
  }

  /** Does not do it. */
  takeBack(conversation: string): void {
    this.#drop(conversation)?.held.takenBack();
  }

  /** Takes the last one back; false where there is none. */
  takeBackLast(): boolean {
    const last = [...this.#held.keys()].at(-1);
    if (last === undefined) return false;
    this.takeBack(last);
    return true;
  }

  /** The visitor wrote again after it was held: it is not done, and that is said. */
  heard(conversation: string, turn: string, since: string): void {
    const entry = this.#held.get(conversation);
    if (!entry || turn !== "ours" || since <= entry.held.since) return;
    this.takeBack(conversation);
    const toast = clone("toast");
    if (!toast) return;
    toast.querySelector(".toast-what")?.replaceChildren(say("not-closed"));
    toast.querySelector(".undo")?.remove();
    toast.querySelector(".toast-left")?.remove();
    this.#region?.append(toast);
    setTimeout(() => toast.remove(), SECONDS * 1_000);
  }

  #drop(conversation: string): { held: Held } | undefined {
    const entry = this.#held.get(conversation);
    if (!entry) return undefined;
    clearInterval(entry.clock);
    const focused = entry.toast.contains(document.activeElement);
    entry.toast.remove();
    this.#held.delete(conversation);
    if (focused) document.getElementById("list")?.focus();
    return entry;
  }

  /** The page goes: the connection may not carry it any more, a request that outlives the page does. */
  #leave(): void {
    for (const conversation of [...this.#held.keys()]) {
      const entry = this.#drop(conversation);
      if (entry) void fetch("/console/live/send", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(entry.held.frame) });
    }
  }
}
