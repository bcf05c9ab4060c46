// An agent's own messages: other words, or taken back; and for a moment after sending an undo, which
// gives the words back to the composer.
import { aside } from "./aside";
import { clone } from "./html";
import type { Pane } from "./pane";
import { uuid7 } from "./retry";
import { say } from "./say";

const UNDO_MS = 10_000;

/** What is changed in one pane. */
export class Changing {
  readonly #me = document.body.dataset["agent"] ?? "";
  #last: { id: string; text: string; until: number } | undefined;
  #menu: HTMLElement | undefined;

  constructor(private readonly pane: Pane) {
    pane.log.element.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("click", (event) => event.target instanceof Element && !event.target.closest(".own-more, .menu-box") && this.#shut());
  }

  /** My last message, with its text, into the composer; false where there is none. */
  editLast(): boolean {
    const own = this.pane.log.stored().filter((message) => message.classList.contains("out") && this.#isMine(message));
    const last = own.at(-1);
    if (last) this.#edit(last);
    return last !== undefined;
  }

  /** Words went out: for a moment they can be had back. */
  sent(id: string, text: string): void {
    this.#last = { id, text, until: Date.now() + UNDO_MS };
    setTimeout(() => this.refresh(), UNDO_MS + 50);
  }

  /** Takes the last one back while that is offered; false afterwards. */
  undo(): boolean {
    const last = this.#last;
    if (!last || Date.now() > last.until) return false;
    const message = document.getElementById(`m-${last.id}`);
    if (!message || message.classList.contains("pending")) return false;
    this.#takeBack(message, last.text);
    return true;
  }

  /** The log changed: the undo stands under the message that it is about, as long as it is offered. */
  refresh(): void {
    for (const old of this.pane.log.element.querySelectorAll(".undo-send")) old.remove();
    const last = this.#last;
    const message = last && Date.now() < last.until ? document.getElementById(`m-${last.id}`) : null;
    if (!last || !message || message.classList.contains("pending") || !this.#isMine(message)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "again undo-send";
    button.textContent = say("undo-send");
    button.onclick = () => this.undo();
    message.querySelector(".st")?.append(button);
  }

  #isMine(message: HTMLElement): boolean {
    return message.dataset["by"] === this.#me && !message.querySelector(".is-deleted");
  }

  #clicked(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const message = target?.closest<HTMLElement>("[data-seq]");
    if (!message) return;
    if (target?.closest(".own-more")) this.#open(message);
    else if (target?.closest(".edited")) void this.#earlier(message);
    const what = target?.closest<HTMLElement>(".menu-box [data-do]")?.dataset["do"];
    if (what === undefined) return;
    this.#shut();
    if (what === "edit") this.#edit(message);
    else this.#takeBack(message, "");
  }

  #open(message: HTMLElement): void {
    const again = this.#menu?.parentElement === message;
    this.#shut();
    if (again) return;
    this.#menu = clone("own-menu");
    if (!this.#menu) return;
    message.append(this.#menu);
    this.#menu.querySelector<HTMLElement>("button")?.focus();
    this.#menu.addEventListener("keydown", (event) => {
      const items = [...(this.#menu?.querySelectorAll<HTMLElement>("button") ?? [])];
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by !== undefined) items[(items.indexOf(document.activeElement as HTMLElement) + by + items.length) % items.length]?.focus();
      else if (event.key === "Escape") this.#shut(), message.querySelector<HTMLElement>(".own-more")?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #shut(): void {
    this.#menu?.remove();
    this.#menu = undefined;
  }

  #edit(message: HTMLElement): void {
    const id = message.id.slice("m-".length);
    const text = message.querySelector(".b, .text")?.textContent ?? "";
    this.pane.composer.edits(text, message.dataset["kind"] === "note", (words) => {
      if (words !== text) this.pane.change({ type: "edit", id: uuid7(), conversation: this.pane.conversation, message: id, text: words, if_rev: Number(message.dataset["rev"]) });
    });
  }

  #takeBack(message: HTMLElement, text: string): void {
    const act = (): void => {
      this.#last = undefined;
      this.pane.change({ type: "delete", id: uuid7(), conversation: this.pane.conversation, message: message.id.slice("m-".length) });
      if (text) this.pane.composer.giveBack(text, false);
      this.refresh();
    };
    const read = Number(message.dataset["seq"]) <= this.pane.log.read && message.dataset["kind"] !== "note";
    if (!read) return act();
    aside(this.pane.composer.guards, say("undo-read", { visitor: this.pane.visitor }), "", [{ text: say("take-back"), act, primary: true }, { text: say("keep-it"), act: () => undefined }]);
  }

  /** What an edited message said before, below it. */
  async #earlier(message: HTMLElement): Promise<void> {
    const open = message.querySelector(".before");
    if (open) return open.remove();
    const answer = await fetch(`/console/conversations/${this.pane.conversation}/earlier?message=${message.id.slice("m-".length)}`).catch(() => undefined);
    const { earlier = [] } = answer?.ok ? ((await answer.json()) as { earlier?: { text: string }[] }) : {};
    const list = document.createElement("div");
    list.className = "before";
    list.append(earlier.length > 0 ? say("before-edit") : say("before-none"));
    for (const { text } of earlier) {
      const line = document.createElement("p");
      line.dir = "auto";
      line.textContent = text;
      list.append(line);
    }
    message.append(list);
  }
}
