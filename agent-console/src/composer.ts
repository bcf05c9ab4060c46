// The form below a log: what is typed is kept, Enter sends, and a question comes back before words
// go out that a colleague has made needless.
import type { Message } from "../../widget/src/generated/protocol";
import { aside } from "./aside";
import { clone } from "./html";
import type { Drafts, Head } from "./outbox";
import { Pick } from "./pick";
import { say } from "./say";
import { sends, Tools } from "./tools";

const TYPING_EVERY_MS = 3_000;
const TYPING_OVER_MS = 5_000;
/** So many characters before the limit it is shown. */
const NEAR = 200;

/** What the pane does for its composer. */
export interface Writer {
  send(text: string, note: boolean, force: boolean): void;
  typing(on: boolean): void;
  /** The colleague's words are wanted on the screen. */
  look(): void;
  /** Writing began or goes on. */
  stirs(): void;
  /** The text changed: it is kept on the server as a draft. */
  drafts(text: string, note: boolean): void;
  /** My last message is to be edited; false where there is none. */
  editLast(): boolean;
  /** My last message is to be taken back; false where that is not offered any more. */
  undo(): boolean;
}

/** The composer of one pane. */
export class Composer {
  readonly text: HTMLTextAreaElement;
  readonly #over: HTMLElement | null;
  readonly guards: HTMLElement | null;
  readonly #most: number;
  #typedAt = 0;
  /** While a message is edited: what its new words do, and what was typed before. */
  #editing: { save(words: string): void; before: string; note: boolean } | undefined;
  #synced = "";
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly form: HTMLFormElement, private readonly conversation: string, private readonly drafts: Drafts, private readonly writer: Writer) {
    this.text = form.querySelector<HTMLTextAreaElement>("textarea") as HTMLTextAreaElement;
    this.#over = form.querySelector(".over");
    this.guards = form.querySelector(".guards");
    this.#most = Number(form.dataset["max"]) || 8_000;
    // Before the composer's own keys: an open list takes Enter and Escape first.
    const pick = new Pick(this.text, conversation, () => this.note, (open) => this.#fillIn(open));
    new Tools(form, this, pick);
    this.#restore();
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("change", () => this.#keep());
    form.querySelector(".mail-head")?.addEventListener("input", () => this.#store());
    this.text.addEventListener("blur", () => this.#keep(true));
    form.addEventListener("submit", (event) => this.#submit(event));
    // Enter in the head of a mail goes on to its words; it does not send.
    form.querySelector<HTMLElement>(".mail-head")?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.text.focus();
    });
    form.querySelector(".look")?.addEventListener("click", () => this.#look());
  }

  get note(): boolean {
    return new FormData(this.form).get("mode") === "note";
  }

  set note(on: boolean) {
    const input = this.form.querySelector<HTMLInputElement>(`[name="mode"][value="${on ? "note" : "reply"}"]`);
    if (input) input.checked = true;
  }

  /** Subject and copies, where the words go out as a mail. */
  get mail(): { subject: string; cc: string[] } | undefined {
    const form = new FormData(this.form);
    const subject = form.get("subject");
    if (typeof subject !== "string") return undefined;
    return { subject, cc: String(form.get("cc") ?? "").split(/[,;\s]+/).filter((address) => address !== "") };
  }

  /** The head of a mail, if anything in it is not as it was given. */
  get #head(): Head | undefined {
    const [subject, cc] = this.#fields;
    if (!subject || !cc) return undefined;
    const usual = subject.value === subject.defaultValue && cc.value === cc.defaultValue;
    return usual ? undefined : { subject: subject.value, cc: cc.value };
  }

  get #fields(): [HTMLInputElement | null, HTMLInputElement | null] {
    return [this.form.querySelector('[name="subject"]'), this.form.querySelector('[name="cc"]')];
  }

  /** Fills the head of a mail; without one it is as the conversation gave it. */
  #headIs(head?: Head): void {
    const [subject, cc] = this.#fields;
    if (subject) subject.value = head?.subject ?? subject.defaultValue;
    if (cc) cc.value = head?.cc ?? cc.defaultValue;
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
  giveBack(text: string, note: boolean, mail?: { subject?: string; cc?: string[] }): void {
    this.text.value = this.empty ? text : `${text}\n${this.text.value}`;
    this.note = note;
    if (mail) this.#headIs({ subject: mail.subject ?? "", cc: (mail.cc ?? []).join(", ") });
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
    this.guards?.replaceChildren(guard);
    guard.querySelector<HTMLElement>(".look")?.focus();
  }

  /** One sentence about why something did not go out. */
  explain(text: string): void {
    const guard = clone("guard");
    if (!guard) return;
    guard.querySelector(".guard-what")?.replaceChildren(text);
    guard.querySelector(".guard-words")?.remove();
    guard.querySelector(".guard-do")?.remove();
    this.guards?.replaceChildren(guard);
  }

  #look(): void {
    this.guards?.replaceChildren();
    this.writer.look();
    this.text.focus();
  }

  #restore(): void {
    const { text, note, at, head } = this.drafts.read(this.conversation);
    if (head && !("refused" in this.form.dataset)) this.#headIs(head);
    const given = this.text.value;
    this.#synced = given;
    const { draftAt } = this.form.dataset;
    if ("refused" in this.form.dataset || text === "" || text === given) this.#store();
    else if (given === "" || at > Date.parse(draftAt ?? "")) {
      // This browser knows more than the server: it crashed, or had no connection.
      this.text.value = text;
      this.note = note;
      if (given !== "") this.#offer(given, this.note);
      this.writer.drafts(text, note);
    } else {
      this.#store();
      this.#offer(text, note);
    }
    this.#measure();
  }

  #store(): void {
    this.drafts.write(this.conversation, this.text.value, this.note, this.#head);
  }

  #keep(now = false): void {
    if (this.#editing) return;
    this.#store();
    if (now && this.text.value === this.#synced) return;
    this.#synced = this.text.value;
    this.writer.drafts(this.text.value, this.note);
  }

  /** What is typed is on the server. */
  kept(): void {
    const hint = this.form.querySelector(".hint");
    if (hint) hint.textContent = say("draft-saved");
  }

  /** What was typed on another device: it stands here unless something else does. */
  elsewhere(text: string, note: boolean): void {
    if (this.#editing || text === this.text.value) return;
    const untouched = this.text.value === this.#synced || this.empty;
    if (untouched && (this.empty || document.activeElement !== this.text)) {
      this.text.value = this.#synced = text;
      if (text !== "") this.note = note;
      this.#store();
      this.#measure();
    } else if (text !== "") this.#offer(text, note);
  }

  #offer(text: string, note: boolean): void {
    const use = (): void => {
      this.text.value = text;
      this.note = note;
      this.#keep();
      this.text.focus();
    };
    aside(this.guards, say("draft-other"), text, [{ text: say("draft-use"), act: use, primary: true }, { text: say("draft-discard"), act: () => this.#keep() }]);
  }

  /** Puts a message into the composer to be changed; Escape leaves it as it was. */
  edits(text: string, note: boolean, save: (words: string) => void): void {
    if (!this.#editing) this.#editing = { save, before: this.text.value, note: this.note };
    this.#editing.save = save;
    this.note = note;
    this.text.value = text;
    this.form.classList.add("edits");
    aside(this.guards, say("editing"), "", [{ text: say("edit-save"), act: () => this.#editDone(true), primary: true }, { text: say("edit-leave"), act: () => this.#editDone(false) }]);
    this.text.focus();
  }

  #editDone(save: boolean): void {
    const editing = this.#editing;
    if (!editing) return;
    const words = this.text.value.trimEnd();
    if (save && (words === "" || this.#measure() > 0)) return;
    this.#editing = undefined;
    this.form.classList.remove("edits");
    this.guards?.replaceChildren();
    this.text.value = editing.before;
    this.note = editing.note;
    this.#measure();
    if (save) editing.save(words);
    this.text.focus();
  }

  #fillIn(open: readonly string[]): void {
    if (open.length > 0) aside(this.guards, say("fill-in", { names: open.map((name) => `{{${name}}}`).join(", ") }));
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
    if (this.#over) this.#over.textContent = over > 0 ? say("too-long", { count: over }) : over > -NEAR ? say("left", { count: -over }) : "";
    this.#over?.classList.toggle("near", over <= 0);
    return over;
  }

  #key(event: KeyboardEvent): void {
    const mod = event.ctrlKey || event.metaKey;
    if (this.#editing && (event.key === "Escape" || sends(event))) {
      event.preventDefault();
      event.stopPropagation();
      this.#editDone(event.key !== "Escape");
    } else if (event.key === "ArrowUp" && this.text.value === "" && !mod && !event.shiftKey && this.writer.editLast()) event.preventDefault();
    else if (mod && event.key.toLowerCase() === "z" && this.text.value === "" && this.writer.undo()) event.preventDefault();
    else if (sends(event)) {
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector<HTMLElement>(this.note ? ".add-note" : ".send"));
    } else if (event.key === "Escape") this.text.blur();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.#editing) return this.#editDone(true);
    if (this.empty || this.#measure() > 0) return;
    const force = event.submitter instanceof HTMLButtonElement && event.submitter.name === "force";
    const { note } = this;
    const text = this.text.value.trimEnd();
    this.text.value = "";
    this.guards?.replaceChildren();
    this.writer.send(text, note, force);
    // Only now: until the outbox has the words, the draft does. With them the server drops it.
    this.#synced = "";
    if (!note) this.#headIs();
    this.#store();
    this.#rest();
    this.text.focus();
  }
}
