// The log of one pane: messages by id, in order of seq, joined into runs, with days between them.
import type { AgentItem } from "../../widget/src/generated/protocol";
import { elements } from "./html";
import { place, runs, status } from "./order";
import { say } from "./say";
import { dayName, tellTimes } from "./time";

const NEAR_PX = 80;

/** The messages of a pane. */
export class Log {
  /** How far the visitor is. */
  delivered = 0;
  read = 0;
  readonly element: HTMLElement;
  #below: HTMLButtonElement | undefined;

  /** `scroller` lies upside down: its scroll position counts from the end, downwards from 0. */
  constructor(readonly scroller: HTMLElement) {
    this.element = scroller.querySelector(".log-in") as HTMLElement;
    scroller.addEventListener("scroll", () => this.atEnd && this.#hideBelow(), { passive: true });
  }

  /** Stored messages, in order. */
  stored(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>(":scope > [data-seq]:not(.pending)")];
  }

  /** The newest seq in it. */
  get lastSeq(): number {
    return seqOf(this.stored().at(-1));
  }

  get firstSeq(): number {
    return seqOf(this.stored()[0]);
  }

  /** Whether its end is on the screen. */
  get atEnd(): boolean {
    return Math.abs(this.scroller.scrollTop) < NEAR_PX;
  }

  /** Drops every stored message: what follows is the log as it is now. */
  clear(): void {
    for (const message of this.stored()) message.remove();
  }

  /** Messages below this seq are gone. */
  keepFrom(floor: number): void {
    for (const message of this.stored()) if (seqOf(message) < floor) message.remove();
  }

  /** Puts items in by id and seq; answers with those that were not there before. */
  put(items: readonly AgentItem[], animate: boolean): HTMLElement[] {
    const fresh: HTMLElement[] = [];
    const ends = this.atEnd;
    const newest = this.lastSeq;
    const { scrollHeight } = this.scroller;
    for (const item of items) {
      const element = elements(item.html)[0];
      if (!element) continue;
      const old = document.getElementById(`m-${item.id}`);
      if (old && Number(old.dataset["rev"]) > Number(element.dataset["rev"])) continue;
      if (old && !old.classList.contains("pending")) old.replaceWith(element);
      else {
        const isNewest = seqOf(element) > this.lastSeq;
        old?.remove();
        this.#insert(element);
        fresh.push(element);
        if (animate && !old && isNewest) element.classList.add("arrives");
      }
    }
    this.settle();
    if (ends) return this.toEnd(), fresh;
    // What is being read stays where it is, while the log grows below it.
    if (this.lastSeq > newest) this.scroller.scrollTop -= this.scroller.scrollHeight - scrollHeight;
    if (animate && fresh.some((message) => message.dataset["kind"] !== "event")) this.#showBelow();
    return fresh;
  }

  #insert(element: HTMLElement): void {
    const stored = this.stored();
    const at = place(stored.map(seqOf), seqOf(element));
    // What is still on its way stands below all that is stored.
    const next = stored[at] ?? this.element.querySelector(":scope > .pending");
    this.element.insertBefore(element, next);
  }

  /** Adds a message that the server has not stored yet. */
  add(pending: HTMLElement): void {
    this.element.append(pending);
    this.settle();
    this.toEnd();
  }

  /** Runs, days, times and statuses, after anything changed. */
  settle(): void {
    for (const day of this.element.querySelectorAll(":scope > .day")) day.remove();
    const all = [...this.element.querySelectorAll<HTMLElement>(":scope > [data-seq]")];
    const at = all.map((message) => Date.parse(message.querySelector("time")?.dateTime ?? "") || Date.now());
    const joined = runs(all.map((message, n) => ({ by: message.classList.contains("msg") ? `${message.dataset["kind"]} ${message.dataset["by"]}` : null, at: at[n] ?? 0 })));
    let day = "";
    for (const [n, message] of all.entries()) {
      if (message.classList.contains("msg")) message.dataset["run"] = joined[n] ?? "";
      if (message.classList.contains("out") && !message.classList.contains("pending")) message.dataset["status"] = status(seqOf(message), this.delivered, this.read);
      const moment = new Date(at[n] ?? 0);
      if (moment.toDateString() !== day) this.#dayAbove(message, moment);
      day = moment.toDateString();
    }
    tellTimes(this.element);
  }

  #dayAbove(message: HTMLElement, moment: Date): void {
    const line = document.createElement("p");
    line.className = "day";
    line.textContent = dayName(moment);
    this.element.insertBefore(line, message);
  }

  toEnd(): void {
    this.scroller.scrollTop = 0;
    this.#hideBelow();
  }

  #showBelow(): void {
    if (this.#below) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn sm below";
    button.textContent = `↓ ${say("new-below")}`;
    button.onclick = () => this.toEnd();
    this.scroller.after(button);
    this.#below = button;
  }

  #hideBelow(): void {
    this.#below?.remove();
    this.#below = undefined;
  }
}

function seqOf(message: HTMLElement | undefined): number {
  return Number(message?.dataset["seq"] ?? 0);
}
