// The composer's small tools: the signs that open lists, how Enter works, and keeping what is typed as a
// canned reply.
import { aside } from "./aside";
import { clone } from "./html";
import type { Pick } from "./pick";
import { say } from "./say";

const SWAPPED = "deskbell.enter.swapped";

/** Whether a key sends here: Enter, or where the agent prefers it Ctrl or Cmd and Enter. */
export function sends(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing) return false;
  return localStorage.getItem(SWAPPED) === null ? true : event.ctrlKey || event.metaKey;
}

/** What the composer does for its tools. */
export interface Hands {
  readonly text: HTMLTextAreaElement;
  readonly guards: HTMLElement | null;
  note: boolean;
  readonly empty: boolean;
}

/** The toolbar of one composer. */
export class Tools {
  #menu: HTMLElement | undefined;

  constructor(private readonly form: HTMLFormElement, private readonly hands: Hands, private readonly pick: Pick) {
    const tools = form.querySelector<HTMLElement>(".tools");
    if (tools) tools.hidden = false;
    tools?.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("click", (event) => event.target instanceof Element && !event.target.closest(".tools") && this.#shut());
    this.#hint();
  }

  #clicked(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const what = target?.closest<HTMLElement>("[data-do]")?.dataset["do"];
    const tool = target?.closest<HTMLElement>("[data-tool]")?.dataset["tool"];
    if (what === "keep") this.#askForName();
    else if (what === "enter") this.#swap();
    else if (tool === "canned") this.pick.begin("/");
    else if (tool === "mention") {
      this.hands.note = true;
      this.pick.begin("@");
    } else if (tool === "more") return this.#toggle();
    if (what !== undefined) this.#shut();
  }

  #toggle(): void {
    if (this.#menu) return this.#shut();
    this.#menu = clone("composer-menu");
    if (!this.#menu) return;
    this.#menu.querySelector('[data-do="enter"]')?.setAttribute("aria-checked", String(localStorage.getItem(SWAPPED) === null));
    this.#menu.querySelector('[data-do="keep"]')?.toggleAttribute("disabled", this.hands.empty);
    this.form.querySelector(".tools")?.append(this.#menu);
    this.#menu.querySelector<HTMLElement>("button:not(:disabled), a")?.focus();
    this.#menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.#shut();
      this.hands.text.focus();
    });
  }

  #shut(): void {
    this.#menu?.remove();
    this.#menu = undefined;
  }

  #swap(): void {
    if (localStorage.getItem(SWAPPED) === null) localStorage.setItem(SWAPPED, "1");
    else localStorage.removeItem(SWAPPED);
    for (const hint of document.querySelectorAll(".composer .hint")) hint.textContent = localStorage.getItem(SWAPPED) === null ? say("enter-hint") : say("enter-hint-swapped");
  }

  #hint(): void {
    if (localStorage.getItem(SWAPPED) !== null) this.form.querySelector(".hint")?.replaceChildren(say("enter-hint-swapped"));
  }

  #askForName(): void {
    const row = clone("keep-reply");
    const field = row?.querySelector<HTMLInputElement>("input");
    if (!row || !field || !this.hands.guards) return;
    aside(this.hands.guards, say("keep-name"));
    this.hands.guards.querySelector(".aside-do")?.append(row);
    row.querySelector('[data-do="save"]')?.addEventListener("click", () => void this.#keep(field.value));
    row.querySelector('[data-do="leave"]')?.addEventListener("click", () => this.hands.guards?.replaceChildren());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      void this.#keep(field.value);
    });
    field.focus();
  }

  async #keep(name: string): Promise<void> {
    const shortcut = name.trim().replace(/^\//, "");
    const csrf = this.form.querySelector<HTMLInputElement>('[name="csrf"]')?.value ?? "";
    const body = new URLSearchParams({ csrf, scope: "own", shortcut, title: this.hands.text.value.trim().split("\n")[0]?.slice(0, 80) ?? "", text: this.hands.text.value });
    const answer = await fetch("/console/replies", { method: "POST", body }).catch(() => undefined);
    aside(this.hands.guards, answer?.ok ? say("kept", { shortcut }) : say("keep-failed"));
    this.hands.text.focus();
  }
}
