// The form below a log: what is typed is kept, Enter sends, and a question comes back before words
// go out that a colleague has made needless.
import type { Message } from "../../widget/src/generated/protocol";
import { clone } from "./html";
import type { Drafts } from "./outbox";
import { say } from "./say";

const TYPING_EVERY_MS = 3_000;
const TYPING_OVER_MS = 5_000;

/** What the pane does for its composer. */
export interface Writer {
  send(text: string, note: boolean, force: boolean): void;
  typing(on: boolean): void;
  /** The colleague's words are wanted on the screen. */
  look(): void;
  /** Writing began or goes on. */
  stirs(): void;
}

/** The composer of one pane. */
export class Composer {
  readonly text: HTMLTextAreaElement;
  readonly #over: HTMLElement | null;
  readonly #guards: HTMLElement | null;
  readonly #most: number;
  #typedAt = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly form: HTMLFormElement, private readonly conversation: string, private readonly drafts: Drafts, private readonly writer: Writer) {
    this.text = form.querySelector<HTMLTextAreaElement>("textarea") as HTMLTextAreaElement;
    this.#over = form.querySelector(".over");
    this.#guards = form.querySelector(".guards");
    this.#most = Number(form.dataset["max"]) || 8_000;
    this.#restore();
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("change", () => this.#keep());
    form.addEventListener("submit", (event) => this.#submit(event));
    form.querySelector(".look")?.addEventListener("click", () => this.#look());
  }

  get note(): boolean {
    return new FormData(this.form).get("mode") === "note";
  }

  set note(on: boolean) {
    const input = this.form.querySelector<HTMLInputElement>(`[name="mode"][value="${on ? "note" : "reply"}"]`);
    if (input) input.checked = true;
  }

  get empty(): boolean {
    return this.text.value.trim() === "";
  }

  /** Sends what is typed; false if it cannot go. */
  sendNow(): boolean {
    if (this.note || this.#measure() > 0) return false;
    if (!this.empty) this.form.requestSubmit(this.form.querySelector<HTMLElement>(".send"));
    return true;
  }

  /** Puts words back that did not go out; what was typed since stays below them. */
  giveBack(text: string, note: boolean): void {
    this.text.value = this.empty ? text : `${text}\n${this.text.value}`;
    this.note = note;
    this.#keep();
    this.#measure();
  }

  /** Asks before sending, since a colleague was faster. */
  ask(newer: Message | undefined): void {
    const guard = clone("guard");
    const what = guard?.querySelector(".guard-what");
    const words = guard?.querySelector(".guard-words");
    if (!guard || !what || !words) return;
    what.textContent = say("answered", { agent: newer?.author.name ?? "" });
    words.textContent = newer?.text ?? "";
    guard.querySelector(".look")?.addEventListener("click", () => this.#look());
    this.#guards?.replaceChildren(guard);
    guard.querySelector<HTMLElement>(".look")?.focus();
  }

  /** One sentence about why something did not go out. */
  explain(text: string): void {
    const guard = clone("guard");
    if (!guard) return;
    guard.querySelector(".guard-what")?.replaceChildren(text);
    guard.querySelector(".guard-words")?.remove();
    guard.querySelector(".guard-do")?.remove();
    this.#guards?.replaceChildren(guard);
  }

  #look(): void {
    this.#guards?.replaceChildren();
    this.writer.look();
    this.text.focus();
  }

  #restore(): void {
    // What the server gave back is newer than what this browser kept.
    if (this.text.value === "") {
      const { text, note } = this.drafts.read(this.conversation);
      this.text.value = text;
      if (text !== "") this.note = note;
    } else this.#keep();
    this.#measure();
  }

  #keep(): void {
    this.drafts.write(this.conversation, this.text.value, this.note);
  }

  #typed(): void {
    this.#keep();
    this.#measure();
    this.writer.stirs();
    if (this.note) return;
    clearTimeout(this.#idle);
    if (this.empty) return this.#rest();
    this.#idle = setTimeout(() => this.#rest(), TYPING_OVER_MS);
    if (Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.writer.typing(true);
  }

  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#typedAt === 0) return;
    this.#typedAt = 0;
    this.writer.typing(false);
  }

  #measure(): number {
    const over = [...this.text.value].length - this.#most;
    if (this.#over) this.#over.textContent = over > 0 ? say("too-long", { count: over }) : "";
    return over;
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector<HTMLElement>(this.note ? ".add-note" : ".send"));
    } else if (event.key === "Escape") this.text.blur();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.empty || this.#measure() > 0) return;
    const force = event.submitter instanceof HTMLButtonElement && event.submitter.name === "force";
    const { note } = this;
    const text = this.text.value.trimEnd();
    this.text.value = "";
    this.#guards?.replaceChildren();
    this.writer.send(text, note, force);
    // Only now: until the outbox has the words, the draft does.
    this.#keep();
    this.#rest();
    this.text.focus();
  }
}
