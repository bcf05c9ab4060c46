// Everything by its name: commands, views and chats, typed and chosen with the keyboard alone.
import type { Command } from "./keys";
import { elements } from "./html";
import { say } from "./say";

const FIND_MS = 120;

/** What the page does with a choice. */
export interface Choices {
  run(command: Command): boolean;
  /** Why a command would do nothing now. */
  whyNot(command: Command): string | undefined;
  /** A chat, a view or another page. */
  go(address: URL): void;
}

/** The palette. */
export class Palette {
  readonly #dialog = document.getElementById("palette") as HTMLDialogElement | null;
  readonly #input = this.#dialog?.querySelector("input") ?? null;
  readonly #list = document.getElementById("palette-acts");
  readonly #found = document.getElementById("palette-found");
  readonly #none = this.#dialog?.querySelector<HTMLElement>(".pal-none") ?? null;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly choices: Choices) {
    this.#input?.addEventListener("input", () => this.#filter());
    this.#input?.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog?.addEventListener("click", (event) => this.#clicked(event));
  }

  open(): void {
    if (!this.#dialog || !this.#input || this.#dialog.open) return;
    this.#input.value = "";
    this.#explain();
    this.#filter();
    this.#dialog.showModal();
    this.#input.focus();
  }

  /** What can be chosen now, in order. */
  #options(): HTMLElement[] {
    return [...(this.#dialog?.querySelectorAll<HTMLElement>('[role="option"]:not([hidden])') ?? [])];
  }

  /** What cannot be done now says why instead of vanishing. */
  #explain(): void {
    for (const option of this.#list?.querySelectorAll<HTMLElement>("[data-command]") ?? []) {
      const why = this.choices.whyNot(option.dataset["command"] as Command);
      option.querySelector(".pal-why")?.remove();
      option.removeAttribute("aria-disabled");
      if (why === undefined) continue;
      option.setAttribute("aria-disabled", "true");
      const words = document.createElement("small");
      words.className = "pal-why";
      words.textContent = why;
      option.querySelector("span")?.after(words);
    }
  }

  #filter(): void {
    const wanted = (this.#input?.value ?? "").trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const option of this.#list?.querySelectorAll<HTMLElement>('[role="option"]') ?? []) {
      const text = (option.querySelector("span")?.textContent ?? "").toLocaleLowerCase();
      option.hidden = !wanted.every((word) => text.includes(word));
    }
    this.#chooseFirst();
    clearTimeout(this.#timer);
    const text = this.#input?.value.trim() ?? "";
    if (text.length < 2) this.#found?.replaceChildren();
    else this.#timer = setTimeout(() => void this.#find(text), FIND_MS);
    this.#tellNone();
  }

  async #find(text: string): Promise<void> {
    const asked = ++this.#asked;
    const answer = await fetch(`/console/find?q=${encodeURIComponent(text)}`).catch(() => undefined);
    if (asked !== this.#asked || !this.#found) return;
    const links = answer?.ok ? elements(await answer.text()).flatMap((list) => [...list.querySelectorAll<HTMLAnchorElement>("a")]) : [];
    this.#found.replaceChildren(...links.map((link, n) => this.#option(link, n)));
    if (!this.#options().some((option) => option.getAttribute("aria-selected") === "true")) this.#chooseFirst();
    this.#tellNone();
  }

  #option(link: HTMLAnchorElement, n: number): HTMLElement {
    const option = document.createElement("li");
    option.id = `found-${n}`;
    option.setAttribute("role", "option");
    option.dataset["href"] = link.getAttribute("href") ?? "";
    option.append(...link.childNodes);
    return option;
  }

  #tellNone(): void {
    if (!this.#none) return;
    this.#none.hidden = this.#options().length > 0;
    this.#none.textContent = say("palette-none", { text: this.#input?.value.trim() ?? "" });
  }

  #chooseFirst(): void {
    const options = this.#options();
    this.#choose(options.find((option) => option.getAttribute("aria-disabled") !== "true") ?? options[0]);
  }

  #choose(option: HTMLElement | undefined): void {
    for (const other of this.#dialog?.querySelectorAll('[aria-selected="true"]') ?? []) other.removeAttribute("aria-selected");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    this.#input?.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  #key(event: KeyboardEvent): void {
    const options = this.#options();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) this.#choose(options[(at + by + options.length) % options.length]);
    else if (event.key === "Home") this.#choose(options[0]);
    else if (event.key === "End") this.#choose(options.at(-1));
    else if (event.key === "Enter" && !event.isComposing) this.#take(options[at]);
    else return;
    event.preventDefault();
  }

  #clicked(event: MouseEvent): void {
    // The dialog itself is its backdrop.
    if (event.target === this.#dialog) return this.#dialog?.close();
    if (event.target instanceof Element) this.#take(event.target.closest<HTMLElement>('[role="option"]') ?? undefined);
  }

  #take(option: HTMLElement | undefined): void {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    this.#dialog?.close();
    const { command, href, press } = option.dataset;
    if (press !== undefined) document.querySelector<HTMLElement>(press)?.click();
    else if (href !== undefined) this.choices.go(new URL(href, location.href));
    else if (command !== undefined) this.choices.run(command as Command);
  }
}
