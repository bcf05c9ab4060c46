// Where the visitor writes. It never stops working: what is written goes to the outbox.

import type { Speech } from "../words.ts";
import { attribute, h, icon, text } from "./dom.ts";

export interface ComposerHooks {
  send(text: string): void;
  edited(text: string): void;
  typing(on: boolean): void;
}

/** How near the end the counter appears. */
const NEAR = 200;
const TYPING_EVERY_MS = 3_000;
const TYPING_END_MS = 4_000;

export class Composer {
  readonly element: HTMLElement;
  limit = 8_000;
  readonly #hooks: ComposerHooks;
  readonly #field: HTMLTextAreaElement;
  readonly #grow: HTMLElement;
  readonly #send: HTMLButtonElement;
  readonly #strip = h("div", { class: "strip", hidden: true });
  readonly #count = h("div", { class: "count", role: "status" });
  #editing = false;
  #kept = "";
  #typedAt = 0;
  #stopped: ReturnType<typeof setTimeout> | undefined;
  #speech!: Speech;

  constructor(hooks: ComposerHooks) {
    this.#hooks = hooks;
    this.#field = h("textarea", { rows: "1", dir: "auto", enterkeyhint: "send", autocomplete: "off",
      input: () => this.#typed(), keydown: (event) => this.#key(event as KeyboardEvent) });
    // The twin behind the field has its height: it grows without a style of its own.
    this.#grow = h("div", { class: "grow" }, this.#field);
    this.#send = h("button", { type: "submit", class: "send" }, icon("send"));
    const form = h("form", { class: "comp", submit: (event) => { event.preventDefault(); this.#submit(); } }, this.#grow, this.#send);
    this.element = h("div", { class: "compose" }, this.#strip, this.#count, form);
  }

  get value(): string {
    return this.#field.value;
  }

  set value(value: string) {
    this.#field.value = value;
    this.#drawn();
  }

  speak(speech: Speech, closed: boolean): void {
    this.#speech = speech;
    attribute(this.#field, "placeholder", speech.say(closed ? "write-again" : "write"));
    attribute(this.#field, "aria-label", speech.say("write"));
    this.#drawn();
  }

  focus(): void {
    this.#field.focus({ preventScroll: true });
  }

  /** Nothing can be sent from here any more. */
  shut(shut: boolean): void {
    this.#field.disabled = shut;
  }

  edit(value: string): void {
    if (!this.#editing) this.#kept = this.value;
    this.#editing = true;
    this.value = value;
    this.#strip.replaceChildren(this.#speech.say("editing"), h("button", { type: "button", click: () => this.#leave() }, this.#speech.say("cancel")));
    this.#strip.hidden = false;
    this.focus();
  }

  #leave(): void {
    this.#editing = false;
    this.#strip.hidden = true;
    this.value = this.#kept;
    this.#kept = "";
    this.focus();
  }

  #over(): number {
    return [...this.value].length - this.limit;
  }

  #submit(): void {
    const value = this.value.trim();
    if (!value || this.#over() > 0) return this.focus();
    this.#quiet();
    if (this.#editing) {
      this.#hooks.edited(value);
      return this.#leave();
    }
    this.value = "";
    this.#hooks.send(value);
    this.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#editing) {
      event.stopPropagation();
      this.#leave();
    }
  }

  #typed(): void {
    this.#drawn();
    if (!this.value || this.#editing) return this.#quiet();
    const now = Date.now();
    if (now - this.#typedAt > TYPING_EVERY_MS) {
      this.#typedAt = now;
      this.#hooks.typing(true);
    }
    clearTimeout(this.#stopped);
    this.#stopped = setTimeout(() => this.#quiet(), TYPING_END_MS);
  }

  #quiet(): void {
    clearTimeout(this.#stopped);
    if (this.#typedAt) this.#hooks.typing(false);
    this.#typedAt = 0;
  }

  #drawn(): void {
    attribute(this.#grow, "data-twin", this.value);
    const over = this.#over();
    const label = this.#speech.say(this.#editing ? "save" : "send");
    attribute(this.#send, "aria-label", label);
    attribute(this.#send, "aria-disabled", !this.value.trim() || over > 0 ? "true" : null);
    text(this.#count, over > 0 ? this.#speech.say("chars-over", { n: over }) : over > -NEAR ? this.#speech.say("chars-left", { n: -over }) : "");
    attribute(this.#count, "data-over", over > 0);
  }
}
